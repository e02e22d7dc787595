"""Frames of an image as they are shown, decoded only when asked for.

The header is parsed once, the file stays memory-mapped, and decoded frames live in one byte budget for
all open images. A `FrameSource` is array-like, so that a viewer takes it as it is. It deliberately reads
nothing ahead and starts no thread. Files are expected to have passed the gate; sizes are checked again
here all the same.
"""
from __future__ import annotations

from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Any, cast

import numpy as np
import numpy.typing as npt

from dicom_io.decoding.frame import shown_frame
from dicom_io.decoding.pixels import Shown, pixel_format
from dicom_io.errors import NotReadable
from dicom_io.frame_cache import DEFAULT_BUDGET_BYTES, SHARED, FrameCache
from dicom_io.frame_table import frame_table
from dicom_io.layout import open_layout
from dicom_io.reading import number_of_frames

_numbers = count()


def open_frames(path: Path, *, budget_bytes: int = DEFAULT_BUDGET_BYTES) -> FrameSource:
    """Open an image's frames. Raises `NotReadable`.

    All sources share one budget of 512 MiB; a source opened with another `budget_bytes` has a budget of
    its own.
    """
    cache = SHARED if budget_bytes == DEFAULT_BUDGET_BYTES else FrameCache(budget_bytes)
    return FrameSource(path, cache)


class FrameSource:
    """The frames of one image, shape (frames, rows, columns) or (frames, rows, columns, 3), uint8.

    Indexing decodes only the frames it touches and gives read-only arrays. Safe to use from several
    threads; close it when the image is left (arrays handed out stay valid).
    """

    dtype = np.dtype(np.uint8)

    def __init__(self, path: Path, cache: FrameCache) -> None:
        self._layout, self._close_layout = open_layout(path)
        try:
            self._form = pixel_format(self._layout)
            self._table = frame_table(self._layout, self._form, number_of_frames(self._layout))
        except NotReadable:
            self._close_layout()
            raise
        self._cache = cache
        self._number = next(_numbers)

    @property
    def shape(self) -> tuple[int, ...]:
        """(frames, rows, columns) for greys, (frames, rows, columns, 3) for colours."""
        return (len(self._table.frames), *self._form.shown_shape)

    @property
    def ndim(self) -> int:
        """3 for greys, 4 for colours."""
        return len(self.shape)

    @property
    def size(self) -> int:
        """Number of values in all frames."""
        return int(np.prod(self.shape))

    def __len__(self) -> int:
        return len(self._table.frames)

    def frame(self, number: int) -> Shown:
        """One frame, from 0, read-only. Raises IndexError, or `NotReadable` where it cannot be decoded."""
        if not 0 <= number < len(self):
            raise IndexError(f"frame {number} of {len(self)}")
        key = (self._number, number)
        kept = self._cache.get(key)
        if kept is not None:
            return kept
        coded = self._table.coded(self._layout.buffer, number)
        frame = shown_frame(coded, self._form, self._layout.syntax.codec)
        frame.flags.writeable = False
        if frame.base is None or self._layout.syntax.encapsulated:
            # A view of the map is not kept: the operating system's page cache already holds it.
            self._cache.put(key, frame)
        return frame

    def __getitem__(self, index: Any) -> Shown:
        """Basic indexing as of an array; the first axis decides which frames are decoded."""
        first, rest = self._split(index)
        if isinstance(first, (int, np.integer)):
            number = int(first) + (len(self) if first < 0 else 0)
            return cast("Shown", self.frame(number)[rest])
        numbers = np.arange(len(self))[first].reshape(-1)
        if not len(numbers):
            return np.empty((0, *self.shape[1:]), dtype=np.uint8)[(slice(None), *rest)]
        return np.stack([self.frame(int(number))[rest] for number in numbers])

    def _split(self, index: Any) -> tuple[Any, tuple[Any, ...]]:
        """The index of the first axis and those of the others, with an ellipsis written out."""
        key = index if isinstance(index, tuple) else (index,)
        dots = [at for at, part in enumerate(key) if part is Ellipsis]
        if dots:
            missing = self.ndim - (len(key) - 1)
            key = (*key[: dots[0]], *(slice(None),) * missing, *key[dots[0] + 1 :])
        return (key[0], key[1:]) if key else (slice(None), ())

    def __array__(self, dtype: npt.DTypeLike | None = None, copy: bool | None = None) -> npt.NDArray[Any]:
        """All frames decoded at once. For small images and tests; a viewer indexes instead."""
        if copy is False:
            raise ValueError("the frames of an image are decoded on demand and always copied")
        return self[:].astype(dtype or self.dtype, copy=False)

    def close(self) -> None:
        """Forget the decoded frames and let go of the file."""
        self._cache.forget(self._number)
        self._close_layout()

    def __enter__(self) -> FrameSource:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
