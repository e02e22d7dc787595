"""A JPEG 2000 stream is read as strictly as a decoder reads it, and the decoder sees the stream that was read."""
from __future__ import annotations

import imagecodecs
import numpy as np
import pydicom
import pytest
from bombs import boxed, codestream
from pydicom.data import get_testdata_file

from dicom_io.decoding.jpeg_2000_header import codestream_header, codestream_of
from dicom_io.errors import NotReadable
from dicom_io.frames import open_frames

PIXELS = np.random.default_rng(9).integers(0, 255, (40, 56, 3), dtype=np.uint8)
COC_OF_TINY_BLOCKS = b"\xff\x53\0\x09\0\0\x05\0\0\0\x01"


def refusal(stream):
    with pytest.raises(NotReadable) as refused:
        codestream_header(codestream_of(stream))
    return refused.value.code


@pytest.mark.parametrize(
    "asked", [{}, {"resolutions": 1}, {"level": 30}, {"mct": False}, {"reversible": True}, {"codecformat": "jp2"}]
)
def test_what_the_encoder_writes_is_read(asked):
    stream = imagecodecs.jpeg2k_encode(PIXELS, **{"codecformat": "j2k", **asked})
    found = codestream_header(codestream_of(stream))
    assert (found.rows, found.columns, found.precisions) == (40, 56, (8, 8, 8))
    assert found.transformed == asked.get("mct", True)


@pytest.mark.filterwarnings("ignore")  # pydicom, of what it finds odd in its own test file
def test_a_file_whose_tile_codes_each_component_by_itself_is_read_as_others_read_it(tmp_path):
    image = pydicom.dcmread(get_testdata_file("SC_rgb_gdcm_KY.dcm", download=False))
    image.save_as(tmp_path / "gdcm.dcm")
    with open_frames(tmp_path / "gdcm.dcm") as source:
        assert np.array_equal(source.frame(0), image.pixel_array)


def test_the_stream_in_the_boxes_is_read_not_one_that_is_hidden_before_it():
    hidden, real = codestream(40, 56, 1), codestream(60, 50, 1)
    found = codestream_header(codestream_of(boxed(real, hidden)))
    assert (found.rows, found.columns) == (60, 50)
    assert codestream_of(boxed(real, hidden)) == real


def test_a_tile_that_asks_for_more_than_the_header_is_refused():
    assert codestream_header(codestream(40, 56, 3, COC_OF_TINY_BLOCKS)).rows == 40
    assert refusal(codestream(4096, 4096, 3, COC_OF_TINY_BLOCKS)) == "pixel_format"
    for marker in (b"\xff\x52", b"\xff\x5f", b"\xff\x61"):
        assert refusal(codestream(40, 56, 3, marker + b"\0\x09\0\0\x05\0\0\0\x01")) == "pixel_format"


def test_work_beyond_reason_is_refused_and_ordinary_work_is_not():
    assert codestream_header(codestream(4096, 4096, 3)).rows == 4096
    assert codestream_header(codestream(4096, 4096, 3, block=3, layers=12, precinct=0x88)).rows == 4096
    for asked in ({"block": 0}, {"layers": 65535, "precinct": 0x77}, {"precinct": 0x11}, {"tile": 1}):
        assert refusal(codestream(4096, 4096, 3, **asked)) == "pixel_format"


def test_a_stream_cut_anywhere_in_its_headers_is_refused():
    stream = imagecodecs.jpeg2k_encode(PIXELS, codecformat="j2k")
    headers = stream.index(b"\xff\x93")
    assert {refusal(stream[:end]) for end in range(headers)} == {"undecodable"}
