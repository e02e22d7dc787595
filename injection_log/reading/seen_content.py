"""What a reader could see, ready to print: each picture, text and file of a package, and what was searched.

Values only; nothing is read or judged here.
"""
from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class SeenPage:
    """One case: `pictures` (words, PNG), `files` (name, bytes), and every text that its pictures and the log hold."""

    code: str
    pictures: tuple[tuple[str, bytes], ...]
    files: tuple[tuple[str, int], ...]
    texts: tuple[str, ...]


@dataclass(frozen=True)
class SeenContent:
    """All of one package. `listing` are (name, bytes, time) of every file, `searched_for` (kind, how many), `leaks`
    (kind, where); () where nothing was found that must not be there.
    """

    campaign: str
    package: int
    cases: tuple[SeenPage, ...]
    texts: tuple[str, ...]
    listing: tuple[tuple[str, int, str], ...]
    searched_for: tuple[tuple[str, int], ...]
    leaks: tuple[tuple[str, str], ...]
    printed_at: str
    program_version: str
    practice: bool
