"""A needle near a dragged line: close to the truth on varied pictures, none seen where none is, the same every time."""
from __future__ import annotations

from functools import cache

import cv2
import numpy as np
import pytest

from annotate.assist import NeedleProposal, NoNeedleSeen, propose_needle
from annotate.assist.shaft import longest_run
from annotate.assist.strip import Line
from dicom_io.calibration import Point
from tools.bench.assist import needle_errors
from tools.varied.hands import drag_along, drag_anywhere
from tools.varied.pictures import with_one_needle, without_needle

SCALE = (0.1, 0.08)
SEEDS = range(2000, 2020)


@cache
def drawn(*, bend: float = 0.0, echoes: int = 0) -> np.ndarray:
    """Speckle with one bright line from (4, 4) to (20, 28) mm (down, across), 300 x 500 pixels, unequal scales."""
    speckle = np.random.default_rng(5).rayleigh(40, (300, 500)).clip(0, 255).astype(np.float32)
    grey = cv2.GaussianBlur(speckle, (0, 0), 1.2)
    part = np.linspace(0, 1, 60)[:, None]
    way = np.array([4.0, 4.0]) + part * np.array([16.0, 24.0]) + 4 * part * (1 - part) * np.array([0.83, -0.55]) * bend
    for echo in range(echoes + 1):
        places = np.rint((way + np.array([0.8 * echo, 0])) / SCALE * 16).astype(np.int32)[:, ::-1]
        cv2.polylines(grey, [places], False, 230.0 - 40 * echo, 2, cv2.LINE_AA, 4)
    return cv2.GaussianBlur(grey, (0, 0), 0.7).clip(0, 255).astype(np.uint8)


def at(down_mm: float, across_mm: float) -> Point:
    return Point(down_mm / SCALE[0], across_mm / SCALE[1])


def off_mm(point: Point, down_mm: float, across_mm: float) -> float:
    return float(np.hypot(point.row * SCALE[0] - down_mm, point.column * SCALE[1] - across_mm))


DRAG = (at(5.5, 3.5), at(19.0, 29.0))


def test_on_varied_pictures_the_median_is_within_one_degree_and_one_millimetre():
    found = []
    for seed in SEEDS:
        picture = with_one_needle(seed)
        drag = drag_along(picture, picture.needle, np.random.default_rng(seed))
        proposal = propose_needle(picture.grey, drag, picture.mm_per_px)
        found += [needle_errors(picture, proposal)] if isinstance(proposal, NeedleProposal) else []
    assert len(found) >= 15
    assert np.median([one.angle_deg for one in found]) <= 1.0
    assert np.median([one.tip_mm for one in found]) <= 1.0


def test_on_pictures_without_a_needle_hardly_ever_one_is_proposed():
    said = []
    for seed in SEEDS:
        picture = without_needle(seed)
        drag = drag_anywhere(picture, np.random.default_rng(seed))
        said.append(propose_needle(picture.grey, drag, picture.mm_per_px))
    assert sum(isinstance(one, NeedleProposal) for one in said) <= 3
    assert {one.code for one in said if isinstance(one, NoNeedleSeen)} == {"none_seen"}


@pytest.mark.parametrize("drag", [DRAG, DRAG[::-1]], ids=["to the tip", "from the tip"])
def test_the_deeper_end_is_the_tip_whichever_way_the_line_was_dragged(drag):
    proposal = propose_needle(drawn(), drag, SCALE)
    assert off_mm(proposal.tip, 20, 28) < 0.5
    assert off_mm(proposal.entry, 4, 4) < 0.7


def test_of_parallel_echoes_the_shallowest_is_the_shaft():
    proposal = propose_needle(drawn(echoes=3), DRAG, SCALE)
    assert off_mm(proposal.tip, 20, 28) < 0.5


def test_the_ends_of_a_bent_shaft_are_followed():
    proposal = propose_needle(drawn(bend=0.8), DRAG, SCALE)
    assert off_mm(proposal.tip, 20, 28) < 0.5
    assert off_mm(proposal.entry, 4, 4) < 0.7


def test_more_gain_and_less_contrast_change_the_tip_by_a_fraction_of_a_millimetre():
    plain = propose_needle(drawn(), DRAG, SCALE)
    dull = propose_needle((drawn() * 0.3 + 20).astype(np.uint8), DRAG, SCALE)
    assert off_mm(dull.tip, plain.tip.row * SCALE[0], plain.tip.column * SCALE[1]) < 0.3


def test_a_line_outside_the_corridor_is_left_alone():
    beside = (at(5.5, 14.0), at(19.0, 38.0))
    assert isinstance(propose_needle(drawn(), beside, SCALE), NoNeedleSeen)


def test_the_same_picture_and_line_give_the_same_answer_to_the_last_bit():
    assert propose_needle(drawn(echoes=2), DRAG, SCALE) == propose_needle(drawn(echoes=2).copy(), DRAG, SCALE)


@pytest.mark.parametrize("level", [0, 90, 255])
def test_a_flat_picture_shows_no_needle(level):
    answer = propose_needle(np.full((300, 500), level, np.uint8), DRAG, SCALE)
    assert (type(answer), answer.code) == (NoNeedleSeen, "none_seen")


@pytest.mark.parametrize(
    ("shape", "drag", "scale", "code"),
    [
        ((0, 0), DRAG, SCALE, "too_small"),
        ((1, 1), (Point(0, 0), Point(0, 0)), SCALE, "too_small"),
        ((300, 500), (Point(-3, 4), Point(200, 200)), SCALE, "outside"),
        ((300, 500), (Point(float("nan"), 4), Point(200, 200)), SCALE, "outside"),
        ((300, 500), (Point(9, 9), Point(9, 9)), SCALE, "no_line"),
        ((300, 500), DRAG, (0.0, 0.1), "no_scale"),
        ((300, 500), DRAG, (0.1, float("nan")), "no_scale"),
    ],
)
def test_what_cannot_be_worked_on_is_refused_in_one_sentence(shape, drag, scale, code):
    answer = propose_needle(np.zeros(shape, np.uint8), drag, scale)
    assert (type(answer), answer.code) == (NoNeedleSeen, code)
    assert answer.why.endswith(".")


def test_a_colour_picture_is_a_mistake_of_the_caller():
    with pytest.raises(ValueError, match="grey picture"):
        propose_needle(np.zeros((300, 500, 3), np.uint8), DRAG, SCALE)


def test_a_proposal_names_its_method_and_version():
    assert propose_needle(drawn(), DRAG, SCALE).method.name == "shaft_in_corridor"


def test_the_longest_run_is_the_largest_sum_of_neighbours():
    best, first, last = longest_run(np.array([[1.0, -5.0, 2.0, -1.0, 3.0, -9.0], [-1.0, -2.0, -3.0, -4.0, -5.0, -6.0]]))
    assert (best[0], first[0], last[0]) == (4.0, 2, 4)
    assert (best[1], first[1], last[1]) == (-1.0, 0, 0)


@pytest.mark.parametrize("end", [Point(0, 9), Point(40, 9), Point(40, 0), Point(40, -9), Point(0, -9)])
def test_what_lies_to_the_side_of_a_line_lies_deeper(end):
    assert Line.between(Point(0, 0), end, SCALE).sideways[0] >= 0
