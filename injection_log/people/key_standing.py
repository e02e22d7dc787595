"""Whether somebody vouched for a key: a signing key made after a reset, a workstation's checkpoint key.

Pure: from the log's current values alone, without the database, so that verifiers, sheets and tables can say it.
A signing key that was made together with its account, and the key of the workstation that made the log, need no
second person; every later one shows NOT_CONFIRMED until a principal investigator or data manager has confirmed it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from hashlib import sha256

from injection_log.ledger.canonical import Json

NOT_CONFIRMED = "key not yet confirmed"
Values = Callable[[str], Mapping[str, Json]]
"""The current values of one subject, by its key (`user:amina`)."""


def key_field(public_key: str) -> str:
    """The field of a user that tells how a key (hex) that followed a reset came to be, and who confirmed it."""
    return f"key.{public_key}"


def key_standing(values: Values, user: str, public_key: str) -> str:
    """NOT_CONFIRMED, or "" when nothing has to be said about this key (hex) of this user."""
    told = values(f"user:{user}").get(key_field(public_key))
    if not isinstance(told, dict) or told.get("confirmed_by"):
        return ""
    return NOT_CONFIRMED


def signature_standing(values: Values, user: str, signature: Mapping[str, Json]) -> str:
    """The same for a stored signature; one made before signatures named their key was made by the first key."""
    public_key = signature.get("public_key")
    return key_standing(values, user, public_key) if isinstance(public_key, str) else ""


def workstation_standing(values: Values, workstation: str) -> str:
    """NOT_CONFIRMED, or "" when the checkpoint key of this workstation was confirmed or made the log."""
    told = values(f"workstation:{workstation}")
    key, confirmed = told.get("checkpoint_key"), told.get("confirmed")
    if key is None or key == values("ledger:").get("checkpoint_key"):
        return ""
    return "" if isinstance(confirmed, dict) and confirmed.get("checkpoint_key") == key else NOT_CONFIRMED


def unconfirmed_workstations(values: Mapping[str, Mapping[str, Json]]) -> tuple[str, ...]:
    """The workstations, sorted, whose checkpoint key nobody has confirmed; `values` are those of all subjects."""
    names = sorted(key.removeprefix("workstation:") for key in values if key.startswith("workstation:"))
    return tuple(name for name in names if workstation_standing(lambda key: values.get(key, {}), name))


def unconfirmed_users(values: Mapping[str, Mapping[str, Json]]) -> tuple[str, ...]:
    """The users, sorted, whose present signing key nobody has confirmed; `values` are those of all subjects."""
    found = []
    for key in sorted(one for one in values if one.startswith("user:")):
        public_key = values[key].get("public_key")
        if isinstance(public_key, str) and key_standing(lambda at: values.get(at, {}), key[5:], public_key):
            found.append(key[5:])
    return tuple(found)


def fingerprint(public_key: str) -> str:
    """A public key (hex) for eyes and telephone: five groups of four hex digits of its SHA-256."""
    digest = sha256(bytes.fromhex(public_key)).hexdigest()
    return " ".join(digest[place : place + 4] for place in range(0, 20, 4))
