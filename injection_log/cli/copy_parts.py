"""What `coded-copy ...` is told and what it answers: pictures and boxes as typed, areas and sizes as facts.

Decides nothing: what may be copied, and how, is said in `acts`.
"""
from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from injection_log.cli.answers import wrong_use

if TYPE_CHECKING:
    from injection_log.acts.kept_areas import OwedArea, StandingArea
    from injection_log.acts.sharing import Choice, CopyPlan
    from injection_log.record.copies import Boxes
    from injection_log.record.values import VisitImage, VisitRecord

_CHOICE = re.compile(r"(\d{1,4})(?::(\d{1,5}(?:-\d{1,5})?(?:,\d{1,5}(?:-\d{1,5})?)*))?")
_BOX = re.compile(r"\s*(\d{1,5})\s*,\s*(\d{1,5})\s*,\s*(\d{1,5})\s*,\s*(\d{1,5})\s*")


def choices_of(record: VisitRecord, spelled: list[str], as_json: bool) -> list[Choice]:
    """The pictures of --image and their frames. Ends the command, in words, where one is not typed as such."""
    from injection_log.acts.copy_pictures import frame_ranges
    from injection_log.acts.sharing import Choice

    choices = []
    for one in spelled:
        found = _CHOICE.fullmatch(one.strip())
        if found is None:
            wrong_use("--image is a picture's number and its frames, for example 3 or 3:1-12,40.", as_json)
        image = picture_of(record, int(found.group(1)), as_json)
        ranges = frame_ranges(found.group(2)) if found.group(2) else ((0, image.frames - 1),)
        choices.append(Choice(image.sop_instance_uid, ranges))
    return choices


def write_for_owner(page: Path, png: bytes) -> None:
    """A page may still show whose picture it is, which is why it is looked at: for its owner only, no link followed."""
    handle = os.open(page, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(png)


def picture_of(record: VisitRecord, number: int, as_json: bool) -> VisitImage:
    """The picture of that number, counted from 1. Ends the command where the visit has none."""
    from injection_log.acts.copy_pictures import counted

    if not 1 <= number <= len(record.images):
        pictures = counted(len(record.images), "picture")
        wrong_use(f"This visit has {pictures}; see 'injection-log coded-copy list'.", as_json)
    return record.images[number - 1]


def boxes_of(spelled: list[str], as_json: bool) -> Boxes:
    """The boxes of --box: row, column, row, column in pixels. Ends the command where one is not typed as such."""
    from injection_log.acts.kept_areas import boxes_from

    found = [_BOX.fullmatch(one) for one in spelled]
    if not all(found):
        wrong_use("--box is row,column,row,column in whole pixels, for example 40,120,560,700.", as_json)
    return boxes_from([[int(part) for part in one.groups()] for one in found if one])


def area_facts(area: StandingArea | OwedArea) -> dict[str, Any]:
    """Which part of a picture stays, in words (`stays`) and as numbers."""
    from injection_log.acts.kept_areas import StandingArea

    if isinstance(area, StandingArea):
        whose = "the scanner's regions" if area.area_from == "scanner" else "drawn by one person, agreed by a second"
        return {"stays": f"{whose}: {area.area.to_json()}", "area": area.area.to_json(), "area_from": area.area_from}
    drawn = [list(box) for box in area.drawn.boxes] if area.drawn else None
    said = f" Drawn: {drawn}" if drawn else ""
    said += f" It replaces what {area.replaces} drew, which was waiting." if area.replaces else ""
    return {"stays": area.why + said, "area": drawn, "area_from": None, "replaces": area.replaces or None}


def plan_facts(plan: CopyPlan) -> dict[str, Any]:
    """How large the copies will be, in bytes, each picture apart."""
    return {
        "frames": plan.frames, "bytes": plan.bytes,
        "images": [
            {"frames": one.size.frames, "bytes": one.size.bytes, "original_bytes": one.size.original_bytes,
             "measured_on_all_frames": one.size.exact}
            for one in plan.images
        ],
    }
