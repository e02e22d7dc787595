"""DICOMweb over TLS with a certificate of ours and a password: fetched, or said what is wrong.

Orthanc asks for the password; TLS ends at a door of a few lines before it, because Debian's Orthanc 1.10 falls over
the first request that comes with a client certificate.
"""
from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from certificates import Authority, tls_files
from peers import Orthanc, start_web_orthanc, stop, wait_for

from dicom_io.errors import PacsNotSafe, PacsRefused
from dicom_io.pacs.address import TlsFiles
from dicom_io.pacs.find import StudyQuery
from dicom_io.pacs.pull import Pull
from dicom_io.pacs.ways import ByWeb
from dicom_io.pacs.web_address import BasicSignIn, NoSignIn, WebAddress
from dicom_io.pacs.web_search import find_studies_by_web
from dicom_io.phantom import ParticipantTruth


@dataclass(frozen=True)
class Guarded:
    """An Orthanc behind TLS and a password, the address that is let in, and who vouches."""

    orthanc: Orthanc
    address: WebAddress
    authority: Authority


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory, phantom_visit: ParticipantTruth) -> Iterator[Guarded]:
    folder = tmp_path_factory.mktemp("orthanc-tls")
    authority = Authority(folder)
    server, ours = authority.issue("pacs"), authority.issue("injlog")
    password = folder / "password"
    password.write_text("reader:a word\n", encoding="utf-8")
    password.chmod(0o600)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(server.certificate, server.key)
    context.load_verify_locations(authority.ca)
    context.verify_mode = ssl.CERT_REQUIRED
    running = start_web_orthanc(folder, AuthenticationEnabled=True, RegisteredUsers={"reader": "a word"})
    with socket.create_server(("", 0)) as door:
        threading.Thread(target=_guard, args=(door, context, running.http_port), daemon=True).start()
        root = f"https://localhost:{door.getsockname()[1]}/dicom-web"
        try:
            wait_for(running)
            running.store(phantom_visit.files)
            yield Guarded(running, WebAddress(root, BasicSignIn(str(password)), tls_files(authority, ours)), authority)
        finally:
            stop(running)


def _guard(door: socket.socket, context: ssl.SSLContext, http_port: int) -> None:
    with suppress(OSError):
        while True:
            threading.Thread(target=_let_in, args=(door.accept()[0], context, http_port), daemon=True).start()


def _let_in(caller: socket.socket, context: ssl.SSLContext, http_port: int) -> None:
    with (
        suppress(OSError),
        context.wrap_socket(caller, server_side=True) as inside,
        socket.create_connection(("127.0.0.1", http_port)) as orthanc,
    ):
        threading.Thread(target=_copy, args=(orthanc, inside), daemon=True).start()
        _copy(inside, orthanc)


def _copy(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
    with suppress(OSError):
        target.shutdown(socket.SHUT_RDWR)


def test_a_study_comes_over_tls_with_a_certificate_and_a_password(
    guarded: Guarded, phantom_visit: ParticipantTruth, tmp_path: Path
) -> None:
    study = phantom_visit.visits[0].study_instance_uid
    result = Pull.start(guarded.orthanc.address, study, tmp_path, way=ByWeb(guarded.address)).result()
    assert (result.complete, result.trouble) == (True, "")


def test_without_a_password_it_is_not_allowed(guarded: Guarded) -> None:
    with pytest.raises(PacsRefused, match="check the sign-in"):
        find_studies_by_web(replace(guarded.address, sign_in=NoSignIn()), StudyQuery())


def test_without_our_certificate_there_is_no_connection(guarded: Guarded) -> None:
    with pytest.raises(PacsNotSafe, match="certificate"):
        find_studies_by_web(replace(guarded.address, tls=TlsFiles(ca=guarded.address.tls.ca)), StudyQuery())


def test_a_server_that_nobody_we_trust_vouches_for_is_not_talked_to(guarded: Guarded, tmp_path: Path) -> None:
    other = tls_files(Authority(tmp_path, "another authority"))
    with pytest.raises(PacsNotSafe, match="vouches"):
        find_studies_by_web(replace(guarded.address, tls=other), StudyQuery())


def test_a_certificate_for_another_host_is_refused(guarded: Guarded) -> None:
    elsewhere = replace(guarded.address, root_url=guarded.address.root_url.replace("localhost", "127.0.0.2"))
    with pytest.raises(PacsNotSafe, match="another computer"):
        find_studies_by_web(elsewhere, StudyQuery())
