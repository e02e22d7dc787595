"""DICOM reports of signed glands: they point at coded copies alone, and say what is missing where there are none."""
from __future__ import annotations

import csv
import hashlib
import io
from pathlib import Path

import pydicom
import pytest
from copied_visits import pictured_visit, share, signed_with_pictures
from gland_reports import dumped, errors_found

from annotate.marks import Needle, PlacedMark
from dicom_io.phantom import ParticipantTruth
from dicom_io.reports.reading import read_report
from dicom_io.reports.values import GlandReport
from injection_log.acts.outputs import export_kind
from injection_log.errors import Refused
from injection_log.record.values import VisitRecord
from injection_log.site import Session, Site, log_in

INVESTIGATOR = ("investigator", "practice-investigator")


@pytest.fixture
def investigator(site: Site) -> Session:
    """Who may export the trial."""
    return log_in(site, *INVESTIGATOR)


@pytest.fixture
def signed(injector: Session, phantom_visit: ParticipantTruth) -> VisitRecord:
    """A visit with pictures, marks and two signatures."""
    return signed_with_pictures(injector, phantom_visit)


def report_in(folder: Path, side: str = "right") -> GlandReport:
    return read_report((folder / f"SMG-07_injection_{side}_report.dcm").read_bytes())


def values_in(report: GlandReport) -> dict[str, str]:
    return {one.quantity: str(one.value) for one in report.measured}


def needle_of(record: VisitRecord) -> PlacedMark:
    return next(placed for placed in record.glands["right"].marks if isinstance(placed.mark, Needle))


def test_a_report_says_what_was_signed_and_points_at_the_frame_in_the_coded_copy(
    injector: Session, investigator: Session, signed: VisitRecord, tmp_path: Path
) -> None:
    copies = {copy.sop_instance_uid: copy for copy in share(injector, signed, tmp_path / "copies")}
    export_kind(investigator, "dicom_sr", tmp_path / "out")
    report, placed = report_in(tmp_path / "out"), needle_of(signed)
    regions = {one.kind: one for one in report.regions}
    assert regions["needle_path"].points == (placed.mark.entry, placed.mark.tip)
    assert regions["needle_depth"].points[0].row == placed.mark.skin_row_px
    assert copies[regions["needle_tip"].sop_instance_uid].frames[regions["needle_tip"].frame] == placed.on.frame
    assert values_in(report)["injected_volume"] == "1.0"
    assert {"length", "width", "depth", "gland_volume"} <= values_in(report).keys()


def test_the_copies_that_are_pointed_at_are_the_files_that_were_written(
    injector: Session, investigator: Session, signed: VisitRecord, tmp_path: Path
) -> None:
    share(injector, signed, tmp_path / "copies")
    export_kind(investigator, "dicom_sr", tmp_path / "out")
    headers = [pydicom.dcmread(path, stop_before_pixels=True) for path in (tmp_path / "copies").glob("*.dcm")]
    written = {
        (one.SOPInstanceUID, one.SeriesInstanceUID, one.StudyInstanceUID, one.Rows, one.get("NumberOfFrames", 1))
        for one in headers
    }
    for side in ("right", "left"):
        for one in report_in(tmp_path / "out", side).pictures:
            place = (one.sop_instance_uid, one.series_instance_uid, one.study_instance_uid)
            assert (*place, one.rows, one.frames) in written


@pytest.mark.parametrize("kind", ["dicom_sr", "key_objects"])
def test_outside_tools_find_no_error_in_what_is_exported(
    kind: str, injector: Session, investigator: Session, signed: VisitRecord, tmp_path: Path
) -> None:
    share(injector, signed, tmp_path / "copies", shift_dates=True)
    export_kind(investigator, kind, tmp_path / "out")
    made = sorted((tmp_path / "out").glob("*.dcm"))
    assert len(made) == 2
    for path in made:
        assert errors_found(path) == []
        assert "SMG-07" in dumped(path)


def test_no_uid_of_the_original_and_no_day_of_the_visit_is_in_a_report(
    injector: Session, investigator: Session, signed: VisitRecord, phantom_visit: ParticipantTruth, tmp_path: Path
) -> None:
    share(injector, signed, tmp_path / "copies")
    for kind in ("dicom_sr", "key_objects"):
        export_kind(investigator, kind, tmp_path / kind)
    data = b"".join(path.read_bytes() for path in tmp_path.glob("*_*/*.dcm"))
    originals = [pydicom.dcmread(path, stop_before_pixels=True) for path in phantom_visit.files]
    planted = {str(one[name].value) for one in originals for name in (
        "SOPInstanceUID", "SeriesInstanceUID", "StudyInstanceUID", "PatientID", "PatientName", "StudyDate",
    )} | {"20261122"}
    assert len(data) > 10_000
    assert [one for one in planted if one.encode() in data] == []


def test_shifted_copies_give_the_report_a_shifted_day(
    injector: Session, investigator: Session, signed: VisitRecord, tmp_path: Path
) -> None:
    (copy, *_) = share(injector, signed, tmp_path / "copies", shift_dates=True)
    export_kind(investigator, "dicom_sr", tmp_path / "out")
    head = report_in(tmp_path / "out").head
    assert head.study_date == pydicom.dcmread(copy.path, stop_before_pixels=True).StudyDate != ""
    assert head.day not in ("20000101", "20261122")


def test_two_exports_of_the_same_log_give_the_same_objects(
    injector: Session, investigator: Session, signed: VisitRecord, tmp_path: Path
) -> None:
    share(injector, signed, tmp_path / "copies")
    sums = []
    for name in ("one", "two"):
        export_kind(investigator, "dicom_sr", tmp_path / name)
        sums.append((tmp_path / name / "SHA256SUMS").read_bytes())
    assert sums[0] == sums[1]


def test_a_gland_of_which_a_marked_frame_has_no_copy_is_named_with_what_to_do(
    injector: Session, investigator: Session, signed: VisitRecord, tmp_path: Path
) -> None:
    share(injector, signed, tmp_path / "copies", ["right"])
    export_kind(investigator, "dicom_sr", tmp_path / "out")
    rows = left_out(tmp_path / "out")
    assert [(row["participant"], row["visit"], row["side"]) for row in rows] == [("SMG-07", "injection", "left")]
    assert "coded-copy" in rows[0]["why"]
    assert len(list((tmp_path / "out").glob("*_report.dcm"))) == 1


def left_out(folder: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO((folder / "left_out.csv").read_text("utf-8"))))


def test_without_any_copy_every_signed_gland_is_named_with_the_frames_that_are_owed(
    investigator: Session, signed: VisitRecord, tmp_path: Path
) -> None:
    placed = needle_of(signed)
    number = [one.sop_instance_uid for one in signed.images].index(placed.on.sop_instance_uid) + 1
    export_kind(investigator, "dicom_sr", tmp_path / "out")
    assert not list((tmp_path / "out").glob("*.dcm"))
    assert [row["side"] for row in left_out(tmp_path / "out")] == ["right", "left"]
    assert f"--image {number}:{placed.on.frame + 1}" in left_out(tmp_path / "out")[0]["why"]


def test_a_gland_that_nobody_signed_is_neither_reported_nor_called_left_out(
    injector: Session, investigator: Session, phantom_visit: ParticipantTruth, tmp_path: Path
) -> None:
    share(injector, pictured_visit(injector, phantom_visit), tmp_path / "copies")
    export_kind(investigator, "key_objects", tmp_path / "out")
    assert not list((tmp_path / "out").glob("*.dcm"))
    assert left_out(tmp_path / "out") == []


def test_who_may_not_export_the_trial_gets_no_report(injector: Session, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="may not export"):
        export_kind(injector, "dicom_sr", tmp_path / "out")


def test_key_objects_name_every_frame_with_a_mark(
    injector: Session, investigator: Session, signed: VisitRecord, tmp_path: Path
) -> None:
    copies = {copy.sop_instance_uid: copy for copy in share(injector, signed, tmp_path / "copies")}
    export_kind(investigator, "key_objects", tmp_path / "out")
    document = pydicom.dcmread(tmp_path / "out" / "SMG-07_injection_right_key_frames.dcm")
    pointers = [item.ReferencedSOPSequence[0] for item in document.ContentSequence if item.ValueType == "IMAGE"]
    named = set()
    for one in pointers:
        numbers = one.get("ReferencedFrameNumber", 1)
        for number in [numbers] if isinstance(numbers, int) else numbers:
            named.add((one.ReferencedSOPInstanceUID, copies[one.ReferencedSOPInstanceUID].frames[int(number) - 1]))
    assert len(named) == len({(one.on.sop_instance_uid, one.on.frame) for one in signed.glands["right"].marks})


def test_the_signed_text_is_named_by_its_digest_and_practice_is_said(
    injector: Session, investigator: Session, signed: VisitRecord, tmp_path: Path
) -> None:
    share(injector, signed, tmp_path / "copies")
    export_kind(investigator, "dicom_sr", tmp_path / "out")
    signature = signed.glands["right"].signature
    assert signature is not None
    digest = hashlib.sha256(signature.rendering.encode()).hexdigest()
    notes = report_in(tmp_path / "out").notes
    assert notes[0] == "PRACTICE - NOT A PATIENT RECORD"
    assert any(digest in note for note in notes)
