"""Which language a workstation speaks: what was chosen in its window, else the setting of the site, else English.

Speaks nothing itself.
"""
from __future__ import annotations

from pathlib import Path

from injection_log.kept_word import keep_word, read_word
from injection_log.language import ENGLISH, LANGUAGES


def chosen_language(file: Path, of_site: str = ENGLISH) -> str:
    """The code of the language to speak; a file that is missing or says something else counts for nothing."""
    return read_word(file, LANGUAGES, of_site)


def keep_language(file: Path, language: str) -> None:
    """Keep a choice for the next start of this workstation. Raises OSError, and KeyError for another language."""
    keep_word(file, LANGUAGES, language)
