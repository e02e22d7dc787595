"""Placed marks for tests: unequal scales down and across, always."""
from __future__ import annotations

from decimal import Decimal

import pytest

from annotate.marks import ImageUse, Mark, PlacedMark
from dicom_io.calibration import Scale
from dicom_io.image import Digests

MM_ROW, MM_COLUMN = Decimal("0.1"), Decimal("0.08")


class Placing:
    """Places marks in millimetres on one made-up picture (0.1 mm a row, 0.08 mm a column)."""

    scale = Scale("region", 0, MM_ROW, MM_COLUMN, "scanner region 0")
    on = ImageUse("1.2.826.0.1.3680043.9.1", 4, Digests("a" * 64, "b" * 64, "c" * 64))

    def __call__(self, mark: Mark, mark_id: str = "m1", side: str = "right") -> PlacedMark:
        return PlacedMark(mark_id, side, self.on, mark, self.scale)  # type: ignore[arg-type]


@pytest.fixture
def placing() -> Placing:
    return Placing()


@pytest.fixture(scope="session")
def placing_always() -> Placing:
    return Placing()
