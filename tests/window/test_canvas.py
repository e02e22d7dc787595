"""Both canvases, as real widgets: the same picture, the same pointer, no key ever lost to the library."""
from __future__ import annotations

import time

import numpy as np
import pytest

from dicom_io.calibration import Point


class Clip:
    """Ten grey frames; one bright square, and a dot that moves with the frame."""

    shape = (10, 300, 400)

    def frame(self, index: int) -> np.ndarray:
        picture = np.full(self.shape[1:], 40, np.uint8)
        picture[246:255, 296:305] = 255
        picture[20, 20 + 10 * index] = 200
        return picture


class ColourClip(Clip):
    shape = (1, 200, 200, 3)

    def frame(self, index: int) -> np.ndarray:
        return np.full((200, 200, 3), (200, 30, 90), np.uint8)


def settle(app, until=lambda: False, seconds: float = 0.25) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end and not until():
        app.processEvents()


@pytest.fixture(scope="module", params=["plain", "napari"])
def canvas(app, request):
    from injection_log_napari.canvas.choice import choose_canvas

    chosen = choose_canvas(request.param)
    if chosen.canvas.name != request.param:
        pytest.skip(chosen.why)
    chosen.canvas.widget.resize(800, 600)
    chosen.canvas.widget.show()
    settle(app)
    yield chosen.canvas
    chosen.canvas.widget.close()


@pytest.fixture
def shown(app, canvas):
    from injection_log_napari.canvas.interface import Listeners, PixelAspect

    canvas.listen(Listeners())
    canvas.show_clip(Clip(), 0, PixelAspect(1.0, 1.5))
    canvas.fit()
    settle(app)
    return canvas


def bright_middle(picture: np.ndarray) -> tuple[float, float]:
    rows, columns = np.nonzero(picture[:, :, 0] > 240)
    return columns.mean() + 0.5, rows.mean() + 0.5


def test_a_pixel_is_painted_exactly_where_the_transform_says(app, shown):
    assert bright_middle(shown.snapshot()) == pytest.approx(shown.image_to_widget(Point(250, 300)), abs=0.6)


def test_it_stays_there_after_zoom_and_pan(app, shown):
    shown.surface.zoom_about(600, 430, 1.7)
    shown.surface.pan_by(-31, -12.5)
    settle(app)
    assert bright_middle(shown.snapshot()) == pytest.approx(shown.image_to_widget(Point(250, 300)), abs=0.8)


def test_the_shown_levels_are_the_levels_of_the_frame(app, shown):
    from injection_log_napari.canvas.interface import PixelAspect

    shown.show_clip(ColourClip(), 0, PixelAspect())
    settle(app)
    assert tuple(shown.snapshot()[300, 400]) == (200, 30, 90)


def test_the_pointer_is_reported_in_pixels_of_the_image(app, shown):
    from PySide6.QtCore import QPoint, Qt
    from PySide6.QtTest import QTest

    from injection_log_napari.canvas.interface import Listeners

    seen = []
    shown.listen(Listeners(pointer=seen.append))
    x, y = shown.image_to_widget(Point(120, 64))
    QTest.mouseClick(shown.surface, Qt.MouseButton.LeftButton, pos=QPoint(round(x), round(y)))
    acts = [event.act for event in seen if event.act in ("press", "release")]
    assert acts == ["press", "release"]
    press = next(event for event in seen if event.act == "press")
    assert (press.at.row, press.at.column) == pytest.approx((120, 64), abs=0.5)


def test_every_key_reaches_us_and_none_reaches_the_picture(app, shown):
    from PySide6.QtCore import Qt
    from PySide6.QtTest import QTest

    from injection_log_napari.canvas.interface import Handle, Listeners

    names = []
    shown.listen(Listeners(key=lambda event: bool(names.append(event.name)) or True))
    shown.draw([Handle(Point(50, 50), "L", "#56B4E9")], None)
    settle(app)
    before = shown.snapshot()
    keys = [Qt.Key.Key_Delete, Qt.Key.Key_Backspace, Qt.Key.Key_3, Qt.Key.Key_G, Qt.Key.Key_V, Qt.Key.Key_Y]
    for widget in (shown.surface, shown.widget, shown.surface.parentWidget()):
        for key in keys:
            QTest.keyClick(widget, key)
    settle(app)
    assert names[:6] == ["Delete", "Backspace", "3", "G", "V", "Y"]
    # The mark and the picture are as they were; only the frame of the focus may differ.
    assert np.array_equal(shown.snapshot()[4:-4, 4:-4], before[4:-4, 4:-4])


def test_stepping_shows_the_other_frame_and_keeps_the_zoom(app, shown):
    shown.surface.zoom_about(100, 100, 2.0)
    view = shown.surface.view
    shown.show_frame(5)
    settle(app)
    x, y = (int(value) for value in shown.image_to_widget(Point(20, 70)))
    assert shown.snapshot()[y - 3 : y + 4, x - 3 : x + 4, 0].max() > 150
    assert shown.surface.view == view


def test_one_image_layer_is_reused_for_all_clips(app, shown):
    from injection_log_napari.canvas.interface import PixelAspect

    if shown.name != "napari":
        pytest.skip("the plain canvas has no layers")
    layer = shown.layer
    for _ in range(3):
        shown.show_clip(ColourClip(), 0, PixelAspect())
        shown.show_clip(Clip(), 7, PixelAspect())
    assert list(shown.model.layers) == [layer]


def test_nothing_of_the_microscope_is_on_screen(app, shown):
    from PySide6.QtWidgets import QAbstractSlider, QListView, QPushButton

    kinds = (QAbstractSlider, QListView, QPushButton)
    assert [w for kind in kinds for w in shown.widget.findChildren(kind) if w.isVisible()] == []
