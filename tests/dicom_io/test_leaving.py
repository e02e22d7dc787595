"""What leaves is a picture and nothing else: no program in the preamble, no archive behind the pixels."""
from __future__ import annotations

import io
import random
import struct
import zipfile

import imagecodecs
import numpy as np
import pydicom
import pytest
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEGBaseline8Bit,
)

from dicom_io.frames import open_frames
from dicom_io.leaving import copy_with_zeroed_preamble, with_zeroed_preamble

PIXELS = np.random.default_rng(5).integers(0, 255, (2, 40, 57), dtype=np.uint8)
SYNTAXES = {
    "explicit": ExplicitVRLittleEndian,
    "implicit": ImplicitVRLittleEndian,
    "big": ExplicitVRBigEndian,
    "deflated": DeflatedExplicitVRLittleEndian,
    "jpeg": JPEGBaseline8Bit,
}
STARTS = {
    "PE": b"MZ\x90\0" + b"\0" * 56 + struct.pack("<L", 0x80) + b"\x0e\x1f\xba\x0e",
    "ELF": b"\x7fELF\x02\x01\x01\0" + b"\0" * 8 + struct.pack("<HHL", 2, 62, 1),
    "Mach-O": struct.pack("<7L", 0xFEEDFACF, 0x01000007, 3, 2, 1, 72, 0),
    "script": b"#!/bin/sh\ntouch /tmp/owned\nexit\n",
    "zip": b"PK\x03\x04\x14\0\0\0\0\0",
}


def archive():
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as zipped:
        zipped.writestr("run.bat", "echo owned")
    return written.getvalue()


@pytest.fixture
def written(write_ultrasound):
    def write(name):
        jpegs = [imagecodecs.jpeg8_encode(frame) for frame in PIXELS] if name == "jpeg" else None
        return write_ultrasound(PIXELS, syntax=SYNTAXES[name], coded=jpegs, name=f"{name}.dcm")

    return write


@pytest.mark.parametrize("syntax", list(SYNTAXES))
@pytest.mark.parametrize("kind", list(STARTS))
@pytest.mark.filterwarnings("ignore")  # pydicom, of the padding behind a deflated stream
def test_a_polyglot_leaves_as_a_picture_and_nothing_else(written, tmp_path, syntax, kind):
    path, left = written(syntax), tmp_path / "left.dcm"
    original = path.read_bytes()
    polyglot = STARTS[kind].ljust(128, b"\x41") + original[128:] + archive()
    path.write_bytes(polyglot)
    assert copy_with_zeroed_preamble(path, left) == left.stat().st_size
    content = left.read_bytes()
    assert content[:128] == bytes(128)
    assert not zipfile.is_zipfile(left)
    assert b"run.bat" not in content
    assert path.read_bytes() == polyglot
    with open_frames(path) as before, open_frames(left) as after:
        assert np.array_equal(before[:], after[:])
    assert pydicom.dcmread(left).pixel_array.shape == PIXELS.shape


def test_a_thousand_random_preambles_and_tails_never_leave(written, tmp_path):
    seed = random.randrange(2**32)
    chance, path = random.Random(seed), written("jpeg")
    original = path.read_bytes()
    clean = bytes(128) + original[128:]
    for number in range(1000):
        start = STARTS[chance.choice(list(STARTS))] if number % 2 else b""
        tail = chance.randbytes(chance.randrange(99))
        path.write_bytes((start + chance.randbytes(128))[:128] + original[128:] + tail)
        with with_zeroed_preamble(path) as parts:
            assert b"".join(parts) == clean, f"seed {seed}, number {number}"


def test_padding_and_elements_behind_the_pixels_stay_behind(written, tmp_path):
    path = written("explicit")
    clean = bytes(128) + path.read_bytes()[128:]
    padding = struct.pack("<HH2sHL", 0xFFFC, 0xFFFC, b"OB", 0, len(archive()) + len(archive()) % 2)
    path.write_bytes(path.read_bytes() + padding + archive().ljust(len(archive()) + len(archive()) % 2, b"\0"))
    copy_with_zeroed_preamble(path, tmp_path / "left.dcm")
    assert (tmp_path / "left.dcm").read_bytes() == clean


def test_what_is_there_already_is_not_written_over(written, tmp_path):
    (tmp_path / "left.dcm").write_bytes(b"mine")
    with pytest.raises(FileExistsError):
        copy_with_zeroed_preamble(written("explicit"), tmp_path / "left.dcm")
    assert (tmp_path / "left.dcm").read_bytes() == b"mine"
