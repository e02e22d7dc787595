"""The history page: lines of one record in words, under the versions they belong to, filtered, either end first.

Words are made only of lines that are looked at, so fifty thousand events open as quickly as fifty. No Qt.
"""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from injection_log.acts.history import HistoryFilter, group_titles
from injection_log.record.event_words import role_words
from injection_log.record.trail import Entry, SignedAs
from injection_log.record.vocabulary import moment_words
from injection_log_napari.presenters.desk import REFUSALS
from injection_log_napari.presenters.wording import side_words

if TYPE_CHECKING:
    from annotate.marks import Side
    from injection_log.acts.history import History, HistoryLine
    from injection_log.acts.seeing import Sighting


class HistorySource(Protocol):
    """Where a history comes from: the acts, with the session of the person who looks."""

    def read(self, side: Side | None, newest: int | None = None) -> History:
        """Read the history of the record, or of one gland of it; with `newest` only about so many lines."""

    def sightings(self) -> tuple[Sighting, ...]:
        """Everybody who had this record before their eyes, the newest last."""

    def export(self, history: History, wanted: HistoryFilter, path: str) -> tuple[str, ...]:
        """Write the lines that are shown as a table; gives the files."""

    def unwritten(self) -> str:
        """What to say when it could not be written down who looked; "" when it was."""


@dataclass(frozen=True)
class HeadingRow:
    """Begins a version: its number and what became of it."""

    title: str
    detail: str


@dataclass(frozen=True)
class LineRow:
    """One line of the list; `tone` is "signature", "after" (changed after signing), "late" or ""."""

    when: str
    who: str
    role: str
    what: str
    tone: str


@dataclass(frozen=True)
class DetailState:
    """The chosen line in full: (label, words) about it, and (title, before, after) of each change."""

    title: str
    sentence: str
    facts: tuple[tuple[str, str], ...]
    changes: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True)
class HistoryState:
    """What the page shows around the list. Choices are (value, title), the first of them asks nothing."""

    title: str
    summary: str
    side: Side | None
    people: tuple[tuple[str, str], ...]
    groups: tuple[tuple[str, str], ...]
    fields: tuple[tuple[str, str], ...]
    wanted: HistoryFilter
    is_newest_first: bool
    said: str


FIRST_READ = 400
"""So many lines are read before the page is shown; those of a longer history come behind."""
NOTHING_CHOSEN = DetailState("", "Choose a line to see what stood there before and after.", (), ())


class HistoryPresenter:
    """One record's history as it is looked through."""

    def __init__(
        self, source: HistorySource, changed: Callable[[], None], *, side: Side | None = None, field: str = ""
    ) -> None:
        self._source, self._changed = source, changed
        self._side = side
        self._wanted = HistoryFilter(field=field)
        self._is_newest_first = True
        self._said = ""
        self._history: History | None = None
        self._rows: list[Entry | int] = []
        self.arranged = 0
        self._lines: dict[int, HistoryLine] = {}
        self._read()

    # ---- what is shown -------------------------------------------------------------------------------------
    @property
    def state(self) -> HistoryState:
        """What the page shows now, the list apart."""
        history = self._history
        if history is None:
            return HistoryState("History", "", self._side, (), (), (), self._wanted, self._is_newest_first, self._said)
        record = history.record
        return HistoryState(
            f"History of {record.participant}, {record.visit_title}", self._summary(history), self._side,
            (("", "Everybody"), *history.people()), (("", "All that was done"), *group_titles(history.entries)),
            (("", "Every field"), *history.fields()), self._wanted, self._is_newest_first,
            self._said or self._source.unwritten(),
        )  # fmt: skip

    @property
    def count(self) -> int:
        """How many rows the list has, headings too."""
        return len(self._rows)

    def row(self, place: int) -> HeadingRow | LineRow:
        """One row of the list."""
        at = self._rows[place]
        if isinstance(at, int):
            return self._heading(at)
        line = self._line(at)
        what = f"{line.sentence} — reason: {line.reason}" if line.reason else line.sentence
        return LineRow(line.when, line.printed_name, line.role, what, _tone(at, line))

    def is_heading(self, place: int) -> bool:
        """Whether a row begins a version."""
        return isinstance(self._rows[place], int)

    def headings(self) -> tuple[int, ...]:
        """The places of the rows that begin a version."""
        return tuple(place for place, at in enumerate(self._rows) if isinstance(at, int))

    def detail(self, place: int) -> DetailState:
        """The row in full; of a heading its signatures."""
        if not 0 <= place < len(self._rows):
            return NOTHING_CHOSEN
        at = self._rows[place]
        if isinstance(at, int):
            heading = self._heading(at)
            return DetailState(heading.title, heading.detail, (), ())
        return _detail(self._line(at))

    def text(self, place: int) -> str:
        """A row as plain text, to be copied."""
        row = self.row(place)
        if isinstance(row, HeadingRow):
            return f"{row.title}\t{row.detail}"
        return f"{row.when}\t{row.who}, {row.role}\t{row.what}"

    def sightings(self) -> tuple[Sighting, ...]:
        """Who saw this record, the newest first; none, with a sentence, when it was refused."""
        try:
            return tuple(reversed(self._source.sightings()))
        except REFUSALS as refused:
            self._say(str(refused))
            return ()

    # ---- acts ----------------------------------------------------------------------------------------------
    def show_side(self, side: Side | None) -> None:
        """Show one gland, or both with the visit."""
        self._side = side
        self._read()
        self._changed()

    def narrow(self, **asked: object) -> None:
        """Ask for less or more: fields of a HistoryFilter by name."""
        self._wanted = replace(self._wanted, **asked)  # type: ignore[arg-type]
        self._arrange()
        self._changed()

    def turn(self) -> None:
        """Put the other end of the history first."""
        self._is_newest_first = not self._is_newest_first
        self._arrange()
        self._changed()

    def export(self, path: str) -> bool:
        """Write the lines that are shown as a table (CSV); False, with a sentence, when it was refused."""
        if self._history is None:
            return False
        try:
            files = self._source.export(self._history, self._wanted, path)
        except (*REFUSALS, OSError) as refused:
            self._say(str(refused))
            return False
        self._say(f"Written: {' and '.join(files)}")
        return True

    @property
    def is_whole(self) -> bool:
        """Whether every line was read."""
        return self._history is None or self._history.is_whole

    def read_rest(self) -> tuple[Side | None, History]:
        """Read the whole history, for a worker; its answer goes to `take_rest`."""
        side = self._side
        return side, self._source.read(side)

    def take_rest(self, read: tuple[Side | None, History]) -> bool:
        """Show the whole history, which was read meanwhile; False when another gland was asked for since."""
        side, history = read
        if side != self._side:
            return False
        self._history = history
        self._lines.clear()
        self._arrange()
        self._changed()
        return True

    def _say(self, sentence: str) -> None:
        self._said = sentence
        self._changed()

    def _read(self) -> None:
        try:
            self._history = self._source.read(self._side, FIRST_READ)
            self._said = ""
        except REFUSALS as refused:
            self._history, self._said = None, str(refused)
        self._lines.clear()
        self._arrange()

    def _arrange(self) -> None:
        """The chosen entries, a heading before each run of one version."""
        history = self._history
        chosen = history.chosen(self._wanted) if history is not None else ()
        rows: list[Entry | int] = []
        version = 0
        for entry in reversed(chosen) if self._is_newest_first else chosen:
            if entry.version != version:
                version = entry.version
                rows.append(version)
            rows.append(entry)
        self._rows = rows
        # The view makes its list anew only when this counts on: a sentence below it moves nobody's line.
        self.arranged += 1

    def _line(self, entry: Entry) -> HistoryLine:
        assert self._history is not None  # there are no entries without it
        number = entry.event.sequence
        if number not in self._lines:
            self._lines[number] = self._history.line(entry)
        return self._lines[number]

    def _heading(self, version: int) -> HeadingRow:
        assert self._history is not None  # there are no rows without it
        signed = [one for one in self._history.signatures if one.version == version]
        words = "; ".join(_signed(one) for one in signed) or "not signed yet"
        return HeadingRow(f"Version {version}", words)

    def _summary(self, history: History) -> str:
        shown = sum(not isinstance(at, int) for at in self._rows)
        of = "" if shown == len(history.entries) else f" of {len(history.entries)}"
        after = sum(entry.is_after_signing for entry in history.entries)
        if not history.is_whole:
            return f"the newest {shown} lines; the others are being read"
        lines = f"{shown}{of} {'line' if shown == 1 and not of else 'lines'}"
        changed = f"{after or 'nothing'} changed after signing"
        return f"{lines}; {changed}"


def _tone(entry: Entry, line: HistoryLine) -> str:
    if line.group == "signature":
        return "signature"
    return "after" if entry.is_after_signing else "late" if entry.is_late else ""


def _signed(one: SignedAs) -> str:
    at = moment_words(one.signed_at, one.offset_minutes)
    return f"{side_words(one.side).lower()} signed by {one.printed_name}, {role_words(one.role)}, {at}"  # type: ignore[arg-type]


def _detail(line: HistoryLine) -> DetailState:
    facts = [
        ("Reason", line.reason),
        ("Who", f"{line.printed_name}{f' ({line.user})' if line.user else ''}, {line.role}"),
        ("Entered", line.when),
        ("Time claimed for it", line.claimed),
        ("About", line.about),
        ("Version", f"{line.version}{', changed after signing' if line.is_after_signing else ''}"),
        ("Late", "entered late, by the protocol's limit" if line.is_late else ""),
        ("Workstation", line.workstation),
        ("Number in the log", str(line.sequence)),
    ]
    changes = tuple((change.title, change.old, change.new or "nothing recorded") for change in line.changes)
    return DetailState(line.title, line.sentence, tuple((name, words) for name, words in facts if words), changes)
