"""The sum of the discs of one sweep: known bodies, what it lacks, what it warns of."""
from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

import pytest

from annotate.contour_stack import ContourStack, stack_volume_ul
from annotate.marks import Contour, Needle, PlacedMark
from annotate.volume import Ellipsoid, ellipsoid_volume_ul
from annotate.volume_method import (
    GlandVolume,
    NoSpacing,
    SweepSpacing,
    TypedSpacing,
    VolumeMissing,
    spacing_of,
    volume_from_json,
    volume_to_json,
)
from dicom_io.calibration import Point, Scale

ASSUMED = TypedSpacing(2_000, is_tracked=False)


def circle(radius_mm: float, points: int = 360) -> Contour:
    """A circle around (15, 15) mm, drawn as a polygon of its area: 0.1 mm a row, 0.08 mm a column."""
    turn = 2 * math.pi / points
    reach = radius_mm * math.sqrt(turn / math.sin(turn))
    return Contour(tuple(
        Point((15 + reach * math.sin(turn * n)) / 0.1, (15 + reach * math.cos(turn * n)) / 0.08) for n in range(points)
    ))


def traced(placing, radii_mm: Sequence[float], *, step: int = 4, uid: str = "1.2.5") -> list[PlacedMark]:
    """A sweep with circles of these radii on every `step`th frame."""
    marks = [placing(circle(radius), f"{uid}-{number}") for number, radius in enumerate(radii_mm)]
    return [
        replace(one, on=replace(one.on, sop_instance_uid=uid, frame=step * number)) for number, one in enumerate(marks)
    ]


def sphere(count: int) -> list[float]:
    """The radii of discs of equal thickness through a sphere of 10 mm."""
    return [math.sqrt(100 - (10 * (2 * n + 1 - count) / count) ** 2) for n in range(count)]


def volume(marks: Sequence[PlacedMark], spacing: SweepSpacing = ASSUMED) -> GlandVolume | VolumeMissing:
    return ContourStack().volume(marks, spacing)


def test_a_sphere_in_discs_of_two_millimetres_has_the_known_volume() -> None:
    areas_um2 = [round(math.pi * radius**2 * 1e6) for radius in sphere(10)]  # V4: 4.2097 ml
    assert stack_volume_ul(areas_um2, 2_000) == 4_210


@pytest.mark.parametrize(("discs", "percent"), [(5, 2.00), (8, 0.78), (10, 0.50), (20, 0.125)])
def test_an_ellipsoid_in_discs_along_its_length_is_off_by_the_known_part(discs: int, percent: float) -> None:
    areas_um2 = [round(math.pi * 11_150 * 8_700 * (radius / 10) ** 2) for radius in sphere(discs)]  # V5
    summed = stack_volume_ul(areas_um2, round(32_600 / discs))
    assert 100 * (summed / ellipsoid_volume_ul(32_600, 22_300, 17_400) - 1) == pytest.approx(percent, abs=0.03)


def test_a_traced_sphere_gives_its_volume_with_what_it_rests_on(placing) -> None:
    found = volume(traced(placing, sphere(10)))
    assert found == GlandVolume("contour_stack", "1", 4_210, "10 contours, 2 mm apart, spacing assumed")


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"sweep_spacing_um": 1_250}, "1.25 mm apart, spacing assumed"),
        ({"sweep_spacing_um": 1_250, "sweep_spacing_known": "assumed"}, "spacing assumed"),
        ({"sweep_spacing_um": 1_250, "sweep_spacing_known": "tracked"}, "spacing tracked"),
    ],
)
def test_the_spacing_is_assumed_unless_it_is_said_to_be_tracked(placing, facts: dict[str, object], words: str) -> None:
    found = volume(traced(placing, sphere(6)), spacing_of(facts))
    assert isinstance(found, GlandVolume)
    assert words in found.basis


def test_a_scale_set_by_hand_is_said(placing) -> None:
    by_hand = Scale("manual", 0, Decimal("0.1"), Decimal("0.08"), "by hand", Decimal("0.01"))
    found = volume([replace(one, scale=by_hand) for one in traced(placing, sphere(6))])
    assert isinstance(found, GlandVolume)
    assert found.basis.endswith("SCALE SET BY HAND")


@pytest.mark.parametrize(
    ("radii", "warned"),
    [
        (sphere(3), "first and last"), (sphere(4), ""), (sphere(5), ""), (sphere(10), ""), (sphere(10)[4:], "first"),
        (sphere(10)[:7], "last"), (sphere(10)[2:8], "first and last"), ([5, 10, 7.07], ""), ([5, 10, 7.08], "last"),
    ],
)
def test_an_end_with_more_than_half_the_largest_area_is_warned_about(placing, radii: list[float], warned: str) -> None:
    found = volume(traced(placing, radii))
    assert isinstance(found, GlandVolume)
    assert found.warnings == () if not warned else f"the {warned} contour" in found.warnings[0]


def test_what_is_missing_is_said(placing) -> None:
    sweep, other = traced(placing, sphere(5)), traced(placing, sphere(5), uid="1.2.6")
    sentences = {
        "at least three evenly spaced frames": volume(sweep[:2]),
        "Two sweeps are traced": volume([*sweep, *other]),
        "Type how far the traced frames": volume(sweep, NoSpacing()),
        "lie 4 to 8 frames apart": volume([sweep[0], *sweep[2:]]),
    }
    for words, missing in sentences.items():
        assert isinstance(missing, VolumeMissing)
        assert words in missing.what


def test_the_frames_may_be_traced_in_any_order_and_other_contours_are_passed_over(placing) -> None:
    sweep, still = traced(placing, sphere(6)), traced(placing, [9.0], uid="1.2.1")
    assert volume([*still, *reversed(sweep)]) == volume(sweep)


def test_a_clip_on_which_the_needle_is_marked_is_no_sweep(placing) -> None:
    clip = traced(placing, sphere(5), uid="1.2.7")
    needle = replace(placing(Needle(Point(0, 0), Point(150, 180), "seen", 0.0), "n"), on=clip[2].on)
    sweep = traced(placing, sphere(6))
    assert volume([*clip, needle, *sweep]) == volume(sweep)


def test_the_ellipsoid_is_a_method_too_and_keeps_its_value(placing) -> None:
    from annotate.marks import Caliper

    ends: dict[str, float] = {"length": 407.5, "width": 278.75, "depth": 217.5}  # V1: 32.6, 22.3 and 17.4 mm
    calipers = [placing(Caliper(axis, Point(9, 0), Point(9, end)), axis) for axis, end in ends.items()]  # type: ignore[arg-type]
    assert Ellipsoid().volume(calipers, NoSpacing()) == GlandVolume("ellipsoid", "2", 6_623, "3 calipers")
    assert Ellipsoid().volume(calipers[1:], NoSpacing()) == VolumeMissing("Place the length.")


def test_a_volume_comes_back_from_its_stored_form(placing) -> None:
    found = volume(traced(placing, sphere(3)))
    assert isinstance(found, GlandVolume)
    assert volume_from_json(volume_to_json(found)) == found
