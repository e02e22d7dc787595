"""One word kept in a file of its own beside the settings: what a person chose in the window of this workstation.

The settings are a person's file and are never written by the program. Decides no word.
"""
from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import TypeVar

Word = TypeVar("Word", bound=str)


def read_word(file: Path, words: Collection[Word], otherwise: Word) -> Word:
    """The word that was kept; a file that is missing or holds none of `words` counts for nothing."""
    try:
        kept = file.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return otherwise
    return next((word for word in words if word == kept), otherwise)


def keep_word(file: Path, words: Collection[str], word: str) -> None:
    """Keep one of `words` for the next start of this workstation. Raises OSError, and KeyError for another word."""
    if word not in words:
        raise KeyError(word)
    file.write_text(f"{word}\n", encoding="ascii")
