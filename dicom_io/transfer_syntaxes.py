"""The transfer syntaxes of DICOM PS3.5 that an ultrasound file may be coded in, and how each is taken
apart.

A table and nothing else: no decoding happens here. What cannot be decoded has a name here too, so that
the refusal says which coding it was.
"""
from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from dicom_io.errors import NotReadable, RejectCode

Codec = Literal["native", "rle", "jpeg", "jpeg_lossless", "jpeg_ls", "jpeg_2000", "none"]


@dataclass(frozen=True)
class TransferSyntax:
    """How the data set and its pixels are coded. `codec` "none": no decoder in this program."""

    uid: str
    name: str
    codec: Codec
    implicit: bool = False
    little_endian: bool = True
    deflated: bool = False

    @property
    def encapsulated(self) -> bool:
        """Whether pixels come as fragments rather than as one block."""
        return self.codec != "native"


_JPEG = "1.2.840.10008.1.2.4."

_KNOWN: tuple[TransferSyntax, ...] = (
    TransferSyntax("1.2.840.10008.1.2", "Implicit VR Little Endian", "native", implicit=True),
    TransferSyntax("1.2.840.10008.1.2.1", "Explicit VR Little Endian", "native"),
    TransferSyntax("1.2.840.10008.1.2.1.99", "Deflated Explicit VR Little Endian", "native", deflated=True),
    TransferSyntax("1.2.840.10008.1.2.2", "Explicit VR Big Endian", "native", little_endian=False),
    TransferSyntax("1.2.840.10008.1.2.5", "RLE Lossless", "rle"),
    TransferSyntax(_JPEG + "50", "JPEG Baseline", "jpeg"),
    TransferSyntax(_JPEG + "51", "JPEG Extended", "jpeg"),
    TransferSyntax(_JPEG + "57", "JPEG Lossless", "jpeg_lossless"),
    TransferSyntax(_JPEG + "70", "JPEG Lossless, First-Order Prediction", "jpeg_lossless"),
    TransferSyntax(_JPEG + "80", "JPEG-LS Lossless", "jpeg_ls"),
    TransferSyntax(_JPEG + "81", "JPEG-LS Near-Lossless", "jpeg_ls"),
    TransferSyntax(_JPEG + "90", "JPEG 2000 Lossless", "jpeg_2000"),
    TransferSyntax(_JPEG + "91", "JPEG 2000", "jpeg_2000"),
    *(TransferSyntax(_JPEG + end, "JPEG 2000 Part 2", "none") for end in ("92", "93")),
    *(TransferSyntax(_JPEG + end, "JPIP", "none") for end in ("94", "95")),
    *(TransferSyntax(_JPEG + end, "JPEG XL", "none") for end in ("110", "111", "112")),
    *(TransferSyntax(_JPEG + end, "High-Throughput JPEG 2000", "jpeg_2000") for end in ("201", "202", "203")),
    *(TransferSyntax(_JPEG + end, "MPEG-2 video", "none") for end in ("100", "100.1", "101", "101.1")),
    *(
        TransferSyntax(_JPEG + end, "MPEG-4 video", "none")
        for end in ("102", "102.1", "103", "103.1", "104", "104.1", "105", "105.1", "106", "106.1")
    ),
    *(TransferSyntax(_JPEG + end, "HEVC video", "none") for end in ("107", "108")),
    TransferSyntax("1.2.840.10008.1.2.8.1", "Deflated Image Frame", "none"),
)
TRANSFER_SYNTAXES: dict[str, TransferSyntax] = {syntax.uid: syntax for syntax in _KNOWN}


def _words(syntax: TransferSyntax) -> str:
    return f"The picture is coded as {syntax.name}, which cannot be decoded here; have it sent uncompressed."


UNDECODED_WORDS: frozenset[str] = frozenset(_words(syntax) for syntax in _KNOWN if syntax.codec == "none")


def transfer_syntax(uid: str) -> TransferSyntax:
    """The syntax with this UID. Raises `NotReadable` ("transfer_syntax") where it cannot be taken apart."""
    if not uid:
        raise NotReadable(RejectCode.DAMAGED)
    known = TRANSFER_SYNTAXES.get(uid)
    if known is None:
        raise NotReadable(RejectCode.TRANSFER_SYNTAX)
    if known.codec == "none":
        raise NotReadable(RejectCode.TRANSFER_SYNTAX, _words(known))
    return known
