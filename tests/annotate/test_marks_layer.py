"""The marks as a layer: laid over the clean frame they are the marked picture, pixel for pixel."""
from __future__ import annotations

import cv2
import numpy as np
import pytest

from annotate.marks import Caliper, Needle
from annotate.marks_layer import draw_marks_layer, encode_clean, encode_layer
from annotate.picture import Wording, draw_marked_picture, zoom_of
from dicom_io.calibration import Point

LENGTH, NEEDLE = Caliper("length", Point(50, 40), Point(90, 160)), Needle(Point(20, 30), Point(80, 110), "seen", 20.0)


def frame(shape: tuple[int, ...]) -> np.ndarray:
    return np.random.default_rng(3).integers(0, 255, shape, np.uint8)


@pytest.mark.parametrize("shape", [(120, 200), (120, 200, 3)])
def test_layer_over_clean_frame_is_exactly_the_marked_picture(placing, shape: tuple[int, ...]) -> None:
    clean, marks = frame(shape), [placing(LENGTH), placing(NEEDLE, "m2")]
    layer = draw_marks_layer(clean, marks, side="right", scale_bar=None, wording=Wording("SMG-07"))
    rgb = np.repeat(clean[..., None], 3, axis=2) if clean.ndim == 2 else clean
    zoom = zoom_of(200)
    composed = layer.rgba[..., :3].copy()
    below = rgb.repeat(zoom, axis=0).repeat(zoom, axis=1)
    clear = layer.rgba[: layer.picture_rows, :, 3] == 0
    composed[: layer.picture_rows][clear] = below[clear]
    marked = draw_marked_picture(clean, marks, side="right", scale_bar=None, caption="SMG-07")
    assert np.array_equal(composed, marked)
    assert clear.mean() > 0.5


@pytest.mark.parametrize("shape", [(60, 80), (60, 80, 3)])
def test_a_clean_frame_is_kept_without_loss_and_grey_stays_one_channel(shape: tuple[int, ...]) -> None:
    clean = frame(shape)
    read = cv2.imdecode(np.frombuffer(encode_clean(clean), np.uint8), cv2.IMREAD_UNCHANGED)
    assert np.array_equal(read if read.ndim == 2 else read[..., ::-1], clean)
    grey = np.repeat(frame((60, 80))[..., None], 3, axis=2)
    assert cv2.imdecode(np.frombuffer(encode_clean(grey), np.uint8), cv2.IMREAD_UNCHANGED).ndim == 2


def test_a_layer_is_kept_with_its_transparency(placing) -> None:
    layer = draw_marks_layer(
        frame((60, 80)), [placing(Caliper("width", Point(20, 20), Point(40, 60)))], side="right", scale_bar=None,
        wording=Wording("SMG-07"),
    )
    read = cv2.imdecode(np.frombuffer(encode_layer(layer), np.uint8), cv2.IMREAD_UNCHANGED)
    assert np.array_equal(read[..., [2, 1, 0, 3]], layer.rgba)
