"""The one-time code that opens an account whose password is lost: made, and read back as a person types it.

Crockford's base 32 (no I, L, O, U), 16 letters, 80 random bits: nobody guesses one in a day of five tries each
quarter of an hour, and its argon2id string is worth nothing to a thief. Keeps nothing.
"""

from __future__ import annotations

import secrets

_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_GROUPS = 4
_ALIKE = str.maketrans({"I": "1", "L": "1", "O": "0", "-": "", " ": ""})


def new_code() -> str:
    """A fresh code for reading aloud: four groups of four, `7K2M-Q8RT-0XWC-3N5E`."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(_GROUPS))


def plain_code(typed: str) -> str:
    """A typed code in the one form in which it is compared."""
    return typed.strip().upper().translate(_ALIKE)
