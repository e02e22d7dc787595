"""Both readings of a gland drawn for an adjudicator, on the package's own copies and at one scale. No Qt.

The drawing is `annotate.picture`'s, as on every sheet; the caption names the picture by its number and nobody.
"""
from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from injection_log_napari.presenters.reading.decision_room import BOTH, PictureToDraw, Placed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from annotate.marks import PlacedMark, Side
    from annotate.uncertainty import ReadingError
    from dicom_io.calibration import Scale
    from injection_log.reading.case import Which
    from injection_log_napari.canvas.interface import Picture


@dataclass(frozen=True)
class DrawnPair:
    """One frame with each reading's marks; both are as large as the frame makes them."""

    title: str
    pictures: Mapping[Which, Picture]


def draw_pairs(
    to_draw: tuple[tuple[PictureToDraw, Path], ...], side: Side, reading: ReadingError, say: Callable[[str], str]
) -> tuple[DrawnPair, ...]:
    """Draw each frame twice; slow, for a worker thread."""
    from annotate.picture import Wording, draw_marked_picture  # OpenCV is loaded only when a picture is drawn
    from dicom_io.frames import open_frames

    pairs = []
    for one, path in to_draw:
        bar = _scale_of_all(one.marks)
        with open_frames(path) as clip:
            frame = clip.frame(one.frame)
        drawn = {
            which: draw_marked_picture(
                frame, one.marks[which], side=side, scale_bar=bar,
                caption=Wording(say(f"Reading {which} · {one.title}"), reading, say),
            )
            for which in BOTH
        }
        pairs.append(DrawnPair(one.title, drawn))
    return tuple(pairs)


def _scale_of_all(marks: Placed) -> Scale | None:
    """The scale of both readings' marks; None where they have several, or there is no mark."""
    every: list[PlacedMark] = [placed for which in BOTH for placed in marks[which]]
    sizes = {(placed.scale.mm_per_px_row, placed.scale.mm_per_px_column) for placed in every}
    return every[0].scale if len(sizes) == 1 else None
