"""Frames on demand: array-like, within a budget, from every layout of fragments, from several threads."""
from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import imagecodecs
import numpy as np
import pydicom
import pytest
from pydicom.encaps import encapsulate_extended, itemize_frame
from pydicom.uid import JPEGBaseline8Bit

from dicom_io.errors import NotReadable
from dicom_io.frame_cache import FrameCache
from dicom_io.frames import open_frames

FRAMES = np.random.default_rng(7).integers(0, 255, (5, 40, 56), dtype=np.uint8)


def jpegs():
    return [imagecodecs.jpeg8_encode(frame, level=95) for frame in FRAMES]


@pytest.fixture
def cine(write_ultrasound):
    return write_ultrasound(FRAMES)


@pytest.fixture
def jpeg_cine(write_ultrasound):
    return write_ultrasound(FRAMES, syntax=JPEGBaseline8Bit, coded=jpegs())


@pytest.mark.parametrize(
    "index",
    [
        0, -1, np.int64(2), slice(1, 4), slice(None, None, -2), slice(2, 2), [0, 3], (1, slice(5, 9)), Ellipsis,
        (2, slice(None), slice(None)), (slice(0, 2), 3, slice(1, 5)), (Ellipsis, 4), (3, Ellipsis), (), (1, 2, 3),
    ],
)  # fmt: skip
def test_indexing_is_that_of_an_array(cine, index):
    with open_frames(cine) as source:
        assert np.array_equal(source[index], FRAMES[index])


def test_it_describes_itself_as_an_array(cine):
    with open_frames(cine) as source:
        assert (source.shape, source.ndim, source.dtype, len(source)) == (FRAMES.shape, 3, np.uint8, 5)
        assert np.array_equal(np.asarray(source), FRAMES)
        with pytest.raises(IndexError):
            source.frame(5)


def test_uncompressed_frames_are_views_of_the_file_and_outlive_the_source(cine):
    with open_frames(cine) as source:
        frame = source.frame(2)
        assert frame.base is not None
        assert not frame.flags.writeable
    assert np.array_equal(frame, FRAMES[2])


def test_only_the_asked_frames_are_decoded_and_kept(jpeg_cine):
    cache_bytes = 2 * FRAMES[0].nbytes
    with open_frames(jpeg_cine, budget_bytes=cache_bytes) as source:
        first = source.frame(0)
        assert source.frame(0) is first
        source.frame(1), source.frame(2)
        assert source.frame(0) is not first


def test_the_cache_holds_its_budget_and_throws_the_oldest_out():
    cache = FrameCache(250)
    for number in range(4):
        cache.put((0, number), np.zeros(100, np.uint8))
    assert cache.held_bytes == 200
    assert cache.get((0, 1)) is None
    cache.forget(0)
    assert cache.held_bytes == 0


def test_a_basic_offset_table_groups_fragments(write_ultrasound):
    expected = _shown(write_ultrasound(FRAMES, syntax=JPEGBaseline8Bit, coded=jpegs(), name="one.dcm"))
    path = _with_fragments(write_ultrasound, table=True)
    assert np.array_equal(_shown(path), expected)


def test_several_fragments_a_frame_without_a_table_are_told_apart_by_their_start(write_ultrasound):
    expected = _shown(write_ultrasound(FRAMES, syntax=JPEGBaseline8Bit, coded=jpegs(), name="one.dcm"))
    path = _with_fragments(write_ultrasound, table=False)
    assert np.array_equal(_shown(path), expected)


def test_one_frame_in_many_fragments_is_put_together(write_ultrasound):
    items = b"".join(itemize_frame(jpegs()[0], nr_fragments=4))
    path = write_ultrasound(FRAMES[:1], syntax=JPEGBaseline8Bit, coded=jpegs()[:1])
    image = pydicom.dcmread(path)
    image.PixelData = b"\xfe\xff\x00\xe0\0\0\0\0" + items + b"\xfe\xff\xdd\xe0\0\0\0\0"
    image.save_as(path)
    assert _shown(path).shape == FRAMES[:1].shape


def test_an_extended_offset_table_is_used(write_ultrasound):
    path = write_ultrasound(FRAMES, syntax=JPEGBaseline8Bit, coded=jpegs())
    expected = _shown(path)
    image = pydicom.dcmread(path)
    image.PixelData, image.ExtendedOffsetTable, image.ExtendedOffsetTableLengths = encapsulate_extended(jpegs())
    image["PixelData"].is_undefined_length = True
    image.save_as(path)
    assert np.array_equal(_shown(path), expected)


def test_a_wrong_offset_table_is_not_believed(write_ultrasound):
    path = write_ultrasound(FRAMES, syntax=JPEGBaseline8Bit, coded=jpegs())
    expected = _shown(path)
    raw = bytearray(path.read_bytes())
    table = raw.rindex(b"\xe0\x7f\x10\x00OB\0\0") + 12 + 8
    raw[table + 4 : table + 8] = (7).to_bytes(4, "little")
    path.write_bytes(raw)
    assert np.array_equal(_shown(path), expected)


@pytest.mark.parametrize("frames", [4, 6])
def test_a_number_of_frames_that_the_file_does_not_hold_is_refused(write_ultrasound, frames):
    counted = {"NumberOfFrames": frames}
    for path in (
        write_ultrasound(FRAMES, attributes=counted, name="plain.dcm"),
        write_ultrasound(FRAMES, syntax=JPEGBaseline8Bit, coded=jpegs(), attributes=counted, name="jpeg.dcm"),
    ):
        with pytest.raises(NotReadable) as refused:
            open_frames(path)
        assert refused.value.code == "pixel_size"


def test_several_threads_get_the_right_frames(jpeg_cine):
    expected = _shown(jpeg_cine)
    with open_frames(jpeg_cine, budget_bytes=3 * FRAMES[0].nbytes) as source, ThreadPoolExecutor(4) as threads:
        wanted = [number % 5 for number in range(100)]
        for number, frame in zip(wanted, threads.map(source.frame, wanted), strict=True):
            assert np.array_equal(frame, expected[number])


def test_a_long_cine_shows_its_first_frame_without_decoding_the_rest(shared_data):
    with open_frames(next((shared_data / "us").glob("h11*"))) as source:
        assert source.shape == (120, 480, 640, 3)
        assert source.frame(60).max() > 100


def _shown(path):
    with open_frames(path) as source:
        return source[:]


def _with_fragments(write_ultrasound, *, table):
    """A cine whose frames have one, two, three... fragments."""
    path = write_ultrasound(FRAMES, syntax=JPEGBaseline8Bit, coded=jpegs())
    image = pydicom.dcmread(path)
    items, offsets = b"", []
    for number, frame in enumerate(jpegs()):
        offsets.append(len(items))
        items += b"".join(itemize_frame(frame, nr_fragments=number + 1))
    basic = np.array(offsets if table else [], "<u4").tobytes()
    image.PixelData = (
        b"\xfe\xff\x00\xe0" + len(basic).to_bytes(4, "little") + basic + items + b"\xfe\xff\xdd\xe0\0\0\0\0"
    )
    image.save_as(path)
    return path
