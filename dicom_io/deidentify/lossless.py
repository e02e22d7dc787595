"""One frame in JPEG-LS lossless (ISO 14495-1, PS3.5 8.2.3, transfer syntax 1.2.840.10008.1.2.4.80).

Chosen by measurement among what DCMTK and Orthanc read without extras, see
docs/decisions/de-identification.md. Encodes; reading is `dicom_io.decoding`'s work.
"""
from __future__ import annotations

import imagecodecs
import numpy as np

from dicom_io.decoding.pixels import Shown

TRANSFER_SYNTAX = "1.2.840.10008.1.2.4.80"
_SPIFF = b"\xff\xe8"


def coded(frame: Shown) -> bytes:
    """A grey or RGB frame, uint8, as one JPEG-LS codestream of the pixels alone."""
    return _bare(bytes(imagecodecs.jpegls_encode(np.ascontiguousarray(frame), level=0)))


def _bare(stream: bytes) -> bytes:
    """Without the SPIFF header that the encoder writes: it says a resolution that nobody measured."""
    position = 2
    while stream[position : position + 2] == _SPIFF:
        position += 2 + int.from_bytes(stream[position + 2 : position + 4], "big")
    return stream[:2] + stream[position:]
