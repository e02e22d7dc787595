"""What can go wrong in the record, one leaf for each reaction a caller can have.

Every message is one sentence that says what happened and what to do next, fit to be shown to a user as it is.
No message repeats a value that was typed in free text or that belongs to a patient.
"""
from __future__ import annotations


class InjectionLogError(Exception):
    """Anything this floor refuses or cannot do; the text is for the user."""


class Refused(InjectionLogError):
    """An act that was refused for a stated reason: `code` for scripts, `why` for people."""

    def __init__(self, code: str, why: str) -> None:
        super().__init__(why)
        self.code = code
        self.why = why


class ProtocolRefused(Refused):
    """The protocol file is not one this program can follow."""

    def __init__(self, why: str) -> None:
        super().__init__("protocol_file", why)


class HomeMissing(InjectionLogError):
    """There is no log in this home yet."""
