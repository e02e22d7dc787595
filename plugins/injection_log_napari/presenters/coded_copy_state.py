"""What the dialog "Coded copy" shows: plain values, and what they allow."""
from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Page = Literal["choose", "area", "look", "done"]
Purpose = Literal["sharing", "reading"]


@dataclass(frozen=True)
class PictureRow:
    """One picture of the visit. `area`: the scanner's regions, drawn and agreed, drawn and waiting, or owed."""

    number: int
    title: str
    frames: int
    area: Literal["scanner", "drawn", "waiting", "owed"]
    stays: str
    is_chosen: bool = False
    ranges: str = ""
    may_agree: bool = False


@dataclass(frozen=True)
class CopyState:
    """All that the dialog shows. `sheet` is the page on screen, PNG; `busy` is a word for what runs, or ""."""

    page: Page = "choose"
    rows: tuple[PictureRow, ...] = ()
    purpose: Purpose = "sharing"
    reading_id: str = ""
    shift_dates: bool = False
    size: str = ""
    said: str = ""
    is_refusal: bool = False
    busy: str = ""
    sheet: bytes = b""
    sheet_at: int = 0
    sheet_pages: int = 0
    unseen: int = 0
    is_confirmed: bool = False
    area_number: int = 0
    files: tuple[str, ...] = ()

    @property
    def may_agree(self) -> bool:
        """Whether the shown area was drawn by somebody else and waits for a second person."""
        return self.page == "area" and self.rows[self.area_number - 1].may_agree

    @property
    def is_instead_of_region(self) -> bool:
        """Whether drawing on the shown picture puts the scanner's own region out of use."""
        return self.page == "area" and self.rows[self.area_number - 1].area == "scanner"

    @property
    def may_take_back(self) -> bool:
        """Whether the shown area was drawn by a person, agreed to or not."""
        return self.page == "area" and self.rows[self.area_number - 1].area in ("waiting", "drawn")

    @property
    def may_measure(self) -> bool:
        """Whether something is chosen."""
        return not self.busy and any(row.is_chosen for row in self.rows)

    @property
    def may_confirm(self) -> bool:
        """Whether every page was on screen and nobody confirmed yet."""
        return not self.busy and self.page == "look" and not self.unseen and not self.is_confirmed

    @property
    def may_write(self) -> bool:
        """Whether the copies may leave."""
        named = self.purpose == "sharing" or bool(self.reading_id.strip())
        return not self.busy and self.page == "look" and self.is_confirmed and named
