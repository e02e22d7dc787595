"""What can go wrong in this floor: one small tree, one leaf for each reaction that a caller can have.

Every error carries a `code` for programs and a `why` for people. `why` is made of fixed words and of
values that this project made itself; it deliberately never repeats text from a library, a peer or a file,
because those may hold a patient's name or number.
"""
from __future__ import annotations

from enum import StrEnum


class DicomIoError(Exception):
    """Root of the tree. `code` is a stable word; `why` is one sentence: what happened, what to do next."""

    def __init__(self, code: str, why: str) -> None:
        super().__init__(why)
        self.code = code
        self.why = why

    def __reduce__(self) -> tuple[type[DicomIoError], tuple[str, str]]:
        return type(self), (self.code, self.why)


class RejectCode(StrEnum):
    """Why a file is not taken in; short on purpose: each code is one thing that a person can act on."""

    UNREADABLE_FILE = "unreadable_file"
    NOT_DICOM = "not_dicom"
    TOO_LARGE = "too_large"
    DAMAGED = "damaged"
    TOO_COMPLEX = "too_complex"
    TRANSFER_SYNTAX = "transfer_syntax"
    NOT_ULTRASOUND = "not_ultrasound"
    BAD_UID = "bad_uid"
    PIXEL_SIZE = "pixel_size"
    PIXEL_FORMAT = "pixel_format"
    UNDECODABLE = "undecodable"
    GAVE_UP = "gave_up"


REJECT_WORDS: dict[RejectCode, str] = {
    RejectCode.UNREADABLE_FILE: "The file cannot be read; check that it exists and that you may read it.",
    RejectCode.NOT_DICOM: "This is not a DICOM file; choose the file that the scanner or the PACS wrote.",
    RejectCode.TOO_LARGE: "The file or its picture is larger than this program takes; send a shorter clip.",
    RejectCode.DAMAGED: "The file's structure is broken or cut short; fetch or export it again.",
    RejectCode.TOO_COMPLEX: "The file's header is nested or repeated beyond reason; it is not opened.",
    RejectCode.TRANSFER_SYNTAX: "The file's coding cannot be decoded here; have it sent uncompressed.",
    RejectCode.NOT_ULTRASOUND: "This is not an ultrasound picture or a screen capture; it is left out.",
    RejectCode.BAD_UID: "The file's identifiers (UIDs) are missing or malformed; it is not opened.",
    RejectCode.PIXEL_SIZE: "The picture is missing or not of the size its header declares; fetch it again.",
    RejectCode.PIXEL_FORMAT: "The picture's pixel format cannot be shown truly; it is not opened.",
    RejectCode.UNDECODABLE: "The picture in the file cannot be decoded; fetch or export it again.",
    RejectCode.GAVE_UP: "Checking the file took too long or too much memory; it is not opened.",
}


WITHOUT_MARK = "The file lacks the DICM mark that a DICOM file begins with; have it exported again or pull it."
ENHANCED_VOLUME = "This is an Enhanced US Volume, slices and no picture of a screen; send the clip of the scan itself."
PLAINER_WORDS = frozenset((WITHOUT_MARK, ENHANCED_VOLUME))
"""Said in place of a code's own words where it is known better what the file is."""


class NotReadable(DicomIoError):
    """A file was refused. `code` is one of `RejectCode`."""

    def __init__(self, code: str, why: str = "") -> None:
        super().__init__(RejectCode(code).value, why or REJECT_WORDS[RejectCode(code)])


class MeasurementRefused(DicomIoError):
    """No millimetres can be given here.

    `code` is one of "no_calibration", "no_region_here", "two_regions", "not_spatial", "scale_not_trusted",
    "outside_image", "spacing_disagrees".
    """


class ImageMissing(DicomIoError, FileNotFoundError):
    """The image folder does not hold the file that was asked for."""

    def __str__(self) -> str:
        return self.why


class PacsError(DicomIoError):
    """Something went wrong between this program and a PACS."""


class PacsUnreachable(PacsError):
    """Nothing answers at the address: wrong host or port, or the network is down."""


class PacsRefused(PacsError):
    """The PACS answered and said no: it does not know our AE title, or its own was mistyped."""


class PacsNotSafe(PacsError):
    """No TLS connection could be made that can be trusted: certificates, keys or versions do not fit."""


class PacsDestinationUnknown(PacsError):
    """The PACS does not know where to send images (C-MOVE destination); its administrator must add us."""


class PacsStalled(PacsError):
    """The PACS stopped answering within the time-out."""


class PacsFailed(PacsError):
    """The PACS reported a failure, or ended without saying that it was done."""
