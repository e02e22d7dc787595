"""The burned-in ruler: found where it is sure, right where it is found, silent elsewhere, never a false warning."""
from __future__ import annotations

import time
from itertools import pairwise

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotate.ruler_ticks import RulerTicks, second_opinion, ticks_beside
from dicom_io.calibration import Region
from dicom_io.frames import open_frames
from dicom_io.phantom.screen import MM_PER_COLUMN, MM_PER_ROW
from dicom_io.reading import read_image

RULED = {"h05": 10, "h06": 10, "h07": 10, "h09": 10, "h11": 10, "h15": 5, "h17": 5, "h18": 5}
"""Files with a calibration and a straight ruler, and every how many millimetres it is marked."""


def drawn(spacing: float, *, across: bool = False, tissue: bool = True, gap: int | None = None) -> np.ndarray:
    """A dark screen with speckle in its middle and a ruler at its edge."""
    screen = np.zeros((600, 800), np.uint8)
    if tissue:
        speckle = np.random.default_rng(3).rayleigh(45, (500, 600)).clip(0, 255).astype(np.uint8)
        screen[40:540, 100:700] = cv2.GaussianBlur(speckle, (0, 0), 1.2)
    for index, exact in enumerate(np.arange(50, 530, spacing)):
        place, long = round(exact), 9 if index % 2 == 0 else 5
        if index == gap:
            continue
        screen[place, 720 : 720 + long] = 0 if across else 210
        if across:
            screen[570 : 570 + long, place] = 210
    return screen


def opinion(path):
    """The ticks of the first frame, the spacing in mm by each usable region, and the warning."""
    image = read_image(path)
    with open_frames(path) as source:
        found = ticks_beside(source.frame(0), image.regions)
    scales = [tuple(map(float, one.mm_per_px)) for one in image.regions if one.usable]
    spacings = [found.spacing_px * scale[found.axis == "columns"] for scale in scales] if found else []
    return found, spacings, [second_opinion(found, scale) for scale in scales]


def test_over_all_real_files_it_is_right_on_eight_silent_on_the_rest_and_never_wrong(shared_data):
    right, silent, wrong = [], [], []
    for path in sorted((shared_data / "us").glob("*.dcm")):
        found, spacings, warnings = opinion(path)
        if any(warnings):
            wrong.append(path.name[:3])
        elif not spacings:
            silent.append(path.name[:3])  # no ruler found, or no scale to judge
        else:
            right.append(path.name[:3])
            expected = RULED[path.name[:3]]
            assert spacings == pytest.approx([expected] * len(spacings), rel=0.002)
        del found
    assert (right, wrong) == (sorted(RULED), [])
    assert silent == ["h01", "h02", "h03", "h04", "h08", "h10", "h12", "h13", "h14", "h16", "h19", "h20"]


def test_still_pictures_without_a_header_give_no_ruler_where_none_is_drawn(shared_data):
    pictures = [*(shared_data / "salivary").glob("*.png"), *(shared_data / "neck").glob("*[0-9].png")]
    assert len(pictures) == 16
    assert [ticks_beside(cv2.imread(str(path))) for path in pictures] == [None] * 16


def test_every_phantom_picture_agrees_with_its_calibration(phantom_visit):
    for path in phantom_visit.visits[0].files:
        found, spacings, warnings = opinion(path)
        assert (found.axis, warnings) == ("rows", [""])
        assert spacings == pytest.approx([5.0], rel=0.002)
        assert second_opinion(found, (MM_PER_ROW * 1.05, MM_PER_COLUMN)).startswith("The ruler on the picture")


@pytest.mark.parametrize(("factor", "warns"), [(1.0, False), (1.015, False), (1.03, True), (0.5, False), (0.9, True)])
def test_a_scale_that_fits_no_ruler_is_warned_of(factor, warns):
    ticks = RulerTicks("rows", 50.0, 8, 720.0, 50.0, 400.0)
    assert bool(second_opinion(ticks, (0.1 * factor, 0.3))) is warns  # 50 px are 5 mm down; half of it 2.5
    assert second_opinion(None, (0.1, 0.1)) == ""


@settings(max_examples=25, deadline=None)
@given(st.floats(15, 80), st.booleans())
def test_a_drawn_ruler_is_found_with_its_spacing_in_either_direction(spacing, across):
    found = ticks_beside(drawn(spacing, across=across))
    assert found is not None
    assert found.axis == ("columns" if across else "rows")
    assert found.spacing_px == pytest.approx(spacing, rel=0.01)


def test_one_hidden_tick_changes_nothing():
    found = ticks_beside(drawn(40, gap=4))
    assert found is not None
    assert (round(found.spacing_px), found.count) == (40, 11)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000))
def test_strokes_at_uneven_places_are_no_ruler(seed):
    screen, places = np.zeros((600, 800), np.uint8), np.random.default_rng(seed).integers(20, 580, 9)
    if min(abs(a - b) for a, b in pairwise(sorted(places))) < 4:
        return
    for place in places:
        screen[place, 720:728] = 210
    found = ticks_beside(screen)
    assert found is None or found.count <= 6  # five of nine may by chance be evenly placed


def test_ticks_beside_an_axis_of_time_are_no_millimetres():
    m_mode = Region(1, "m_mode", (300, 100, 560, 700), None, False, "M-mode: one axis is time")
    assert ticks_beside(drawn(40), [m_mode]) is None
    assert ticks_beside(drawn(40), [Region(0, "2d", (40, 100, 539, 699), None, False, "")]) is not None


def test_it_is_quick_enough_to_run_at_every_picture():
    frame = np.dstack([np.pad(drawn(40), ((0, 168), (0, 224)))] * 3)
    assert frame.shape == (768, 1024, 3)
    times = []
    for _ in range(5):
        begun = time.perf_counter()
        ticks_beside(frame)
        times.append(time.perf_counter() - begun)
    assert min(times) < 0.5  # aimed at 0.05 s on an idle machine; generous for a busy one
