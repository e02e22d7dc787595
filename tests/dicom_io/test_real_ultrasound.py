"""Real ultrasound of many vendors: every file opens or is refused in words, and known lengths hold."""
from __future__ import annotations

import json
import time

import pydicom
import pytest
from looking import memory

from dicom_io.calibration import Point
from dicom_io.errors import MeasurementRefused, NotReadable
from dicom_io.gate import FIXED_WORDS, SECONDS_A_FILE, Gate
from dicom_io.layout import opened
from dicom_io.line_scale import scale_between
from dicom_io.reading import digest_file, read_identity, read_image

NAMES = [f"h{number:02d}" for number in range(1, 21)]


@pytest.fixture(scope="module")
def real(shared_data):
    return {path.name[:3]: path for path in (shared_data / "us").glob("*.dcm")}


@pytest.fixture(scope="module")
def truth(shared_data):
    return json.loads((shared_data / "truth.json").read_text())


@pytest.mark.parametrize("name", ["h05", "h15", "h17", "h19", "h20"])
def test_known_lengths_hold(real, truth, name):
    image = read_image(real[name])
    for line in truth[name]["lines"]:
        a, b = Point(*line["from"]), Point(*line["to"])
        length = scale_between(image, a, b).length_mm(a, b)
        assert length == pytest.approx(line["stored_mm"], abs=0.006), line["what"]


@pytest.mark.parametrize("name", ["h01", "h08", "h12", "h13", "h14", "h16", "h09", "h05"])
def test_known_refusals_hold(real, truth, name):
    expected = truth["refused"][name]
    ends = (expected["from"], expected["to"]) if isinstance(expected, dict) else ([100, 100], [110, 110])
    codes = {"no region": "no_calibration", "region outside the image": "scale_not_trusted"}
    codes |= {"implausible scale": "scale_not_trusted", "two regions": "two_regions"}
    with pytest.raises(MeasurementRefused) as refused:
        scale_between(read_image(real[name]), Point(*ends[0]), Point(*ends[1]))
    why = expected["why"] if isinstance(expected, dict) else expected
    assert refused.value.code == codes.get(why, "two_regions")


@pytest.mark.parametrize("name", NAMES)
def test_header_values_equal_those_of_pydicom(real, name):
    peer = pydicom.dcmread(real[name], stop_before_pixels=True)
    image, identity = read_image(real[name]), read_identity(real[name])
    assert (image.rows, image.columns, image.frames) == (peer.Rows, peer.Columns, int(peer.get("NumberOfFrames") or 1))
    assert image.study_instance_uid == peer.StudyInstanceUID
    assert identity.patient_id == str(peer.get("PatientID") or "").strip()
    assert identity.name == str(peer.get("PatientName") or "").strip()
    spatial = [item for item in peer.get("SequenceOfUltrasoundRegions", []) if item.RegionSpatialFormat == 1]
    deltas = [abs(delta) * 10 for item in spatial for delta in (item.PhysicalDeltaY, item.PhysicalDeltaX)]
    ours = [float(part) for one in image.regions if one.kind == "2d" for part in one.mm_per_px]
    assert ours == pytest.approx(deltas, rel=1e-14)


def test_pixel_data_digest_is_of_the_value_that_pydicom_reads(real):
    for name in ("h05", "h11"):
        with opened(real[name]) as layout:
            value = bytes(layout.buffer[layout.pixels.value : layout.pixels.end])
        stored = pydicom.dcmread(real[name]).PixelData
        assert stored.startswith(value)
        assert set(stored[len(value) :]) <= {0xFE, 0xFF, 0xDD, 0xE0, 0x00}


def test_another_file_meta_leaves_data_set_and_pixel_digests_alone(real, tmp_path):
    original = real["h10"].read_bytes()
    changed = tmp_path / "other-preamble.dcm"
    changed.write_bytes(b"other preamble".ljust(128, b"\0") + original[128:])
    ours, theirs = digest_file(changed), digest_file(real["h10"])
    assert (ours.data_set, ours.pixel_data) == (theirs.data_set, theirs.pixel_data)
    assert ours.file != theirs.file


def test_every_real_ultrasound_file_passes_the_gate(real):
    with Gate() as gate:
        for name in NAMES:
            admission = gate.admit(real[name])
            assert admission.image == read_image(real[name])
            assert admission.digests == digest_file(real[name])
            assert admission.bytes == real[name].stat().st_size


def test_every_bad_file_and_report_ends_in_one_clear_message(shared_data):
    said, before = [], memory("self", "VmRSS")
    with Gate() as gate:
        gate.warm()
        for path in sorted([*(shared_data / "bad").iterdir(), *(shared_data / "reports").iterdir()]):
            begun = time.monotonic()
            try:
                said.append(f"picture of {gate.admit(path).image.rows} rows")
            except NotReadable as refused:
                said.append(refused.why)
            assert time.monotonic() - begun < SECONDS_A_FILE + 5, path.name
    pictures = [one for one in said if one not in FIXED_WORDS]
    assert pictures == ["picture of 32 rows"] * 5  # secondary captures in odd character sets are pictures after all
    assert memory("self", "VmRSS") - before < 50 * 1024**2
