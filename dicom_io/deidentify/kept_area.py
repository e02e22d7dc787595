"""Which pixels of a picture stay in a coded copy: the boxes of its trusted 2D regions, or boxes that people drew.

Kept: 2D regions (tissue, colour over tissue) that may be measured on, because only their boxes were checked
against the picture. Blanked: everything else, and so also colour and grey bars, ECG and other waves, M-mode
and spectral traces; beside and below those stand names, dates and clocks, and no gland is measured on them.
BurnedInAnnotation is deliberately not believed. This module looks at no pixel.
"""
from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from dicom_io import tags
from dicom_io.deidentify.errors import CopyRefused, NoKeptArea
from dicom_io.layout import Layout, opened
from dicom_io.reading import image_of

Box = tuple[int, int, int, int]
Mask = npt.NDArray[np.bool_]

REGION_DATA_TYPE = 0x00186014
_BARS = (0xD, 0xE)
"""Region Data Type (0018,6014): D grey bar, E colour bar."""
_MOST_BOXES = 16


@dataclass(frozen=True)
class KeptArea:
    """Boxes (row0, column0, row1, column1) in pixels, bounds inclusive; all that lies in one of them stays."""

    boxes: tuple[Box, ...]

    def __post_init__(self) -> None:
        whole = all(len(box) == 4 and 0 <= box[0] <= box[2] and 0 <= box[1] <= box[3] for box in self.boxes)
        if not self.boxes or len(self.boxes) > _MOST_BOXES or not whole:
            raise CopyRefused("area_outside", "The kept area is one box or a few; draw it from corner to corner.")

    def mask(self, rows: int, columns: int) -> Mask:
        """(rows, columns), True where the picture stays. Raises `CopyRefused` where a box reaches outside."""
        mask = np.zeros((rows, columns), dtype=np.bool_)
        for row0, column0, row1, column1 in self.boxes:
            if row1 >= rows or column1 >= columns:
                raise CopyRefused("area_outside", "The kept area reaches outside the picture; draw it inside.")
            mask[row0 : row1 + 1, column0 : column1 + 1] = True
        return mask

    @property
    def bounds(self) -> Box:
        """The smallest box around all of it."""
        rows0, columns0, rows1, columns1 = zip(*self.boxes, strict=True)
        return min(rows0), min(columns0), max(rows1), max(columns1)

    def to_json(self) -> list[list[int]]:
        """Plain whole numbers."""
        return [list(box) for box in self.boxes]

    @classmethod
    def from_json(cls, value: Iterable[Iterable[int]]) -> KeptArea:
        """The area that `to_json` wrote. Raises `CopyRefused`."""
        boxes = []
        for one in value:
            row0, column0, row1, column1 = (int(bound) for bound in one)
            boxes.append((row0, column0, row1, column1))
        return cls(tuple(boxes))


def kept_area_of(path: Path) -> KeptArea:
    """The area that the scanner's own regions give. Raises `NoKeptArea` with the reason, `NotReadable`."""
    with opened(path) as layout:
        return kept_area_in(layout)


def kept_area_in(layout: Layout) -> KeptArea:
    """The same of an open file."""
    image = image_of(layout)
    items = layout.items(tags.SEQUENCE_OF_ULTRASOUND_REGIONS)
    bars = {n for n, item in enumerate(items) if item.integer(REGION_DATA_TYPE, "US") in _BARS}
    boxes = tuple(
        region.box for region in image.regions
        if region.kind == "2d" and region.usable and region.index not in bars
    )  # fmt: skip
    if boxes:
        return KeptArea(tuple(dict.fromkeys(boxes))[:_MOST_BOXES])
    why = image.calibration.why if image.calibration.state == "refused" else "The header has no trusted 2D region."
    raise NoKeptArea(f"{why} Draw the area that stays, and have a second person confirm it.")
