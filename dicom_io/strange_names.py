"""Words from outside (file names, header texts) made safe to show: no terminal codes, no reversed lines.

A file name or a patient's name may hold escape sequences that repaint a terminal, line feeds that forge a
line of output, or marks that turn the reading direction around. Only what is shown is changed here; nothing
is ever opened, stored or compared under a name made here, and no judgement is made on what a name means.
"""
from __future__ import annotations

import unicodedata

_UNSEEN = frozenset(("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"))
"""Control, format (direction marks included), half a surrogate pair, private, unassigned, line ends."""
REPLACED = "\ufffd"
MOST_CHARACTERS = 120


def printable(words: str) -> str:
    """The same words with U+FFFD for each character that has no shape of its own."""
    if words.isascii() and words.isprintable():
        return words
    return "".join(REPLACED if unicodedata.category(one) in _UNSEEN else one for one in words)


def shown_name(name: str) -> str:
    """A file's or folder's name on one line: printable, and with its middle left out where it is very long."""
    safe = printable(name)
    if len(safe) <= MOST_CHARACTERS:
        return safe
    half = MOST_CHARACTERS // 2 - 1
    return f"{safe[:half]}…{safe[-half:]}"
