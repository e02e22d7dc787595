"""Retrieval from a real Orthanc: unchanged, complete or said to be incomplete, and nothing half left behind."""
from __future__ import annotations

import hashlib
import os
import socket
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pydicom
import pytest
from peers import Orthanc, free_port, start_orthanc, stop, wait_for

from dicom_io.errors import DicomIoError, PacsDestinationUnknown, PacsUnreachable
from dicom_io.pacs import worker_process
from dicom_io.pacs.address import PacsAddress
from dicom_io.pacs.pull import Pull
from dicom_io.pacs.ways import GetOnly, MoveOnly, Way
from dicom_io.phantom import ParticipantTruth
from dicom_io.reading import digest_file

BASIC_TEXT_SR = "1.2.840.10008.5.1.4.1.1.88.11"


def small_study(files: list[Path], folder: Path, number: int) -> str:
    """A study of its own made of the two stills given; its UID."""
    for place, file in enumerate(files):
        data_set = pydicom.dcmread(file)
        data_set.StudyInstanceUID = f"2.25.{number}"
        data_set.SeriesInstanceUID = f"2.25.{number}1"
        data_set.StudyDate, data_set.PatientID, data_set.AccessionNumber = "20240101", "OTHER-PRACTICE", "0"
        data_set.SOPInstanceUID = f"2.25.{number}2{place}"
        data_set.file_meta.MediaStorageSOPInstanceUID = data_set.SOPInstanceUID
        data_set.save_as(folder / f"{number}-{place}.dcm", enforce_file_format=True)
    return f"2.25.{number}"


def report_in(study_uid: str, still: Path, folder: Path) -> Path:
    data_set = pydicom.dcmread(still, stop_before_pixels=True)
    data_set.StudyInstanceUID, data_set.SeriesInstanceUID = study_uid, study_uid + "9"
    data_set.SOPClassUID = data_set.file_meta.MediaStorageSOPClassUID = BASIC_TEXT_SR
    data_set.SOPInstanceUID = data_set.file_meta.MediaStorageSOPInstanceUID = study_uid + "8"
    data_set.Modality = "SR"
    data_set.save_as(folder / "report.dcm", enforce_file_format=True)
    return folder / "report.dcm"


def nothing_half_in(images: Path) -> bool:
    kept = [path for path in images.rglob("*") if path.is_file()]
    return all(hashlib.sha256(path.read_bytes()).hexdigest() == path.name for path in kept)


def test_a_study_with_jpeg_cines_arrives_complete_and_unchanged(
    filled_orthanc: Orthanc, phantom_visit: ParticipantTruth, tmp_path: Path
) -> None:
    pull = Pull.start(filled_orthanc.address, phantom_visit.visits[0].study_instance_uid, tmp_path)
    steps = list(pull.progress())
    result = pull.result()
    assert (result.complete, result.missing, result.rejected, pull.way) == (True, (), (), "C-GET")
    sent = {digest_file(path).data_set for path in phantom_visit.files}
    assert {kept.admission.digests.data_set for kept in result.kept} == sent
    assert [step.received for step in steps] == list(range(1, len(sent) + 1))
    assert nothing_half_in(tmp_path)


def test_images_that_are_already_kept_are_not_fetched_again(
    filled_orthanc: Orthanc, phantom_visit: ParticipantTruth, tmp_path: Path
) -> None:
    visit = phantom_visit.visits[0]
    skip = frozenset({*visit.glands["right"].images.values(), visit.glands["left"].images["sweep"]})
    pull = Pull.start(filled_orthanc.address, visit.study_instance_uid, tmp_path, skip=skip)
    result = pull.result()
    assert result.complete
    assert len(result.kept) == len(result.asked) - len(skip)


def test_a_report_in_the_study_is_not_asked_for(
    orthanc: Orthanc, phantom_visit: ParticipantTruth, tmp_path: Path
) -> None:
    stills = [phantom_visit.files[0], phantom_visit.files[1]]
    study = small_study(stills, tmp_path, 5001)
    orthanc.store([*tmp_path.glob("5001-*.dcm"), report_in(study, stills[0], tmp_path)])
    result = Pull.start(orthanc.address, study, tmp_path / "images").result()
    assert (len(result.asked), result.complete) == (2, True)


@pytest.mark.parametrize(
    ("number", "way"),
    [(5002, GetOnly()), (5012, MoveOnly())],
)
def test_an_image_that_the_pacs_lists_but_cannot_send_makes_it_incomplete(
    orthanc: Orthanc, phantom_visit: ParticipantTruth, tmp_path: Path, number: int, way: Way
) -> None:
    study = small_study([phantom_visit.files[0], phantom_visit.files[1]], tmp_path, number)
    orthanc.store(sorted(tmp_path.glob(f"{number}-*.dcm")))  # the first one is sent first, and is the one that is lost
    lost = f"2.25.{number}20".encode()
    for stored in (orthanc.folder / "storage").rglob("*"):
        if stored.is_file() and stored.suffix == "" and lost in stored.read_bytes()[:4000]:
            stored.unlink()
    result = Pull.start(orthanc.address, study, tmp_path / "images", way=way).result()
    assert (len(result.kept), result.missing, result.complete) == (1, (lost.decode(),), False)


def test_an_image_that_the_gate_refuses_is_named_with_the_reason(
    orthanc: Orthanc, phantom_visit: ParticipantTruth, tmp_path: Path
) -> None:
    study = small_study([phantom_visit.files[1]], tmp_path, 5003)
    file = tmp_path / "5003-0.dcm"
    data_set = pydicom.dcmread(file)
    data_set.PixelData = data_set.PixelData[:1000]
    data_set.save_as(file, enforce_file_format=True)
    orthanc.store([file])
    result = Pull.start(orthanc.address, study, tmp_path / "images").result()
    assert [refused.sop_instance_uid for refused in result.rejected] == ["2.25.500320"]
    assert not result.complete
    assert nothing_half_in(tmp_path / "images")


def test_a_study_that_is_not_there_is_an_error_in_words(orthanc: Orthanc, tmp_path: Path) -> None:
    with pytest.raises(DicomIoError, match="no ultrasound images of this study"):
        Pull.start(orthanc.address, "2.25.404", tmp_path).result()


def test_a_stopped_pacs_is_unreachable(tmp_path: Path) -> None:
    with pytest.raises(PacsUnreachable):
        Pull.start(PacsAddress("GONE", "127.0.0.1", free_port()), "2.25.1", tmp_path).result()


def test_cancel_works_at_once_and_leaves_nothing_half(
    filled_orthanc: Orthanc, phantom_visit: ParticipantTruth, tmp_path: Path
) -> None:
    pull = Pull.start(filled_orthanc.address, phantom_visit.visits[0].study_instance_uid, tmp_path)
    next(pull.progress())
    began = time.monotonic()
    pull.cancel()
    assert time.monotonic() - began < 1
    assert pull.finished
    assert not pull.result().complete
    assert nothing_half_in(tmp_path)


def test_poll_never_waits(filled_orthanc: Orthanc, phantom_visit: ParticipantTruth, tmp_path: Path) -> None:
    pull = Pull.start(filled_orthanc.address, phantom_visit.visits[0].study_instance_uid, tmp_path)
    news, slowest = [], 0.0
    while not pull.finished:
        began = time.monotonic()
        news += pull.poll()
        slowest = max(slowest, time.monotonic() - began)
        time.sleep(0.02)
    assert len(news) == len(phantom_visit.files)
    assert slowest < 1


@pytest.fixture(scope="module")
def without_get(
    tmp_path_factory: pytest.TempPathFactory, phantom_visit: ParticipantTruth
) -> Iterator[Orthanc]:
    """An Orthanc that lets us find and move, but not get."""
    folder = tmp_path_factory.mktemp("orthanc-move")
    address = PacsAddress("MOVER", "127.0.0.1", free_port(), listen_port=free_port())
    rights = {"AllowEcho": True, "AllowFind": True, "AllowGet": False, "AllowMove": True, "AllowStore": True}
    us = {"AET": address.calling_aet, "Host": "127.0.0.1", "Port": address.listen_port, **rights}
    anybody = {"DicomAlwaysAllowFind": True, "DicomAlwaysAllowMove": True}
    running = start_orthanc(folder, address, free_port(), DicomModalities={"us": us}, **anybody)
    try:
        wait_for(running)
        running.store(phantom_visit.files)
        yield running
    finally:
        stop(running)


def test_a_pacs_without_get_is_asked_to_move(
    without_get: Orthanc, phantom_visit: ParticipantTruth, tmp_path: Path
) -> None:
    pull = Pull.start(without_get.address, phantom_visit.visits[0].study_instance_uid, tmp_path)
    result = pull.result()
    assert (result.complete, pull.way) == (True, "C-MOVE")
    sent = {digest_file(path).data_set for path in phantom_visit.files}
    assert {kept.admission.digests.data_set for kept in result.kept} == sent


def test_a_pacs_that_does_not_know_where_to_send_gives_the_text_for_its_administrator(
    without_get: Orthanc, phantom_visit: ParticipantTruth, tmp_path: Path
) -> None:
    stranger = replace(without_get.address, calling_aet="STRANGER")
    pull = Pull.start(stranger, phantom_visit.visits[0].study_instance_uid, tmp_path)
    with pytest.raises(PacsDestinationUnknown, match=r"allow AE title STRANGER, host 127\.0\.0\.1, port"):
        pull.result()


def test_a_busy_listening_port_is_named(
    without_get: Orthanc, phantom_visit: ParticipantTruth, tmp_path: Path
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        busy = replace(without_get.address, listen_port=other.getsockname()[1])
        with pytest.raises(DicomIoError, match="is in use"):
            Pull.start(busy, phantom_visit.visits[0].study_instance_uid, tmp_path).result()


def test_the_port_is_closed_again_after_the_retrieval(without_get: Orthanc) -> None:
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", without_get.address.listen_port), timeout=2)


def test_each_image_can_be_opened_as_soon_as_it_is_told(
    filled_orthanc: Orthanc, phantom_visit: ParticipantTruth, tmp_path: Path
) -> None:
    pull = Pull.start(filled_orthanc.address, phantom_visit.visits[0].study_instance_uid, tmp_path)
    for step in pull.progress():
        newest = pull.kept[-1]
        assert newest.admission.image.sop_instance_uid == step.sop_instance_uid
        assert newest.path.is_file()
        assert (step.asked, step.seconds > 0, step.bytes_per_second > 0) == (8, True, True)
    assert pull.result().complete


def test_a_spare_worker_fetches_like_a_new_one_and_is_used_once(
    filled_orthanc: Orthanc, phantom_visit: ParticipantTruth, tmp_path: Path
) -> None:
    worker_process.prepare()
    spare = worker_process._spare
    study = phantom_visit.visits[0].study_instance_uid
    assert Pull.start(filled_orthanc.address, study, tmp_path).result().complete
    assert spare is not None
    assert (spare.poll() is not None, worker_process._spare) == (True, None)


def test_a_spare_worker_that_is_not_needed_ends() -> None:
    worker_process.prepare()
    spare = worker_process._spare
    worker_process.dismiss()
    assert spare is not None
    assert spare.poll() is not None


def test_what_a_killed_pull_left_behind_is_cleared_after_a_day(
    filled_orthanc: Orthanc, phantom_visit: ParticipantTruth, tmp_path: Path
) -> None:
    old, new = tmp_path / "incoming" / "pull-old", tmp_path / "incoming" / "pull-new"
    for folder in (old, new):
        folder.mkdir(parents=True)
        (folder / "half.dcm").write_bytes(b"half")
    long_ago = time.time() - 2 * 24 * 3600
    for place in (old / "half.dcm", old):
        os.utime(place, (long_ago, long_ago))
    study = phantom_visit.visits[0].study_instance_uid
    assert Pull.start(filled_orthanc.address, study, tmp_path).result().complete
    assert (old / "half.dcm").exists() is False
    assert (new / "half.dcm").exists() is True
