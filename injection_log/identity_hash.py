"""What stands for a patient id: a hash under the key that a site keeps for it (`injection_log.keys` holds the key)."""

from __future__ import annotations

import unicodedata
from hmac import digest as hmac_digest

from injection_log.ledger.errors import IdentityEmpty


def identity_hash(key: bytes, patient_id: str, issuer: str) -> str:
    """The keyed hash that stands for a patient id: hex HMAC-SHA256. Raises IdentityEmpty.

    Only letters and digits count, whatever their case and form, so `010203-1234` and `0102031234` are one
    person.
    """
    person = _letters_and_digits(patient_id)
    if not person:
        raise IdentityEmpty(
            "The images carry no patient id, so they cannot be tied to a participant;"
            " ask the sender of the images for a study with its patient id."
        )
    message = f"injection-log identity 1\x00{person}\x00{_letters_and_digits(issuer)}"
    return hmac_digest(key, message.encode("utf-8"), "sha256").hex()


def _letters_and_digits(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(character for character in plain if character.isalnum())


def identity_key_check(key: bytes) -> str:
    """What the log keeps of the identity key: enough to know it again, nothing to guess a patient with."""
    return identity_hash(key, "identity key check", "")
