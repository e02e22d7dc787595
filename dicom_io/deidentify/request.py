"""What a coded copy is asked to be: for whom, of which frames, with which dates, under which code.

Frozen values that check their own form, because each ends up in a file or in a file's name. They hold what
the trial says of a picture and deliberately nothing that the picture's header says.
"""
from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from dicom_io.deidentify.errors import CopyRefused
from dicom_io.deidentify.kept_area import KeptArea
from dicom_io.deidentify.uids import UidMap

if TYPE_CHECKING:
    from dicom_io.hand_scale import HandScale

_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,31}", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x1f\x7f\\]")
_LONGEST_LO = 64
LONGEST_SHIFT_DAYS = 36_600


@dataclass(frozen=True)
class Trial:
    """The trial and the site in their own words (PS3.3 C.7.1.3); `sponsor` and `protocol_id` are owed."""

    sponsor: str
    protocol_id: str
    protocol_name: str = ""
    site_id: str = ""
    site_name: str = ""

    def __post_init__(self) -> None:
        for words in (self.sponsor, self.protocol_id, self.protocol_name, self.site_id, self.site_name):
            check_words(words)
        if not self.sponsor or not self.protocol_id:
            raise CopyRefused("not_a_word", "A coded copy names its sponsor and protocol; give both.")


@dataclass(frozen=True)
class ForReading:
    """For a blinded reader: a reading code alone, no participant, visit, side or date (0012,0042)."""

    reading_id: str

    def __post_init__(self) -> None:
        _check_code(self.reading_id)

    @property
    def code(self) -> str:
        """What stands for the participant in header and file name."""
        return self.reading_id


@dataclass(frozen=True)
class ForSharing:
    """For people who may know participant and visit: Subject ID (0012,0040), time point (0012,0050)."""

    subject_id: str
    time_point: str

    def __post_init__(self) -> None:
        _check_code(self.subject_id)
        _check_code(self.time_point)

    @property
    def code(self) -> str:
        """What stands for the participant in header and file name."""
        return self.subject_id


@dataclass(frozen=True)
class DatesRemoved:
    """No date in the copy; (0028,0303) REMOVED."""


@dataclass(frozen=True)
class DatesShifted:
    """Study and content date moved by as many days for all pictures of one participant; times are removed.

    Intervals between visits stay true (PS3.15 option 113107); (0028,0303) MODIFIED.
    """

    days: int

    def __post_init__(self) -> None:
        if self.days == 0 or abs(self.days) > LONGEST_SHIFT_DAYS:
            raise CopyRefused("not_a_word", "Dates are shifted by 1 to 36600 days either way.")


CodedFor = ForReading | ForSharing
Dates = DatesRemoved | DatesShifted


@dataclass(frozen=True)
class Selection:
    """Frames of one original, counted from 0 in the order in which they are copied, and the area that stays."""

    path: Path
    frames: tuple[int, ...]
    area: KeptArea
    hand_scale: HandScale | None = None


@dataclass(frozen=True)
class CopyRequest:
    """One coded copy. `number` is its Instance Number, given by whoever decides the order.

    `is_padded`: the file is filled up to a power of two, so that its length does not tell it from others.
    """

    selection: Selection
    coded_for: CodedFor
    trial: Trial
    uids: UidMap
    dates: Dates = field(default_factory=DatesRemoved)
    number: int = 1
    is_padded: bool = False

    def __post_init__(self) -> None:
        if isinstance(self.coded_for, ForReading) and isinstance(self.dates, DatesShifted):
            raise CopyRefused("not_a_word", "A copy for a blinded reader carries no dates, not even shifted ones.")


def frames_of(ranges: Iterable[tuple[int, int]], frames: int) -> tuple[int, ...]:
    """The frames of inclusive ranges, sorted, each once. Raises `CopyRefused` for one that does not exist."""
    chosen: set[int] = set()
    for first, last in ranges:
        if not 0 <= first <= last < frames:
            raise CopyRefused("no_such_frame", frames_there(frames))
        chosen.update(range(first, last + 1))
    if not chosen:
        raise CopyRefused("no_such_frame", "No frame is chosen; choose at least one.")
    return tuple(sorted(chosen))


def frames_there(count: int) -> str:
    """What is said to who asks for a frame that does not exist."""
    return f"This picture has {count} {'frame' if count == 1 else 'frames'}; choose among them."


def check_words(words: str) -> None:
    """Refuse what is no LO value (PS3.5 6.2): longer than 64 characters, control characters, a backslash."""
    if len(words) > _LONGEST_LO or _CONTROL.search(words):
        raise CopyRefused("not_a_word", "Words in a coded copy have at most 64 characters, on one line.")


def _check_code(code: str) -> None:
    if _CODE.fullmatch(code) is None:
        raise CopyRefused("not_a_code", "A code is 1 to 32 letters, digits, hyphens or underscores.")
