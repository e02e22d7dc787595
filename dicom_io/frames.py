"""Frames of an image as they are shown, decoded only when asked for, or a moment before.

The header is parsed once, the file stays memory-mapped, and decoded frames live in one byte budget for
all open images. A `FrameSource` is array-like, so that a viewer takes it as it is. Frames that are asked
for one after the other are decoded ahead on two worker threads (`read_ahead`). Files are expected to have
passed the gate; sizes are checked again here all the same.
"""
from __future__ import annotations

import os
from functools import partial
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Any, cast

import numpy as np
import numpy.typing as npt

from dicom_io.decoding.frame import has_reduced_form, reduced_frame, shown_frame
from dicom_io.decoding.pixels import Shown, pixel_format
from dicom_io.errors import NotReadable, RejectCode
from dicom_io.frame_cache import DEFAULT_BUDGET_BYTES, SHARED, FrameCache
from dicom_io.frame_table import frame_table
from dicom_io.layout import open_layout
from dicom_io.read_ahead import SHARED as READ_AHEAD
from dicom_io.reading import number_of_frames

AHEAD = 8
"""Frames decoded ahead: a quarter of a second of most clips, 11 MiB of 800 x 600 colours."""
_A_STEP = 4
"""Up to so many frames further on counts as going on (a player that skips), more as a seek."""

_numbers = count()


def open_frames(path: Path, *, budget_bytes: int = DEFAULT_BUDGET_BYTES) -> FrameSource:
    """Open an image's frames. Raises `NotReadable`.

    All sources share one budget of 512 MiB (`set_shared_budget`); a source opened with another
    `budget_bytes` has a budget of its own.
    """
    cache = SHARED if budget_bytes == DEFAULT_BUDGET_BYTES else FrameCache(budget_bytes)
    return FrameSource(path, cache)


def set_shared_budget(budget_bytes: int) -> None:
    """What the decoded frames of all open images together may take, from now on."""
    SHARED.set_budget(budget_bytes)


class FrameSource:
    """The frames of one image, shape (frames, rows, columns) or (frames, rows, columns, 3), uint8.

    Indexing decodes only the frames it touches and gives read-only arrays. Safe to use from several
    threads; close it when the image is left (arrays handed out stay valid). Uncompressed frames that are
    stored as they are shown are views of the mapped file: whoever cuts that file short while it is open
    takes their bytes away. The store's originals are never changed, and a file that became shorter is
    refused here before it is touched.
    """

    dtype = np.dtype(np.uint8)

    def __init__(self, path: Path, cache: FrameCache) -> None:
        self._layout, self._close_layout = open_layout(path)
        try:
            self._form = pixel_format(self._layout)
            self._table = frame_table(self._layout, self._form, number_of_frames(self._layout))
            self._file = path.open("rb")
        except OSError as wrong:
            self._close_layout()
            raise NotReadable(RejectCode.UNREADABLE_FILE) from wrong
        except NotReadable:
            self._close_layout()
            raise
        self._file_bytes = len(self._layout.file)
        self._codec = self._layout.syntax.codec
        # A view of the map is not kept: the operating system's page cache already holds it.
        self._is_a_view = self._codec == "native" and self._form.shown_as_stored
        self._cache = cache
        self._number = next(_numbers)
        self._closed = False
        self._last: int | None = None
        self._direction, self._was_told = 0, False
        self._planned_ahead = 0

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

    @property
    def frame_bytes(self) -> int:
        """Bytes of one decoded frame."""
        return int(np.prod(self._form.shown_shape))

    def __len__(self) -> int:
        return len(self._table.frames)

    def frame(self, number: int, *, reduced: bool = False) -> Shown:
        """One frame, from 0, read-only. Raises IndexError, or `NotReadable` where it cannot be decoded.

        `reduced`: a frame whose decoding takes long (JPEG 2000) may come blurred, from a quarter of its
        rows and columns, in its full shape; the true one is then decoded ahead, and `has` tells when it is
        there. For looking while stepping only, never for measuring.
        """
        if not 0 <= number < len(self):
            raise IndexError(f"frame {number} of {len(self)}")
        if self._is_a_view:
            return self._decoded(number, None)
        blurred = reduced and self.comes_blurred_first and not self.has(number)
        self._steer(number, with_it=blurred)
        if blurred:
            return _read_only(reduced_frame(self._coded(number), self._form, self._codec))
        return self._full(number)

    @property
    def comes_blurred_first(self) -> bool:
        """Whether `reduced` makes a difference: decoding takes long (JPEG 2000)."""
        return has_reduced_form(self._form, self._codec)

    def has(self, number: int) -> bool:
        """Whether the true frame is there at once, without decoding."""
        return self._is_a_view or self._cache.get((self._number, number)) is not None

    def going(self, direction: int, ahead: int = AHEAD) -> None:
        """Decode up to `ahead` frames from the last asked one onwards (1), backwards (-1), or no more (0).

        Optional: frames asked for one after the other are found out without it, from the second on.
        """
        self._direction, self._was_told = (direction > 0) - (direction < 0), True
        self._read_ahead(self._onward(self._last or 0, ahead))

    def _steer(self, number: int, *, with_it: bool) -> None:
        """Find out from what is asked for where the viewer goes, and read ahead there."""
        step, self._last = number - (number if self._last is None else self._last), number
        if abs(step) == len(self) - 1 > _A_STEP:
            step = -1 if step > 0 else 1  # round the end of the clip
        if 0 < abs(step) <= _A_STEP:
            direction = 1 if step > 0 else -1
            self._was_told = self._was_told and direction == self._direction
            goes_on = direction == self._direction
            self._direction = direction
            self._planned_ahead = self._planned_ahead - abs(step) if goes_on else 0
            if self._planned_ahead >= AHEAD // 2 and not with_it:
                return  # enough is under way: waking the threads at every frame costs more than it brings
        elif step:
            self._direction = self._direction if self._was_told else 0
        if step or with_it:
            onward = self._onward(number, AHEAD)
            self._read_ahead([number, *onward] if with_it else onward)

    def _onward(self, number: int, ahead: int) -> list[int]:
        """The next frames in the direction of travel, round the end; never more than half the budget holds."""
        if not self._direction:
            return []
        ahead = min(ahead, len(self) - 1, self._cache.budget_bytes // (2 * self.frame_bytes))
        return [(number + self._direction * further) % len(self) for further in range(1, ahead + 1)]

    def _read_ahead(self, numbers: list[int]) -> None:
        if self._is_a_view or self._closed:
            return
        self._planned_ahead = len(numbers)
        missing = [number for number in numbers if not self._cache.knows((self._number, number))]
        READ_AHEAD.want(self._number, [partial(self._decode_ahead, number) for number in missing])

    def _decode_ahead(self, number: int) -> None:
        if not self._cache.knows((self._number, number)):  # else this thread would wait for another
            self._full(number)

    def _full(self, number: int) -> Shown:
        key = (self._number, number)
        return self._cache.frame(key, self._form.shown_shape, partial(self._decoded, number))

    def _decoded(self, number: int, into: Shown | None) -> Shown:
        return _read_only(shown_frame(self._coded(number), self._form, self._codec, into))

    def _coded(self, number: int) -> bytes | memoryview:
        """The frame's bytes. A file cut short since it was opened is refused: touching its lost pages kills."""
        if self._closed:
            raise ValueError("these frames are closed; open the image again")
        if os.fstat(self._file.fileno()).st_size < self._file_bytes:
            raise NotReadable(RejectCode.DAMAGED)
        return self._table.coded(self._layout.buffer, number)

    def __getitem__(self, index: Any) -> Shown:
        """Basic indexing as of an array; the first axis decides which frames are decoded."""
        first, rest = self._split(index)
        if isinstance(first, (int, np.integer)):
            number = int(first) + (len(self) if first < 0 else 0)
            return cast("Shown", self.frame(number)[rest])
        numbers = np.arange(len(self))[first].reshape(-1)
        if not len(numbers):
            return np.empty((0, *self.shape[1:]), dtype=np.uint8)[(slice(None), *rest)]
        first_of_them = self.frame(int(numbers[0]))[rest]
        stacked = np.empty((len(numbers), *first_of_them.shape), dtype=np.uint8)
        stacked[0] = first_of_them
        for place, number in enumerate(numbers[1:], start=1):
            stacked[place] = self.frame(int(number))[rest]
        return stacked

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
        """Forget the decoded frames, stop reading ahead and let go of the file. Waits for nothing.

        A frame that a worker thread has in hand is finished and thrown away; the file goes with it.
        """
        self._closed = True
        READ_AHEAD.leave(self._number)
        self._cache.forget(self._number)
        self._file.close()
        self._close_layout()

    def __enter__(self) -> FrameSource:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _read_only(frame: Shown) -> Shown:
    frame.flags.writeable = False
    return frame
