"""What presenters need to change a signed record and to talk about one: amendments, additions, reviews, queries.

An interface only; the real one is `session_changes.py`. Every act changes the record on the desk, or raises one of
the desk's refusals.
"""
from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from annotate.marks import Side
    from injection_log.acts.signing import Proof
    from injection_log.record.checks import Finding
    from injection_log.record.queries import Query
    from injection_log.record.rendering import Rendering


class ChangesDesk(Protocol):
    """Acts on the visit on the desk once it is signed."""

    def amend(self, side: Side, reason: str) -> None:
        """Open a signed gland record again, as a new version."""

    def close_amendment(self, side: Side) -> None:
        """End an amendment in which nothing was changed; the old signature holds again."""

    def open_addition(self, side: Side, reason: str) -> None:
        """Begin to add pictures and marks that came after the signature."""

    def close_addition(self, side: Side) -> None:
        """End an addition in which no mark was placed."""

    def render_addition(self, side: Side) -> Rendering:
        """What an addition will be signed for."""

    def sign_addition(self, side: Side, proof: Proof) -> None:
        """Sign what was added."""

    def render_review(self, side: Side) -> Rendering:
        """The signed record as it is shown to whoever reviews it."""

    def review(self, side: Side, proof: Proof) -> None:
        """Sign a signed record as reviewed."""

    def key_standing(self, side: Side, name: str) -> str:
        """What is to be said about the key of a gland's "signature" or "review"; "" when nothing is."""

    def flag_transcription(self, written_on: str, written_by: str) -> None:
        """Record that the visit was typed in from paper: the day it was written (2026-11-22) and by whom."""


class TalkDesk(Protocol):
    """What is asked and found about the values of the visit on the desk."""

    def queries(self) -> tuple[Query, ...]:
        """All queries about this visit, oldest first."""

    def findings(self) -> tuple[Finding, ...]:
        """What the checks find now."""

    def may_close(self, query: Query) -> bool:
        """Whether a query is for the person at work to close."""

    def open_query(self, side: Side | None, field: str, text: str) -> None:
        """Ask about a value."""

    def answer_query(self, query_id: str, text: str) -> None:
        """Answer for the site."""

    def close_query(self, query_id: str, reason: str) -> None:
        """Close a query that was answered."""

    def ask_again(self, query_id: str, reason: str) -> None:
        """Open a query again whose answer does not settle it."""

    def mark_verified(self, side: Side | None, field: str) -> None:
        """Record that a value was compared with its source."""

    def take_back_verified(self, side: Side | None, field: str) -> None:
        """Take away the mark that a value was compared with its source; the log keeps it."""

    def may_be_verified(self, side: Side | None, field: str) -> bool:
        """Whether a value stands there that has a source and no mark yet."""

    def verified(self, side: Side | None, field: str) -> str:
        """Who compared the value that stands with its source, and when; "" where nobody did."""
