"""The chosen frames of an original as they will leave: what the scanner showed inside the kept area, 0 outside.

Frames are decoded to what is shown (greys or RGB, 8 bit), so palettes, YCbCr and odd bit depths end here and
cannot come out in other colours later. Only one frame is held at a time. A picture whose kept pixels are
grey in every chosen frame is handed out as greys: the same picture in a third of the bytes.
"""
from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np

from dicom_io.decoding.pixels import Shown
from dicom_io.deidentify.errors import CopyRefused
from dicom_io.deidentify.kept_area import Mask
from dicom_io.deidentify.request import Selection, frames_there
from dicom_io.frames import FrameSource, open_frames

_OWN_BUDGET_BYTES = 96 * 1024**2
"""Decoded frames of a copy are not kept among those of the clips that are on screen."""


class MaskedFrames:
    """The frames of a selection, by their place in the copy."""

    def __init__(self, source: FrameSource, selection: Selection) -> None:
        if any(not 0 <= frame < len(source) for frame in selection.frames) or not selection.frames:
            raise CopyRefused("no_such_frame", frames_there(len(source)))
        self._source, self._frames = source, selection.frames
        self.mask: Mask = selection.area.mask(*source.shape[1:3])
        self._grey: bool | None = None

    def __len__(self) -> int:
        return len(self._frames)

    def shown(self, place: int) -> Shown:
        """The original's frame, nothing blanked: for a person's eyes on this machine only."""
        return self._source.frame(self._frames[place])

    def masked(self, place: int) -> Shown:
        """The frame as it leaves: (rows, columns) where all chosen frames are grey, else (rows, columns, 3)."""
        frame = self.shown(place)
        if frame.ndim == 3 and self.is_grey:
            frame = frame[..., 0]
        return blanked(frame, self.mask)

    @property
    def is_grey(self) -> bool:
        """Whether every kept pixel of every chosen frame is grey."""
        if self._grey is None:
            self._grey = self._source.ndim == 3 or all(self._is_grey_at(place) for place in range(len(self)))
        return self._grey

    def _is_grey_at(self, place: int) -> bool:
        kept = self.shown(place)[self.mask]
        return bool(np.array_equal(kept[:, 0], kept[:, 1]) and np.array_equal(kept[:, 1], kept[:, 2]))


def blanked(frame: Shown, mask: Mask) -> Shown:
    """A copy of a frame with 0 in every channel outside of the mask."""
    kept = mask if frame.ndim == 2 else mask[..., None]
    return np.multiply(frame, kept, dtype=np.uint8)


@contextmanager
def masked_frames(selection: Selection) -> Iterator[MaskedFrames]:
    """The masked frames of a selection while the block runs. Raises `CopyRefused`, `NotReadable`."""
    with open_frames(selection.path, budget_bytes=_OWN_BUDGET_BYTES) as source:
        yield MaskedFrames(source, selection)


def spread(count: int, most: int) -> Sequence[int]:
    """At most `most` of `count` places, evenly spread, first and last among them."""
    if count <= most:
        return range(count)
    return sorted({round(step * (count - 1) / (most - 1)) for step in range(most)})
