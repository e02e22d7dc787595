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


def test_the_shown_frame_is_shown_anew_when_it_has_become_sharp(app, shown):
    from injection_log_napari.canvas.interface import PixelAspect

    clip = Clip()
    shown.show_clip(clip, 5, PixelAspect())
    settle(app)
    clip.frame = lambda _index: np.full(clip.shape[1:], 220, np.uint8)
    shown.show_frame(5)
    settle(app)
    x, y = (int(value) for value in shown.image_to_widget(Point(100, 100)))
    assert shown.snapshot()[y, x, 0] > 200


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


class Pages:
    """A canvas as in the window: one page of two, beside a panel that comes and goes with the page."""

    def __init__(self, app, name: str) -> None:
        from PySide6.QtWidgets import QHBoxLayout, QLabel, QStackedWidget, QWidget

        from injection_log_napari.canvas.choice import choose_canvas

        self.app, self.canvas = app, choose_canvas(name).canvas
        self.window, self.pages, self.panel = QWidget(), QStackedWidget(), QLabel("panel")
        self.panel.setFixedWidth(330)
        row = QHBoxLayout(self.window)
        row.addWidget(self.pages, 1)
        row.addWidget(self.panel)
        self.pages.addWidget(QLabel("another step"))
        self.pages.addWidget(self.canvas.widget)
        self.turn(1)

    def turn(self, page: int, *, wait: float = 0.25) -> None:
        self.pages.setCurrentIndex(page)
        self.panel.setVisible(page == 1)
        settle(self.app, seconds=wait)

    @property
    def offset(self) -> float:
        """How far (screen pixels) the painted square lies from where the transform says."""
        x, y = bright_middle(self.canvas.snapshot())
        meant_x, meant_y = self.canvas.image_to_widget(Point(250, 300))
        return max(abs(x - meant_x), abs(y - meant_y))


@pytest.fixture(scope="module")
def made_pages(app, canvas):
    pages = Pages(app, canvas.name)
    yield pages
    pages.window.close()


@pytest.fixture
def in_pages(app, made_pages):
    from injection_log_napari.canvas.interface import Listeners, PixelAspect

    made_pages.window.resize(1100, 700)
    made_pages.window.show()
    made_pages.canvas.listen(Listeners())
    made_pages.canvas.show_clip(Clip(), 0, PixelAspect(1.0, 1.5))
    made_pages.canvas.fit()
    settle(app)
    return made_pages


@pytest.mark.parametrize("zoomed", [False, True])
def test_picture_and_marks_stay_together_when_the_page_goes_and_comes_back(app, in_pages, zoomed):
    if zoomed:
        in_pages.canvas.surface.zoom_about(300, 230, 1.4)
        settle(app)
    for wait in (0.25, 0.0):
        in_pages.turn(0, wait=wait)
        in_pages.turn(1)
        assert in_pages.offset < 0.8


def test_picture_and_marks_stay_together_when_the_window_changes_size(app, in_pages):
    for size in ((900, 640), (1300, 500)):
        in_pages.window.resize(*size)
        settle(app)
        assert in_pages.offset < 0.8
    in_pages.turn(0)
    in_pages.window.resize(1000, 720)
    in_pages.turn(1)
    assert in_pages.offset < 0.8


def test_whatever_napari_does_with_its_camera_the_picture_stays(app, in_pages):
    if in_pages.canvas.name != "napari":
        pytest.skip("the plain canvas has no camera")
    camera = in_pages.canvas.model.scene.camera
    for disturb in (
        lambda: setattr(camera, "zoom", 0.3),
        lambda: setattr(camera, "center", (0, 10, 10)),
        in_pages.canvas.model.reset_view,
    ):
        disturb()
        settle(app, seconds=0.1)
        assert in_pages.offset < 0.8


def test_a_press_on_a_picture_that_lies_elsewhere_is_refused_and_the_next_one_taken(app, in_pages):
    from PySide6.QtCore import QPoint, Qt
    from PySide6.QtTest import QTest

    from injection_log_napari.canvas.interface import Listeners

    if in_pages.canvas.name != "napari":
        pytest.skip("the plain canvas has no camera")
    seen = []
    in_pages.canvas.listen(Listeners(pointer=lambda event: seen.append(event.act)))
    in_pages.canvas._viewer.canvas.view.camera.rect = (0, 0, 900, 900)
    for refused in (True, False):
        QTest.mouseClick(in_pages.canvas.surface, Qt.MouseButton.LeftButton, pos=QPoint(200, 200))
        assert ("press" not in seen) is refused
