"""Decoding ahead: in the direction of travel, each frame once, cancelled by a seek, and nothing left after closing."""
from __future__ import annotations

import os
import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import cv2
import imagecodecs
import numpy as np
import pytest
from pydicom.uid import JPEG2000Lossless, JPEGBaseline8Bit

from dicom_io import frames as frames_module
from dicom_io.errors import NotReadable, RejectCode
from dicom_io.frame_cache import FrameCache
from dicom_io.frames import AHEAD, FrameSource, open_frames
from dicom_io.read_ahead import ReadAhead
from tools.bench.pixels import played_mib

FRAMES = np.random.default_rng(3).integers(0, 255, (40, 48, 64), dtype=np.uint8)
CODED = [imagecodecs.jpeg8_encode(frame, level=95) for frame in FRAMES]
DECODED = [imagecodecs.jpeg8_decode(coded) for coded in CODED]

RGB = np.repeat(FRAMES[:20, :, :, None], 3, axis=3)
RGB_CODED = [imagecodecs.jpeg8_encode(frame, subsampling="422") for frame in RGB]
YBR = {"PhotometricInterpretation": "YBR_FULL_422"}


@pytest.fixture
def clip(write_ultrasound):
    return write_ultrasound(FRAMES, syntax=JPEGBaseline8Bit, coded=CODED)


@pytest.fixture
def decodings(monkeypatch):
    """Counts how often each coded frame is decoded; `decodings.wait` makes each decoding take so many seconds."""

    class Counted(list):
        wait = 0.0

    counted = Counted()
    decode = frames_module.shown_frame

    def counting(coded, form, codec, into):
        time.sleep(counted.wait)
        counted.append(next(number for number, one in enumerate(CODED) if bytes(coded).startswith(one)))
        return decode(coded, form, codec, into)

    monkeypatch.setattr(frames_module, "shown_frame", counting)
    return counted


def wait_until(holds, seconds=10.0):
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.002)


def reading_threads():
    return [thread for thread in threading.enumerate() if thread.name == "read-ahead"]


def ready(source):
    return [number for number in range(len(source)) if source.has(number)]


def test_the_first_frame_alone_decodes_nothing_else(clip, decodings):
    with open_frames(clip, budget_bytes=1 << 20) as source:
        source.frame(0)
        time.sleep(0.05)
        assert decodings == [0]


@pytest.mark.parametrize(("asked", "expected"), [((3, 4), range(3, 5 + AHEAD)), ((20, 19), range(19 - AHEAD, 21))])
def test_two_neighbours_show_the_way_and_the_next_frames_are_decoded(clip, asked, expected):
    with open_frames(clip, budget_bytes=1 << 20) as source:
        for number in asked:
            source.frame(number)
        wait_until(lambda: ready(source) == list(expected))


def test_a_viewer_may_say_where_it_goes_and_comes_round_the_end(clip):
    with open_frames(clip, budget_bytes=1 << 20) as source:
        source.frame(38)
        source.going(1, ahead=3)
        wait_until(lambda: ready(source) == [0, 1, 38, 39])


def test_each_frame_is_decoded_once_however_many_threads_ask(clip, decodings):
    decodings.wait = 0.01
    with open_frames(clip, budget_bytes=1 << 20) as source, ThreadPoolExecutor(6) as threads:
        shown = list(threads.map(source.frame, [number // 6 for number in range(60)]))
        assert all(np.array_equal(shown[number], DECODED[number // 6]) for number in range(60))
    assert len(decodings) == len(set(decodings))


def test_a_seek_drops_what_was_wanted_before(clip, decodings):
    with open_frames(clip, budget_bytes=1 << 20) as source:
        source.frame(1)
        decodings.wait = 0.1
        source.frame(0)
        source.frame(20)
        time.sleep(0.4)
    assert set(decodings) <= {0, 1, 20, *range(36, 40)}  # backwards from 0, at most what was in hand meanwhile


def test_reading_ahead_never_takes_more_than_half_the_budget(clip):
    with open_frames(clip, budget_bytes=6 * FRAMES[0].nbytes) as source:
        source.frame(0)
        source.frame(1)
        wait_until(lambda: ready(source) == [0, 1, 2, 3, 4])
        time.sleep(0.05)
        assert ready(source) == [0, 1, 2, 3, 4]


def test_the_error_of_a_later_frame_waits_for_whoever_asks_for_it(write_ultrasound, clip):
    broken = [*CODED[:4], CODED[4][:300], *CODED[5:]]
    path = write_ultrasound(FRAMES, syntax=JPEGBaseline8Bit, coded=broken, name="broken.dcm")
    with open_frames(path, budget_bytes=1 << 20) as source:
        source.frame(1)
        source.frame(2)
        wait_until(lambda: set(ready(source)) >= {1, 2, 3, 5, 6, 7, 8, 9, 10})
        for _ in range(2):
            with pytest.raises(NotReadable) as refused:
                source.frame(4)
            assert refused.value.code == RejectCode.UNDECODABLE


def test_no_thread_is_left_when_the_last_source_is_closed(clip):
    first, second = open_frames(clip), open_frames(clip)
    for source in (first, second):
        source.frame(0)
        source.frame(1)
    first.close()
    assert reading_threads()
    second.close()
    wait_until(lambda: not reading_threads())


def test_closing_waits_for_no_frame_and_keeps_none(clip, decodings):
    decodings.wait = 0.2
    cache = FrameCache(1 << 20)
    source = FrameSource(clip, cache)
    source.frame(0)
    source.going(1)
    time.sleep(0.05)
    began = time.monotonic()
    source.close()
    assert time.monotonic() - began < 0.1
    wait_until(lambda: not reading_threads())
    assert cache.held_bytes == 0
    with pytest.raises(ValueError, match="closed"):
        source.frame(0)


def test_two_threads_serve_all_sources_the_last_one_to_speak_first():
    done, held = [], threading.Event()
    ahead = ReadAhead()
    ahead.want(1, [held.wait, held.wait])
    wait_until(lambda: not ahead._wanted)
    ahead.want(1, [lambda: done.append("old")] * 3)
    ahead.want(2, [lambda: done.append("new")] * 3)
    assert ahead.threads == 2
    held.set()
    wait_until(lambda: len(done) == 6)
    assert done.count("new") == 3
    assert "new" in done[:2]
    ahead.leave(1)
    ahead.leave(2)
    wait_until(lambda: not ahead.threads)


def test_a_job_that_raises_ends_no_thread():
    ahead, done = ReadAhead(), threading.Event()
    ahead.want(1, [lambda: 1 // 0, lambda: 1 // 0, [].pop, done.set])
    assert done.wait(5)
    ahead.leave(1)


def test_one_budget_holds_for_all_open_sources(clip):
    cache = FrameCache(10 * FRAMES[0].nbytes)
    with FrameSource(clip, cache) as first, FrameSource(clip, cache) as second:
        for number in range(20):
            first.frame(number)
            second.frame(39 - number)
        assert cache.held_bytes <= 10 * FRAMES[0].nbytes
        cache.set_budget(3 * FRAMES[0].nbytes)
        assert cache.held_bytes <= 3 * FRAMES[0].nbytes


def test_a_frame_or_a_part_of_one_that_is_looked_at_keeps_its_values(write_ultrasound):
    path = write_ultrasound(RGB, syntax=JPEGBaseline8Bit, coded=RGB_CODED, attributes=YBR)
    with open_frames(path, budget_bytes=3 * RGB[0].nbytes) as source:
        held, part = source.frame(0), source.frame(1)[5:9, ::2]
        expected = [held.copy(), part.copy()]
        for number in [*range(2, 20), *range(20)]:
            source.frame(number)
        assert np.array_equal(held, expected[0])
        assert np.array_equal(part, expected[1])


def test_a_frame_is_decoded_into_the_memory_of_one_that_nobody_looks_at(write_ultrasound):
    path = write_ultrasound(RGB, syntax=JPEGBaseline8Bit, coded=RGB_CODED, attributes=YBR)
    with open_frames(path, budget_bytes=2 * RGB[0].nbytes) as source:
        places = [source.frame(number).ctypes.data for number in (0, 9, 2, 12, 5)]
        assert len(set(places)) == 2


def test_playing_a_long_clip_takes_little_more_memory_than_its_budget(write_ultrasound):
    frames = np.broadcast_to(cv2.resize(RGB[0], (800, 600)), (60, 600, 800, 3))
    coded = [imagecodecs.jpeg8_encode(np.ascontiguousarray(frames[0]), subsampling="422")] * 60
    path = write_ultrasound(frames, syntax=JPEGBaseline8Bit, coded=coded, attributes=YBR)
    peak_mib, decoded_mib = played_mib(path, budget_mib=16)
    assert decoded_mib > 80
    assert peak_mib <= 16 + 16


def seek_play_and_close(clip, cache, seed, rounds):
    """What a restless viewer does; gives the numbers of frames that came out wrong."""
    chance, wrong = random.Random(seed), []
    for _ in range(rounds):
        with FrameSource(clip, cache) as source:
            number = chance.randrange(40)
            for _ in range(25):
                number = chance.choice([number + 1, number - 1, chance.randrange(40)]) % 40
                if chance.random() < 0.1:
                    source.going(chance.choice([-1, 0, 1]))
                if not np.array_equal(source.frame(number), DECODED[number]):
                    wrong.append(number)
    return wrong


def five_restless_viewers(clip, rounds):
    cache = FrameCache(12 * FRAMES[0].nbytes)
    with ThreadPoolExecutor(5) as threads:
        wrong = list(threads.map(lambda seed: seek_play_and_close(clip, cache, seed, rounds), range(5)))
    wait_until(lambda: not reading_threads())
    return wrong, cache.held_bytes


def test_many_threads_that_seek_play_and_close_get_right_frames_and_leave_nothing(clip):
    assert five_restless_viewers(clip, rounds=12) == ([[]] * 5, 0)


@pytest.mark.slow
def test_soak_of_threads_that_seek_play_and_close(clip):
    assert five_restless_viewers(clip, rounds=2000) == ([[]] * 5, 0)


def test_a_file_cut_short_while_open_is_refused_and_kills_nothing(clip):
    with open_frames(clip, budget_bytes=1 << 20) as source:
        source.frame(0)
        os.truncate(clip, 4096)
        with pytest.raises(NotReadable) as refused:
            source.frame(39)
        assert refused.value.code == RejectCode.DAMAGED


@pytest.fixture
def wavelet_clip(write_ultrasound):
    row, column = np.mgrid[0:256, 0:320]
    rgb = np.stack([row % 256, column * 3 // 4, 255 - row], axis=-1).astype(np.uint8)
    pixels = np.stack([rgb, rgb[::-1], rgb[:, ::-1]])
    coded = [imagecodecs.jpeg2k_encode(frame, reversible=True, codecformat="j2k") for frame in pixels]
    attributes = {"PhotometricInterpretation": "YBR_RCT"}
    return write_ultrasound(pixels, syntax=JPEG2000Lossless, coded=coded, attributes=attributes), pixels


def test_a_wavelet_frame_comes_blurred_at_once_and_true_a_moment_later(wavelet_clip):
    path, pixels = wavelet_clip
    with open_frames(path, budget_bytes=1 << 24) as source:
        blurred = source.frame(1, reduced=True)
        assert blurred.shape == pixels[1].shape
        assert 0 < np.abs(blurred.astype(int) - pixels[1]).mean() < 6
        wait_until(lambda: source.has(1))
        assert np.array_equal(source.frame(1, reduced=True), pixels[1])


def test_other_codings_have_no_blurred_form(clip):
    with open_frames(clip, budget_bytes=1 << 20) as source:
        assert np.array_equal(source.frame(2, reduced=True), DECODED[2])
