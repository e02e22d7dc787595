"""What the log keeps of coded copies: the area that stays, the frames that people looked at, what was written.

Values and their stored forms. Kept areas stand under the layout of a scanner's screen, looks and copies under
the visit. Deliberately no file name of an original, no folder, no word of a header, and no date in any of it.
"""
from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, cast

from injection_log.ledger.event import Json

AREA, AREA_CONFIRMED, LOOKED_AT = "kept_area", "kept_area_confirmed", "looked_at"
"""Fields of a layout: what was drawn, by whom it was confirmed, who last looked at pictures of it."""
LOOK, COPY, ARCHIVED = "copy_look.", "coded_copy.", "archived."
"""Fields of a visit begin so; the rest is the first part of the digest."""
_DIGEST_LETTERS = 32

Boxes = tuple[tuple[int, int, int, int], ...]
AreaFrom = Literal["scanner", "drawn"]


@dataclass(frozen=True)
class DrawnArea:
    """A kept area that a person drew, boxes (row0, column0, row1, column1); `confirmed_by` is "" until a second did."""

    boxes: Boxes
    drawn_by: str
    confirmed_by: str

    @property
    def is_confirmed(self) -> bool:
        """Whether two people stand behind it."""
        return bool(self.confirmed_by)


@dataclass(frozen=True)
class LookedAtImage:
    """One picture in a look: the chosen frames as inclusive ranges from 0, the area, the digest of the pixels."""

    sop_instance_uid: str
    ranges: tuple[tuple[int, int], ...]
    boxes: Boxes
    layout: str
    area_from: AreaFrom
    sha256: str

    def to_json(self) -> dict[str, Json]:
        """The stored form, under the picture's UID."""
        return {
            "frames": [list(one) for one in self.ranges], "area": stored_boxes(self.boxes),
            "layout": self.layout, "area_from": self.area_from, "sha256": self.sha256,
        }


@dataclass(frozen=True)
class WrittenCopies:
    """One export of coded copies: for whom (`reading` or `sharing`), under which code, files and their SHA-256."""

    purpose: str
    code: str
    time_point: str
    dates: str
    look_sha256: str
    files: Mapping[str, str]

    def to_json(self) -> dict[str, Json]:
        """The stored form."""
        return {
            "for": self.purpose, "code": self.code, "time_point": self.time_point, "dates": self.dates,
            "look": self.look_sha256, "files": dict(self.files),
        }


def look_field(sha256: str) -> str:
    """The field of a visit under which a look stands."""
    return LOOK + sha256[:_DIGEST_LETTERS]


def copy_field(sha256: str) -> str:
    """The field of a visit under which an export stands; `sha256` is that of its list of files."""
    return COPY + sha256[:_DIGEST_LETTERS]


def archived_field(sha256: str, to: str) -> str:
    """The field of a visit under which it stands that an archive accepted an object; `sha256` is the file's."""
    return ARCHIVED + object_at(sha256, to)


def object_at(sha256: str, to: str) -> str:
    """The name of one object at one archive, so that two archives do not mix; `sha256` is the file's."""
    return hashlib.sha256(f"{sha256} {to}".encode()).hexdigest()[:_DIGEST_LETTERS]


def drawn_area(values: Mapping[str, Json]) -> DrawnArea | None:
    """The area that was drawn for a layout, None where none was. `values` are those of the layout."""
    drawn = values.get(AREA)
    if not isinstance(drawn, dict):
        return None
    confirmed = values.get(AREA_CONFIRMED)
    same = isinstance(confirmed, dict) and confirmed.get("boxes") == drawn["boxes"]
    by = str(cast("dict[str, Any]", confirmed)["by"]) if same else ""
    return DrawnArea(boxes_of(drawn["boxes"]), str(drawn["by"]), by)


def stored_boxes(boxes: Boxes) -> list[Json]:
    """The stored form of boxes."""
    return [list(box) for box in boxes]


def boxes_of(stored: object) -> Boxes:
    """Boxes from their stored form."""
    return tuple(cast("Boxes", tuple(tuple(int(bound) for bound in box) for box in cast("list[list[int]]", stored))))


def ranges_of(frames: tuple[int, ...]) -> tuple[tuple[int, int], ...]:
    """Sorted frames as inclusive ranges."""
    ranges: list[tuple[int, int]] = []
    for frame in frames:
        if ranges and frame == ranges[-1][1] + 1:
            ranges[-1] = (ranges[-1][0], frame)
        else:
            ranges.append((frame, frame))
    return tuple(ranges)


def ranges_in_words(ranges: tuple[tuple[int, int], ...]) -> str:
    """Ranges as people count frames, from 1: `1-12, 40`."""
    return ", ".join(str(a + 1) if a == b else f"{a + 1}-{b + 1}" for a, b in ranges)
