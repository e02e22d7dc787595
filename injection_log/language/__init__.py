"""The languages the program speaks. Texts arise in English, everywhere; another language is put on at the edge.

`catalogue_of` gives what translates a finished text: a label of the window, a line of the sheet. Texts that people
sign, typed values, names and codes are never changed, and what a catalogue lacks stays English.
Deliberately knows no window, no sheet and no protocol.
"""
from __future__ import annotations

from functools import cache
from pathlib import Path

from injection_log.language.catalogue import NOTHING, Catalogue, read_catalogue

__all__ = ["ENGLISH", "LANGUAGES", "Catalogue", "catalogue_of"]

ENGLISH = "en"
LANGUAGES = {ENGLISH: "English", "da": "Dansk"}
"""Code (ISO 639-1) and the name of the language in itself."""


@cache
def catalogue_of(language: str) -> Catalogue:
    """The catalogue of a language by its code; English changes nothing. Raises KeyError for another one."""
    if language not in LANGUAGES:
        raise KeyError(language)
    if language == ENGLISH:
        return NOTHING
    return read_catalogue((Path(__file__).parent / f"{language}.toml").read_text(encoding="utf-8"), language)
