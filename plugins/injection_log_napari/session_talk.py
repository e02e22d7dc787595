"""The real queries, findings and source marks of the visit on a desk, through the acts of the record's floor.

What was read is kept until the record on the desk is another one or an act of this page changed it: the window asks at
every refresh. No Qt, no rules of its own.
"""
from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from injection_log.acts import checking, queries, source_verification
from injection_log.record.reading import gland_subject, visit_subject
from injection_log.record.versions import local_time

if TYPE_CHECKING:
    from annotate.marks import Side
    from injection_log.acts.source_verification import Verified
    from injection_log.ledger.event import Subject
    from injection_log.record.checks import Finding
    from injection_log.record.queries import Query
    from injection_log.record.values import VisitRecord
    from injection_log.site import Session
    from injection_log_napari.session_changes import OnDesk

Read = TypeVar("Read")


class SessionTalk:
    """What is asked and found about the values of one visit."""

    def __init__(self, desk: OnDesk) -> None:
        self._desk = desk
        self._read_from: VisitRecord | None = None
        self._read: dict[str, object] = {}

    @property
    def _session(self) -> Session:
        return self._desk.session

    def queries(self) -> tuple[Query, ...]:
        """All queries about this visit, oldest first."""
        return self._kept("queries", lambda: queries.queries_about(self._session, self._desk.record))

    def findings(self) -> tuple[Finding, ...]:
        """What the checks find now."""
        return self._kept("findings", lambda: checking.findings_of(self._session, self._desk.record))

    def verified(self, side: Side | None, field: str) -> str:
        """Who compared the value that stands with its source, and when; "" where nobody did."""
        mark = self._verifiable().get((side, field))
        if mark is None:
            return ""
        return f"Compared with the source by {mark.printed_name}, {local_time(mark.at, mark.offset_minutes)}"

    def may_be_verified(self, side: Side | None, field: str) -> bool:
        """Whether a value stands there that has a source and no mark yet."""
        values = self._verifiable()
        return (side, field) in values and values[side, field] is None

    def _verifiable(self) -> dict[tuple[Side | None, str], Verified | None]:
        return self._kept("verified", self._read_verification)

    def _read_verification(self) -> dict[tuple[Side | None, str], Verified | None]:
        found = source_verification.verification_of(self._session, self._desk.record)
        return {(one.side, one.field): one.verified for one in found.values}

    def may_close(self, query: Query) -> bool:
        """Whether a query is for the person at work to close."""
        return queries.may_close(self._session, query)

    def open_query(self, side: Side | None, field: str, text: str) -> None:
        """Ask about a value."""
        self._act(lambda: queries.open_query(self._session, self._subject(side), field, text))

    def answer_query(self, query_id: str, text: str) -> None:
        """Answer for the site."""
        self._act(lambda: queries.answer_query(self._session, query_id, text))

    def close_query(self, query_id: str, reason: str) -> None:
        """Close a query."""
        self._act(lambda: queries.close_query(self._session, query_id, reason))

    def ask_again(self, query_id: str, text: str) -> None:
        """Open a query again whose answer does not settle it."""
        self._act(lambda: queries.reopen_query(self._session, query_id, text))

    def mark_verified(self, side: Side | None, field: str) -> None:
        """Record that a value was compared with its source."""
        self._act(lambda: source_verification.mark_verified(self._session, self._desk.record, side, field))

    def take_back_verified(self, side: Side | None, field: str) -> None:
        """Take such a mark away; the log keeps it."""
        self._act(lambda: source_verification.take_back(self._session, self._desk.record, side, field))

    def _act(self, act: Callable[[], object]) -> None:
        try:
            act()
        finally:
            # Also where it was refused: somebody else may have answered meanwhile, and that is shown now.
            self._read.clear()

    def _subject(self, side: Side | None) -> Subject:
        record = self._desk.record
        where = record.participant, record.visit
        return visit_subject(*where) if side is None else gland_subject(*where, side)

    def _kept(self, name: str, read: Callable[[], Read]) -> Read:
        if self._read_from is not self._desk.record:
            self._read_from, self._read = self._desk.record, {}
        if name not in self._read:
            self._read[name] = read()
        return self._read[name]  # type: ignore[return-value]
