"""Millimetres are never guessed: what gives a length, and what is refused, on files made for each case."""
from __future__ import annotations

import math
from decimal import Decimal

import pytest

from dicom_io.calibration import Point, Scale
from dicom_io.errors import MeasurementRefused
from dicom_io.line_scale import scale_beside, scale_between
from dicom_io.reading import read_image

WHOLE = (0, 0, 599, 399)


def refusal(image, a, b):
    with pytest.raises(MeasurementRefused) as refused:
        scale_between(image, Point(*a), Point(*b))
    assert refused.value.why.endswith(".")
    return refused.value.code


def test_rows_and_columns_keep_their_own_scale(write_ultrasound, region):
    image = read_image(write_ultrasound(regions=[region(WHOLE)]))
    scale = scale_between(image, Point(100, 100), Point(130, 140))
    assert (scale.mm_per_px_row, scale.mm_per_px_column) == (Decimal("0.0550"), Decimal("0.0710"))
    expected = math.hypot(30 * 0.055, 40 * 0.071)
    assert scale.length_mm(Point(100, 100), Point(130, 140)) == pytest.approx(expected, rel=1e-12)


def test_a_negative_delta_mirrors_and_does_not_shorten(write_ultrasound, region):
    image = read_image(write_ultrasound(regions=[region(WHOLE, PhysicalDeltaX=-0.0071)]))
    scale = scale_between(image, Point(10, 10), Point(10, 110))
    assert scale.length_mm(Point(10, 10), Point(10, 110)) == pytest.approx(7.1)


@pytest.mark.parametrize(("spatial_format", "kind"), [(2, "m_mode"), (3, "spectral"), (4, "wave")])
def test_a_region_with_a_time_axis_gives_no_length(write_ultrasound, region, spatial_format, kind):
    beside = region((300, 0, 599, 399), spatial_format, PhysicalUnitsXDirection=4)
    image = read_image(write_ultrasound(regions=[region((0, 0, 299, 399)), beside]))
    assert image.regions[1].kind == kind
    assert not image.regions[1].usable
    assert refusal(image, (100, 350), (200, 350)) == "not_spatial"
    assert refusal(image, (100, 250), (100, 350)) == "two_regions"
    assert scale_between(image, Point(100, 10), Point(200, 10)).region == 0


def test_a_waveform_with_zero_delta_leaves_the_2d_region_usable(write_ultrasound, region):
    wave = region((0, 300, 599, 399), 4, PhysicalUnitsXDirection=4, PhysicalUnitsYDirection=0, PhysicalDeltaY=0.0)
    image = read_image(write_ultrasound(regions=[region((0, 0, 599, 299)), wave]))
    assert image.calibration.state == "region"
    assert image.regions[1].mm_per_px is None


def test_two_pictures_side_by_side_are_not_measured_across(write_ultrasound, region):
    image = read_image(write_ultrasound(regions=[region((0, 0, 300, 399)), region((300, 0, 599, 399))]))
    assert refusal(image, (100, 200), (100, 400)) == "two_regions"
    assert scale_between(image, Point(100, 400), Point(100, 500)).region == 1


def test_colour_over_tissue_counts_as_one_where_the_scales_are_equal(write_ultrasound, region):
    image = read_image(write_ultrasound(regions=[region(WHOLE), region((200, 100, 210, 110), RegionDataType=2)]))
    assert scale_between(image, Point(105, 205), Point(300, 500)).region == 0


def test_an_overlap_with_unequal_scales_is_refused_there_and_only_there(write_ultrasound, region):
    colour = region((200, 100, 400, 300), PhysicalDeltaX=0.009)
    image = read_image(write_ultrasound(regions=[region(WHOLE), colour]))
    assert refusal(image, (150, 250), (150, 350)) == "two_regions"
    assert refusal(image, (50, 50), (150, 350)) == "two_regions"
    assert scale_between(image, Point(50, 50), Point(60, 60)).region == 0


def test_a_maximum_equal_to_the_size_is_read_as_exclusive_and_said_so(write_ultrasound, region):
    image = read_image(write_ultrasound(regions=[region((10, 20, 600, 400))]))
    assert image.regions[0].box == (20, 10, 399, 599)
    assert "exclusive" in image.regions[0].why
    assert image.calibration.state == "region"


@pytest.mark.parametrize("box", [(10, 20, 601, 399), (10, 20, 599, 402), (50, 20, 40, 399)])
def test_a_box_that_reaches_outside_the_picture_refuses_the_whole_picture(write_ultrasound, region, box):
    image = read_image(write_ultrasound(regions=[region((0, 0, 5, 5)), region(box)]))
    assert image.calibration.state == "refused"
    assert not any(one.usable for one in image.regions)
    assert refusal(image, (1, 1), (4, 4)) == "scale_not_trusted"


@pytest.mark.parametrize("delta_y", [0.0751, 0.00124])
def test_a_picture_deeper_than_30_cm_or_shallower_than_half_a_cm_is_not_trusted(write_ultrasound, region, delta_y):
    image = read_image(write_ultrasound(regions=[region(WHOLE, PhysicalDeltaY=delta_y)]))
    assert refusal(image, (1, 1), (4, 4)) == "scale_not_trusted"


@pytest.mark.parametrize(
    "changes",
    [
        {"PhysicalUnitsXDirection": 4}, {"PhysicalDeltaX": 0.0}, {"PhysicalDeltaY": math.nan},
        {"PhysicalDeltaX": math.inf}, {"PhysicalUnitsYDirection": None}, {"PhysicalDeltaX": None},
    ],
)  # fmt: skip
def test_without_cm_and_a_finite_delta_in_both_directions_there_is_no_length(write_ultrasound, region, changes):
    image = read_image(write_ultrasound(regions=[region(WHOLE, **changes)]))
    assert image.calibration.state == "none"
    assert refusal(image, (1, 1), (4, 4)) == "no_calibration"


def test_points_outside_every_region_or_the_picture_are_refused(write_ultrasound, region):
    image = read_image(write_ultrasound(regions=[region((100, 100, 299, 299))]))
    assert refusal(image, (50, 50), (60, 60)) == "no_region_here"
    assert refusal(image, (150, 150), (150, 299.6)) == "no_region_here"
    assert refusal(image, (150, 150), (150, 600)) == "outside_image"
    assert refusal(image, (math.nan, 150), (150, 150)) == "outside_image"
    assert scale_between(image, Point(99.5, 99.5), Point(299.5, 299.5)).region == 0


def test_pixel_spacing_is_used_only_without_a_usable_region(write_ultrasound, region):
    spacing = {"PixelSpacing": ["0.06", "0.08"]}
    alone = read_image(write_ultrasound(attributes=spacing))
    scale = scale_between(alone, Point(0, 0), Point(10, 0))
    assert (scale.kind, scale.region, alone.calibration.state) == ("pixel_spacing", None, "pixel_spacing")
    assert scale.length_mm(Point(0, 0), Point(10, 0)) == pytest.approx(0.6)
    beside = read_image(write_ultrasound(regions=[region(WHOLE)], attributes={"PixelSpacing": ["0.0553", "0.0712"]}))
    assert scale_between(beside, Point(0, 0), Point(1, 1)).kind == "region"


def test_pixel_spacing_that_differs_by_more_than_one_percent_is_refused(write_ultrasound, region):
    image = read_image(write_ultrasound(regions=[region(WHOLE)], attributes={"PixelSpacing": ["0.055", "0.0719"]}))
    assert image.calibration.state == "refused"
    assert refusal(image, (1, 1), (4, 4)) == "spacing_disagrees"


def test_pixel_spacing_gives_nothing_in_an_m_mode_region_or_at_an_impossible_depth(write_ultrasound, region):
    m_mode = region(WHOLE, 2, PhysicalUnitsXDirection=4)
    image = read_image(write_ultrasound(regions=[m_mode], attributes={"PixelSpacing": ["0.06", "0.08"]}))
    assert refusal(image, (1, 1), (4, 4)) == "not_spatial"
    deep = read_image(write_ultrasound(attributes={"PixelSpacing": ["0.8", "0.8"]}))
    assert refusal(deep, (1, 1), (4, 4)) == "scale_not_trusted"


def test_a_scale_survives_its_json_form_without_floats():
    scale = Scale("region", 1, Decimal("0.0550"), Decimal("0.0710"), "scanner region 1")
    stored = scale.to_json()
    assert stored["mm_per_px_row"] == "0.0550"
    assert Scale.from_json(stored) == scale


@pytest.mark.parametrize("changes", [{"kind": "guess"}, {"mm_per_px_row": "-1"}, {"region": "1"}, {"source": None}])
def test_a_malformed_stored_scale_is_not_read(changes):
    stored = Scale("manual", None, Decimal("0.05"), Decimal("0.05"), "ruler").to_json()
    with pytest.raises(ValueError, match="stored scale"):
        Scale.from_json({**stored, **changes})


def test_the_reference_pixel_moves_no_length(write_ultrasound, region):
    moved = region((50, 50, 550, 350), ReferencePixelX0=-70, ReferencePixelY0=900, ReferencePixelPhysicalValueX=3.5)
    image = read_image(write_ultrasound(regions=[moved]))
    scale = scale_between(image, Point(60, 60), Point(160, 60))
    assert scale.length_mm(Point(60, 60), Point(160, 60)) == pytest.approx(5.5)


def test_both_deltas_negative_or_very_uneven_still_give_each_direction_its_own(write_ultrasound, region):
    mirrored = region(WHOLE, PhysicalDeltaX=-0.0213, PhysicalDeltaY=-0.0055)
    image = read_image(write_ultrasound(regions=[mirrored]))
    scale = scale_between(image, Point(10, 10), Point(40, 50))
    assert scale.length_mm(Point(10, 10), Point(40, 50)) == pytest.approx(math.hypot(30 * 0.055, 40 * 0.213))


@pytest.mark.parametrize("delta", [math.nan, math.inf, -math.inf, 0.0, None])
@pytest.mark.parametrize("keyword", ["PhysicalDeltaX", "PhysicalDeltaY"])
def test_one_region_without_a_finite_delta_leaves_the_other_usable(write_ultrasound, region, keyword, delta):
    without = region((300, 0, 599, 399), **{keyword: delta})
    image = read_image(write_ultrasound(regions=[region((0, 0, 299, 399)), without]))
    assert [one.usable for one in image.regions] == [True, False]
    assert refusal(image, (10, 310), (20, 320)) == "not_spatial"


def test_colour_over_tissue_that_reaches_past_it_is_measured_only_where_both_are_one_region(write_ultrasound, region):
    colour = region((200, 100, 500, 300), RegionDataType=2)
    image = read_image(write_ultrasound(regions=[region((0, 0, 399, 399)), colour]))
    assert scale_between(image, Point(150, 250), Point(150, 450)).region == 1
    assert refusal(image, (150, 100), (150, 450)) == "two_regions"


def test_dual_pictures_of_different_zoom_keep_each_their_own_scale(write_ultrasound, region):
    right = region((300, 0, 599, 399), PhysicalDeltaX=0.0142, PhysicalDeltaY=0.011)
    image = read_image(write_ultrasound(regions=[region((0, 0, 299, 399)), right]))
    line = (Point(100, 350), Point(130, 390))
    assert scale_between(image, *line).length_mm(*line) == pytest.approx(2 * math.hypot(30 * 0.055, 40 * 0.071))


def test_two_images_of_one_series_with_different_zoom_share_nothing(write_ultrasound, region):
    near = read_image(write_ultrasound(regions=[region(WHOLE)], name="near.dcm"))
    zoomed = region(WHOLE, PhysicalDeltaX=0.0142, PhysicalDeltaY=0.011)
    far = read_image(write_ultrasound(regions=[zoomed], name="far.dcm"))
    bare = read_image(write_ultrasound(name="bare.dcm"))
    a, b = Point(10, 10), Point(110, 10)
    assert near.series_instance_uid == far.series_instance_uid == bare.series_instance_uid
    assert [scale_between(one, a, b).length_mm(a, b) for one in (near, far)] == pytest.approx([5.5, 11.0])
    assert refusal(bare, (10, 10), (110, 10)) == "no_calibration"


@pytest.mark.parametrize(
    ("spacing", "why"),
    [(["0.055", "0.071"], "as PixelSpacing"), (["0.0554", "0.0715"], "as PixelSpacing"),
     (["0.0561", "0.071"], "differ by over 1 %"), (["0.071", "0.055"], "differ by over 1 %"),
     (["0", "0.071"], "in both directions."), (["0.055"], "in both directions.")],
)  # fmt: skip
def test_pixel_spacing_beside_regions_agrees_within_one_percent_or_nothing_is_trusted(
    write_ultrasound, region, spacing, why
):
    image = read_image(write_ultrasound(regions=[region(WHOLE)], attributes={"PixelSpacing": spacing}))
    assert image.calibration.state == ("refused" if "differ" in why else "region")
    assert why in image.calibration.why


def test_a_ruler_beside_the_region_is_held_against_the_one_scale_there_is(write_ultrasound, region):
    one = read_image(write_ultrasound(regions=[region((0, 0, 499, 399))], name="one.dcm"))
    other = region((250, 0, 499, 399), PhysicalDeltaY=0.011)
    two = read_image(write_ultrasound(regions=[region((0, 0, 249, 399)), other], name="two.dcm"))
    a, b = Point(10, 550), Point(110, 550)
    assert scale_beside(one, a, b).length_mm(a, b) == pytest.approx(5.5)
    assert refusal(one, (10, 550), (110, 550)) == "no_region_here"
    with pytest.raises(MeasurementRefused):
        scale_beside(two, a, b)
    with pytest.raises(MeasurementRefused):
        scale_beside(one, a, Point(500, 550))
