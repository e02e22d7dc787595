"""One way to round and word what was measured."""
from __future__ import annotations

import pytest

from annotate.marks import Caliper, Needle, OutOfPlaneNeedle
from annotate.readout import degrees, millimetres, value_words
from dicom_io.calibration import Point

LENGTH = Caliper("length", Point(150, 100), Point(150, 300))
NEEDLE = Needle(Point(20, 60), Point(160, 210), "seen", 20.0)


@pytest.mark.parametrize(
    ("um", "words"),
    [(32_560, "32.6 mm"), (17_150, "17.2 mm"), (17_250, "17.2 mm"), (17_251, "17.3 mm"), (0, "0.0 mm")],
)
def test_lengths_are_rounded_half_to_even_from_the_stored_number(um: int, words: str) -> None:
    assert millimetres(um) == words


def test_an_angle_has_one_decimal() -> None:
    assert degrees(36_870) == "36.9°"


@pytest.mark.parametrize(
    ("mark", "words"),
    [
        (LENGTH, "length 16.0 mm"),
        (NEEDLE, "needle in plane: depth 14.0 mm, path 18.4 mm, angle 49.4°, tip seen"),
        (Needle(Point(30, 60), Point(160, 210), "seen", 20.0), "visible path 17.7 mm"),
        (OutOfPlaneNeedle(Point(160, 210), "inferred_shaft", 20.0), "plane: depth 14.0 mm, tip inferred"),
        (OutOfPlaneNeedle(Point(10, 210), "seen", 20.0), "above the skin line"),
    ],
)
def test_each_mark_says_what_it_measures(placing, mark, words: str) -> None:
    assert words in value_words(placing(mark))
