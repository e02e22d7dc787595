"""Pictures against the visit and the gland: their day and their side come from the header when they are kept."""
from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import pydicom
import pytest

from annotate.marks import Caliper
from dicom_io.calibration import Point
from dicom_io.phantom import ParticipantTruth
from dicom_io.reading import read_image
from injection_log.acts import marks, studies, visits
from injection_log.acts.checking import all_findings, findings_of
from injection_log.record.values import VisitRecord
from injection_log.site import Session, Site

TODAY, ANOTHER_DAY = "20261122", "20190304"


@pytest.fixture
def opened(injector: Session) -> VisitRecord:
    """An injection visit of 22 November 2026."""
    return visits.confirm_identifiers(injector, visits.open_visit(injector, "SMG-07", "injection"))


@pytest.fixture
def stick(phantom_visit: ParticipantTruth, tmp_path: Path) -> Path:
    """A folder with one picture of the phantom."""
    folder = tmp_path / "stick"
    folder.mkdir()
    shutil.copy(phantom_visit.visits[0].files[0], folder / "one.dcm")
    return folder


def picture_with(session: Session, record: VisitRecord, stick: Path, **header: str) -> VisitRecord:
    """Import one picture of the phantom with other values in its header."""
    data_set = pydicom.dcmread(stick / "one.dcm")
    for keyword in ("StudyDate", "SeriesDate", "ContentDate", "AcquisitionDate"):
        setattr(data_set, keyword, "")
    for keyword, value in header.items():
        setattr(data_set, keyword, value)
    data_set.save_as(stick / "one.dcm", enforce_file_format=True)
    return studies.import_findings(session, record, studies.examine_folder(session, stick))


@pytest.mark.parametrize(
    ("taken", "studied", "is_of_day"),
    [
        (TODAY, "", True), ("", TODAY, True), ("", "", None), (ANOTHER_DAY, "", False), ("", ANOTHER_DAY, False),
        (ANOTHER_DAY, TODAY, False), (TODAY, ANOTHER_DAY, True),
    ],
)
def test_the_day_a_picture_was_taken_goes_before_the_day_of_its_study(
    phantom_visit: ParticipantTruth, taken: str, studied: str, is_of_day: bool | None
) -> None:
    header = read_image(phantom_visit.visits[0].files[0])
    assert replace(header, acquisition_date=taken, study_date=studied).is_of(date(2026, 11, 22)) is is_of_day


@pytest.mark.parametrize(("taken", "is_of_day"), [(TODAY, True), (ANOTHER_DAY, False), ("", None)])
def test_a_picture_of_another_day_is_found_from_its_header(
    injector: Session, opened: VisitRecord, stick: Path, taken: str, is_of_day: bool | None
) -> None:
    record = picture_with(injector, opened, stick, AcquisitionDate=taken)
    assert [image.is_of_day for image in record.images] == [is_of_day]
    assert ("image_day" in {one.check for one in findings_of(injector, record)}) == (is_of_day is False)


def test_whether_it_is_of_that_day_is_kept_and_the_date_is_not(
    site: Site, injector: Session, opened: VisitRecord, stick: Path
) -> None:
    picture_with(injector, opened, stick, AcquisitionDate=ANOTHER_DAY)
    bodies = b"".join(event.body for event in site.ledger.events())
    assert b'"field":"of_day.' in bodies
    assert ANOTHER_DAY.encode() not in bodies
    assert b"2019-03-04" not in bodies


def test_a_caliper_on_a_picture_of_the_other_side_is_found_at_its_gland(
    injector: Session, opened: VisitRecord, stick: Path
) -> None:
    record = picture_with(injector, opened, stick, ImageLaterality="L", StudyDate=TODAY)
    [image] = record.images
    assert image.laterality == "L"
    caliper = Caliper("width", Point(200, 200), Point(200, 260))
    record = marks.place(injector, record, "right", (image.sop_instance_uid, 0), caliper)
    [one] = [one for one in all_findings(injector) if one.check == "side_mismatch"]
    assert (one.subject.gland, one.field, one.severity) == ("right", f"image.{image.sop_instance_uid}", "soft")
    assert "LEFT" in one.sentence
