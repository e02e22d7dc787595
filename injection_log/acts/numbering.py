"""Numbers for what is asked and reported (Q-0001, D-0001): two people at once get one each, and none gets none.

The number is taken by the write itself: what was not there when it was looked for must still not be there under the
log's own lock, else the next number is tried.
"""
from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Literal

from injection_log.ledger.errors import ChangedMeanwhile
from injection_log.ledger.event import EventDraft, Subject
from injection_log.store.batch import Batch

if TYPE_CHECKING:
    from injection_log.site import Session

_LETTERS = {"query": "Q", "deviation": "D"}


def write_numbered(
    session: Session, kind: Literal["query", "deviation"], draft: Callable[[Subject], EventDraft]
) -> Subject:
    """Write the event that `draft` makes of a free number; its changes must start from None. Gives the subject."""
    while True:
        subject = Subject(kind, id=f"{_LETTERS[kind]}-{_last(session, kind) + 1:04d}")
        batch = Batch(session.actor, (draft(subject),), session.site.protocol.sha256)
        try:
            session.site.ledger.append_batch(batch)
        except ChangedMeanwhile:
            continue  # somebody else took this number between the look and the lock
        return subject


def _last(session: Session, kind: str) -> int:
    numbers = (key.rpartition("-")[2] for key in session.site.ledger.subjects(f"{kind}:"))
    return max((int(number) for number in numbers if number.isdigit()), default=0)
