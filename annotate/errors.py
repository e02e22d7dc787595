"""What can go wrong with a mark, one leaf per reaction a caller can have.

Deliberately without any patient value: a sentence names the mark and the act, never the person.
"""
from __future__ import annotations


class AnnotateError(Exception):
    """Root of this floor: `code` for programs, `why` for people (one sentence: what happened, what to do)."""

    def __init__(self, code: str, why: str) -> None:
        super().__init__(why)
        self.code = code
        self.why = why


class MarkRefused(AnnotateError):
    """A mark that cannot be measured as it lies; the person moves it. Codes: `same_point`, `tip_above_skin`,
    `entry_above_skin`, `wrong_mark`, `mixed_sides`, `size_out_of_range`, `too_few_points`, `too_many_points`,
    `crosses_itself`, `two_contours`, `deposit_volume`.
    """


class MarkMalformed(AnnotateError):
    """Given or stored data that is not a mark (wrong keys, types or numbers); code `malformed_mark`."""

    def __init__(self, why: str) -> None:
        super().__init__("malformed_mark", why)
