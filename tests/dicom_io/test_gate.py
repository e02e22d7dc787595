"""The gate: hostile files end in one of a short list of codes, in time, and never in a crash of this process."""
from __future__ import annotations

import os
import random
import signal
import struct
import subprocess
import sys
import time
import zlib

import imagecodecs
import numpy as np
import pytest
from pydicom.dataset import Dataset
from pydicom.uid import DeflatedExplicitVRLittleEndian, ImplicitVRLittleEndian, JPEGBaseline8Bit

from dicom_io.admission import admission_from_json, admission_to_json
from dicom_io.errors import REJECT_WORDS, NotReadable, RejectCode
from dicom_io.gate import Admission, Gate
from dicom_io.transfer_syntaxes import UNDECODED_WORDS

WORDS = UNDECODED_WORDS | set(REJECT_WORDS.values())
NOISE = np.random.default_rng(3).integers(0, 255, (3, 40, 56), dtype=np.uint8)


@pytest.fixture(scope="module")
def gate():
    with Gate() as gate:
        yield gate


def refusal(gate, path):
    with pytest.raises(NotReadable) as refused:
        gate.admit(path)
    assert refused.value.why in WORDS
    return refused.value.code


def admitted_or_refused(gate, path):
    try:
        return gate.admit(path)
    except NotReadable as refused:
        return refused


def test_there_are_at_most_twelve_codes_each_with_words():
    assert len(RejectCode) <= 12
    assert set(REJECT_WORDS) == set(RejectCode)


def test_a_good_file_is_admitted_with_its_facts(gate, write_ultrasound, region):
    path = write_ultrasound(NOISE, [region((0, 0, 55, 39), PhysicalDeltaY=0.02)])
    admission = gate.admit(path)
    assert (admission.image.frames, admission.image.calibration.state) == (3, "region")
    assert admission.identity.patient_id == "010101-9999"
    assert "Secretname" not in repr(admission)


def test_an_admission_survives_its_plain_form(gate, write_ultrasound, region):
    for attributes in ({}, {"PixelSpacing": ["0.2", "0.3"]}):
        for regions in ([], [region((0, 0, 55, 39), PhysicalDeltaY=0.02)]):
            admission = gate.admit(write_ultrasound(NOISE, regions, attributes=attributes))
            assert admission_from_json(admission_to_json(admission)) == admission


@pytest.mark.parametrize(
    ("attributes", "code"),
    [
        ({"SOPClassUID": "1.2.840.10008.5.1.4.1.1.2"}, "not_ultrasound"),
        ({"SOPClassUID": "1.2.840.10008.5.1.4.1.1.88.33"}, "not_ultrasound"),
        ({"StudyInstanceUID": ""}, "bad_uid"),
        ({"SeriesInstanceUID": "1." + "2" * 70}, "bad_uid"),
        ({"Rows": 41}, "pixel_size"),
        ({"Rows": 0}, "pixel_size"),
        ({"Columns": 65535, "Rows": 65535}, "too_large"),
        ({"NumberOfFrames": 20_001}, "too_large"),
        ({"PixelData": b""}, "pixel_size"),
        ({"PhotometricInterpretation": "CMYK"}, "pixel_format"),
    ],
)
@pytest.mark.filterwarnings("ignore")  # pydicom warns of the malformed UIDs that are written here on purpose
def test_each_check_has_its_code(gate, write_ultrasound, attributes, code):
    assert refusal(gate, write_ultrasound(NOISE, attributes=attributes)) == code


def test_a_coding_without_a_decoder_is_named(gate, write_ultrasound):
    for syntax, name in (("4.110", "JPEG XL"), ("4.102", "MPEG-4")):
        path = write_ultrasound(NOISE, syntax=f"1.2.840.10008.1.2.{syntax}", coded=[b"\0\0"] * 3)
        with pytest.raises(NotReadable, match=name) as refused:
            gate.admit(path)
        assert refused.value.code == "transfer_syntax"


def test_files_that_are_no_dicom_or_are_cut_short_are_told_apart(gate, write_ultrasound, tmp_path):
    good = write_ultrasound(NOISE).read_bytes()
    for name, content, code in (
        ("empty", b"", "not_dicom"), ("text", b"hello " * 100, "not_dicom"), ("cut", good[:-100], "damaged"),
        ("head", good[:400], "damaged"), ("meta", good[:200], "damaged"),
    ):  # fmt: skip
        (tmp_path / name).write_bytes(content)
        assert refusal(gate, tmp_path / name) == code, name
    assert refusal(gate, tmp_path / "missing") == "unreadable_file"
    assert refusal(gate, tmp_path) == "unreadable_file"


def test_a_file_of_more_than_two_gibibytes_is_not_looked_at(gate, write_ultrasound):
    path = write_ultrasound(NOISE)
    os.truncate(path, 2**31 + 2)
    assert refusal(gate, path) == "too_large"


@pytest.mark.parametrize("syntax", ["1.2.840.10008.1.2.1", ImplicitVRLittleEndian])
def test_deep_nesting_is_refused_before_anything_recurses(gate, write_ultrasound, syntax):
    inner = Dataset()
    for _ in range(40):
        outer = Dataset()
        outer.ReferencedSeriesSequence = [inner]
        inner = outer
    path = write_ultrasound(NOISE, syntax=syntax, attributes={"ReferencedSeriesSequence": [inner]})
    assert refusal(gate, path) == "too_complex"


def test_floods_of_items_and_elements_are_refused(gate, write_ultrasound):
    items = [Dataset() for _ in range(10_001)]
    flood = write_ultrasound(NOISE, attributes={"ReferencedSeriesSequence": items})
    assert refusal(gate, flood) == "too_complex"
    good = write_ultrasound(NOISE)
    raw = good.read_bytes()
    place = raw.rindex(b"\xe0\x7f\x10\x00OB")
    private = b"".join(struct.pack("<HH2sH", 0x0029 + 2 * (n >> 15), n & 0x7FFF, b"LO", 0) for n in range(100_001))
    good.write_bytes(raw[:place] + private + raw[place:])
    assert refusal(gate, good) == "too_complex"


def test_a_deflated_file_is_read_and_a_bomb_is_not_inflated(gate, write_ultrasound, tmp_path):
    path = write_ultrasound(NOISE, syntax=DeflatedExplicitVRLittleEndian)
    assert gate.admit(path).image.frames == 3
    raw = path.read_bytes()
    meta = raw[: 132 + 12 + int.from_bytes(raw[140:144], "little")]
    bomb = zlib.compressobj(9, wbits=-15)
    squeezed = b"".join(bomb.compress(b"\0" * 2**24) for _ in range(33)) + bomb.flush()
    (tmp_path / "bomb.dcm").write_bytes(meta + squeezed)
    assert refusal(gate, tmp_path / "bomb.dcm") == "too_large"


def test_a_codestream_that_lies_about_its_size_never_reaches_the_decoder(gate, write_ultrasound):
    jpeg = bytearray(imagecodecs.jpeg8_encode(NOISE[0]))
    place = jpeg.index(b"\xff\xc0") + 5
    jpeg[place : place + 4] = b"\xff\x00\xff\x00"
    path = write_ultrasound(NOISE[:1], syntax=JPEGBaseline8Bit, coded=[bytes(jpeg)])
    assert refusal(gate, path) == "pixel_size"
    wavelet = bytearray(imagecodecs.jpeg2k_encode(NOISE[0], codecformat="j2k"))
    wavelet[8:16] = b"\x00\xff\xff\xff\x00\xff\xff\xff"
    path = write_ultrasound(NOISE[:1], syntax="1.2.840.10008.1.2.4.90", coded=[bytes(wavelet)])
    assert refusal(gate, path) in ("pixel_size", "pixel_format")


def test_middle_and_last_frames_are_decoded_too(gate, write_ultrasound):
    good = imagecodecs.jpeg8_encode(NOISE[0])
    for broken in (1, 2):
        coded = [good, good, good]
        coded[broken] = good[:2] + b"\xff\xfe\x00\x04no" + b"\0" * 100
        path = write_ultrasound(NOISE, syntax=JPEGBaseline8Bit, coded=coded)
        assert refusal(gate, path) == "undecodable"


@pytest.mark.skipif(os.name == "nt", reason="needs signals")
def test_a_worker_that_hangs_is_killed_and_the_next_file_is_served(write_ultrasound):
    path = write_ultrasound(NOISE)
    with Gate(seconds_a_file=1.0) as gate:
        gate.admit(path)
        stuck = gate._worker._process
        os.kill(stuck.pid, signal.SIGSTOP)
        begun = time.monotonic()
        assert refusal(gate, path) == "gave_up"
        assert time.monotonic() - begun < 8
        assert stuck.poll() is not None
        assert gate.admit(path).image.frames == 3


@pytest.mark.skipif(os.name == "nt", reason="needs signals")
def test_a_worker_that_crashes_ends_in_a_code_and_the_next_file_is_served(write_ultrasound):
    path = write_ultrasound(NOISE)
    with Gate() as gate:
        gate.admit(path)
        os.kill(gate._worker._process.pid, signal.SIGSEGV)
        time.sleep(0.2)
        assert refusal(gate, path) == "undecodable"
        assert gate.admit(path).image.frames == 3


def test_this_side_of_the_gate_loads_no_parser_and_no_decoder():
    code = (
        "import sys, dicom_io.gate, dicom_io.image_folder;"
        "print([name for name in ('pydicom', 'numpy', 'imagecodecs', 'cv2') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.filterwarnings("ignore")  # pydicom, writing the odd character set
def test_malformed_patient_values_are_read_without_a_word(write_ultrasound):
    path = write_ultrasound(NOISE, attributes={"SpecificCharacterSet": ["ISO 2022 IR 87", "no such set"]})
    malformed = b"Secretname\x1b$B\xff\xff\xff\xff"
    path.write_bytes(path.read_bytes().replace(b"Secretname^Hidden", malformed).replace(b"010101-9999", b"\xff" * 11))
    code = (
        "import sys; from pathlib import Path; from dicom_io.gate_worker import examine;"
        "print(len(examine(Path(sys.argv[1])).identity.name) > 0)"
    )
    done = subprocess.run([sys.executable, "-c", code, path], capture_output=True, text=True, timeout=60, check=True)
    assert (done.stdout, done.stderr) == ("True\n", "")


def test_two_hundred_mutants_end_in_an_admission_or_a_code(gate, write_ultrasound, region):
    seed = int(os.environ.get("INJECTION_LOG_FUZZ_SEED", time.time_ns() % 2**32))
    sys.stdout.write(f"seed {seed}\n")
    chance = random.Random(seed)
    coded = [imagecodecs.jpeg8_encode(frame) for frame in NOISE]
    regions = [region((0, 0, 55, 39), PhysicalDeltaY=0.02), region((1, 1, 9, 9), 2)]
    originals = [
        write_ultrasound(NOISE, regions).read_bytes(),
        write_ultrasound(NOISE, regions, syntax=ImplicitVRLittleEndian).read_bytes(),
        write_ultrasound(NOISE, regions, syntax=JPEGBaseline8Bit, coded=coded).read_bytes(),
    ]
    path = write_ultrasound(NOISE).with_name("mutant.dcm")
    for number in range(200):
        path.write_bytes(_mutant(originals[number % 3], chance))
        outcome = admitted_or_refused(gate, path)
        fine = isinstance(outcome, Admission) or (outcome.why in WORDS and outcome.code != "gave_up")
        assert fine, f"INJECTION_LOG_FUZZ_SEED={seed}, mutant {number}: {outcome!r}"


def _mutant(original, chance):
    data = bytearray(original)
    for _ in range(chance.choice((1, 1, 2, 8))):
        place = chance.randrange(132, len(data))
        kind = chance.randrange(4)
        if kind == 0:
            data[place] = chance.randrange(256)
        elif kind == 1:
            data[place : place + 4] = struct.pack("<L", chance.choice((0, 1, 0xFFFF, 0xFFFFFFFE, 0xFFFFFFFF, 2**31)))
        elif kind == 2:
            del data[place : place + chance.randrange(1, 64)]
        else:
            data[place:place] = data[132 : 132 + chance.randrange(1, 400)]
    return bytes(data)
