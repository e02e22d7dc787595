"""Where a point of the image lies on the glass."""
from __future__ import annotations

import pytest

from dicom_io.calibration import Point
from injection_log_napari.canvas.interface import PixelAspect
from injection_log_napari.canvas.view_transform import ViewTransform, fitted, scale_bar_mm


def test_a_fitted_picture_touches_the_glass_and_is_centred():
    view = fitted((300, 400), (800.0, 800.0), PixelAspect())
    assert view.to_widget(Point(-0.5, -0.5)) == (0.0, 100.0)
    assert view.to_widget(Point(299.5, 399.5)) == (800.0, 700.0)


def test_unequal_pixels_are_shown_with_their_physical_shape():
    view = fitted((300, 400), (800.0, 800.0), PixelAspect.of(0.12, 0.06))
    x0, y0 = view.to_widget(Point(0, 0))
    x1, y1 = view.to_widget(Point(10, 20))
    assert x1 - x0 == pytest.approx(y1 - y0)


def test_zooming_keeps_the_point_under_the_pointer():
    view = fitted((300, 400), (800.0, 600.0), PixelAspect(1.0, 1.5))
    before = view.to_image(123.0, 77.0)
    after = view.zoomed_about(123.0, 77.0, 3.0).to_image(123.0, 77.0)
    assert (after.row, after.column) == pytest.approx((before.row, before.column))


def test_the_way_back_gives_the_same_point():
    view = ViewTransform(2.5, -40.0, 13.0, PixelAspect(1.3, 1.0))
    assert view.to_image(*view.to_widget(Point(17.25, 90.5))) == Point(17.25, 90.5)


def test_the_scale_bar_is_the_longest_round_length_that_fits():
    view = ViewTransform(zoom=2.0, aspect=PixelAspect(1.0, 1.5))
    assert scale_bar_mm(0.1, view, 200.0) == (5, pytest.approx(150.0))
