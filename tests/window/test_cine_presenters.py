"""Cine by value: which frame is due when, what is skipped and what is not, and a frame is shown when it is there."""
from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from dicom_io.calibration import Point
from injection_log_napari.canvas.interface import KeyEvent, Label, PointerEvent
from injection_log_napari.presenters.cine import CineState
from injection_log_napari.presenters.picture import PicturePresenter
from injection_log_napari.presenters.playing import Player
from injection_log_napari.presenters.room import RoomPresenter
from injection_log_napari.presenters.sentence import Tell
from injection_log_napari.presenters.tools import CaliperTool

UNEVEN = CineState("1", 0, 4, (), (0.0, 30.0, 90.0, 120.0), "FrameTimeVector")
STEADY = CineState("1", 0, 60, (), tuple(1000 / 30 * frame for frame in range(60)), "FrameTime")


def play(player: Player, cine: CineState, until_ms: int, decode_ms: int) -> tuple[list[tuple[int, int]], CineState]:
    """Play with a source that takes `decode_ms` for each frame; gives (ms, frame) as they came."""
    shown, on_its_way = [], None
    player.start(cine, 0)
    for now in range(until_ms):
        if on_its_way is None and (due := player.due(cine, now)) is not None:
            on_its_way = (now + decode_ms, due)
        if on_its_way is not None and now >= on_its_way[0]:
            cine, on_its_way = replace(cine, frame=on_its_way[1]), None
            player.shown(cine, now)
            shown.append((now, cine.frame))
    return shown, cine


def test_the_frame_of_a_moment_follows_the_vector_and_runs_round():
    assert [UNEVEN.frame_at(ms) for ms in (0, 29, 30, 95, 130, 165)] == [0, 0, 1, 2, 3, 0]


def test_uneven_steps_are_played_as_recorded():
    shown, _ = play(Player(), UNEVEN, 330, 0)
    assert shown == [(30, 1), (90, 2), (120, 3), (160, 0), (190, 1), (250, 2), (280, 3), (320, 0)]


def test_every_frame_takes_the_same_uneven_times_when_frames_come_at_once():
    player = Player()
    player.mode = "every_frame"
    assert play(player, UNEVEN, 330, 0)[0] == play(Player(), UNEVEN, 330, 0)[0]


def test_real_time_keeps_the_time_and_skips_when_decoding_is_slow():
    shown, _ = play(Player(), STEADY, 1900, 100)
    steps = [b[1] - a[1] for a, b in pairwise(shown)]
    assert max(steps) > 1
    # What comes is at most one decoding behind the clock.
    assert all(abs(STEADY.start_of(frame) - (ms - 100)) <= 34 for ms, frame in shown)


def test_every_frame_skips_none_and_is_slower():
    player = Player()
    player.mode = "every_frame"
    shown, cine = play(player, STEADY, 7000, 100)
    frames = [frame for _, frame in shown]
    assert frames == [frame % 60 for frame in range(1, len(frames) + 1)]
    assert len(frames) > 45
    # Each stays for its own time after it came: 100 ms for decoding and 33 for the eye.
    assert player.rate(cine, 7000) == pytest.approx(7.5, abs=0.3)


def test_the_actual_rate_is_that_of_the_last_second():
    player = Player()
    _, cine = play(player, STEADY, 1990, 0)
    assert player.rate(cine, 1990) == pytest.approx(30, abs=0.5)
    assert STEADY.rate_words(24.83) == "24.8 of 30.0 /s"
    # Nothing comes any more: the rate falls instead of standing still.
    assert player.rate(cine, 2990) < 20


def test_a_rate_that_was_not_recorded_is_called_assumed_and_an_uneven_one_a_mean():
    assumed = replace(STEADY, source="assumed")
    assert (assumed.rate_words(), assumed.rate_words(12.0)) == ("30.0 /s assumed", "12.0 of 30.0 /s assumed")
    assert UNEVEN.rate_words() == "25.0 /s recorded, mean"


def test_one_frame_is_said_in_words_and_offers_no_play():
    still, of_one = CineState("1", 0, 1), CineState("1", 0, 1, is_clip_of_one=True)
    assert (still.frame_words, of_one.frame_words) == ("still picture", "a still stored as a clip of one frame")
    assert CineState().frame_words == ""  # where there is no picture at all
    assert not Player().start(of_one, 0)


def test_a_clip_sent_elsewhere_while_playing_goes_on_from_there():
    player = Player()
    player.start(STEADY, 0)
    player.elsewhere()
    assert player.due(replace(STEADY, frame=40), 50) is None
    assert player.due(replace(STEADY, frame=40), 90) == 41


class Supply:
    """Frames that come when they are let; `broken` ones never do."""

    def __init__(self, broken=()) -> None:
        self.there, self.asked, self.broken = set(), [], broken

    def has(self, _uid, frame) -> bool:
        return frame in self.there

    def fetch(self, _uid, frame) -> None:
        self.asked.append(frame)


@pytest.fixture
def clip(desk_with_images):
    def made(broken=()):
        said = []
        picture = PicturePresenter(desk_with_images, Tell(said.append, lambda: None, lambda: None))
        picture.show("1.2.5", 10)
        picture.turning.supply = Supply(broken)
        return picture, picture.turning.supply, said

    return made


def come(picture, supply) -> None:
    frame = supply.asked[-1]
    if frame in supply.broken:
        picture.turning.lost("1.2.5", frame)
    else:
        supply.there.add(frame)
        picture.turning.came("1.2.5", frame)


def test_the_frame_number_changes_only_when_the_frame_is_there(clip):
    picture, supply, _ = clip()
    picture.step(1)
    assert (picture.frame, supply.asked) == (10, [11])
    come(picture, supply)
    assert picture.frame == 11


def test_steps_taken_while_one_is_on_its_way_are_shown_one_after_the_other(clip):
    picture, supply, _ = clip()
    shown = []
    for _ in range(5):
        picture.step(1)
    while picture.turning.is_waiting:
        come(picture, supply)
        shown.append(picture.frame)
    assert shown == [11, 12, 13]


def test_a_frame_that_cannot_be_decoded_is_said_and_stepped_over(clip):
    picture, supply, said = clip(broken=(11,))
    picture.step(1)
    come(picture, supply)
    come(picture, supply)
    assert picture.frame == 12
    assert said == [
        "Frame 12 of this clip cannot be decoded: its bytes are damaged. It is passed over; the other frames can be "
        "shown and measured."
    ]


def test_playing_goes_on_past_lost_frames_and_says_each_once(clip):
    picture, supply, said = clip(broken=(11, 12))
    for _ in range(2):
        picture.play_to(11)
        while picture.turning.is_waiting:
            come(picture, supply)
        assert picture.frame == 13
        picture.show("1.2.5", 10)
    assert len(said) == 2


def words_on(picture) -> list[str]:
    return [one.text for one in picture.primitives() if isinstance(one, Label)]


def test_a_frame_that_comes_blurred_first_is_shown_said_and_then_sharp(clip):
    picture, supply, _ = clip()
    picture.step(1)
    picture.turning.came_blurred("1.2.5", 11)
    assert (picture.frame, picture.is_blurred) == (11, True)
    assert "blurred: sharpening…" in words_on(picture)
    come(picture, supply)
    assert (picture.frame, picture.is_blurred) == (11, False)
    assert "blurred: sharpening…" not in words_on(picture)


def test_no_mark_has_an_end_on_a_blurred_frame(clip):
    picture, supply, said = clip()
    picture.side = "right"
    picture.take(CaliperTool("length"))
    picture.step(1)
    picture.turning.came_blurred("1.2.5", 11)
    for act in ("press", "release"):
        picture.pointer(PointerEvent(act, Point(100, 100), 3.0))
    assert picture.hand.placing.points == ()
    assert said == ["This frame is still blurred: it becomes sharp in a moment. Mark it then."]
    come(picture, supply)
    picture.pointer(PointerEvent("press", Point(100, 100), 3.0))
    assert picture.hand.placing.points == (Point(100, 100),)


@pytest.mark.parametrize("key", ["E", "K"])
def test_no_mark_is_edited_on_a_blurred_frame(desk_with_images, key):
    room = RoomPresenter(desk_with_images, lambda _wish: None, lambda: None, lambda: None)
    room.go("right")
    room.picture.show("1.2.5", 10)
    room.picture.turning.came_blurred("1.2.5", 10)
    room.key(KeyEvent(key))
    assert "still blurred" in room.sentence.text


def test_a_clip_that_plays_takes_no_blurred_frame(clip):
    picture, supply, _ = clip()
    picture.play_to(11)
    assert not picture.turning.takes_blurred
    picture.turning.came_blurred("1.2.5", 11)
    assert picture.frame == 10
    come(picture, supply)
    assert (picture.frame, picture.is_blurred) == (11, False)


def test_a_blurred_frame_that_was_stepped_past_is_not_called_blurred_when_it_is_shown_sharp(clip):
    picture, supply, _ = clip()
    picture.step(1)
    picture.turning.came_blurred("1.2.5", 11)
    picture.step(1)
    come(picture, supply)
    supply.there.add(11)
    picture.step(-1)
    assert (picture.frame, picture.is_blurred) == (11, False)


def test_a_blurred_frame_whose_true_one_is_damaged_is_said_to_be_lost(clip):
    picture, _, said = clip()
    picture.step(1)
    picture.turning.came_blurred("1.2.5", 11)
    picture.turning.lost("1.2.5", 11)
    assert not picture.is_blurred
    assert "Frame 12 of this clip cannot be decoded" in said[0]


def test_a_frame_of_a_clip_that_was_left_changes_nothing(clip):
    picture, supply, _ = clip()
    picture.step(1)
    picture.show("1.2.6", 3)
    come(picture, supply)
    assert picture.where == ("1.2.6", 3)
