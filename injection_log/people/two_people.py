"""The act that one person alone may not do: both sign it, each with their own password, before it is done.

One of the two is logged in and gives the password again, the other types user id and password beside them. Gives
the signatures as a value for the event of the act; writes that event not itself. A person whose key nobody has
confirmed since a reset cannot be one of the two: else whoever gave the reset code could stand for both.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from injection_log.errors import Refused
from injection_log.ledger.event import Json
from injection_log.people.account import account_of
from injection_log.people.agreement import (
    TWO_ROLES,
    Agreement,
    agreement_holds,
    sign_agreement,
    signers,
    text_sha256,
)
from injection_log.people.at_work import AtWork
from injection_log.people.key_standing import key_standing
from injection_log.people.proving import prove

__all__ = ["Proof2", "agreed", "agreement_holds", "signers"]


@dataclass(frozen=True)
class Proof2:
    """User id and password of the second person."""

    user: str
    password: str = field(repr=False)


def agreed(session: AtWork, second: Proof2, *, act: str, text: str, password: str) -> Json:
    """Let both sign `text`, the act in words that both have read; gives what the act's event keeps.

    `password` is that of the person who is logged in, typed again. The value is `{act, text, text_sha256,
    signatures: [{user, printed_name, role, signed_at, offset_minutes, value}, ...]}`. Raises Refused when they
    are not one principal investigator and one data manager, and as `prove`; each wrong password is an event.
    """
    first = Proof2(session.account.user, password)
    other = Proof2(second.user.strip(), second.password)
    if other.user == first.user:
        raise Refused("two_people", "The second person must be another one than the one who is logged in.")
    if session.account.role not in TWO_ROLES:
        raise _roles()
    signatures: list[Json] = [_signature(session, one, act, text) for one in (first, other)]
    if {role for _, role, _ in signers({"signatures": signatures})} != TWO_ROLES:
        raise _roles()
    return {"act": act, "text": text, "text_sha256": text_sha256(text), "signatures": signatures}


def _signature(session: AtWork, proof: Proof2, act: str, text: str) -> Json:
    site = session.site
    # The password comes first: what is said of an account is said to whoever proves it is theirs.
    key = prove(site.ledger, proof.user, proof.password, site.clock, site.protocol.sha256)
    account = account_of(site.ledger, proof.user)
    if key_standing(site.ledger.values, proof.user, account.public_key):
        raise Refused(
            "key_not_confirmed",
            f"The signing key of {account.printed_name} is new since a reset and not yet confirmed; have it confirmed "
            "first (confirm-key).",
        )
    signed_at = site.clock.now().isoformat(timespec="milliseconds")
    agreement = Agreement(site.ledger.origin, act, text_sha256(text), account.user, signed_at)
    return {
        "user": account.user,
        "printed_name": account.printed_name,
        "role": str(account.role),
        "signed_at": signed_at,
        "offset_minutes": site.clock.utc_offset_minutes(),
        "value": sign_agreement(key, agreement),
    }


def _roles() -> Refused:
    return Refused(
        "two_people",
        "This needs one principal investigator and one data manager, two different people, who both give their"
        " password.",
    )
