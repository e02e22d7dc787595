"""The pictures of a visit as somebody chooses among them for copies: side, time, size, and one of them shown whole.

What is shown here has nothing blanked, so it is for who may look at copies, on this machine. Chooses and writes
nothing; what the file says of side and time is kept in no event.
"""
from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from injection_log.acts.writing import require
from injection_log.errors import Refused

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from injection_log.record.values import VisitImage, VisitRecord
    from injection_log.site import Session

_DIGEST_LETTERS = 12
_SIDES = {"R": "right", "L": "left"}
_TIME = re.compile(r"([01]\d|2[0-3])([0-5]\d)([0-5]\d)?(\.\d{1,6})?")


@dataclass(frozen=True)
class PictureFacts:
    """How one picture is told from the others. `side` is "right", "left" or ""; `time` is HH:MM:SS or ""."""

    side: str
    time: str
    size: str
    digest: str


def picture_facts(session: Session, record: VisitRecord, image: VisitImage) -> PictureFacts:
    """Side, time and size of a picture of this visit.

    The side is the file's, else that of all marks on it; side and time are "" where nothing says them.
    """
    from dicom_io.errors import DicomIoError
    from dicom_io.reading import read_image

    size, digest = size_in_words(image.rows, image.columns), image.sha256[:_DIGEST_LETTERS]
    try:
        found = read_image(session.site.image_path(image.sha256))
    except DicomIoError:
        return PictureFacts(_marked_side(record, image), "", size, digest)
    side = _SIDES.get(found.laterality, "") or _marked_side(record, image)
    return PictureFacts(side, _clock(found.content_time), size, digest)


def frame_as_shown(session: Session, image: VisitImage, frame: int) -> npt.NDArray[np.uint8]:
    """One frame of an original, from 0, nothing blanked: (rows, columns) or (rows, columns, 3), uint8.

    Raises Refused: a role that may not look, a frame that does not exist, a file that cannot be read.
    """
    require(session, "look_at_copies")
    from dicom_io.errors import DicomIoError
    from dicom_io.frames import open_frames

    if not 0 <= frame < image.frames:
        frames = counted(image.frames, "frame")
        raise Refused("no_such_frame", f"This picture has {frames}, counted from 0; go to one of them.")
    try:
        with open_frames(session.site.image_path(image.sha256)) as source:
            return source.frame(frame)
    except DicomIoError as refused:
        raise Refused(refused.code, refused.why) from refused


def size_in_words(rows: int, columns: int) -> str:
    """A picture's size, rows first: `600 rows x 800 columns`."""
    return f"{rows} rows x {columns} columns"


def frame_ranges(spelled: str) -> tuple[tuple[int, int], ...]:
    """Inclusive ranges of frames from 0 of ranges typed from 1 (`1-12,40`); whether they exist is not asked."""
    ends = [[int(end) - 1 for end in part.split("-")] for part in spelled.split(",")]
    return tuple((one[0], one[-1]) for one in ends)


def counted(count: int, noun: str) -> str:
    """`1 frame`, `2 frames`."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _marked_side(record: VisitRecord, image: VisitImage) -> str:
    sides = {
        mark.side for gland in record.glands.values() for mark in gland.marks
        if mark.on.sop_instance_uid == image.sop_instance_uid
    }  # fmt: skip
    return next(iter(sides)) if len(sides) == 1 else ""


def _clock(time: str) -> str:
    """HH:MM:SS of a DICOM TM, "" of what is none."""
    found = _TIME.fullmatch(time)
    return ":".join(found.group(part) for part in (1, 2, 3) if found.group(part)) if found else ""
