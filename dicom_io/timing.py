"""When each frame of a cine starts, from what the header says (DICOM PS3.3 C.7.6.5 and C.7.6.3, C.7.6.1).

Order: FrameTimeVector, FrameTime, RecommendedDisplayFrameRate, CineRate, else 30 frames a second,
"assumed". Pure arithmetic; it deliberately gives no wall-clock time, since the scanner's clock is not one
that can be relied on.
"""
from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from itertools import accumulate

from dicom_io.image import FrameTimes, FrameTimeSource

ASSUMED_PER_SECOND = Decimal(30)
_SHORTEST_MS, _LONGEST_MS = Decimal("0.001"), Decimal(10_000_000)


@dataclass(frozen=True)
class TimingHeader:
    """The header's own words on time: ms for the first two, frames a second for the last two."""

    frame_time_vector: tuple[Decimal, ...] | None = None
    frame_time: Decimal | None = None
    recommended_display_frame_rate: Decimal | None = None
    cine_rate: Decimal | None = None


def frame_times(header: TimingHeader, frames: int) -> FrameTimes:
    """Start of each of `frames` frames in ms, the first 0.

    A vector holds the increment from the frame before to each frame; its first value is not used (the
    standard wants 0 there, scanners write a frame's length). A vector of one value fewer holds the
    increments alone. A vector of another length, with a negative or no increment at all is passed over,
    as are rates of 0.
    """
    increments = _increments(header.frame_time_vector, frames)
    if increments is not None:
        return FrameTimes("FrameTimeVector", _as_floats(accumulate(increments, initial=Decimal(0))))
    candidates: tuple[tuple[FrameTimeSource, Decimal | None], ...] = (
        ("FrameTime", header.frame_time),
        ("RecommendedDisplayFrameRate", _step_of_rate(header.recommended_display_frame_rate)),
        ("CineRate", _step_of_rate(header.cine_rate)),
    )
    for source, step_ms in candidates:
        if step_ms is not None and step_ms.is_finite() and _SHORTEST_MS < step_ms < _LONGEST_MS:
            return _steady(source, step_ms, frames)
    return _steady("assumed", 1000 / ASSUMED_PER_SECOND, frames)


def _step_of_rate(per_second: Decimal | None) -> Decimal | None:
    return 1000 / per_second if per_second is not None and per_second.is_finite() and per_second > 0 else None


def _increments(vector: tuple[Decimal, ...] | None, frames: int) -> tuple[Decimal, ...] | None:
    if vector is None or len(vector) not in (frames, frames - 1):
        return None
    increments = vector[1:] if len(vector) == frames else vector
    if not all(step.is_finite() and 0 <= step < _LONGEST_MS for step in increments):
        return None
    return increments if frames == 1 or sum(increments) > 0 else None


def _steady(source: FrameTimeSource, step_ms: Decimal, frames: int) -> FrameTimes:
    return FrameTimes(source, _as_floats(step_ms * frame for frame in range(frames)))


def _as_floats(starts: Iterable[Decimal]) -> tuple[float, ...]:
    return tuple(round(float(start), 6) for start in starts)
