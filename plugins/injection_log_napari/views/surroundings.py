"""What a room needs of the window around it. A value only."""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from injection_log_napari.retrieval import Retrieval
    from injection_log_napari.views.picture_zone import PictureZone
    from injection_log_napari.views.workers import Workers


@dataclass(frozen=True)
class Surroundings:
    """The picture zone that goes from visit to visit, the pool, the PACS (None: there is none), and the ways out."""

    zone: PictureZone
    workers: Workers
    retrieval: Retrieval | None
    lock: Callable[[], None]
    leave: Callable[[], None]
