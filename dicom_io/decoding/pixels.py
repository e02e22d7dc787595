"""What the Image Pixel module (DICOM PS3.3 C.7.6.3) says of a file's pixels, checked, as one plain value.

Only the formats that ultrasound uses get a value; anything else is refused here, before any decoding.
Windows (VOI LUT) are deliberately not applied to 8-bit pictures: their values are what the scanner
showed.
"""
from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal, cast

import numpy as np
import numpy.typing as npt

from dicom_io import tags
from dicom_io.decoding.palette import palette_table
from dicom_io.errors import NotReadable, RejectCode
from dicom_io.layout import Layout
from dicom_io.reading import picture_size

Photometric = Literal[
    "MONOCHROME1",
    "MONOCHROME2",
    "PALETTE COLOR",
    "RGB",
    "YBR_FULL",
    "YBR_FULL_422",
    "YBR_PARTIAL_422",
    "YBR_RCT",
    "YBR_ICT",
]
Samples = npt.NDArray[Any]
Shown = npt.NDArray[np.uint8]

_GREY = ("MONOCHROME1", "MONOCHROME2", "PALETTE COLOR")
_COLOUR = ("RGB", "YBR_FULL", "YBR_FULL_422", "YBR_PARTIAL_422", "YBR_RCT", "YBR_ICT")
HALVED_CHROMA = ("YBR_FULL_422", "YBR_PARTIAL_422")
"""Uncompressed, two pixels side by side share their chroma. The second is retired (last in PS3.3 of 2016)."""


@dataclass(frozen=True, eq=False)
class PixelFormat:
    """How one frame's samples are stored.

    `table` turns a sample into what is shown: (values,) uint8 for greys, (values, 3) uint8 for palettes,
    None where samples are shown as they are. `swapped`: 8-bit samples lie in big-endian 16-bit words (VR
    OW).
    """

    rows: int
    columns: int
    samples: int
    photometric: Photometric
    bits_allocated: int
    bits_stored: int
    planar: bool
    little_endian: bool
    swapped: bool
    table: Shown | None

    @property
    def sample_bytes(self) -> int:
        """Bytes of one sample."""
        return self.bits_allocated // 8

    @property
    def shown_as_stored(self) -> bool:
        """Whether an uncompressed frame is shown byte by byte as it lies in the file."""
        return (
            self.photometric in ("MONOCHROME2", "RGB")
            and self.table is None
            and self.bits_allocated == 8
            and not self.planar
            and not self.swapped
        )

    @property
    def native_frame_bytes(self) -> int:
        """Bytes of one uncompressed frame; with halved chroma it has two samples a pixel."""
        a_pixel = 2 if self.photometric in HALVED_CHROMA else self.samples
        return self.rows * self.columns * a_pixel * self.sample_bytes

    @property
    def shown_shape(self) -> tuple[int, ...]:
        """Shape of one shown frame: (rows, columns) for greys, (rows, columns, 3) for colours."""
        grey = self.photometric in ("MONOCHROME1", "MONOCHROME2")
        return (self.rows, self.columns) if grey else (self.rows, self.columns, 3)


def pixel_format(layout: Layout) -> PixelFormat:
    """The pixel format of an open file. Raises `NotReadable` ("pixel_format", "pixel_size", "too_large")."""
    size = picture_size(layout)
    samples = layout.integer(tags.SAMPLES_PER_PIXEL, "US")
    allocated = layout.integer(tags.BITS_ALLOCATED, "US")
    stored = layout.integer(tags.BITS_STORED, "US")
    photometric = layout.word(tags.PHOTOMETRIC_INTERPRETATION)
    if samples not in (1, 3) or allocated not in (8, 16) or stored is None or not 1 <= stored <= allocated:
        raise NotReadable(RejectCode.PIXEL_FORMAT)
    _check_consistent(layout, photometric, samples, (allocated, stored))
    pixels = layout.pixels
    return PixelFormat(
        rows=size.rows,
        columns=size.columns,
        samples=samples,
        photometric=cast("Photometric", photometric),
        bits_allocated=allocated,
        bits_stored=stored,
        planar=samples == 3 and layout.integer(tags.PLANAR_CONFIGURATION, "US") == 1,
        little_endian=layout.syntax.little_endian,
        swapped=not layout.syntax.little_endian and allocated == 8 and pixels is not None and pixels.vr == "OW",
        table=_table(layout, photometric, stored),
    )


def _check_consistent(layout: Layout, photometric: str, samples: int, bits: tuple[int, int]) -> None:
    allocated, stored = bits
    high_bit = layout.integer(tags.HIGH_BIT, "US")
    signed = layout.integer(tags.PIXEL_REPRESENTATION, "US") == 1
    wavelet = photometric in ("YBR_RCT", "YBR_ICT")
    right = (
        photometric in (_GREY if samples == 1 else _COLOUR)
        and high_bit in (None, stored - 1)
        and not signed
        and (samples == 1 or (allocated, stored) == (8, 8))
        and (not wavelet or layout.syntax.codec == "jpeg_2000")
    )
    if not right:
        raise NotReadable(RejectCode.PIXEL_FORMAT)


def _table(layout: Layout, photometric: str, stored: int) -> Shown | None:
    if photometric == "PALETTE COLOR":
        return palette_table(layout, stored)
    if photometric == "MONOCHROME2" and stored == 8:
        return None
    if photometric in ("MONOCHROME1", "MONOCHROME2"):
        return _grey_table(_window(layout) if stored > 8 else None, stored, inverse=photometric == "MONOCHROME1")
    return None


def _window(layout: Layout) -> tuple[Decimal, Decimal] | None:
    centres, widths = layout.numbers(tags.WINDOW_CENTER, "DS"), layout.numbers(tags.WINDOW_WIDTH, "DS")
    if centres is None or widths is None or not centres[0].is_finite() or not widths[0].is_finite():
        return None
    return (centres[0], widths[0]) if widths[0] > 1 else None


def _grey_table(window: tuple[Decimal, Decimal] | None, stored: int, *, inverse: bool) -> Shown:
    """What each value is shown as: the first window (linear, PS3.3 C.11.2.1.2.1), else the whole stored range."""
    values = np.arange(2**stored, dtype=np.float64)
    if window is None:
        shown = values * (255.0 / (2**stored - 1))
    else:
        centre, width = (float(part) for part in window)
        shown = ((values - (centre - 0.5)) / (width - 1) + 0.5) * 255.0
    table = np.clip(np.floor(shown + 0.5), 0, 255).astype(np.uint8)
    return cast("Shown", 255 - table if inverse else table)
