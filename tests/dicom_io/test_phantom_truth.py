"""The practice participant: the same for the same seed, true to its own numbers, and readable by others."""
from __future__ import annotations

import hashlib
import math
import subprocess
from pathlib import Path

import numpy as np
import pydicom
import pytest
from peers import PEER_DAY
from pydicom.pixels import pixel_array

from dicom_io.line_scale import scale_between
from dicom_io.phantom import (
    ParticipantTruth,
    PlannedVisit,
    PracticePatient,
    make_participant,
    make_patient,
    screen,
)
from dicom_io.reading import read_image
from tools.dcmtk import dcmtk

DAY = PEER_DAY


@pytest.fixture(scope="module")
def made(phantom_visit: ParticipantTruth) -> tuple[Path, ParticipantTruth]:
    return phantom_visit.files[0].parent.parent, phantom_visit


def _file_of(truth: ParticipantTruth, sop_instance_uid: str) -> Path:
    for path in truth.files:
        if pydicom.dcmread(path, specific_tags=["SOPInstanceUID"]).SOPInstanceUID == sop_instance_uid:
            return path
    raise AssertionError("the truth names an image that was not written")


def _mm(path: Path, start: object, end: object) -> float:
    region = pydicom.dcmread(path, stop_before_pixels=True).SequenceOfUltrasoundRegions[0]
    rows = (end.row - start.row) * region.PhysicalDeltaY * 10
    columns = (end.column - start.column) * region.PhysicalDeltaX * 10
    return math.hypot(rows, columns)


def test_the_same_seed_gives_the_same_bytes(made: tuple[Path, ParticipantTruth], tmp_path: Path) -> None:
    _, truth = made
    again = make_participant(tmp_path, 7, visits=[PlannedVisit("injection", DAY, is_injecting=True)])
    first = [hashlib.sha256(path.read_bytes()).hexdigest() for path in truth.files]
    assert first == [hashlib.sha256(path.read_bytes()).hexdigest() for path in again.files]


def test_another_patient_under_the_same_seed_has_other_uids(
    made: tuple[Path, ParticipantTruth], tmp_path: Path
) -> None:
    wrong = PracticePatient("0202020000-WRONG", "WRONG^PATIENT")
    other = make_patient(tmp_path, 7, wrong, [PlannedVisit("injection", DAY, is_injecting=True)])
    assert made[1].visits[0].study_instance_uid != other.visits[0].study_instance_uid
    assert pydicom.dcmread(other.files[0], stop_before_pixels=True).PatientID == "0202020000-WRONG"


@pytest.mark.parametrize("side", ["right", "left"])
def test_the_three_true_calipers_give_the_true_volume(made: tuple[Path, ParticipantTruth], side: str) -> None:
    gland = made[1].visit("injection").glands[side]
    mm = {
        axis: _mm(_file_of(made[1], line.sop_instance_uid), line.start, line.end)
        for axis, line in gland.calipers.items()
    }
    assert mm == pytest.approx({"length": gland.length_mm, "width": gland.width_mm, "depth": gland.depth_mm})
    assert math.pi / 6000 * mm["length"] * mm["width"] * mm["depth"] == pytest.approx(gland.volume_ml, rel=1e-3)


def test_a_true_caliper_keeps_its_length_through_the_programs_own_scale(
    made: tuple[Path, ParticipantTruth],
) -> None:
    gland = made[1].visit("injection").glands["left"]
    line = gland.calipers["length"]
    image = read_image(_file_of(made[1], line.sop_instance_uid))
    scale = scale_between(image, line.start, line.end)
    assert scale.length_mm(line.start, line.end) == pytest.approx(gland.length_mm, rel=1e-3)


@pytest.mark.parametrize("side", ["right", "left"])
def test_the_needles_marks_give_its_depth_path_and_angle(
    made: tuple[Path, ParticipantTruth], side: str
) -> None:
    needle = made[1].visit("injection").glands[side].needle
    assert needle is not None
    down = (needle.tip.row - needle.skin_row_px) * screen.MM_PER_ROW
    across = abs(needle.tip.column - needle.entry.column) * screen.MM_PER_COLUMN
    assert down == pytest.approx(needle.depth_mm)
    assert math.hypot(down, across) == pytest.approx(needle.path_mm)
    assert math.degrees(math.atan2(down, across)) == pytest.approx(needle.angle_deg)


def test_the_drawn_needle_tip_is_where_the_truth_says(made: tuple[Path, ParticipantTruth]) -> None:
    needle = made[1].visit("injection").glands["right"].needle
    assert needle is not None
    grey = pixel_array(_file_of(made[1], needle.sop_instance_uid), index=needle.frame)[..., 0].astype(int)
    row, column = round(needle.tip.row), round(needle.tip.column)
    assert grey[row - 1 : row + 2, column - 1 : column + 2].max() > 225
    beyond = grey[row + 6 : row + 10, column + 6 : column + 10]
    assert beyond.max() < 215


def test_the_deposit_appears_after_the_tip_rests(made: tuple[Path, ParticipantTruth]) -> None:
    needle = made[1].visit("injection").glands["right"].needle
    assert needle is not None
    path = _file_of(made[1], needle.sop_instance_uid)
    row, column = round(needle.tip.row) + 8, round(needle.tip.column)
    around = np.s_[row : row + 12, column - 10 : column + 10, 0]
    before, after = (pixel_array(path, index=n)[around].mean() for n in (needle.frame, 59))
    assert after > before + 25


def test_the_burned_in_ruler_agrees_with_the_row_delta(made: tuple[Path, ParticipantTruth]) -> None:
    gland = made[1].visit("injection").glands["right"]
    picture = pixel_array(_file_of(made[1], gland.images["transverse"]))
    ticks = np.flatnonzero(picture[:, screen.RULER_COLUMN + 2].min(axis=1) > 150)
    steps_mm = np.diff(ticks) * screen.MM_PER_ROW
    assert len(ticks) == 7
    assert steps_mm == pytest.approx(np.full(6, 5.0), abs=screen.MM_PER_ROW)


def test_the_files_have_one_2d_region_with_unequal_deltas_and_no_pixel_spacing(
    made: tuple[Path, ParticipantTruth],
) -> None:
    for path in made[1].files:
        header = pydicom.dcmread(path, stop_before_pixels=True)
        region = header.SequenceOfUltrasoundRegions[0]
        assert len(header.SequenceOfUltrasoundRegions) == 1
        assert region.PhysicalDeltaX != region.PhysicalDeltaY
        assert "PixelSpacing" not in header
        assert not header.Laterality


def test_truth_json_can_be_read_back(made: tuple[Path, ParticipantTruth]) -> None:
    folder, truth = made
    text = (folder / "truth.json").read_text(encoding="utf-8")
    assert ParticipantTruth.from_json(text, beside=folder) == truth


def test_dcmtk_and_dicom3tools_find_nothing_wrong(made: tuple[Path, ParticipantTruth]) -> None:
    for path in made[1].files:
        assert subprocess.run([dcmtk("dcmftest"), path], check=False, capture_output=True).returncode == 0
    try:
        said = [
            subprocess.run(["dciodvfy", path], check=False, capture_output=True, text=True).stderr
            for path in made[1].files
        ]
    except FileNotFoundError:
        pytest.skip("dicom3tools is not installed")
    assert [line for words in said for line in words.splitlines() if line.startswith("Error")] == []
