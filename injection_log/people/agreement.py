"""What two people sign together: the message of each, the form in which both are stored, and the check of it.

One principal investigator and one data manager, two different people, each with their own key, agree to one act
in one text. Pure, and without the database or the ciphers of passwords, because the verifiers need it.
`two_people` asks for the passwords.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from injection_log.ledger.canonical import Json, canonical_bytes
from injection_log.people.roles import Role
from injection_log.people.signature import verify_signature

TWO_ROLES = frozenset({Role.PRINCIPAL_INVESTIGATOR, Role.DATA_MANAGER})
"""The roles that agree; one person of each."""
_TEXTS = ("user", "printed_name", "role", "signed_at", "value")


@dataclass(frozen=True)
class Agreement:
    """What one of the two signs. `signed_at` is the time as it is stored."""

    origin: str
    act: str
    text_sha256: str
    user: str
    signed_at: str


def text_sha256(text: str) -> str:
    """The digest (hex) of the text that both agree to."""
    return sha256(text.encode("utf-8")).hexdigest()


def agreement_message(agreement: Agreement) -> bytes:
    """The bytes under one of the two signatures: canonical JSON of the five fields. Raises NotCanonical."""
    return canonical_bytes(vars(agreement))


def sign_agreement(key: Ed25519PrivateKey, agreement: Agreement) -> str:
    """One signature, as base64 text."""
    return base64.b64encode(key.sign(agreement_message(agreement))).decode("ascii")


def agreement_holds(origin: str, stored: Json, key_of: Callable[[str], str | None]) -> str | None:
    """What is wrong with a stored agreement, in words that follow "because"; None when it holds.

    `key_of` gives the public key (hex) that the log had of a user when the event was written, None for a user it
    did not have. The roles are those that the agreement states: who has the log compares them with it
    (`signers`).
    """
    said = stored if isinstance(stored, dict) else {}
    act, text, both = said.get("act"), said.get("text"), said.get("signatures")
    if not isinstance(act, str) or not isinstance(text, str) or not isinstance(both, list) or not act:
        return "it is not whole"
    if said.get("text_sha256") != text_sha256(text):
        return "the text that is kept is not the one that was signed"
    people = signers(stored)
    if len(people) != len(both) or len({user for user, _, _ in people}) != len(TWO_ROLES):
        return "it is not signed by two different people"
    if sorted(role for _, role, _ in people) != sorted(TWO_ROLES):
        return "it is not signed by one principal investigator and one data manager"
    for one in both:
        fault = _fault(origin, act, text, one, key_of)
        if fault is not None:
            return fault
    return None


def signers(stored: Json) -> tuple[tuple[str, str, str], ...]:
    """User id, role and printed name of each who signed, as the agreement states them."""
    both = stored.get("signatures") if isinstance(stored, dict) else None
    whole = [one for one in (both if isinstance(both, list) else []) if isinstance(one, dict) and _is_whole(one)]
    return tuple((str(one["user"]), str(one["role"]), str(one["printed_name"])) for one in whole)


def _is_whole(one: Mapping[str, Json]) -> bool:
    return all(isinstance(one.get(name), str) and one[name] for name in _TEXTS)


def _fault(origin: str, act: str, text: str, one: Json, key_of: Callable[[str], str | None]) -> str | None:
    assert isinstance(one, dict)  # `signers` has counted it
    user = str(one["user"])
    key = key_of(user)
    if key is None:
        return "one of the two is not in the log"
    message = agreement_message(Agreement(origin, act, text_sha256(text), user, str(one["signed_at"])))
    try:
        holds = verify_signature(bytes.fromhex(key), message, base64.b64decode(str(one["value"]), validate=True))
    except (ValueError, binascii.Error):
        holds = False
    return None if holds else "a signature was not made with this person's key for this act, text and time"
