"""Coded copies and reports go to a research archive, wait there until it lists them, and never reach the PACS."""
from __future__ import annotations

import hashlib
import shutil
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pydicom
import pytest
from copied_visits import share, signed_with_pictures
from peers import Orthanc, free_port, start_orthanc, start_web_orthanc, stop, wait_for
from pynetdicom import AE, ALL_TRANSFER_SYNTAXES, evt
from pynetdicom.sop_class import StudyRootQueryRetrieveInformationModelFind

from dicom_io.pacs.address import PacsAddress
from dicom_io.phantom import ParticipantTruth
from injection_log.acts import archiving
from injection_log.acts.archiving import Archive
from injection_log.acts.outputs import export_kind
from injection_log.archive_queue import ArchiveQueue, Waiting
from injection_log.errors import Refused
from injection_log.site import Session, Site, log_in
from injection_log.verify import verify


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Orthanc]:
    """An empty research archive with DIMSE and DICOMweb."""
    running = start_web_orthanc(tmp_path_factory.mktemp("archive"))
    try:
        wait_for(running)
        yield running
    finally:
        stop(running)


@pytest.fixture
def investigator(site: Site) -> Session:
    return log_in(site, "investigator", "practice-investigator")


@pytest.fixture
def reports(injector: Session, investigator: Session, phantom_visit: ParticipantTruth, tmp_path: Path) -> Path:
    """A folder with copies for sharing of a signed visit, and its measurement reports."""
    record = signed_with_pictures(injector, phantom_visit)
    folder = tmp_path / "leaving"
    share(injector, record, folder)
    export_kind(investigator, "dicom_sr", tmp_path / "reports")
    for path in (tmp_path / "reports").glob("*.dcm"):
        shutil.copy(path, folder)
    return folder


def addresses(archive: Orthanc) -> dict[str, str]:
    return {"C-STORE": archive.address.text(), "STOW-RS": archive.web_root}


def uids_in(folder: Path) -> set[str]:
    return {str(pydicom.dcmread(path, stop_before_pixels=True).SOPInstanceUID) for path in folder.glob("*.dcm")}


@pytest.mark.parametrize("way", ["C-STORE", "STOW-RS"])
def test_each_accepted_object_is_in_the_archive_and_an_event_with_its_digest(
    way: str, archive: Orthanc, investigator: Session, reports: Path
) -> None:
    queued = archiving.queue_folder(investigator, reports, Archive(addresses(archive)[way]))
    outcomes = list(archiving.try_all(investigator))
    assert [one.is_accepted for one in outcomes] == [True] * len(queued) == [True] * len(uids_in(reports))
    assert all(archive.instance(uid) for uid in uids_in(reports))
    events = [event for event in investigator.site.ledger.events() if event.kind == "ObjectArchived"]
    told = {event.changes[0].new["sha256"] for event in events}
    assert told == {hashlib.sha256(path.read_bytes()).hexdigest() for path in reports.glob("*.dcm")}
    assert archiving.queue_of(investigator).waiting() == ()
    assert not list(investigator.site.home.archive_folder.iterdir())
    assert verify(investigator.site.home).ok


def test_what_was_not_accepted_waits_over_a_restart_and_goes_when_the_archive_is_there(
    investigator: Session, reports: Path, tmp_path: Path
) -> None:
    (tmp_path / "late").mkdir()
    address = PacsAddress("LATE", "127.0.0.1", free_port(), listen_port=free_port())
    archiving.queue_folder(investigator, reports, Archive(address.text()))
    assert not any(one.is_accepted for one in archiving.try_all(investigator))
    waiting = ArchiveQueue(investigator.site.home.archive_folder).waiting()
    assert ({one.tries for one in waiting}, len(waiting)) == ({1}, len(uids_in(reports)))
    assert all(one.why.endswith(".") for one in waiting)
    again = log_in(Site.open(investigator.site.home, investigator.site.clock), "investigator", "practice-investigator")
    running = start_orthanc(tmp_path / "late", address, free_port())
    try:
        wait_for(running)
        assert all(one.is_accepted for one in archiving.try_all(again))
    finally:
        stop(running)
        again.site.ledger.close()
    assert archiving.queue_of(again).waiting() == ()


def test_an_archive_that_says_it_took_an_object_and_does_not_list_it_has_not_accepted_it(
    investigator: Session, reports: Path
) -> None:
    entity = AE("FORGETS")
    for uid in ("1.2.840.10008.5.1.4.1.1.88.33", "1.2.840.10008.5.1.4.1.1.6.1", "1.2.840.10008.5.1.4.1.1.3.1"):
        entity.add_supported_context(uid, ALL_TRANSFER_SYNTAXES)
    entity.add_supported_context(StudyRootQueryRetrieveInformationModelFind)
    handlers = [(evt.EVT_C_STORE, lambda _: 0), (evt.EVT_C_FIND, lambda _: iter(()))]
    server = entity.start_server(("127.0.0.1", 0), block=False, evt_handlers=handlers)
    try:
        to = f"dicom://FORGETS@127.0.0.1:{server.server_address[1]}"
        archiving.queue_folder(investigator, reports, Archive(to))
        outcomes = list(archiving.try_all(investigator))
    finally:
        server.shutdown()
    assert {one.remark for one in outcomes} == {
        "The archive took it and does not list it; ask its administrator, and try again."
    }
    assert not [event for event in investigator.site.ledger.events() if event.kind == "ObjectArchived"]


def test_a_stalled_archive_ends_in_a_sentence_within_ten_seconds_for_all_that_waits(
    investigator: Session, reports: Path
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        to = f"dicom://SILENT@127.0.0.1:{silent.getsockname()[1]}"
        archiving.queue_folder(investigator, reports, Archive(to))
        began = time.monotonic()
        outcomes = list(archiving.try_all(investigator))
    assert time.monotonic() - began < 10
    assert outcomes
    assert not any(one.is_accepted for one in outcomes)
    assert all(one.remark.endswith(".") for one in outcomes)


@pytest.mark.parametrize("typed", ["localhost", "127.0.0.1"])
def test_the_clinical_pacs_of_the_settings_is_no_archive_under_any_name(
    typed: str, investigator: Session, reports: Path
) -> None:
    settings = 'default_pacs = "rh"\n[pacs.rh]\naddress = "dicom://PACS@127.0.0.1:4242"\n'
    web = 'web = "http://127.0.0.1:8042/dicom-web"\n'
    investigator.site.home.settings_file.write_text(settings + web)
    for to in (f"dicom://OTHER@{typed}:4242", f"http://{typed}:8042/another-path"):
        with pytest.raises(Refused, match="clinical PACS"):
            archiving.queue_folder(investigator, reports, Archive(to))
    assert archiving.queue_of(investigator).waiting() == ()


def test_an_original_is_never_queued(
    investigator: Session, reports: Path, phantom_visit: ParticipantTruth
) -> None:
    shutil.copy(phantom_visit.files[0], reports / "original.dcm")
    with pytest.raises(Refused, match=r"original\.dcm: .*de-identified"):
        archiving.queue_folder(investigator, reports, Archive("dicom://A@127.0.0.1:104"))
    assert archiving.queue_of(investigator).waiting() == ()


def test_a_copy_that_this_log_did_not_write_is_not_queued(investigator: Session, reports: Path) -> None:
    path = next(path for path in sorted(reports.glob("*.dcm")) if "report" not in path.name)
    changed = pydicom.dcmread(path)
    changed.SOPInstanceUID = changed.file_meta.MediaStorageSOPInstanceUID = "2.25.4711"
    changed.save_as(reports / "z.dcm")
    with pytest.raises(Refused, match="did not write this copy"):
        archiving.queue_folder(investigator, reports, Archive("dicom://A@127.0.0.1:104"))


def test_an_original_with_uids_of_the_hospital_is_refused_even_when_it_says_it_is_de_identified(
    investigator: Session, reports: Path
) -> None:
    path = next(path for path in sorted(reports.glob("*.dcm")) if "report" not in path.name)
    changed = pydicom.dcmread(path)
    changed.StudyInstanceUID = "1.2.826.0.1.4711"
    changed.save_as(reports / "z.dcm")
    with pytest.raises(Refused, match="UIDs are not the trial's own"):
        archiving.queue_folder(investigator, reports, Archive("dicom://A@127.0.0.1:104"))


def test_an_injector_may_not_send(injector: Session, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="may not"):
        archiving.queue_folder(injector, tmp_path, Archive("dicom://A@127.0.0.1:104"))


@pytest.mark.parametrize("to", ["ftp://a", "dicom://A@b", "https://user:word@host/web", ""])
def test_an_address_that_is_none_is_told(to: str, investigator: Session, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="address"):
        archiving.queue_folder(investigator, tmp_path, Archive(to))


def test_the_queue_survives_and_holds_an_object_once_for_each_archive(tmp_path: Path) -> None:
    one = Waiting("ab" * 32, "dicom://A@h:1", "a.dcm", "report", "SMG-07", "injection", "2026-11-22T09:00:00.000Z")
    other = Waiting("ab" * 32, "dicom://B@h:1", "a.dcm", "report", "SMG-07", "injection", "2026-11-22T09:00:01.000Z")
    queue = ArchiveQueue(tmp_path / "archive")
    assert [queue.add(each, b"data") for each in (one, one, other)] == [True, False, True]
    noted = queue.tried(one, "2026-11-22T09:01:00.000Z", "It is full.")
    again = ArchiveQueue(tmp_path / "archive")
    assert again.waiting() == (noted, other)
    again.done(noted)
    assert again.waiting() == (other,)
    assert again.file(other).read_bytes() == b"data"


def test_an_object_that_waits_can_be_given_up_by_its_digest(
    investigator: Session, reports: Path
) -> None:
    queued = archiving.queue_folder(investigator, reports, Archive("dicom://A@127.0.0.1:104"))
    assert [one.sha256 for one in archiving.give_up(investigator, queued[0].sha256[:12])] == [queued[0].sha256]
    assert len(archiving.queue_of(investigator).waiting()) == len(queued) - 1
    with pytest.raises(Refused, match="Nothing with this digest"):
        archiving.give_up(investigator, "ffff")
