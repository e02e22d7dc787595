"""The quick card: how a record is made and which keys there are, on one page. A value; whoever has keys fills it.

Holds nobody's data.
"""
from __future__ import annotations

from dataclasses import dataclass

Rows = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class QuickCardContent:
    """`steps` are (step, what to do); `keys` are (group, ((keys, what they do), ...)).

    Every text is ready to print, in the language of the card.
    """

    title: str
    steps_title: str
    steps: Rows
    keys: tuple[tuple[str, Rows], ...]
    promises_title: str
    promises: tuple[str, ...]
    """Sentences under the steps: what the program does by itself."""
    version: str
