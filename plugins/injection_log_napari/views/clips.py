"""Clips of one visit, opened and first decoded in the pool; headers and thumbnails too. The window never waits.

Keeps opened clips of this visit only; another visit begins with nothing of the one before.
"""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage

from injection_log_napari.canvas.interface import Frames, Picture
from injection_log_napari.canvas.pictures import image_of
from injection_log_napari.views.thumb_grid import THUMB

if TYPE_CHECKING:
    from annotate.ruler_ticks import RulerTicks
    from dicom_io.image import UltrasoundImage
    from injection_log_napari.views.workers import Workers


class Clip(Frames, Protocol):
    """Frames that are decoded when asked for; `FrameSource` is one."""

    @property
    def comes_blurred_first(self) -> bool:
        """Whether decoding takes long, so that `reduced` gives a blurred frame sooner."""

    def frame(self, index: int, *, reduced: bool = False) -> Picture:
        """One frame; with `reduced` it may be blurred, for looking only, while the true one is not there."""

    def has(self, index: int) -> bool:
        """Whether a frame is there at once, without decoding."""

    def close(self) -> None:
        """Let the file go."""


@dataclass(frozen=True)
class Opened:
    """A clip that is ready: its frames, header and thumbnail."""

    uid: str
    frames: Clip
    header: Any
    thumbnail: QImage
    ticks: RulerTicks | None = None


class ClipDesk(Protocol):
    """Whose pictures are opened."""

    def path_of(self, sop_instance_uid: str) -> Path:
        """Where a picture's file is."""

    def read_header(self, sop_instance_uid: str) -> UltrasoundImage:
        """Read a picture's header from its file; for a worker thread."""

    def header_came(self, header: UltrasoundImage) -> None:
        """Remember a header that a worker read."""

    def ticks_came(self, sop_instance_uid: str, ticks: RulerTicks | None) -> None:
        """Remember what a worker found of the burned-in ruler."""


class Clips:
    """Opens each picture of the visit once."""

    def __init__(self, desk: ClipDesk, workers: Workers, failed: Callable[[str, BaseException], None]) -> None:
        self._desk, self._workers, self._failed = desk, workers, failed
        self._opened: dict[str, Opened] = {}
        self._asked: set[str] = set()

    def opened(self, uid: str) -> Opened | None:
        """A clip that is ready, None while it is not."""
        return self._opened.get(uid)

    def all_opened(self, uids: tuple[str, ...]) -> bool:
        """Whether all these pictures are ready."""
        return all(uid in self._opened for uid in uids)

    def ask_for(self, uid: str, came: Callable[[Opened], None]) -> None:
        """Open a picture in the pool, once; `came` is called on the window's thread."""
        if uid in self._asked:
            return
        self._asked.add(uid)
        path = self._desk.path_of(uid)

        def ready(opened: Opened) -> None:
            self._opened[uid] = opened
            self._desk.header_came(opened.header)
            self._desk.ticks_came(uid, opened.ticks)
            came(opened)

        def failed(error: BaseException) -> None:
            self._asked.discard(uid)
            self._failed(uid, error)

        self._workers.run(lambda: open_clip(uid, path, self._desk), ready, failed)

    def close(self) -> None:
        """Let all clips go."""
        for opened in self._opened.values():
            opened.frames.close()
        self._opened.clear()


def open_clip(uid: str, path: Path, desk: ClipDesk) -> Opened:
    """Open a clip, decode its first and its thumbnail's frame; for a worker thread."""
    from annotate.ruler_ticks import ticks_beside
    from dicom_io.frames import open_frames

    header = desk.read_header(uid)
    frames = open_frames(path)
    ticks = ticks_beside(np.asarray(frames.frame(0)), header.regions)
    picture = image_of(np.asarray(frames.frame(frames.shape[0] // 2)))
    small = picture.scaled(
        THUMB.width(), THUMB.height(), Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
    )
    return Opened(uid, frames, header, small, ticks)
