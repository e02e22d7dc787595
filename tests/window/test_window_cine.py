"""Cine in the real window: a slow source never holds it up, and the shown number is always the picture's own."""
from __future__ import annotations

import threading
import time
from dataclasses import replace

import numpy as np
import pytest
from opened_window import OpenedVisit, rewritten, wait

from dicom_io.calibration import Point

FRAMES = 40


class SlowClip:
    """Real frames behind a slow decoder; each carries its number as the grey of its upper left corner."""

    def __init__(self, seconds: float, broken=()) -> None:
        self.seconds, self.broken = seconds, broken
        self.shape = (FRAMES, 300, 400)
        self.comes_blurred_first = False
        self.decoded_in: set[str] = set()
        self.taken: list[int] = []
        self._kept: dict[int, np.ndarray] = {}

    def has(self, number: int) -> bool:
        return number in self._kept

    def frame(self, number: int) -> np.ndarray:
        if number not in self._kept:
            self.decoded_in.add(threading.current_thread().name)
            time.sleep(self.seconds)
            if number in self.broken:
                raise ValueError("damaged")
            picture = np.full(self.shape[1:], 90, np.uint8)
            picture[:60, :60] = number
            # Twenty frames fit the cache: those from an earlier round are decoded again.
            self._kept = {**dict(list(self._kept.items())[-20:]), number: picture}
        self.taken.append(number)
        return self._kept[number]

    def close(self) -> None:
        self._kept = {}


class Shown(OpenedVisit):
    """A window with the phantom's pictures, of which one clip can be replaced."""

    def put_in(self, clip: SlowClip) -> None:
        image = next(one for one in self.page.desk.record.images if one.frames > FRAMES)
        opened = self.page.clips.opened(image.sop_instance_uid)
        self.page.clips._opened[opened.uid] = replace(opened, frames=clip)
        clip.frame(0)
        clip.decoded_in.clear()
        self.window.zone._on_glass = ("", -1)  # the same picture by its name, with other frames
        self.picture.show(opened.uid, 0)
        wait(self.app, lambda: self.window.zone._on_glass == (opened.uid, 0))

    def number_on_glass(self) -> int:
        return self.grey_at(Point(20, 20))


def _as_it_is(_header) -> None:
    """One clip is enough: it is replaced by a slow one."""


@pytest.fixture
def shown(app, tmp_path, phantom_visit, monkeypatch):
    monkeypatch.setenv("INJECTION_LOG_KEYS", str(tmp_path / "keys"))
    opened = Shown(app, tmp_path, rewritten(phantom_visit.visits[0].files[3:4], tmp_path / "files", _as_it_is))
    yield opened
    opened.window.close()


def test_a_slow_clip_is_decoded_off_the_windows_thread_and_the_number_is_the_pictures(shown):
    clip = SlowClip(0.12)
    shown.put_in(clip)
    shown.bar.toggle()
    seen = []
    for _ in range(12):
        shown.spin(0.12)
        seen.append((shown.picture.frame, shown.number_on_glass()))
    assert [frame for frame, _ in seen] == [number for _, number in seen]
    assert max(frame for frame, _ in seen) > 12  # real time: frames were skipped
    assert "MainThread" not in clip.decoded_in
    assert " of 30.0 /s" in shown.bar.rate.text()


def test_every_frame_skips_none(shown):
    clip = SlowClip(0.03)
    shown.put_in(clip)
    shown.bar.switch_mode()
    clip.taken.clear()
    shown.bar.toggle()
    wait(shown.app, lambda: len(set(clip.taken)) > 15)
    order = list(dict.fromkeys(clip.taken))
    assert order == list(range(1, len(order) + 1))


def test_playing_passes_over_a_damaged_frame_and_says_it(shown):
    shown.put_in(SlowClip(0.005, broken=(4, 5)))
    shown.bar.switch_mode()
    shown.bar.toggle()
    wait(shown.app, lambda: shown.picture.frame > 6)
    assert shown.bar.is_playing
    assert "cannot be decoded" in shown.page.line.text


def test_leaving_and_closing_while_playing_is_safe(shown):
    shown.put_in(SlowClip(0.2))
    shown.bar.toggle()
    shown.spin(0.1)
    shown.window.leave_room()
    assert not shown.bar.is_playing
    shown.spin(0.3)
    shown.window.work_list.open_chosen()
    shown.window.close()
    shown.spin(0.1)


def test_a_press_on_the_picture_stops_the_clip(shown):
    from PySide6.QtCore import QPoint, Qt
    from PySide6.QtTest import QTest

    shown.put_in(SlowClip(0.002))
    shown.bar.toggle()
    shown.spin(0.2)
    QTest.mouseClick(shown.window.zone.canvas.surface, Qt.MouseButton.LeftButton, pos=QPoint(300, 300))
    assert not shown.bar.is_playing
    frame = shown.picture.frame
    shown.spin(0.1)
    assert shown.picture.frame == frame
