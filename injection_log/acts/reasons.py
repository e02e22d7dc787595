"""The reason that is owed for an act, checked, and the statement that goes with it: who, in which role, when, why.

Writes nothing. A reason that holds a word of the protocol's list is kept nowhere.
"""
from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from injection_log.errors import Refused
from injection_log.protocol.typed import check_words

if TYPE_CHECKING:
    from injection_log.site import Session

LONGEST_REASON = 400
_LETTERS = 3


def checked_reason(session: Session, reason: str, what: str) -> str:
    """Give a reason as it is kept. Refuses one without three letters, too long, or with a word of the list.

    `what` says in the refusal what the reason is owed for: "amend a signed record".
    """
    text = reason.strip()
    if len(re.findall(r"[^\W\d_]", text)) < _LETTERS or len(text) > LONGEST_REASON or not text.isprintable():
        raise Refused(
            "reason_owed", f"Give the reason to {what}: one line of words, at most {LONGEST_REASON} characters."
        )
    check_words(text, session.site.protocol)
    return text


def statement(session: Session, reason: str) -> dict[str, Any]:
    """The fields of a Statement by whoever is logged in, now."""
    account, clock = session.account, session.site.clock
    return {
        "user": account.user, "printed_name": account.printed_name, "role": str(account.role),
        "at": clock.now().isoformat(timespec="milliseconds"), "offset_minutes": clock.utc_offset_minutes(),
        "reason": reason,
    }
