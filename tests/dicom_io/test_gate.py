"""The gate: hostile files end in one of a short list of codes, in time, and never in a crash of this process."""
from __future__ import annotations

import os
import signal
import struct
import subprocess
import sys
import time
from pathlib import Path

import imagecodecs
import numpy as np
import pytest
from pydicom.dataset import Dataset
from pydicom.uid import DeflatedExplicitVRLittleEndian, ImplicitVRLittleEndian, JPEGBaseline8Bit

from dicom_io import gate_worker
from dicom_io.admission import admission_from_json, admission_to_json
from dicom_io.errors import REJECT_WORDS, NotReadable, RejectCode
from dicom_io.gate import FIXED_WORDS, Gate
from dicom_io.gate_worker import MEMORY_BYTES

WORDS = FIXED_WORDS
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


def test_a_deflated_file_is_read(gate, write_ultrasound):
    assert gate.admit(write_ultrasound(NOISE, syntax=DeflatedExplicitVRLittleEndian)).image.frames == 3


def test_every_frame_is_held_against_the_header_not_only_the_three_that_are_decoded(gate, write_ultrasound):
    good, other = (imagecodecs.jpeg8_encode(frame) for frame in (NOISE[0], NOISE[0, :32]))
    cine = np.repeat(NOISE[:1], 7, axis=0)
    for wrong in (1, 2, 4, 5):
        coded = [other if number == wrong else good for number in range(7)]
        assert refusal(gate, write_ultrasound(cine, syntax=JPEGBaseline8Bit, coded=coded)) == "pixel_size"


@pytest.mark.skipif(sys.platform != "linux", reason="what the worker may do is read in /proc")
def test_the_worker_can_write_no_file_and_hold_little_memory(gate, write_ultrasound):
    gate.admit(write_ultrasound(NOISE))
    limits = Path(f"/proc/{gate._worker._process.pid}/limits").read_text()
    allowed = {line[:26].strip(): line[26:].split()[:2] for line in limits.splitlines()}
    assert allowed["Max file size"] == ["0", "0"]
    assert allowed["Max data size"] == [str(MEMORY_BYTES)] * 2
    assert allowed["Max core file size"] == ["0", "0"]


@pytest.mark.skipif(sys.platform != "linux", reason="networks are a matter of Linux")
def test_the_worker_has_no_network_where_the_system_lets_it_leave(gate, write_ultrasound):
    gate.admit(write_ultrasound(NOISE))
    worker = f"/proc/{gate._worker._process.pid}"
    if Path(f"{worker}/ns/net").readlink() == Path("/proc/self/ns/net").readlink():
        pytest.skip("this system lets no process leave its network")
    assert [line.split(":")[0].strip() for line in Path(f"{worker}/net/dev").read_text().splitlines()[2:]] == ["lo"]


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


def test_a_file_without_the_mark_is_refused_as_such_however_well_it_would_read(gate, write_ultrasound, tmp_path):
    for syntax in ("1.2.840.10008.1.2.1", ImplicitVRLittleEndian):
        content = write_ultrasound(NOISE, syntax=syntax).read_bytes()
        meta_bytes = 12 + int.from_bytes(content[140:144], "little")
        for cut in (content[128:], content[132:], content[132 + meta_bytes :], bytes(64) + content[128:]):
            (tmp_path / "bare").write_bytes(cut)
            with pytest.raises(NotReadable, match="DICM mark") as refused:
                gate.admit(tmp_path / "bare")
            assert refused.value.code == "not_dicom"


def test_an_enhanced_volume_is_told_from_other_things_that_are_no_picture(gate, write_ultrasound):
    volume = write_ultrasound(NOISE, attributes={"SOPClassUID": "1.2.840.10008.5.1.4.1.1.6.2"})
    with pytest.raises(NotReadable, match="Enhanced US Volume") as refused:
        gate.admit(volume)
    assert refused.value.code == "not_ultrasound"


@pytest.mark.parametrize(
    "attributes",
    [{"PixelRepresentation": 1}, {"BitsStored": 12, "HighBit": 11}, {"SamplesPerPixel": 2}, {"HighBit": 0}],
)
def test_signed_deep_and_odd_pixels_are_refused_not_shown_wrong(gate, write_ultrasound, attributes):
    assert refusal(gate, write_ultrasound(NOISE, attributes=attributes)) == "pixel_format"


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


def test_what_a_decoder_throws_stays_in_the_worker_whatever_it_derives_from(monkeypatch, tmp_path):
    class PanicException(BaseException):
        """As a decoder written in Rust raises it."""

    def panics(path):
        raise PanicException(f"{path}: Secretname")

    monkeypatch.setattr(gate_worker, "examine", panics)
    assert gate_worker._answer(tmp_path) == {"refused": "damaged", "why": ""}


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
