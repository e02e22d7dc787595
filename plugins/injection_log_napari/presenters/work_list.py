"""The work list: participants and visits of the protocol, and how far each is."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from injection_log_napari.presenters.desk import REFUSALS
from injection_log_napari.presenters.wording import day_words

if TYPE_CHECKING:
    from injection_log.acts.visits import WorkListRow
    from injection_log.record.values import VisitRecord


@dataclass(frozen=True)
class WorkRow:
    """One line of the list."""

    participant: str
    visit: str
    visit_title: str
    day: str
    state: str
    pictures: str
    is_begun: bool
    is_done: bool
    is_injecting: bool = False
    record: VisitRecord | None = None

    @property
    def is_gone(self) -> bool:
        """Withdrawn, or recorded as not done."""
        return self.record is not None and (self.record.withdrawn is not None or self.record.not_done is not None)


@dataclass(frozen=True)
class WorkListState:
    """The list, the line to go on with (-1: none), the participant typed last, and what to say."""

    rows: tuple[WorkRow, ...]
    chosen: int
    typed: str
    said: str
    is_refusal: bool = False


@dataclass(frozen=True)
class Listed:
    """How the list is read: the `page` behind a participant ("": the first one; empty at the end), and `of` one."""

    page: Callable[[str], Sequence[WorkListRow]]
    of: Callable[[str], Sequence[WorkListRow]]


class WorkListPresenter:
    """Chooses a participant and a visit. Reads what is shown first, and the rest as somebody comes to it."""

    def __init__(
        self,
        listed: Listed,
        open_visit: Callable[[str, str], VisitRecord],
        accepts: Callable[[str], bool],
        *,
        may_begin: bool = True,
    ) -> None:
        self._may_begin = may_begin
        self._listed, self._open, self._accepts = listed, open_visit, accepts
        self._typed = ""
        self._said = self._note = ""
        self._rows: tuple[WorkRow, ...] = ()
        self._own: tuple[WorkRow, ...] = ()
        self._is_whole = False
        self._selected = -1
        self.refresh()

    @property
    def state(self) -> WorkListState:
        """What the page shows now."""
        said = self._said or self._note or self._advice()
        return WorkListState(self._rows, self._chosen(), self._typed, said, bool(self._said))

    def refresh(self, reach: str = "") -> None:
        """Read the list again, at least as far as the participant `reach`."""
        self._said, self._note, self._selected = "", "", -1
        self._rows, self._is_whole = (), False
        while self.read_more() and self._last_read() < reach:
            pass
        self._read_own()

    def read_more(self) -> bool:
        """Read the next page of the whole list; tells whether there was one."""
        if self._is_whole:
            return False
        try:
            page = self._listed.page(self._last_read())
        except REFUSALS as refused:
            self._said, page = str(refused), ()
        self._rows, self._is_whole = (*self._rows, *map(_row, page)), not page
        return bool(page)

    def _last_read(self) -> str:
        return self._rows[-1].participant if self._rows else ""

    def type_participant(self, text: str) -> None:
        """Show the visits of a typed participant, also of one that is not on the list yet."""
        self._typed, self._said, self._selected = text.strip().upper(), "", -1
        self._read_own()

    def _read_own(self) -> None:
        self._own = ()
        if self._typed and not self._accepts(self._typed):
            self._said = "This is not a participant id of this trial; type it as on the list."
        elif self._typed:
            try:
                self._own = tuple(map(_row, self._listed.of(self._typed)))
            except REFUSALS as refused:
                self._said = str(refused)

    def select(self, place: int) -> None:
        """Another line was chosen: the sentence is about it."""
        self._selected, self._note = place, ""

    def select_visit(self, participant: str, visit: str) -> None:
        """Choose the line of a visit, as of the one that was come from; nothing where it is not in sight."""
        rows = enumerate(self.rows_for_typed())
        found = [place for place, row in rows if (row.participant, row.visit) == (participant, visit)]
        if found:
            self.select(found[0])

    def say(self, sentence: str) -> None:
        """Say what was done with a line."""
        self._note = sentence

    def rows_for_typed(self) -> tuple[WorkRow, ...]:
        """The lines of the typed participant; those of the whole list that were read when none is typed."""
        return self._own if self._typed else self._rows

    def open(self, participant: str, visit: str) -> VisitRecord | None:
        """Open a visit; None with a sentence when it was refused."""
        try:
            record = self._open(participant, visit)
        except REFUSALS as refused:
            self._said = str(refused)
            return None
        self._said = self._typed = ""
        return record

    def _chosen(self) -> int:
        return self._selected if 0 <= self._selected < len(self.rows_for_typed()) else self._go_on_with()

    def _go_on_with(self) -> int:
        rows = self.rows_for_typed()
        if not self._may_begin:
            return next((n for n, row in enumerate(rows) if row.is_begun), 0 if rows else -1)
        begun = [n for n, row in enumerate(rows) if row.is_begun and not row.is_done]
        fresh = [n for n, row in enumerate(rows) if not row.is_begun and row.is_injecting]
        return next(iter([*begun, *fresh]), 0 if rows else -1)

    def _advice(self) -> str:
        rows, chosen = self.rows_for_typed(), self._chosen()
        if chosen < 0:
            return "Type a participant id to begin."
        row = rows[chosen]
        if not row.is_begun and not self._may_begin:
            return f"{row.participant}, {row.visit_title}, was not begun yet; choose another line."
        verb = "go on with" if row.is_begun and not row.is_done else "read" if row.is_done else "begin"
        verb = "read" if not self._may_begin else verb
        return f"Press Enter to {verb} {row.participant}, {row.visit_title}; or choose another line."


def _row(listed: WorkListRow) -> WorkRow:
    record = listed.record
    done = record is not None and (
        record.withdrawn is not None or record.not_done is not None
        or all(not gland.is_open for gland in record.glands.values())
    )
    pictures = ""
    if record is not None:
        pictures = "pending" if record.images_pending and not record.images else str(len(record.images) or "none yet")
    return WorkRow(
        listed.participant,
        listed.visit.name,
        listed.visit.title,
        day_words(record.day) if record else "",
        listed.state,
        pictures,
        is_begun=record is not None,
        is_done=done,
        is_injecting=listed.visit.kind == "injecting",
        record=record,
    )
