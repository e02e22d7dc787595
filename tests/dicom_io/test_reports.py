"""Measurement reports and key object selections: read back whole, and read by tools that nobody here wrote."""
from __future__ import annotations

import io
import random
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pydicom
import pytest
from gland_reports import CLIP, STILL, dumped, errors_found, gland, key_frames, needle
from pydicom.sr._concepts_dict import concepts

from dicom_io.calibration import Point
from dicom_io.reports import codes
from dicom_io.reports.key_objects import key_objects
from dicom_io.reports.measurement_report import measurement_report
from dicom_io.reports.reading import NoReport, read_report
from dicom_io.reports.values import GlandReport, Measured, Method, Region, ReportImpossible

FRAMES = (0, 30, 59)


def written(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def random_region(dice: random.Random, number: int) -> Region:
    """A region of any kind anywhere on the still or on the first, middle or last frame of the clip."""
    kind = dice.choice(sorted(codes.REGIONS))
    count = {"outline": dice.randint(3, 400), "needle_path": 2, "needle_depth": 2, "diameter": 2}.get(kind, 1)
    points = tuple(Point(dice.randint(0, 599_000) / 1000, dice.randint(0, 799_000) / 1000) for _ in range(count))
    picture = dice.choice((STILL, CLIP))
    quantity = dice.choice(sorted(codes.QUANTITIES))
    value = Decimal(dice.randint(-9_999_999, 99_999_999)).scaleb(-3)
    derivation = dice.choice(("", *codes.DERIVATIONS))
    name = dice.choice(sorted(codes.FINDINGS))
    return Region(
        kind, f"mark-{number}", f"2.25.{1000 + number}", picture.sop_instance_uid,
        0 if picture is STILL else dice.choice(FRAMES), points,
        (Measured(quantity, value, Method("any method", "7"), derivation),),
        ((name, dice.choice(sorted(codes.CHOICES[name]))),), dice.choice(("", "region 1; 0.05 mm, æ")),
    )


@pytest.mark.parametrize("frame", FRAMES)
def test_marks_on_the_first_a_middle_and_the_last_frame_come_back_with_nothing_lost(frame: int) -> None:
    report = gland(*needle(frame))
    assert read_report(measurement_report(report)) == report


@pytest.mark.parametrize("seed", range(20))
def test_any_marks_come_back_with_nothing_lost(seed: int) -> None:
    dice = random.Random(seed)
    report = gland(*(random_region(dice, number) for number in range(dice.randint(0, 12))))
    assert read_report(measurement_report(report)) == report


def test_equal_values_give_equal_bytes() -> None:
    assert measurement_report(gland(*needle(59))) == measurement_report(gland(*needle(59)))
    assert key_objects(key_frames(0, 59)) == key_objects(key_frames(0, 59))


def test_dciodvfy_finds_no_error_in_a_report_with_every_kind_of_region_and_number(tmp_path: Path) -> None:
    regions = [random_region(random.Random(seed), seed) for seed in range(80)]
    assert {one.kind for one in regions} == set(codes.REGIONS)
    assert {one.measured[0].quantity for one in regions} == set(codes.QUANTITIES)
    assert errors_found(written(tmp_path / "report.dcm", measurement_report(gland(*regions)))) == []


def test_dciodvfy_finds_no_error_in_a_gland_without_any_mark(tmp_path: Path) -> None:
    bare = replace(gland(), measured=(), product="", notes=(), is_injection=False, side="left", pictures=(STILL,))
    assert errors_found(written(tmp_path / "report.dcm", measurement_report(bare))) == []


def test_dsrdump_reads_the_tip_on_its_frame_the_volumes_and_the_side(tmp_path: Path) -> None:
    said = dumped(written(tmp_path / "report.dcm", measurement_report(gland(*needle(59)))))
    assert '(NEEDLE_TIP,99INJLOG,"Tip of the needle")' in said
    assert "<selected from IMAGE" in said
    assert ",60)" in said
    assert '(122091,DCM,"Volume administered")="1.15" (mL,UCUM,"mL")' in said
    assert '(24028007,SCT,"Right")' in said
    assert 'Amina Ærø-Ågård' in said


def test_coordinates_are_column_before_row_and_count_from_the_corner_of_the_first_pixel() -> None:
    report = gland(Region("needle_tip", "mark-1", "2.25.9", STILL.sop_instance_uid, 0, (Point(10, 20),)))
    document = pydicom.dcmread(io.BytesIO(measurement_report(report)))
    found = [element.value for element in document.iterall() if element.keyword == "GraphicData"]
    assert list(found[0]) == [20.5, 10.5]


def test_the_scheme_of_private_codes_is_declared_in_the_file() -> None:
    (declared,) = pydicom.dcmread(io.BytesIO(measurement_report(gland()))).CodingSchemeIdentificationSequence
    assert declared.CodingSchemeDesignator == "99INJLOG"


def test_every_standard_code_is_in_the_lists_of_the_standard() -> None:
    used = [*codes.REGIONS.values(), *codes.DERIVATIONS.values(), *codes.METHODS.values()]
    used += [one.name for one in codes.QUANTITIES.values()]
    used += [code for choices in codes.CHOICES.values() for code in choices.values()]
    known = {(scheme, value) for scheme, names in concepts.items() for found in names.values() for value in found}
    standard = {(code.scheme_designator, code.value) for code in used} - {("99INJLOG", code.value) for code in used}
    assert standard <= known


def test_patient_and_trial_are_those_of_the_coded_copies() -> None:
    document = pydicom.dcmread(io.BytesIO(measurement_report(gland())))
    assert (document.PatientID, document.PatientName, document.PatientBirthDate) == ("SMG-07", "SMG-07", "")
    assert (document.ClinicalTrialSubjectID, document.ClinicalTrialTimePointID) == ("SMG-07", "injection")
    assert document.StudyInstanceUID == STILL.study_instance_uid


def test_a_mark_on_a_frame_that_no_copy_has_makes_no_report() -> None:
    with pytest.raises(ReportImpossible, match="make that copy first"):
        measurement_report(gland(*needle(60)))
    with pytest.raises(ReportImpossible):
        measurement_report(replace(gland(*needle(0)), pictures=(STILL,)))


def test_pictures_of_two_studies_make_no_report() -> None:
    other = replace(CLIP, study_instance_uid="2.25.999")
    with pytest.raises(ReportImpossible, match="one study"):
        measurement_report(replace(gland(), pictures=(STILL, other)))


@pytest.mark.parametrize("data", [b"", b"not a report", bytes(128) + b"DICM"])
def test_what_is_no_report_is_refused_when_it_is_read(data: bytes) -> None:
    with pytest.raises(NoReport):
        read_report(data)


def test_a_key_object_selection_is_no_measurement_report() -> None:
    with pytest.raises(NoReport):
        read_report(key_objects(key_frames(3)))


def test_reports_of_other_programs_are_refused_in_words(shared_data: Path) -> None:
    for path in sorted((shared_data / "reports").glob("*.dcm")):
        with pytest.raises(NoReport, match="no measurement report of this program"):
            read_report(path.read_bytes())


def test_key_objects_point_at_frames_and_outside_tools_find_no_error(tmp_path: Path) -> None:
    path = written(tmp_path / "keys.dcm", key_objects(key_frames(0, 59)))
    assert errors_found(path) == []
    assert '(128711,DCM,"For Clinical Trial Export")' in dumped(path)
    document = pydicom.dcmread(path)
    pointers = [item.ReferencedSOPSequence[0] for item in document.ContentSequence if item.ValueType == "IMAGE"]
    assert [one.get("ReferencedFrameNumber") for one in pointers] == [None, [1, 60]]


def test_a_key_frame_that_the_copy_does_not_have_is_refused() -> None:
    with pytest.raises(ReportImpossible, match="key frame"):
        key_objects(key_frames(60))


def test_a_report_says_nothing_of_values_that_were_not_given() -> None:
    report: GlandReport = replace(gland(), product="", measured=())
    assert b"Drug administered" not in measurement_report(report)
