"""Checks what events say of coded copies: two people behind a drawn area, a look before anything was written,
and what was written under the code that its purpose allows.

Knows only the replay so far and one event. What a copy's file holds cannot be seen from the log; its digest can
be compared with the file by whoever has it.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from injection_log.ledger.canonical import Json, canonical_bytes
from injection_log.record.copies import AREA, AREA_CONFIRMED, COPY, LOOK, copy_field, drawn_area, look_field
from injection_log.verify.replay import Read, Replay
from injection_log.verify.report import Wrong


def check_copies(replay: Replay, event: Read) -> None:
    """Check an event about kept areas, looks and copies against the log before it. Raises Wrong."""
    for change in event.changes:
        if change["new"] is None:
            continue
        fault = _fault(replay, event, change["field"], change["new"])
        if fault is not None:
            raise Wrong(event.sequence, "coded copy", f"Event {event.sequence} {fault}.")


def _fault(replay: Replay, event: Read, field: str, new: Json) -> str | None:
    said: dict[str, Any] = new if isinstance(new, dict) else {}
    if event.subject.startswith("layout:") and field in (AREA, AREA_CONFIRMED):
        return _fault_of_area(replay, event, field, said)
    if event.subject.startswith("visit:") and field.startswith(LOOK):
        return _fault_of_look(replay, event, field, said)
    if event.subject.startswith("visit:") and field.startswith(COPY):
        return _fault_of_copies(replay, event, field, said)
    return None


def _fault_of_copies(replay: Replay, event: Read, field: str, said: dict[str, Any]) -> str | None:
    look = replay.of(event.subject).get(look_field(str(said.get("look", ""))))
    if not isinstance(look, dict) or look.get("sha256") != said.get("look"):
        return "writes coded copies of frames that nobody had looked at"
    files = said.get("files")
    if not isinstance(files, dict) or not files or copy_field(_digest({"files": files})) != field:
        return "writes coded copies under another digest than theirs"
    code, visit = said.get("code"), said.get("time_point")
    if said.get("for") == "reading":
        if visit or said.get("dates") != "removed":
            return "gives a blinded reader a visit or dates"
    elif said.get("for") != "sharing" or event.subject != f"visit:{code}/{visit}":
        return "writes coded copies under the code of another participant or visit"
    if any(not str(name).startswith(f"{code}_") for name in files):
        return "writes coded copies whose names are not of their code"
    return None


def _digest(said: Json) -> str:
    return sha256(canonical_bytes(said)).hexdigest()


def _fault_of_area(replay: Replay, event: Read, field: str, said: dict[str, Any]) -> str | None:
    if not said.get("by") or said["by"] != event.body["user"]:
        return "names another person for a kept area than the one who acted"
    if field == AREA_CONFIRMED:
        drawn = replay.of(event.subject).get(AREA)
        if not isinstance(drawn, dict) or drawn.get("boxes") != said.get("boxes"):
            return "confirms a kept area that nobody had drawn"
        if drawn.get("by") == said["by"]:
            return "confirms a kept area by the person who drew it"
    return None


def _fault_of_look(replay: Replay, event: Read, field: str, said: dict[str, Any]) -> str | None:
    images = said.get("images")
    if said.get("by") != event.body["user"] or not isinstance(images, dict) or not images:
        return "confirms frames without saying who looked at which"
    if look_field(str(said.get("sha256"))) != field:
        return "confirms frames under another digest than theirs"
    if _digest(images) != said["sha256"]:
        return "confirms other frames than those its digest stands for"
    for uid, image in images.items():
        if f"image.{uid}" not in replay.of(event.subject):
            return "confirms frames of a picture that is not of this visit"
        if image.get("area_from") == "drawn" and not _is_agreed(replay, image):
            return "confirms frames with a drawn area that two people had not agreed on"
    return None


def _is_agreed(replay: Replay, image: dict[str, Any]) -> bool:
    drawn = drawn_area(replay.of(f"layout:{image.get('layout')}"))
    return drawn is not None and drawn.is_confirmed and [list(box) for box in drawn.boxes] == image.get("area")
