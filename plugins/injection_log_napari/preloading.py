"""What is loaded behind the first page: first what a visit or a case needs, then napari, by a worker and in this order.

Nothing here makes a widget: those belong to the window's thread. A part that cannot be imported is left for the one
who needs it, who says so in words.
"""
from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from injection_log_napari.canvas.choice import Wish

_PICTURES = ("injection_log_napari.views.picture_zone", "dicom_io.frames")
VISIT = (
    "injection_log_napari.session_desk",
    "injection_log_napari.views.room_page",
    "injection_log_napari.views.surroundings",
)
"""What opening a visit needs, besides pictures."""
CASE = ("injection_log_napari.views.reading.case_page", "injection_log_napari.views.reading.decision_page")
"""What opening a case of a blinded reading needs."""


def preload(needed: tuple[str, ...], wish: Wish) -> Any:
    """Import modules and what pictures need, then napari; its model, or None where it is not wished or fails."""
    for name in (*needed, *_PICTURES):
        importlib.import_module(name)
    if wish == "plain":
        return None
    try:
        from injection_log_napari.canvas.napari_canvas import prepared_model

        return prepared_model()
    # Said by the self-test of the canvas on the window's thread, in words.
    except Exception:  # noqa: BLE001
        return None
