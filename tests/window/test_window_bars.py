"""The two lines that are always there, banner and cine bar: nothing is cut or touches at the smallest usual screen."""
from __future__ import annotations

from injection_log_napari.presenters.cine import CineState
from injection_log_napari.presenters.room_state import Banner
from injection_log_napari.views.banner import BannerView
from injection_log_napari.views.cine_bar import CineActs, CineBar
from injection_log_napari.views.style import dress

PICTURE_PX = 1366 - 232 - 396
"""What is left for the picture beside the column and the panel."""
NARROW_PX = PICTURE_PX - 1366 + 1280
"""The same at 200 % of a screen of 2560 pixels."""


def spaced(widget, app, width: int):
    dress(app)
    widget.setFixedWidth(width)
    widget.show()
    app.processEvents()
    return widget


def is_whole(label) -> bool:
    return label.width() >= label.fontMetrics().horizontalAdvance(label.text())


def test_the_rate_stands_clear_of_the_strip_of_frames(app):
    dress(app)
    bar = CineBar(CineActs(*(lambda *_: None,) * 4, lambda: False))
    uneven = CineState("1", 99, 160, starts_ms=tuple(33.0 * n + (90 if n > 80 else 0) for n in range(160)))
    bar.show_state(uneven)
    spaced(bar, app, PICTURE_PX)
    assert "mean" in bar.rate.text()
    assert bar.width() == PICTURE_PX
    assert is_whole(bar.rate)
    assert bar.strip.x() - bar.rate.geometry().right() > 8
    assert bar.strip.geometry().right() < PICTURE_PX
    bar.close()


def test_where_the_picture_is_narrow_the_rate_gives_way_and_touches_nothing(app):
    dress(app)
    bar = CineBar(CineActs(*(lambda *_: None,) * 4, lambda: False))
    bar.show_state(CineState("1", 99, 160, starts_ms=tuple(33.0 * n + (90 if n > 80 else 0) for n in range(160))))
    spaced(bar, app, NARROW_PX)
    assert bar.rate.text().endswith("…")
    assert "mean" in bar.rate.toolTip()
    assert bar.strip.x() - bar.rate.geometry().right() > 8
    assert bar.strip.width() >= 50
    assert is_whole(bar._frame)
    assert bar.strip.geometry().right() < NARROW_PX
    bar.close()


def test_of_all_in_the_banner_only_the_name_gives_way(app):
    banner = BannerView(lambda: None, lambda: None)
    who = "SMG-07  ·  Injection visit  ·  23 Nov 2026"
    standing = "R complete v2  L reviewed v2"
    banner.show_banner(Banner(None, "BOTH GLANDS", who, "saved 01:39:41", "Practice Investigator", True, standing))
    spaced(banner, app, 1366)
    assert banner.minimumSizeHint().width() <= 1366
    assert all(is_whole(one) for one in (banner._side, banner._who, banner._standing, banner._practice, banner._saved))
    assert banner._user.toolTip() == "Practice Investigator"
    banner.close()


def test_when_it_was_saved_stands_clear_of_who_is_at_work(app):
    banner = BannerView(lambda: None, lambda: None)
    banner.show_banner(Banner("left", "LEFT GLAND", "SMG-07", "saved 03:05:40", "Practice Injector", True, ""))
    spaced(banner, app, 1366)
    assert banner._user.x() - banner._saved.geometry().right() >= 16
    banner.close()
