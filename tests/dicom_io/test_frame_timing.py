"""Where frame times come from, in order, and what is passed over."""
from __future__ import annotations

from decimal import Decimal

import pytest

from dicom_io.reading import read_image
from dicom_io.timing import TimingHeader, frame_times

VECTOR = tuple(map(Decimal, ("33.333", "50", "20.5")))


def test_a_vector_holds_increments_and_the_first_frame_starts_at_zero():
    times = frame_times(TimingHeader(VECTOR, Decimal(40)), 3)
    assert (times.source, times.starts_ms) == ("FrameTimeVector", (0.0, 50.0, 70.5))


def test_a_vector_without_its_leading_value_holds_the_increments_alone():
    assert frame_times(TimingHeader(VECTOR), 4).starts_ms == (0.0, 33.333, 83.333, 103.833)


@pytest.mark.parametrize("vector", [VECTOR[:1], (Decimal(0),) * 3, (Decimal(0), Decimal(-1), Decimal(5))])
def test_a_vector_that_makes_no_sense_is_passed_over(vector):
    assert frame_times(TimingHeader(vector, Decimal(40)), 3).source == "FrameTime"


@pytest.mark.parametrize(
    ("header", "source", "second_ms"),
    [
        (TimingHeader(None, Decimal("33.333"), Decimal(10), Decimal(20)), "FrameTime", 33.333),
        (TimingHeader(None, Decimal(0), Decimal(10), Decimal(20)), "RecommendedDisplayFrameRate", 100.0),
        (TimingHeader(None, Decimal("NaN"), Decimal(0), Decimal(20)), "CineRate", 50.0),
        (TimingHeader(), "assumed", 33.333333),
    ],
)
def test_the_first_sensible_attribute_is_used_and_else_thirty_a_second_is_assumed(header, source, second_ms):
    times = frame_times(header, 3)
    assert (times.source, times.starts_ms[:2]) == (source, (0.0, second_ms))


def test_long_cines_do_not_drift():
    assert frame_times(TimingHeader(None, Decimal("33.333")), 3001).starts_ms[-1] == 99999.0


def test_a_real_vector_without_frame_time_is_read(shared_data):
    image = read_image(next((shared_data / "us").glob("h20*")))
    assert image.frame_times.source == "FrameTimeVector"
    assert image.frame_times.starts_ms == tuple(40.0 * frame for frame in range(10))
