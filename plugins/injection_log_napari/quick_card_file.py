"""The quick card as a file: what stands on it is the window's, the page is made by whichever output is installed.

Holds nobody's data, so it asks nobody who they are. Imports neither Qt nor napari.
"""
from __future__ import annotations

from pathlib import Path

from injection_log.errors import InjectionLogError
from injection_log.language import ENGLISH

FILE_NAME = "quick-card.pdf"


def write_quick_card(target: Path, language: str = ENGLISH) -> None:
    """Write the card (PDF) into this file. Raises InjectionLogError: no such output, or a disk that did not take it."""
    from injection_log.outputs import output_of
    from injection_log_napari.presenters.quick_card import quick_card

    (page,) = output_of("quick_card").files(quick_card(language))
    try:
        target.write_bytes(page.data)
    except OSError as error:
        why = error.strerror or "no reason given"
        raise InjectionLogError(f"The quick card was not saved ({why}); choose another folder.") from error
