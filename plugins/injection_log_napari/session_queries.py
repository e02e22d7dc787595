"""The real list of queries and findings of all records, for the person who is logged in. No Qt, no rules of its own."""
from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from injection_log.acts import checking, queries
from injection_log.people.roles import Role
from injection_log_napari.presenters.wording import value_title

if TYPE_CHECKING:
    from injection_log.record.checks import Finding
    from injection_log.record.queries import Query
    from injection_log.site import Session


class SessionQueries:
    """What the list "Queries and checks" shows."""

    def __init__(self, session: Session) -> None:
        self._session = session

    @property
    def may_let_checks_ask(self) -> bool:
        """Whether the person may open queries for what the checks find: the data manager's work."""
        return self._session.account.role == Role.DATA_MANAGER

    def queries(self) -> Sequence[Query]:
        """All queries, oldest first."""
        return queries.list_queries(self._session)

    def findings(self) -> Sequence[Finding]:
        """What the checks find in all records."""
        return checking.all_findings(self._session)

    def let_checks_ask(self) -> tuple[int, int]:
        """Open a query for each finding; how many were opened, and how many closed by themselves."""
        run = queries.open_queries_of_checks(self._session)
        return len(run.opened), len(run.closed)

    def visit_title(self, visit: str) -> str:
        """A visit's title by the protocol."""
        planned = self._session.site.protocol.visits.get(visit)
        return planned.title if planned is not None else visit

    def field_title(self, field: str) -> str:
        """A value's title."""
        return value_title(field)
