"""A JPEG 2000 clip in the real window: blurred at once, said so, not to be marked, and sharp a moment later."""
from __future__ import annotations

import threading
from dataclasses import replace

import imagecodecs
import numpy as np
import pytest
from opened_window import OpenedVisit, rewritten, wait
from pydicom.encaps import encapsulate
from pydicom.uid import JPEG2000Lossless

from dicom_io.calibration import Point

FRAMES, STRIPES = 12, Point(300, 400)


def as_wavelets(header) -> None:
    """A clip of grey frames with stripes one pixel wide in the middle, which a blurred picture cannot show."""
    pixels = np.full((FRAMES, header.Rows, header.Columns), 60, np.uint8)
    pixels[:, 250:350, 350:450:2] = 220
    pixels += np.arange(FRAMES, dtype=np.uint8)[:, None, None]
    header.NumberOfFrames, header.SamplesPerPixel, header.PhotometricInterpretation = FRAMES, 1, "MONOCHROME2"
    header.BitsAllocated = header.BitsStored = 8
    header.HighBit = 7
    coded = [imagecodecs.jpeg2k_encode(frame, reversible=True, codecformat="j2k") for frame in pixels]
    header.PixelData = encapsulate(coded)
    header["PixelData"].VR, header["PixelData"].is_undefined_length = "OB", True
    for name in ("PlanarConfiguration", "LossyImageCompression", "LossyImageCompressionRatio",
                 "LossyImageCompressionMethod", "FrameTimeVector"):  # fmt: skip
        if name in header:
            delattr(header, name)
    header.file_meta.TransferSyntaxUID = JPEG2000Lossless


class Held:
    """The clip's own frames; the true ones come only once they are let."""

    comes_blurred_first = True

    def __init__(self, source) -> None:
        self.source, self.shape, self.let = source, source.shape, threading.Event()

    def has(self, index: int) -> bool:
        return self.let.is_set() and self.source.has(index)

    def frame(self, index: int, *, reduced: bool = False) -> np.ndarray:
        if not reduced:
            assert self.let.wait(20)
        return self.source.frame(index, reduced=reduced)

    def close(self) -> None:
        self.let.set()
        self.source.close()


@pytest.fixture
def visit(app, tmp_path, phantom_visit, monkeypatch):
    monkeypatch.setenv("INJECTION_LOG_KEYS", str(tmp_path / "keys"))
    opened = OpenedVisit(app, tmp_path, rewritten(phantom_visit.visits[0].files[3:4], tmp_path / "files", as_wavelets))
    yield opened
    opened.window.close()


def hold(visit: OpenedVisit) -> Held:
    """From now on true frames of the shown clip wait."""
    opened = visit.page.clips.opened(visit.picture.uid)
    assert opened.frames.comes_blurred_first
    held = Held(opened.frames)
    visit.page.clips._opened[opened.uid] = replace(opened, frames=held)
    visit.window.zone._on_glass = ("", -1)  # the same picture by its name, with other frames
    held.let.set()
    visit.page.refresh()
    held.let.clear()
    return held


def contrast(visit: OpenedVisit) -> int:
    """How far the stripes on the glass are apart."""
    canvas = visit.window.zone.canvas
    canvas.actual_pixels()
    x, y = (round(value) for value in canvas.image_to_widget(STRIPES))
    return int(np.ptp(canvas.snapshot()[y - 2 : y + 2, x - 8 : x + 8, 0]))


def test_a_step_shows_a_blurred_frame_at_once_and_the_true_one_when_it_is_there(visit):
    held = hold(visit)
    visit.picture.step(1)
    wait(visit.app, lambda: visit.picture.frame == 1)
    assert visit.picture.is_blurred
    assert contrast(visit) < 60
    held.let.set()
    wait(visit.app, lambda: not visit.picture.is_blurred)
    assert visit.picture.frame == 1
    assert contrast(visit) > 120


def test_no_mark_is_placed_until_the_frame_is_sharp(visit):
    held = hold(visit)
    visit.key("N")
    visit.picture.step(1)
    wait(visit.app, lambda: visit.picture.is_blurred)
    visit.click(Point(200, 300))
    assert "still blurred" in visit.page.line.text
    assert visit.picture.hand.placing.points == ()
    held.let.set()
    wait(visit.app, lambda: not visit.picture.is_blurred)
    visit.click(Point(200, 300))
    assert len(visit.picture.hand.placing.points) == 1


def test_frames_stepped_past_are_not_waited_for_and_the_last_one_becomes_sharp(visit):
    held = hold(visit)
    for _ in range(6):
        visit.picture.step(1)
        wait(visit.app, lambda: not visit.picture.turning.is_waiting)
    assert (visit.picture.frame, visit.picture.is_blurred) == (6, True)
    held.let.set()
    wait(visit.app, lambda: not visit.picture.is_blurred)
    assert visit.picture.frame == 6
    assert contrast(visit) > 120
