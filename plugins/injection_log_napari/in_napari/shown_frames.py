"""The frames of a clip as napari slices them: decoded when asked for, and never the end of napari's window.

The gate has decoded the first, the middle and the last frame; another one may still be broken. It is then black,
and said so once, where an error would come up out of napari's drawing with a traceback. Nothing is closed here:
the file goes with the layer, its decoded frames make room as others come.
"""
from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from typing_extensions import override

from dicom_io.decoding.pixels import Shown
from dicom_io.errors import NotReadable
from dicom_io.frame_cache import SHARED
from dicom_io.frames import FrameSource


class ShownFrames(FrameSource):
    """A `FrameSource` for a layer. Its frames stay as they are when the file is changed or its stick is pulled out."""

    def __init__(self, path: Path, tell: Callable[[str], None]) -> None:
        super().__init__(path, SHARED)
        self._tell = tell
        self._told: set[int] = set()

    @override
    def frame(self, number: int, *, reduced: bool = False) -> Shown:
        """One frame, from 0; black, and told once, where it cannot be decoded."""
        try:
            shown = super().frame(number, reduced=reduced)
        except NotReadable as refused:
            if number not in self._told:
                self._told.add(number)
                self._tell(f"Frame {number} is shown black. {refused.why}")
            return np.zeros(self.shape[1:], np.uint8)
        # A view of the mapped file would kill napari where the file is cut short under it.
        return shown.copy() if self._is_a_view else shown

    def __deepcopy__(self, _memo: dict[int, Any]) -> ShownFrames:
        """Itself: napari copies the data of a layer that is duplicated, and frames do not change."""
        return self
