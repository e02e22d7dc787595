"""Images come in for the right participant only, and what a patient is called stays in the originals."""
from __future__ import annotations

import errno
from dataclasses import replace
from datetime import date
from pathlib import Path

import pydicom
import pytest

from annotate.marks import Caliper
from dicom_io.calibration import Point
from dicom_io.gate import Gate
from dicom_io.image import PatientIdentity
from dicom_io.image_folder import ImageFolder, Kept
from dicom_io.pacs.pull import PullResult
from dicom_io.phantom import PRACTICE_PATIENT, ParticipantTruth, PlannedVisit, make_patient
from injection_log.acts import marks, signing, studies, visits
from injection_log.acts.identity import fingerprint
from injection_log.acts.pulls import record_anonymous_pull
from injection_log.errors import Refused
from injection_log.record.values import VisitRecord
from injection_log.site import Session


@pytest.fixture
def opened(injector: Session) -> VisitRecord:
    """An injection visit of SMG-07."""
    return visits.confirm_identifiers(injector, visits.open_visit(injector, "SMG-07", "injection"))


@pytest.fixture(scope="session")
def somebody_else(tmp_path_factory: pytest.TempPathFactory) -> ParticipantTruth:
    """A visit of another patient."""
    patient = replace(
        PRACTICE_PATIENT, participant="SMG-08", patient_id="9999999999-OTHER", patient_name="OTHER^PERSON"
    )
    return make_patient(
        tmp_path_factory.mktemp("somebody-else"), 8, patient, [PlannedVisit("baseline", date(2026, 2, 3))]
    )


def folder_of(truth: ParticipantTruth) -> Path:
    """Where the files of a phantom visit are."""
    return truth.visits[0].files[0].parent


def import_all(session: Session, record: VisitRecord, truth: ParticipantTruth) -> VisitRecord:
    """Import the folder of a phantom visit."""
    return studies.import_findings(session, record, studies.examine_folder(session, folder_of(truth)))


def test_a_folder_of_the_participant_joins_the_visit_picture_by_picture(
    injector: Session, opened: VisitRecord, phantom_visit: ParticipantTruth
) -> None:
    record = import_all(injector, opened, phantom_visit)
    assert len(record.images) == 8
    assert {image.plane for image in record.images} == {"transverse", "longitudinal", "sweep", "injection"}
    kinds = [event.kind for event in injector.site.ledger.events()]
    assert kinds.count("ImageKept") == 8


def test_importing_the_same_folder_again_writes_nothing(
    injector: Session, opened: VisitRecord, phantom_visit: ParticipantTruth
) -> None:
    record = import_all(injector, opened, phantom_visit)
    head = injector.site.ledger.head()
    assert import_all(injector, record, phantom_visit) == record
    assert injector.site.ledger.head() == head


def test_pictures_of_another_patient_are_refused_and_not_kept(
    injector: Session, opened: VisitRecord, phantom_visit: ParticipantTruth, somebody_else: ParticipantTruth
) -> None:
    record = import_all(injector, opened, phantom_visit)
    with pytest.raises(Refused, match="another patient"):
        import_all(injector, record, somebody_else)
    kept = [path for path in injector.site.home.images.rglob("*") if path.is_file()]
    assert len(kept) == 8


def test_a_patient_of_one_participant_cannot_be_linked_to_another(
    injector: Session, opened: VisitRecord, phantom_visit: ParticipantTruth
) -> None:
    import_all(injector, opened, phantom_visit)
    other = visits.open_visit(injector, "SMG-08", "injection")
    with pytest.raises(Refused, match="another participant"):
        import_all(injector, other, phantom_visit)


def test_a_folder_with_two_patients_is_refused_whole(
    injector: Session, opened: VisitRecord, phantom_visit: ParticipantTruth, somebody_else: ParticipantTruth,
    tmp_path: Path,
) -> None:
    for number, truth in enumerate((phantom_visit, somebody_else)):
        (tmp_path / f"{number}.dcm").write_bytes(truth.visits[0].files[1].read_bytes())
    with pytest.raises(Refused, match="more than one patient"):
        studies.examine_folder(injector, tmp_path)
    assert not [path for path in injector.site.home.images.rglob("*") if path.is_file()]


def test_files_that_are_no_ultrasound_are_named_with_the_reason_and_the_rest_is_kept(
    injector: Session, opened: VisitRecord, phantom_visit: ParticipantTruth, tmp_path: Path
) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    (stick / "a.dcm").write_bytes(phantom_visit.visits[0].files[1].read_bytes())
    (stick / "notes.txt").write_text("not a picture")
    findings = studies.examine_folder(injector, stick)
    assert len(findings.kept) == 1
    assert [name for name, _ in findings.refused] == ["notes.txt"]


def test_other_pixels_under_a_known_identity_block_measuring_and_are_said_before_what_was_measured_is_signed(
    injector: Session, opened: VisitRecord, phantom_visit: ParticipantTruth, tmp_path: Path
) -> None:
    original = phantom_visit.visits[0].files[1]
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    (tmp_path / "one" / "a.dcm").write_bytes(original.read_bytes())
    changed = bytearray(original.read_bytes())
    changed[-1000] ^= 0x40
    (tmp_path / "two" / "a.dcm").write_bytes(changed)
    record = studies.import_findings(injector, opened, studies.examine_folder(injector, tmp_path / "one"))
    where, line = (record.images[0].sop_instance_uid, 0), Caliper("length", Point(300, 200), Point(300, 400))
    record = marks.place(injector, record, "right", where, line)
    record = studies.import_findings(injector, record, studies.examine_folder(injector, tmp_path / "two"))
    (image,) = record.images
    assert len(image.conflicts) == 1
    with pytest.raises(Refused, match="Two different pictures"):
        marks.place(injector, record, "right", where, line)
    (caution,) = signing.cautions(injector, record, "right")
    assert "Another picture came" in caution.sentence
    assert len([path for path in injector.site.home.images.rglob("*") if path.is_file()]) == 2


def test_two_different_pictures_of_one_identity_in_one_folder_are_a_conflict_too(
    injector: Session, opened: VisitRecord, phantom_visit: ParticipantTruth, tmp_path: Path
) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    content = phantom_visit.visits[0].files[1].read_bytes()
    (stick / "a.dcm").write_bytes(content)
    (stick / "b.dcm").write_bytes(content[:-1000] + bytes([content[-1000] ^ 0x40]) + content[-999:])
    record = studies.import_findings(injector, opened, studies.examine_folder(injector, stick))
    (image,) = record.images
    assert len(image.conflicts) == 1


def test_no_name_or_id_of_the_patient_is_in_the_home_except_in_the_originals(
    injector: Session, opened: VisitRecord, phantom_visit: ParticipantTruth
) -> None:
    import_all(injector, opened, phantom_visit)
    home = injector.site.home
    originals = [path for path in home.images.rglob("*") if path.is_file()]
    assert all(phantom_visit.patient_id.encode() in path.read_bytes() for path in originals)
    for path in home.root.rglob("*"):
        if path.is_file() and path not in originals:
            content = path.read_bytes()
            assert phantom_visit.patient_id.encode() not in content
            assert b"PRACTICE^PHANTOM" not in content


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (("01-A", ""), ("01a", ""), True),
        (("01-A", ""), ("01-A", "HOSPITAL"), True),
        (("01-A", "HOSPITAL"), ("01-A", "hospital"), True),
        (("01-A", "HOSPITAL"), ("01-A", "CLINIC"), False),
        (("01-A", "HOSPITAL"), ("01-B", "HOSPITAL"), False),
    ],
)
def test_an_issuer_tells_two_people_apart_only_where_both_sides_say_it(
    injector: Session, one: tuple[str, str], other: tuple[str, str], same: bool
) -> None:
    first, second = (fingerprint(injector, PatientIdentity(*each, "", "")) for each in (one, other))
    assert first.is_same_person_as(second) is same


def test_pictures_without_a_patient_id_belong_to_nobody(injector: Session) -> None:
    with pytest.raises(Refused, match="no patient id"):
        fingerprint(injector, PatientIdentity("  ", "HOSPITAL", "SOME^NAME", ""))


def test_going_on_without_images_needs_one_of_the_listed_reasons(injector: Session, opened: VisitRecord) -> None:
    with pytest.raises(Refused, match="listed reasons"):
        studies.go_on_without_images(injector, opened, "because")


def test_a_study_that_was_pulled_without_log_in_can_be_linked(injector: Session, opened: VisitRecord) -> None:
    result = PullResult(asked=(), kept=(), missing=(), rejected=(), bytes=0, seconds=0.0, complete=True)
    injector.site.ledger.close()
    assert record_anonymous_pull(injector.site.home, "1.2.3", result)
    record = studies.link_identity(injector, opened, "1.2.3", PatientIdentity("SMG-TEST", "", "", ""))
    assert injector.site.ledger.values("study:1.2.3")["visit"] == record.visit


def rewritten(original: Path, target: Path, **values: str) -> Path:
    """A copy of a DICOM file with other values in its header."""
    target.parent.mkdir(parents=True, exist_ok=True)
    data_set = pydicom.dcmread(original)
    for keyword, value in values.items():
        setattr(data_set, keyword, value)
    data_set.save_as(target, enforce_file_format=True)
    return target


def test_a_picture_that_is_recorded_in_another_study_does_not_join_by_its_identity(
    injector: Session, opened: VisitRecord, phantom_visit: ParticipantTruth, tmp_path: Path
) -> None:
    import_all(injector, opened, phantom_visit)
    picture = phantom_visit.visits[0].files[1]
    rewritten(picture, tmp_path / "stick" / "a.dcm", PatientID="0-ELSE", StudyInstanceUID="1.2.3")
    other = visits.open_visit(injector, "SMG-08", "injection")
    with pytest.raises(Refused, match="another study"):
        studies.import_findings(injector, other, studies.examine_folder(injector, tmp_path / "stick"))
    assert visits.find_visit(injector, "SMG-08", "injection").images == ()


def test_one_picture_without_an_issuer_does_not_make_two_patients_one(
    injector: Session, opened: VisitRecord, phantom_visit: ParticipantTruth, tmp_path: Path
) -> None:
    files = phantom_visit.visits[0].files
    for number, issuer in enumerate(("", "HERE", "THERE")):
        rewritten(files[number], tmp_path / "stick" / f"{number}.dcm", IssuerOfPatientID=issuer)
    with pytest.raises(Refused, match="more than one patient"):
        studies.examine_folder(injector, tmp_path / "stick")


def test_a_disk_that_fills_up_leaves_no_half_of_a_folder_behind(
    injector: Session, phantom_visit: ParticipantTruth, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep, done = ImageFolder.keep, []

    def full(folder: ImageFolder, path: Path, gate: Gate) -> Kept:
        if len(done) == 2:
            raise OSError(errno.ENOSPC, "No space left on device")
        done.append(path)
        return keep(folder, path, gate)

    monkeypatch.setattr(ImageFolder, "keep", full)
    with pytest.raises(OSError, match="No space"):
        studies.examine_folder(injector, folder_of(phantom_visit))
    assert not [path for path in injector.site.home.images.rglob("*") if path.is_file()]


def test_an_issuer_that_only_the_pictures_say_is_added_to_the_participant(
    injector: Session, opened: VisitRecord, phantom_visit: ParticipantTruth, tmp_path: Path
) -> None:
    still = min(phantom_visit.visits[0].files, key=lambda path: path.stat().st_size)
    image = pydicom.dcmread(still)
    image.IssuerOfPatientID = "HOSPITAL-B"
    image.save_as(tmp_path / "still.dcm")
    findings = studies.examine_folder(injector, tmp_path)
    assert findings.identity is not None
    answered = replace(findings.identity, issuer="")  # as many PACS answer a search
    record = studies.link_identity(injector, opened, image.StudyInstanceUID, answered)
    studies.keep(injector, record, findings.kept)
    elsewhere = replace(findings.identity, issuer="HOSPITAL-C")
    with pytest.raises(Refused, match="another patient"):
        studies.link_identity(injector, record, "1.2.3.4", elsewhere)
