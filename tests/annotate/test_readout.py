"""One way to round and word what was measured."""
from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from annotate.marks import (
    Caliper,
    Contour,
    Deposit,
    Microlitres,
    Needle,
    OutOfPlaneNeedle,
    Structure,
    VolumeUnknown,
    Zone,
)
from annotate.readout import (
    BY_HAND,
    capsule_words,
    degrees,
    exact_millimetres,
    millilitres,
    millimetres,
    percent,
    value_words,
)
from annotate.uncertainty import PerCaliper
from dicom_io.calibration import Point

LENGTH = Caliper("length", Point(150, 100), Point(150, 300))
NEEDLE = Needle(Point(20, 60), Point(160, 210), "seen", 20.0)


@pytest.mark.parametrize(
    ("um", "words"),
    [(32_560, "32.6 mm"), (17_150, "17.2 mm"), (17_250, "17.2 mm"), (17_251, "17.3 mm"), (0, "0.0 mm")],
)
def test_lengths_are_rounded_half_to_even_from_the_stored_number(um: int, words: str) -> None:
    assert millimetres(um) == words


@pytest.mark.parametrize(
    ("um", "error_um", "words"),
    [
        (32_560, 500, "32.6 ± 0.5 mm"), (32_560, 46, "32.56 ± 0.05 mm"), (32_560, 1_040, "32.6 ± 1.0 mm"),
        (32_560, 94, "32.56 ± 0.09 mm"), (32_560, 96, "32.6 ± 0.1 mm"), (32_560, 0, "32.56 ± 0.01 mm"),
    ],
)  # fmt: skip
def test_a_length_has_as_many_decimals_as_its_error_and_an_error_is_never_nothing(um, error_um, words) -> None:
    assert millimetres(um, error_um) == words


@pytest.mark.parametrize(
    ("error_ul", "words"), [(523, "6.6 ± 0.5 ml"), (22, "6.62 ± 0.02 ml"), (None, "6.62 ml"), (1, "6.62 ± 0.01 ml")]
)
def test_a_volume_is_shown_with_the_error_that_follows(error_ul, words) -> None:
    assert millilitres(6_623, error_ul) == words


@pytest.mark.parametrize(("part", "words"), [(53, "+5.3 %"), (-120, "-12.0 %"), (0, "0.0 %")])
def test_a_difference_in_percent_has_a_sign(part, words) -> None:
    assert percent(part, 1000) == words


def test_the_error_of_the_protocol_goes_before_half_a_pixel(placing) -> None:
    assert value_words(placing(LENGTH), PerCaliper(500)) == "length 16.0 ± 0.5 mm"


def test_every_number_by_a_scale_set_by_hand_says_so(placing) -> None:
    by_hand = replace(placing.scale, kind="manual", region=None, relative_error=Decimal("0.01"))
    placed = replace(placing(LENGTH), scale=by_hand)
    assert value_words(placed) == f"length 16.0 ± 0.2 mm; {BY_HAND}"
    assert value_words(replace(placing(NEEDLE), scale=by_hand)).endswith(BY_HAND)


def test_an_angle_has_one_decimal() -> None:
    assert degrees(36_870) == "36.9°"


@pytest.mark.parametrize(
    ("mark", "words"),
    [
        (LENGTH, "length 16.00 ± 0.06 mm"),
        (NEEDLE, "needle in plane: depth 14.00 ± 0.07 mm, path 18.44 ± 0.06 mm, angle 49.4°, tip seen"),
        (Needle(Point(30, 60), Point(160, 210), "seen", 20.0), "visible path 17.69 ± 0.06 mm"),
        (OutOfPlaneNeedle(Point(160, 210), "inferred_shaft", 20.0), "plane: depth 14.00 ± 0.07 mm, tip inferred"),
        (OutOfPlaneNeedle(Point(10, 210), "seen", 20.0), "above the skin line"),
    ],
)
def test_each_mark_says_what_it_measures(placing, mark, words: str) -> None:
    assert words in value_words(placing(mark))


CONTOUR = Contour((Point(50, 50), Point(50, 350), Point(150, 350), Point(150, 50)))  # 24 by 10 mm


@pytest.mark.parametrize(
    ("mark", "words"),
    [
        (CONTOUR, "contour: area 240.0 mm², 26.0 mm long, 10.8 mm across"),
        (Contour(CONTOUR.points[:1] * 3), "Two neighbouring points of the contour are one; take one of them out."),
        (Deposit(Point(9, 9), Microlitres(550), Zone("middle", "deep")), "deposit: 0.55 ml, middle, deep"),
        (
            Deposit(Point(9, 9), VolumeUnknown(), Zone("anterior", "superficial")),
            "deposit: volume unknown, anterior, superficial",
        ),
        (Structure("facial_vein", Point(9, 9)), "facial vein"),
    ],
)
def test_contours_deposits_and_structures_are_told_in_words(placing, mark, words: str) -> None:
    assert value_words(placing(mark)) == words


def test_only_what_is_measured_says_that_its_scale_was_set_by_hand(placing) -> None:
    by_hand = replace(placing.scale, kind="manual", relative_error=Decimal("0.01"))
    marks = (CONTOUR, Structure("duct", Point(1, 1)))
    assert [BY_HAND in value_words(replace(placing(mark), scale=by_hand)) for mark in marks] == [True, False]


@pytest.mark.parametrize(
    ("um", "words"),
    [(3_240, "tip 3.2 mm inside the contour"), (-1_250, "tip 1.2 mm OUTSIDE the contour"), (0, "0.0 mm inside")],
)
def test_a_distance_to_the_contour_says_inside_or_outside_in_the_image_plane(um: int, words: str) -> None:
    assert words in capsule_words(um)
    assert capsule_words(um).endswith("in the image plane")


@pytest.mark.parametrize(("um", "words"), [(2_000, "2 mm"), (1_250, "1.25 mm"), (20_000, "20 mm"), (1, "0.001 mm")])
def test_a_typed_length_is_shown_to_its_last_digit(um: int, words: str) -> None:
    assert exact_millimetres(um) == words
