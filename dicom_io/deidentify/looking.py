"""What a person has to look at before a copy leaves: every frame that differs, the suspicious ones first.

Names and dates stand in the same place in most frames; a banner that comes up in the seventeenth does not.
So each frame is compared with the first chosen one, outside the kept area (the scanner's screen changed) and
along the inner edges of the kept area (where words reach into the picture). This only orders and marks what
is shown; it never decides that a frame need not be seen.
"""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dicom_io.decoding.pixels import Shown
from dicom_io.deidentify.kept_area import KeptArea, Mask
from dicom_io.deidentify.look_digest import frame_digest
from dicom_io.deidentify.masking import MaskedFrames, masked_frames
from dicom_io.deidentify.request import Selection

_CLEARLY = 48
"""Levels by which a pixel must differ to count: letters do, noise of a lossy coding does not."""
_EDGE_PART = 10
"""The edge is a tenth of a box's shorter side, on each side."""
_FEW_PX = 24
_UNUSUAL_PART, _UNUSUAL_DEVIATIONS = 0.1, 6


@dataclass(frozen=True)
class FrameLook:
    """One frame as it would leave. `frame` counts from 0 in the original; counts are pixels unlike the first's."""

    frame: int
    sha256: str
    changed_outside_px: int
    changed_at_edges_px: int
    is_marked: bool = False


@dataclass(frozen=True)
class DistinctFrame:
    """A frame to show, and the later frames that are the same to the last pixel."""

    look: FrameLook
    same: tuple[int, ...]


def look_through(selection: Selection) -> tuple[FrameLook, ...]:
    """All chosen frames, in their order. Decodes each once. Raises `CopyRefused`, `NotReadable`."""
    with masked_frames(selection) as frames:
        edges = edge_mask(selection.area, *frames.mask.shape)
        first = frames.shown(0)
        looks = [_look(frames, place, (first, edges), selection) for place in range(len(frames))]
    return _marked(looks)


def distinct_frames(looks: Sequence[FrameLook]) -> tuple[DistinctFrame, ...]:
    """Each different frame once: the first one, then marked ones (most changed first), then the rest in order."""
    groups: dict[str, list[FrameLook]] = {}
    for look in looks:
        groups.setdefault(look.sha256, []).append(look)
    distinct = [_shown_once(group) for group in groups.values()]
    return tuple([*distinct[:1], *sorted(distinct[1:], key=_order)])


def edge_mask(area: KeptArea, rows: int, columns: int) -> Mask:
    """The inner edges of the kept area, (rows, columns)."""
    inner = np.zeros((rows, columns), dtype=np.bool_)
    for row0, column0, row1, column1 in area.boxes:
        step = max(4, min(row1 - row0, column1 - column0) // _EDGE_PART)
        inner[row0 + step : row1 + 1 - step, column0 + step : column1 + 1 - step] = True
    return area.mask(rows, columns) & ~inner


def _look(frames: MaskedFrames, place: int, beside: tuple[Shown, Mask], selection: Selection) -> FrameLook:
    first, edges = beside
    changed = _changed(first, frames.shown(place))
    return FrameLook(
        selection.frames[place],
        frame_digest(frames.masked(place)),
        int(np.count_nonzero(changed & ~frames.mask)),
        int(np.count_nonzero(changed & edges)),
    )


def _changed(one: Shown, other: Shown) -> npt.NDArray[np.bool_]:
    apart = np.maximum(one, other) - np.minimum(one, other) > _CLEARLY
    return apart if apart.ndim == 2 else apart[..., 0] | apart[..., 1] | apart[..., 2]


def _marked(looks: Sequence[FrameLook]) -> tuple[FrameLook, ...]:
    """Mark what changed outside at all, or at the edges more than is usual in this clip, where tissue moves too."""
    counts = np.array([look.changed_at_edges_px for look in looks[1:]] or [0])
    usual = float(np.median(counts))
    spread_px = float(np.median(np.abs(counts - usual)))
    limit = usual + max(_FEW_PX, _UNUSUAL_PART * usual, _UNUSUAL_DEVIATIONS * spread_px)
    return tuple(
        FrameLook(
            look.frame, look.sha256, look.changed_outside_px, look.changed_at_edges_px,
            look.changed_outside_px > 0 or look.changed_at_edges_px > limit,
        )
        for look in looks
    )  # fmt: skip


def _shown_once(group: Sequence[FrameLook]) -> DistinctFrame:
    """The most suspicious of the same frames stands for all: outside, which is not shown, they may differ."""
    shown = max(group, key=lambda look: (look.is_marked, look.changed_outside_px, -look.frame))
    return DistinctFrame(shown, tuple(look.frame for look in group if look is not shown))


def _order(one: DistinctFrame) -> tuple[int, int, int]:
    look = one.look
    if not look.is_marked:
        return 1, 0, look.frame
    return 0, -(look.changed_outside_px + look.changed_at_edges_px), look.frame
