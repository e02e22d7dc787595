"""What a sender is answered: success only for a file that is safe, and refusals that keep strangers' files out."""
from __future__ import annotations

import errno
import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

from dicom_io.gate import Gate
from dicom_io.image_folder import ImageFolder
from dicom_io.pacs import receiving
from dicom_io.pacs.receiving import NO_ROOM, NOT_ASKED_FOR, SUCCESS, Receiver
from dicom_io.phantom import ParticipantTruth


def receiver_in(folder: Path) -> Receiver:
    return Receiver(frozenset({"2.25.1"}), "2.25.9", ImageFolder(folder), lambda _: None)


def arrival(folder: Path, uid: str) -> SimpleNamespace:
    """What pynetdicom hands over: a file under a temporary name."""
    file = ImageFolder(folder).incoming() / "tmpname.dcm"
    file.write_bytes(b"DICM")
    return SimpleNamespace(
        dataset_path=file,
        request=SimpleNamespace(AffectedSOPInstanceUID=uid),
    )


def test_a_file_is_synced_before_success_is_answered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[Path] = []
    monkeypatch.setattr(receiving, "to_disk", synced.append)
    assert receiver_in(tmp_path).handle_store(arrival(tmp_path, "2.25.1")) == SUCCESS
    assert [path.name for path in synced] == ["received-0.dcm"]


def test_a_full_disk_is_told_to_the_sender_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: Path) -> None:
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(receiving, "to_disk", full)
    receiver = receiver_in(tmp_path)
    assert receiver.handle_store(arrival(tmp_path, "2.25.1")) == NO_ROOM
    assert receiver.disk_full
    assert list((tmp_path / "incoming").iterdir()) == []


@pytest.mark.parametrize("uid", ["2.25.2", "../../../../evil", ""])
def test_an_image_that_was_not_asked_for_is_not_taken(tmp_path: Path, uid: str) -> None:
    assert receiver_in(tmp_path).handle_store(arrival(tmp_path, uid)) == NOT_ASKED_FOR
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_another_image_than_the_announced_one_does_not_stay_in_the_folder(
    tmp_path: Path, phantom_visit: ParticipantTruth
) -> None:
    receiver = receiver_in(tmp_path)
    foreign = ImageFolder(tmp_path).incoming() / "received-0.dcm"
    shutil.copy(phantom_visit.files[0], foreign)
    with Gate() as gate:
        receiver.begin([gate])
        receiver.take("2.25.1", foreign)
        receiver.finish()
    assert "another image" in receiver.rejected["2.25.1"].why
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
