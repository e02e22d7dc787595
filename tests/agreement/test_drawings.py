"""The drawings as values: what stands where, what is said, and that it is said in Danish too."""
from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from annotate.appearance import SIDE_COLOURS
from injection_log.agreement.axis import volume_axis
from injection_log.agreement.bland_altman_drawing import draw_bland_altman
from injection_log.agreement.course_drawing import draw_gland_courses
from injection_log.agreement.drawing import Box, Drawing, Line, Marker, Words, lines_that_fit, rounded
from injection_log.agreement.plot_values import bland_altman_plots, gland_courses
from injection_log.language import catalogue_of

READERS = ("R1", "R2")


def texts(drawing: Drawing) -> list[str]:
    return [shape.text for shape in drawing.shapes if isinstance(shape, Words)]


# ---- Bland-Altman --------------------------------------------------------------------------------------------
def test_every_case_is_a_point_at_its_mean_and_difference(plot):
    markers = [shape for shape in draw_bland_altman(plot).shapes if isinstance(shape, Marker)]

    assert len(markers) == plot.figures.cases
    by_mean = sorted(zip(plot.figures.pairs, markers, strict=True), key=lambda both: both[0].mean)
    across = [marker.centre[0] for _, marker in by_mean]
    assert across == sorted(across)
    highest = max(zip(plot.figures.pairs, markers, strict=True), key=lambda both: both[0].difference)[1]
    assert highest.centre[1] == min(marker.centre[1] for marker in markers)


def test_bias_and_limits_stand_beside_their_lines_with_their_intervals(plot):
    shown = texts(draw_bland_altman(plot))

    for name, estimate in (("bias", plot.figures.bias), ("upper limit", plot.figures.upper)):
        assert f"{name} {estimate.value / 1000:.2f} ml" in shown
        low, high = estimate.interval.low / 1000, estimate.interval.high / 1000
        assert f"95 % interval {low:.2f} to {high:.2f}" in shown


def test_the_line_of_the_bias_lies_in_its_band_between_the_dashed_limits(plot):
    shapes = draw_bland_altman(plot).shapes
    dashed = sorted(shape.start[1] for shape in shapes if isinstance(shape, Line) and shape.dashed)
    lines = [shape for shape in shapes if isinstance(shape, Line)]
    bias = next(line.start[1] for line in lines if line.width == 1.1 and not line.dashed)
    bands = [shape for shape in shapes if isinstance(shape, Box)]

    assert dashed[0] < bias < dashed[1]
    assert len(bands) == 3
    assert any(band.corner[1] < bias < band.corner[1] + band.size[1] for band in bands)


def test_cases_left_out_are_counted_under_the_picture(plot):
    assert "Cases left out for want of a read: 1." in texts(draw_bland_altman(plot))
    assert not any("left out" in text for text in texts(draw_bland_altman(replace(plot, lacking=0))))


def test_where_nothing_is_computable_the_reason_stands_in_the_picture(reads):
    drawing = draw_bland_altman(bland_altman_plots(reads[:2], READERS)[0])

    assert "Agreement needs at least 3 cases, here are 1; wait for more reads." in " ".join(texts(drawing))
    assert not any(isinstance(shape, Marker) for shape in drawing.shapes)


def test_readers_who_differ_by_a_constant_have_labels_that_do_not_touch(reads):
    first = {read.gland: read.volume_ul for read in reads if read.reader == "R1"}
    shifted = [read if read.reader == "R1" else replace(read, volume_ul=first[read.gland] + 100) for read in reads]

    drawing = draw_bland_altman(bland_altman_plots(shifted, READERS)[0])
    words = [shape for shape in drawing.shapes if isinstance(shape, Words)]
    labels = sorted(one.at[1] for one in words if one.text.startswith(("upper limit", "bias", "lower limit")))
    assert texts(drawing).count("no interval") == 3
    assert min(np.diff(labels)) >= 20


# ---- courses --------------------------------------------------------------------------------------------------
def test_each_gland_has_its_colour_and_the_shape_of_its_handles(courses):
    markers = [shape for shape in draw_gland_courses(courses).shapes if isinstance(shape, Marker)]

    assert {(marker.shape, marker.ink) for marker in markers} == {
        ("round", SIDE_COLOURS["right"]), ("square", SIDE_COLOURS["left"])
    }
    # four visits on the right, three on the left, and one each in the key
    assert len(markers) == 9


def test_a_visit_without_a_mean_breaks_the_line_and_says_why_below(courses):
    drawing = draw_gland_courses(courses)

    joined = [shape for shape in drawing.shapes if isinstance(shape, Line) and shape.width == 0.9]
    assert sum(shape.ink == SIDE_COLOURS["right"] for shape in joined) == 3
    assert sum(shape.ink == SIDE_COLOURS["left"] for shape in joined) == 1
    assert "left gland, month 6: 1 of 2 readers have read this gland" in " ".join(texts(drawing))


def test_the_spread_reaches_from_the_lowest_to_the_highest_read(courses):
    drawing = draw_gland_courses([courses[0]])
    upright = [shape for shape in drawing.shapes if isinstance(shape, Line) and shape.start[0] == shape.end[0]]

    spans = [at.mean.highest_ul - at.mean.lowest_ul for at in courses[0].visits]
    lengths = [abs(line.end[1] - line.start[1]) for line in upright]
    assert [length / lengths[0] for length in lengths] == pytest.approx([span / spans[0] for span in spans])


def test_glands_of_two_participants_never_share_a_picture(reads):
    with pytest.raises(ValueError, match="one participant"):
        draw_gland_courses(gland_courses(reads, READERS, ["baseline"])[1:3])


def test_a_gland_that_nobody_read_to_the_end_makes_a_picture_of_reasons(reads):
    lone = gland_courses([read for read in reads if read.reader == "R1"], READERS, ["baseline", "month 3"])[:2]

    drawing = draw_gland_courses(lone)
    assert " ".join(texts(drawing)).count("1 of 2 readers") == 4


def test_long_names_of_visits_wrap_under_their_place(reads):
    renamed = [replace(read, gland=replace(read.gland, visit=f"{read.gland.visit} after the second injection"))
               for read in reads]  # fmt: skip
    visits = sorted({read.gland.visit for read in renamed})
    drawing = draw_gland_courses(gland_courses(renamed, READERS, visits)[:2])

    assert "baseline after the second injection" not in texts(drawing)
    assert "baseline after the" in " ".join(texts(drawing))


# ---- axes and words -------------------------------------------------------------------------------------------
@given(some.lists(some.floats(-50_000, 50_000), min_size=1, max_size=20))
def test_an_axis_holds_every_value_in_at_most_six_round_steps(volumes):
    axis = volume_axis(volumes, 0.0, 100.0)

    assert all(-1e-9 <= axis.place(volume) <= 100 + 1e-9 for volume in volumes)
    assert 2 <= len(axis.ticks_ul) <= 7
    assert int(str(axis.step_ul)[0]) in (1, 2, 5)


@given(some.lists(some.integers(0, 50_000), min_size=2, max_size=5))
def test_labels_of_an_axis_are_its_ticks_to_the_last_digit(volumes):
    axis = volume_axis(volumes, 0.0, 100.0)

    assert [round(1000 * float(axis.label(tick))) for tick in axis.ticks_ul] == list(axis.ticks_ul)


def test_a_lone_value_stands_in_the_middle_of_its_axis():
    assert volume_axis([6000], 0.0, 100.0).place(6000) == 50


def test_words_that_are_too_long_are_broken_and_never_lost():
    text = "unbreakable" * 20

    assert "".join(lines_that_fit(text, 60, 8)) == text


@pytest.mark.parametrize(
    ("value", "text"), [(1.0, "1"), (1.25, "1.25"), (-0.001, "0"), (2.5049, "2.5"), (100.0, "100")],
)
def test_a_coordinate_is_written_short(value, text):
    assert rounded(value) == text


def test_all_words_stand_inside_the_picture(drawing):
    for words in (shape for shape in drawing.shapes if isinstance(shape, Words)):
        half = 0.62 * words.size * len(words.text) * (0.5 if words.anchor == "middle" else 1)
        left = words.at[0] - (0 if words.anchor == "start" else half)
        assert left >= 0
        assert words.at[0] + (0 if words.anchor == "end" else half) <= drawing.width
        assert words.size <= words.at[1] <= drawing.height - 2


def test_every_word_of_the_pictures_is_danish_in_danish(plot, courses, reads):
    danish = catalogue_of("da")
    missing = set()

    def say(text: str) -> str:
        missing.update(danish.lacks(text))
        return danish.say(text)

    draw_bland_altman(plot, say)
    draw_bland_altman(bland_altman_plots(reads[:2], READERS)[0], say)
    drawing = draw_gland_courses(courses, say)
    assert missing <= {"R1", "R2", "baseline", "month 3", "month 6", "month 12"}
    assert "venstre kirtel, month 6: 1 af 2 bedømmere har bedømt denne kirtel" in " ".join(texts(drawing))
