"""Why a coded copy is not made. Fixed words only: nothing of the original is ever repeated in them."""
from __future__ import annotations

from dicom_io.errors import DicomIoError


class CopyRefused(DicomIoError):
    """A coded copy cannot be made of this, or not yet.

    `code` is one of "no_kept_area", "area_outside", "no_such_frame", "not_a_code", "not_a_word",
    "file_there", "changed_on_the_way".
    """


class NoKeptArea(CopyRefused):
    """The header describes no trusted 2D region: a person draws what stays, a second one confirms it."""

    def __init__(self, why: str) -> None:
        super().__init__("no_kept_area", why)
