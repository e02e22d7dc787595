"""Lines in napari measure what the command `measure` measures, or say why not; on napari's model, without a window."""
from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from annotate.readout import BY_HAND
from dicom_io.calibration import Point, RefusedCalibration, Scale
from dicom_io.line_scale import scale_between
from dicom_io.reading import read_image
from injection_log_napari.in_napari.layer import PICTURE
from injection_log_napari.in_napari.measuring import Measured, NotMeasured, frame_of, picture_of, readings

INSIDE = ([200, 300], [320, 450])


@pytest.fixture
def still(viewer, visit_file):
    (layer,) = viewer.open(visit_file("right-longitudinal"), plugin="injection-log")
    return layer


@pytest.fixture
def clip(viewer, visit_file):
    (layer,) = viewer.open(visit_file("right-injection"), plugin="injection-log")
    return layer


def over(viewer, picture, *shapes, kind="line", **more):
    """A Shapes layer in the place and scale of the picture."""
    placed = {"scale": picture.scale, "units": picture.units} | more
    return viewer.add_shapes([np.array(one, float) for one in shapes], shape_type=kind, **placed)


def test_the_glands_known_length_is_measured(viewer, still, phantom_visit):
    gland = phantom_visit.visit("injection").glands["right"]
    line = gland.calipers["length"]
    ends = [[end.row, end.column] for end in (line.start, line.end)]
    (found,) = readings(over(viewer, still, ends), still)
    assert found.length_um == pytest.approx(gland.length_mm * 1000, abs=2)
    assert found.source == "scanner region 1"
    assert " ± " in found.length


def test_a_line_counts_where_it_lies_however_the_layers_are_moved_and_scaled(viewer, still, visit_file):
    (before,) = readings(over(viewer, still, INSIDE), still)
    still.scale, still.translate = (0.5, 0.25), (10, -20)
    world = [still.data_to_world(end) for end in INSIDE]
    (after,) = readings(over(viewer, still, world, scale=(1, 1)), still)
    a, b = (Point(*end) for end in INSIDE)
    wanted = scale_between(read_image(visit_file("right-longitudinal")), a, b).length_mm(a, b)
    assert before.length_um == after.length_um == round(wanted * 1000)


@pytest.mark.parametrize(
    ("ends", "why"),
    [(([2, 300], [320, 450]), "outside every 2D region"), (([-40, 300], [320, 450]), "outside the picture")],
)
def test_an_end_that_has_no_scale_is_refused_in_words(viewer, still, ends, why):
    (found,) = readings(over(viewer, still, ends), still)
    assert isinstance(found, NotMeasured)
    assert why in found.why


def test_a_picture_whose_scale_is_refused_gives_its_reason(viewer, still):
    why = "The scale makes the picture 46 cm deep; a person must set the scale."
    still.metadata[PICTURE] = replace(picture_of(still), calibration=RefusedCalibration(why))
    assert readings(over(viewer, still, INSIDE), still) == [NotMeasured(why)]


def test_a_scale_that_a_person_set_is_flagged_beside_the_number(viewer, still):
    by_hand = Scale("manual", None, *picture_of(still).regions[0].mm_per_px, "SCALE SET BY HAND on the original")
    refused = RefusedCalibration("not trusted")
    still.metadata[PICTURE] = replace(picture_of(still), calibration=refused, by_hand=by_hand)
    (found,) = readings(over(viewer, still, INSIDE), still)
    assert isinstance(found, Measured)
    assert found.length.endswith(BY_HAND)
    assert found.source == by_hand.source


def test_lines_on_a_clip_have_a_frame_and_may_not_run_through_time(viewer, clip):
    lines = over(viewer, clip, *[[[frame, *INSIDE[0]], [to, *INSIDE[1]]] for frame, to in ((34, 34), (34, 35))])
    first, second = readings(lines, clip)
    assert isinstance(first, Measured)
    assert frame_of(lines.data[0]) == "34"
    assert second == NotMeasured("The ends lie on two frames; draw the line on one.")


def test_a_line_without_frames_measures_on_a_clip_too(viewer, clip):
    lines = over(viewer, clip, INSIDE, scale=clip.scale[1:], units=clip.units[1:])
    assert isinstance(readings(lines, clip)[0], Measured)
    assert frame_of(lines.data[0]) == "all"


def test_other_shapes_are_named_and_not_measured(viewer, still):
    lines = over(viewer, still, [[200, 300], [200, 400], [300, 400], [300, 300]], kind="rectangle")
    assert readings(lines, still) == [NotMeasured("This shape is a rectangle; only lines are measured.")]


def test_lines_in_other_units_of_length_are_refused_rather_than_converted(viewer, still):
    (found,) = readings(over(viewer, still, INSIDE, units=("cm", "cm")), still)
    assert isinstance(found, NotMeasured)
    assert "other units" in found.why


def test_a_picture_that_was_cropped_in_napari_has_no_scale_any_more(viewer, still):
    lines = over(viewer, still, INSIDE)
    still.data = still.data[100:, :]
    (found,) = readings(lines, still)
    assert isinstance(found, NotMeasured)
    assert "cropped" in found.why


def test_an_image_that_others_opened_is_no_picture_to_measure(viewer):
    other = viewer.add_image(np.zeros((40, 60), np.uint8))
    assert picture_of(other) is None
    assert isinstance(readings(over(viewer, other, [[1, 1], [9, 9]]), other)[0], NotMeasured)
