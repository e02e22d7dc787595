"""Images sent to a real Orthanc come back the same, by C-STORE and by STOW-RS; what is not taken is said."""
from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pydicom
import pytest
from peers import Orthanc, free_port, start_web_orthanc, stop, wait_for
from pynetdicom import AE, evt

from dicom_io.errors import PacsUnreachable
from dicom_io.pacs.address import PacsAddress
from dicom_io.pacs.pull import Pull
from dicom_io.pacs.sending import NotTaken, Outgoing, Sent, Taken, outgoing, send
from dicom_io.pacs.web_address import WebAddress
from dicom_io.pacs.web_sending import _judged, send_by_web
from dicom_io.phantom import ParticipantTruth
from dicom_io.reading import digest_file

Sending = Callable[[Orthanc, list[Path]], tuple[Sent, ...]]


@pytest.fixture(params=["C-STORE", "STOW-RS"])
def sending(request: pytest.FixtureRequest, tmp_path: Path) -> Sending:
    if request.param == "C-STORE":
        return lambda orthanc, paths: send(orthanc.address, paths, tmp_path)
    return lambda orthanc, paths: send_by_web(WebAddress(orthanc.web_root), paths)


@pytest.fixture
def empty_orthanc(tmp_path: Path) -> Iterator[Orthanc]:
    folder = tmp_path / "orthanc"
    folder.mkdir()
    running = start_web_orthanc(folder)
    try:
        wait_for(running)
        yield running
    finally:
        stop(running)


def test_what_was_sent_comes_back_the_same(
    sending: Sending, empty_orthanc: Orthanc, phantom_visit: ParticipantTruth, tmp_path: Path
) -> None:
    files = list(phantom_visit.files)
    sent = sending(empty_orthanc, files)
    assert [(one.path, type(one)) for one in sent] == [(file, Taken) for file in files]
    back = Pull.start(empty_orthanc.address, phantom_visit.visits[0].study_instance_uid, tmp_path / "back").result()
    assert back.complete
    before = {digest_file(file) for file in files}
    after = {kept.admission.digests for kept in back.kept}
    assert {(one.data_set, one.pixel_data) for one in after} == {(one.data_set, one.pixel_data) for one in before}


def test_nothing_of_a_preamble_or_behind_the_pixels_leaves(
    sending: Sending, empty_orthanc: Orthanc, phantom_visit: ParticipantTruth, tmp_path: Path
) -> None:
    disguised = tmp_path / "disguised.dcm"
    content = phantom_visit.files[0].read_bytes()
    disguised.write_bytes(b"MZ" + b"\x90" * 126 + content[128:] + b"PK\x05\x06 a zip archive")
    assert isinstance(sending(empty_orthanc, [disguised])[0], Taken)
    uid = str(pydicom.dcmread(disguised, stop_before_pixels=True).SOPInstanceUID)
    stored = empty_orthanc.rest("GET", f"/instances/{empty_orthanc.instance(uid)}/file")
    assert stored[:128] == bytes(128)
    assert b"zip archive" not in stored
    assert disguised.read_bytes()[:2] == b"MZ"


def test_a_file_that_is_none_is_named_and_the_others_are_sent(
    sending: Sending, empty_orthanc: Orthanc, phantom_visit: ParticipantTruth, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.dcm"
    broken.write_bytes(b"not DICOM")
    first, second = sending(empty_orthanc, [broken, phantom_visit.files[0]])
    assert isinstance(first, NotTaken)
    assert "not a DICOM file" in first.why
    assert isinstance(second, Taken)


def test_a_pacs_that_is_off_is_unreachable(sending: Sending, phantom_visit: ParticipantTruth) -> None:
    off = SimpleNamespace(
        address=PacsAddress("GONE", "127.0.0.1", free_port()), web_root=f"http://127.0.0.1:{free_port()}/dicom-web"
    )
    with pytest.raises(PacsUnreachable):
        sending(off, [phantom_visit.files[0]])


@pytest.fixture
def answering() -> Iterator[Callable[[int], PacsAddress]]:
    """A storage server that takes RGB and answers every image with the status it is told."""
    servers = []

    def start(status: int) -> PacsAddress:
        entity = AE("JUDGE")
        for uid in ("1.2.840.10008.5.1.4.1.1.6.1",):
            entity.add_supported_context(uid, "1.2.840.10008.1.2.1")
        handlers = [(evt.EVT_C_STORE, lambda _: status)]
        servers.append(entity.start_server(("127.0.0.1", 0), block=False, evt_handlers=handlers))
        return PacsAddress("JUDGE", "127.0.0.1", servers[-1].server_address[1])

    yield start
    for server in servers:
        server.shutdown()


@pytest.mark.parametrize(
    ("status", "words"),
    [(0xA700, "no room"), (0xA900, "does not fit"), (0xC123, "cannot understand"), (0x0124, "allow")],
)
def test_each_refusal_is_told_in_words(
    answering: Callable[[int], PacsAddress], phantom_visit: ParticipantTruth, tmp_path: Path, status: int, words: str
) -> None:
    sent = send(answering(status), [phantom_visit.files[0]], tmp_path)[0]
    assert isinstance(sent, NotTaken)
    assert words in sent.why
    assert f"0x{status:04X}" in sent.why


def test_a_warning_is_taken_with_a_remark(
    answering: Callable[[int], PacsAddress], phantom_visit: ParticipantTruth, tmp_path: Path
) -> None:
    sent = send(answering(0xB000), [phantom_visit.files[0]], tmp_path)[0]
    assert isinstance(sent, Taken)
    assert "changed" in sent.remark


def test_an_image_whose_coding_the_pacs_does_not_take_is_not_transcoded(
    answering: Callable[[int], PacsAddress], phantom_visit: ParticipantTruth, tmp_path: Path
) -> None:
    taken, refused = send(answering(0), [phantom_visit.files[0], phantom_visit.files[3]], tmp_path)
    assert isinstance(taken, Taken)
    assert isinstance(refused, NotTaken)
    assert "coding" in refused.why


def test_an_image_that_a_web_pacs_calls_both_stored_and_failed_is_not_taken(phantom_visit: ParticipantTruth) -> None:
    one = outgoing(phantom_visit.files[0])
    assert isinstance(one, Outgoing)
    item = {"00081155": {"Value": [one.sop_instance_uid]}, "00081197": {"Value": [0xA700]}}
    told = {"00081199": {"Value": [item]}, "00081198": {"Value": [item]}}
    assert isinstance(_judged(told, [one])[one.path], NotTaken)


def test_originals_are_untouched(orthanc: Orthanc, phantom_visit: ParticipantTruth, tmp_path: Path) -> None:
    copy = shutil.copy(phantom_visit.files[0], tmp_path / "one.dcm")
    before = Path(copy).read_bytes()
    send(orthanc.address, [Path(copy)], tmp_path)
    assert Path(copy).read_bytes() == before


def test_originals_are_staged_in_the_folder_that_was_given_and_nothing_stays(
    phantom_visit: ParticipantTruth, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    staged = []

    def told(_: evt.Event) -> int:
        staged.extend(path.parent.parent for path in tmp_path.rglob("*.dcm"))
        return 0

    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "no-such-folder"))  # the system's would not do
    entity = AE("JUDGE")
    entity.add_supported_context("1.2.840.10008.5.1.4.1.1.6.1", "1.2.840.10008.1.2.1")
    server = entity.start_server(("127.0.0.1", 0), block=False, evt_handlers=[(evt.EVT_C_STORE, told)])
    try:
        sent = send(PacsAddress("JUDGE", "127.0.0.1", server.server_address[1]), [phantom_visit.files[0]], tmp_path)
    finally:
        server.shutdown()
    assert isinstance(sent[0], Taken)
    assert staged == [tmp_path]
    assert list(tmp_path.iterdir()) == []
