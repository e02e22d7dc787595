"""The real acts on a signed visit: amendments, additions, reviews and paper, through the acts of the record's floor.

Thin, as the desk it belongs to: no Qt, no rules of its own.
"""
from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Protocol

from injection_log.acts import additions, amending, reviewing, transcription
from injection_log.errors import Refused
from injection_log.people.key_standing import signature_standing
from injection_log.record.reading import gland_subject

if TYPE_CHECKING:
    from annotate.marks import Side
    from injection_log.acts.signing import Proof
    from injection_log.record.rendering import Rendering
    from injection_log.record.values import VisitRecord
    from injection_log.site import Session

Done = Callable[[Callable[[], "VisitRecord"]], None]


class OnDesk(Protocol):
    """What lies on a desk: whose session it is, and the visit as it was read last."""

    session: Session
    record: VisitRecord


class SessionChanges:
    """Acts on the visit on a desk once it is signed; `done` is how the desk takes what an act gives."""

    def __init__(self, desk: OnDesk, done: Done) -> None:
        self._desk, self._done = desk, done

    @property
    def _session(self) -> Session:
        return self._desk.session

    @property
    def _record(self) -> VisitRecord:
        return self._desk.record

    def amend(self, side: Side, reason: str) -> None:
        """Open a signed gland record again, as a new version."""
        self._done(lambda: amending.open_amendment(self._session, self._record, side, reason))

    def close_amendment(self, side: Side) -> None:
        """End an amendment in which nothing was changed."""
        self._done(lambda: amending.close_amendment(self._session, self._record, side))

    def open_addition(self, side: Side, reason: str) -> None:
        """Begin to add pictures and marks that came after the signature."""
        self._done(lambda: additions.open_addition(self._session, self._record, side, reason))

    def close_addition(self, side: Side) -> None:
        """End an addition in which no mark was placed."""
        self._done(lambda: additions.close_addition(self._session, self._record, side))

    def render_addition(self, side: Side) -> Rendering:
        """What an addition will be signed for."""
        return additions.render(self._session, self._record, side)

    def sign_addition(self, side: Side, proof: Proof) -> None:
        """Sign what was added."""
        self._done(lambda: additions.sign_addition(self._session, self._record, side, proof))

    def render_review(self, side: Side) -> Rendering:
        """The signed record as it is shown to whoever reviews it."""
        return reviewing.render(self._record, side)

    def review(self, side: Side, proof: Proof) -> None:
        """Sign a signed record as reviewed."""
        self._done(lambda: reviewing.review_gland(self._session, self._record, side, proof))

    def key_standing(self, side: Side, name: str) -> str:
        """What is to be said about the key of a gland's "signature" or "review"; "" when nothing is."""
        values, record = self._session.site.ledger.values, self._record
        stored = values(gland_subject(record.participant, record.visit, side).key).get(name)
        return signature_standing(values, str(stored["user"]), stored) if isinstance(stored, dict) else ""

    def flag_transcription(self, written_on: str, written_by: str) -> None:
        """Record that the visit was typed in from paper."""
        try:
            day = date.fromisoformat(written_on.strip())
        except ValueError:
            raise Refused("malformed_day", "Type the day of the paper as 2026-11-22.") from None
        self._done(lambda: transcription.flag_transcription(self._session, self._record, day, written_by))
