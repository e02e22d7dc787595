"""DICOMweb against a real Orthanc: found, fetched as stored, complete or said to be incomplete; and bad servers."""
from __future__ import annotations

import itertools
import json
import socket
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from peers import PEER_DAY, Orthanc, free_port
from stalls import Ending, endings

from dicom_io.errors import PacsError, PacsFailed, PacsNotSafe, PacsStalled, PacsUnreachable
from dicom_io.pacs import web_search
from dicom_io.pacs.address import AddressMalformed
from dicom_io.pacs.find import ImageReference, StudyQuery, find_images
from dicom_io.pacs.pull import Pull
from dicom_io.pacs.receiving import Receiver
from dicom_io.pacs.time_outs import TimeOuts
from dicom_io.pacs.ways import ByWeb
from dicom_io.pacs.web_address import BasicSignIn, TokenSignIn, WebAddress
from dicom_io.pacs.web_retrieval import retrieve_by_web
from dicom_io.pacs.web_search import find_images_by_web, find_studies_by_web
from dicom_io.phantom import ParticipantTruth
from dicom_io.reading import digest_file

DAY = PEER_DAY.strftime("%Y%m%d")
Answering = Callable[[socket.socket], None]


@contextmanager
def server_that(answers: Answering) -> Iterator[WebAddress]:
    """A web server of a few lines that does to each connection what it is told."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            with suppress(OSError):
                while True:
                    connection, _ = server.accept()
                    threading.Thread(target=quietly, args=(connection,), daemon=True).start()

        def quietly(connection: socket.socket) -> None:
            with suppress(OSError), connection:
                connection.recv(65536)
                answers(connection)

        threading.Thread(target=serve, daemon=True).start()
        yield WebAddress(f"http://127.0.0.1:{server.getsockname()[1]}/dicom-web")


def test_studies_are_found_by_day(web_orthanc: Orthanc, phantom_visit: ParticipantTruth) -> None:
    found = find_studies_by_web(WebAddress(web_orthanc.web_root), StudyQuery(DAY, DAY))
    assert [study.study_instance_uid for study in found] == [phantom_visit.visits[0].study_instance_uid]
    assert (found[0].study_date, found[0].modalities, found[0].instances) == (DAY, ("US",), 8)
    assert found[0].identity.patient_id == phantom_visit.patient_id


def test_a_day_without_studies_is_an_empty_list(web_orthanc: Orthanc) -> None:
    assert find_studies_by_web(WebAddress(web_orthanc.web_root), StudyQuery("19990101", "19990101")) == ()


def test_both_ways_name_the_same_images(web_orthanc: Orthanc, phantom_visit: ParticipantTruth) -> None:
    uid = phantom_visit.visits[0].study_instance_uid
    by_web = find_images_by_web(WebAddress(web_orthanc.web_root), uid)
    assert set(by_web) == set(find_images(web_orthanc.address, uid))


def test_a_study_arrives_complete_and_as_it_is_stored(
    web_orthanc: Orthanc, phantom_visit: ParticipantTruth, tmp_path: Path
) -> None:
    uid = phantom_visit.visits[0].study_instance_uid
    way = ByWeb(WebAddress(web_orthanc.web_root))
    pull = Pull.start(web_orthanc.address, uid, tmp_path, way=way)
    steps = list(pull.progress())
    result = pull.result()
    assert (result.complete, result.trouble) == (True, "")
    sent = {digest_file(path).data_set for path in phantom_visit.files}
    assert {kept.admission.digests.data_set for kept in result.kept} == sent
    assert [step.received for step in steps] == list(range(1, 9))
    assert steps[-1].bytes_per_second > 0


def test_a_study_that_is_not_there_is_an_error_in_words(web_orthanc: Orthanc, tmp_path: Path) -> None:
    pull = Pull.start(web_orthanc.address, "2.25.404", tmp_path, way=ByWeb(WebAddress(web_orthanc.web_root)))
    with pytest.raises(PacsFailed, match="no ultrasound images"):
        pull.result()


def test_a_wrong_path_is_told_from_a_missing_study(web_orthanc: Orthanc) -> None:
    wrong = WebAddress(web_orthanc.web_root.replace("dicom-web", "elsewhere"))
    with pytest.raises(PacsFailed, match="check the web address"):
        find_studies_by_web(wrong, StudyQuery())


def test_a_server_that_is_off_is_unreachable() -> None:
    with pytest.raises(PacsUnreachable):
        find_studies_by_web(WebAddress(f"http://127.0.0.1:{free_port()}/dicom-web"), StudyQuery())


def _drip_headers(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\n")
    while True:
        connection.sendall(b"X-More: 1\r\n")
        time.sleep(0.5)


def _drip_body(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n[")
    while True:
        connection.sendall(b" ")
        time.sleep(0.5)


def _silent(connection: socket.socket) -> None:
    connection.recv(1)


@pytest.fixture(scope="module")
def stalled() -> dict[str, Ending]:
    def ask(answers: Answering) -> object:
        with server_that(answers) as address:
            return find_studies_by_web(address, StudyQuery())

    servers = {"silent": _silent, "headers for ever": _drip_headers, "a body for ever": _drip_body}
    return endings({name: partial(ask, answers) for name, answers in servers.items()})


@pytest.mark.parametrize("server", ["silent", "headers for ever", "a body for ever"])
def test_a_server_that_stops_answering_is_an_error_within_ten_seconds(
    stalled: dict[str, Ending], server: str
) -> None:
    assert isinstance(stalled[server].error, PacsStalled)
    assert "stopped answering" in str(stalled[server].error)
    assert stalled[server].seconds < 10


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n", "points to another"),
        (b"HTTP/1.1 200 OK\r\nContent-Ty", "closed the connection"),
        (b"HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n", "does not allow"),
        (b"HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n", "HTTP 500"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n[[[[", "DICOM JSON"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\n[]", "closed the connection"),
        (b"220 mail.example.org ESMTP\r\n", "closed the connection|does not answer as"),
    ],
)
def test_a_bad_answer_is_one_sentence(said: bytes, words: str) -> None:
    with server_that(lambda connection: connection.sendall(said)) as address, pytest.raises(PacsError, match=words):
        find_studies_by_web(address, StudyQuery())


def _drip_chunk_head(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;x=")
    while True:
        connection.sendall(b"y")
        time.sleep(0.2)


def _trailers_without_end(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n[]\r\n0\r\n")
    while True:
        connection.sendall(b"X-More: 1\r\n" * 100)


@pytest.mark.parametrize("answers", [_drip_chunk_head, _trailers_without_end])
def test_what_only_the_library_reads_of_an_answer_has_its_time_too(answers: Answering) -> None:
    began = time.monotonic()
    with server_that(answers) as address, pytest.raises(PacsStalled, match="stopped answering"):
        find_studies_by_web(replace(address, time_outs=TimeOuts(dimse=1)), StudyQuery())
    assert time.monotonic() - began < 4


def test_all_pages_of_a_search_together_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    pages = itertools.count()

    def page_after_page(connection: socket.socket) -> None:
        told = json.dumps([{"0020000D": {"Value": [f"2.25.{next(pages)}"]}, "00081030": {"Value": ["x" * 2**18]}}])
        head = f"HTTP/1.1 200 OK\r\nWarning: 299\r\nContent-Length: {len(told)}\r\n\r\n"
        connection.sendall((head + told).encode())

    monkeypatch.setattr(web_search, "MOST_JSON_BYTES", 2**20)
    with server_that(page_after_page) as address, pytest.raises(PacsFailed, match="search less"):
        find_studies_by_web(address, StudyQuery(modality=""))


@pytest.mark.parametrize(
    ("tag", "value"), [("00201208", "9" * 5000), ("00081030", "\x1b[2J\u202e"), ("00100020", "\ud800")]
)
def test_a_hostile_value_in_an_answer_is_safe_to_show_and_stops_nothing(tag: str, value: str) -> None:
    told = json.dumps([{"0020000D": {"Value": ["2.25.1"]}, tag: {"Value": [value]}}]).encode()
    said = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(told), told)
    with server_that(lambda connection: connection.sendall(said)) as address:
        (study,) = find_studies_by_web(address, StudyQuery())
    assert study.instances is None
    assert (study.description + study.identity.patient_id).replace("\ufffd", "") in ("", "[2J")


def test_what_stands_behind_the_image_in_an_answer_is_not_read_for_ever(tmp_path: Path) -> None:
    def endless(connection: socket.socket) -> None:
        head = b"HTTP/1.1 200 OK\r\nContent-Type: multipart/related; boundary=b\r\n\r\n"
        connection.sendall(head + b"--b\r\n\r\n" + bytes(200) + b"\r\n--b--")
        while True:
            connection.sendall(bytes(65536))

    came: list[str] = []
    receiver = SimpleNamespace(disk_full=False, take=lambda uid, _: came.append(uid))
    with server_that(endless) as address, pytest.MonkeyPatch.context() as patch:
        patch.setattr(tempfile, "tempdir", str(tmp_path))
        retrieve_by_web(address, "1.2", [ImageReference("1.3", "1.4", "")], cast("Receiver", receiver))
    assert came == ["1.4"]


def test_identifiers_of_a_hostile_server_never_become_part_of_a_request() -> None:
    body = b'[{"0020000E":{"vr":"UI","Value":["../../evil HTTP/1.1\\r\\nX: y"]}}]'
    said = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)
    with server_that(lambda connection: connection.sendall(said)) as address:
        assert find_images_by_web(address, "1.2.3") == ()


def test_a_password_file_that_others_may_read_is_refused(tmp_path: Path) -> None:
    secret = tmp_path / "password"
    secret.write_text("user:word")
    secret.chmod(0o644)
    with pytest.raises(PacsNotSafe, match="chmod 600"):
        BasicSignIn(str(secret)).header()
    secret.chmod(0o600)
    assert BasicSignIn(str(secret)).header() == "Basic dXNlcjp3b3Jk"
    secret.write_text("token\r\nX-Evil: 1")
    with pytest.raises(PacsNotSafe, match="has to hold"):
        TokenSignIn(str(secret)).header()


@pytest.mark.parametrize(
    "root", ["ftp://host/x", "https:///x", "https://user:word@host/", "https://host/x?y=1", "https://ho st/", "https://h:0x/"]
)
def test_what_is_no_web_address_is_refused(root: str) -> None:
    with pytest.raises(AddressMalformed):
        WebAddress(root)


def test_a_secret_never_travels_over_a_plain_connection_to_another_computer() -> None:
    with pytest.raises(AddressMalformed, match="https"):
        WebAddress("http://pacs.example.org/dicom-web", TokenSignIn("file"))
