"""What a room needs of the window around it. A value only."""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from annotate.marks import Side
    from injection_log_napari.retrieval import Retrieval
    from injection_log_napari.session_desk import SessionDesk
    from injection_log_napari.views.picture_zone import PictureZone
    from injection_log_napari.views.workers import Workers


@dataclass(frozen=True)
class Surroundings:
    """The picture zone that goes from visit to visit, the pool, the PACS (None: there is none), and the ways out.

    `history` opens the history of the visit on a desk, of one gland of it where a side is given, of one value where a
    field is.
    """

    zone: PictureZone
    workers: Workers
    retrieval: Retrieval | None
    lock: Callable[[], None]
    leave: Callable[[], None]
    history: Callable[[SessionDesk, Side | None, str], None]
