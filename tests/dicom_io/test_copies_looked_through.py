"""What a person is shown before a copy leaves: every different frame once, frames with new words first."""
from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np

from dicom_io.deidentify.kept_area import KeptArea
from dicom_io.deidentify.look_digest import look_digest
from dicom_io.deidentify.looking import distinct_frames, look_through
from dicom_io.deidentify.request import Selection

AREA = KeptArea(((30, 40, 229, 279),))


def clip(frames: int) -> np.ndarray:
    """Still speckle, the same in every frame."""
    one = np.random.default_rng(1).integers(20, 90, (260, 320), dtype=np.uint8)
    return np.stack([one] * frames)


def test_every_different_frame_is_shown_once_and_the_same_ones_are_named(
    write_ultrasound: Callable[..., Path]
) -> None:
    pixels = clip(6)
    pixels[2, 100:110, 100:110] += 9
    pixels[4] = pixels[2]
    shown = distinct_frames(look_through(Selection(write_ultrasound(pixels), tuple(range(6)), AREA)))
    assert [(one.look.frame, one.same) for one in shown] == [(0, (1, 3, 5)), (2, (4,))]


def test_a_frame_with_words_at_the_edge_is_shown_right_behind_the_first(write_ultrasound: Callable[..., Path]) -> None:
    pixels = clip(9)
    for number in range(1, 9):  # tissue moves everywhere inside
        pixels[number, 30:230, 40:280] = np.roll(pixels[0, 30:230, 40:280], number, axis=1)
    cv2.putText(pixels[6], "NN 010190", (60, 45), cv2.FONT_HERSHEY_SIMPLEX, 0.7, 255, 2)
    shown = distinct_frames(look_through(Selection(write_ultrasound(pixels), tuple(range(9)), AREA)))
    assert [one.look.frame for one in shown[:2]] == [0, 6]
    assert [one.look.is_marked for one in shown] == [False, True] + [False] * 7
    assert [one.look.frame for one in shown[2:]] == [1, 2, 3, 4, 5, 7, 8]


def test_a_frame_beside_which_the_screen_changed_is_marked_though_that_does_not_leave(
    write_ultrasound: Callable[..., Path]
) -> None:
    pixels = clip(4)
    cv2.putText(pixels[2], "NN", (5, 20), cv2.FONT_HERSHEY_SIMPLEX, 0.5, 255, 1)
    looks = look_through(Selection(write_ultrasound(pixels), (0, 1, 2, 3), AREA))
    assert [look.is_marked for look in looks] == [False, False, True, False]
    (shown,) = distinct_frames(looks)  # the same to the last kept pixel
    assert (shown.look.frame, shown.look.is_marked) == (2, True)


def test_the_digest_of_a_look_is_another_for_another_pixel_frame_or_area() -> None:
    looked = [(0, "a"), (1, "b")]
    digests = {
        look_digest(AREA, looked), look_digest(AREA, [(0, "a"), (1, "c")]), look_digest(AREA, [(0, "a"), (2, "b")]),
        look_digest(KeptArea(((30, 40, 229, 278),)), looked), look_digest(AREA, looked[:1]),
    }  # fmt: skip
    assert len(digests) == 5
    assert look_digest(AREA, iter(looked)) in digests
