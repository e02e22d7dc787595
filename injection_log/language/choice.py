"""Which language a workstation speaks: what was chosen in its window, else the setting of the site, else English.

The choice is kept in a file of one word beside the settings, because the settings are a person's and are never written
here. Speaks nothing itself.
"""
from __future__ import annotations

from pathlib import Path

from injection_log.language import ENGLISH, LANGUAGES


def chosen_language(file: Path, of_site: str = ENGLISH) -> str:
    """The code of the language to speak; a file that is missing or says something else counts for nothing."""
    try:
        chosen = file.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return of_site
    return chosen if chosen in LANGUAGES else of_site


def keep_language(file: Path, language: str) -> None:
    """Keep a choice for the next start of this workstation. Raises OSError, and KeyError for another language."""
    if language not in LANGUAGES:
        raise KeyError(language)
    file.write_text(f"{language}\n", encoding="ascii")
