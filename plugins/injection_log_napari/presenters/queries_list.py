"""The list "Queries and checks": what is asked and what the checks find, of all records, filtered; a line leads there.

It changes nothing but the questions themselves: a data manager may let the checks ask what they find.
"""
from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol, TypeAlias, cast

from injection_log.record.versions import local_time
from injection_log_napari.presenters.desk import REFUSALS

if TYPE_CHECKING:
    from annotate.marks import Side
    from injection_log.ledger.event import Subject
    from injection_log.record.checks import Finding
    from injection_log.record.queries import Query

Shown = Literal["open", "answered", "closed", "checks"]
SHOWN: tuple[tuple[Shown, str], ...] = (
    ("open", "open queries"), ("answered", "answered"), ("closed", "closed"), ("checks", "found by checks"),
)
CHECKS_FAILED = "The checks could not be run; go back and open this page again."


@dataclass(frozen=True)
class TalkLine:
    """One line: where it leads (participant, visit, side, field) and what it says in its columns."""

    participant: str
    visit: str
    side: Side | None
    field: str
    columns: tuple[str, ...]


COLUMNS = ("", "Participant", "Visit", "Gland", "Value", "What", "Since")


@dataclass(frozen=True)
class QueriesState:
    """The lines of one kind that hold the typed words, how many there are of each kind, and what to say.

    The count is None while the checks still read the records.
    """

    shown: Shown
    counts: dict[Shown, int | None]
    lines: tuple[TalkLine, ...]
    said: str
    is_refusal: bool
    may_let_checks_ask: bool


Work: TypeAlias = "Callable[[], Sequence[Finding]]"
Run: TypeAlias = (
    "Callable[[Work, Callable[[Sequence[Finding]], None], Callable[[BaseException], None]], None]"
)
"""Does what is slow, and then exactly one of the other two."""


class QueriesDesk(Protocol):
    """What the list needs of the person who is logged in."""

    @property
    def may_let_checks_ask(self) -> bool:
        """Whether the person may open queries for what the checks find."""

    def queries(self) -> Sequence[Query]:
        """All queries, oldest first."""

    def findings(self) -> Sequence[Finding]:
        """What the checks find in all records."""

    def let_checks_ask(self) -> tuple[int, int]:
        """Open a query for each finding; how many were opened, and how many closed by themselves."""

    def visit_title(self, visit: str) -> str:
        """A visit's title by the protocol."""

    def field_title(self, field: str) -> str:
        """A value's title."""


def at_once(work: Work, came: Callable[[Sequence[Finding]], None], failed: Callable[[BaseException], None]) -> None:
    """Do what is slow here and now."""
    try:
        found = work()
    except REFUSALS as refused:
        failed(refused)
    else:
        came(found)


class QueriesPresenter:
    """Shows one kind of lines at a time. The checks read every record: `run` does that elsewhere."""

    def __init__(self, desk: QueriesDesk, changed: Callable[[], None], run: Run = at_once) -> None:
        self._desk, self._changed, self._run = desk, changed, run
        self._is_checking, self._turn = False, 0
        self._shown: Shown = "open"
        self._words = ""
        self._said, self._is_refusal = "", False
        self._lines: dict[Shown, tuple[TalkLine, ...]] = {}
        self.refresh()

    @property
    def state(self) -> QueriesState:
        """What the page shows now."""
        lines = tuple(line for line in self._lines[self._shown] if self._holds(line))
        said = self._said or self._advice(lines)
        counts: dict[Shown, int | None] = {shown: len(found) for shown, found in self._lines.items()}
        if self._is_checking:
            counts["checks"] = None
        return QueriesState(self._shown, counts, lines, said, self._is_refusal, self._desk.may_let_checks_ask)

    def refresh(self) -> None:
        """Read everything again."""
        self._said, self._is_refusal, self._lines = "", False, {shown: () for shown, _ in SHOWN}
        try:
            queries = self._desk.queries()
        except REFUSALS as refused:
            self._said, self._is_refusal = str(refused), True
            return
        for state in ("open", "answered", "closed"):
            self._lines[state] = tuple(self._query(one) for one in queries if one.state == state)
        self._check()

    def _check(self) -> None:
        self._is_checking, self._turn = True, self._turn + 1
        turn = self._turn

        def came(found: Sequence[Finding]) -> None:
            if turn == self._turn:  # of an earlier reading: a later one is on its way
                self._is_checking = False
                self._lines["checks"] = tuple(self._finding(one) for one in found)
                self._changed()

        def failed(error: BaseException) -> None:
            if turn == self._turn:
                self._is_checking, self._is_refusal = False, True
                self._said = str(error) if isinstance(error, REFUSALS) else CHECKS_FAILED
                self._changed()

        self._run(self._desk.findings, came, failed)

    def show(self, shown: Shown) -> None:
        """Show another kind."""
        self._shown, self._said, self._is_refusal = shown, "", False
        self._changed()

    def filter(self, words: str) -> None:
        """Show only lines that hold these words."""
        self._words = words.strip().casefold()
        self._changed()

    def let_checks_ask(self) -> None:
        """Open a query for each finding that has none."""
        try:
            opened, closed = self._desk.let_checks_ask()
        except REFUSALS as refused:
            self._said, self._is_refusal = str(refused), True
        else:
            self.refresh()
            self._shown = "open"
            self._said = f"The checks opened {_counted(opened)} and closed {_counted(closed)} that no longer hold."
        self._changed()

    def _query(self, one: Query) -> TalkLine:
        last = one.messages[-1]
        said = one.text if last is one.messages[0] or not last.text else f"{one.text} - {last.text}"
        since = f"{local_time(last.at, last.offset_minutes)}\n{last.printed_name}"
        return self._line(one.about, one.field, one.id, (said, since))

    def _finding(self, one: Finding) -> TalkLine:
        check = one.check.replace("_", " ")
        by = f"check: {check}\nversion {one.version}"
        return self._line(one.subject, one.field, one.severity, (one.sentence, by))

    def _line(self, about: Subject, field: str, first: str, rest: tuple[str, str]) -> TalkLine:
        side = cast("Side | None", about.gland or None)
        title = self._desk.field_title(field)
        columns = (first, about.participant, self._desk.visit_title(about.visit), about.gland or "", title, *rest)
        return TalkLine(about.participant, about.visit, side, field, columns)

    def _holds(self, line: TalkLine) -> bool:
        return self._words in " ".join(line.columns).casefold()

    def _advice(self, lines: tuple[TalkLine, ...]) -> str:
        if lines:
            return "Press Enter to open the record at that value; or choose another line."
        if self._shown == "checks" and self._is_checking:
            return "The checks are reading every record; what they find will stand here."
        return "Nothing here." if not self._words else "No line holds these words."


def _counted(number: int) -> str:
    return f"{number} query" if number == 1 else f"{number} queries"
