"""The PACS's test of the connection: DCMTK's echoscu calls our port, plain and over TLS, and is told of."""
from __future__ import annotations

import socket
import ssl
import subprocess
import time
from dataclasses import replace
from pathlib import Path

import pytest
from certificates import Authority, Issued, tls_files
from peers import Orthanc, free_port

from dicom_io.errors import PacsFailed
from dicom_io.pacs.address import PacsAddress
from dicom_io.pacs.listening import Caller, EchoListener, listening
from tools.dcmtk import dcmtk


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("listening"))


@pytest.fixture
def open_to_all() -> PacsAddress:
    return PacsAddress("PACS", "127.0.0.1", 104, "INJLOG", free_port())


@pytest.fixture
def guarded(open_to_all: PacsAddress, authority: Authority) -> PacsAddress:
    return replace(open_to_all, tls=tls_files(authority, authority.issue(f"us-{free_port()}")))


def call(port: int, *options: str) -> int:
    """DCMTK's echoscu; its exit code."""
    words = ["-to", "5", "-ta", "5", "-aet", "CALLER", "-aec", "INJLOG", *options, "127.0.0.1", str(port)]
    return subprocess.run([dcmtk("echoscu"), *words], capture_output=True, timeout=60, check=False).returncode


def shown_by(one: Issued, trusted: Path) -> tuple[str, ...]:
    return ("+tls", str(one.key), str(one.certificate), "+cf", str(trusted))


def next_caller(listener: EchoListener) -> Caller:
    return next(listener.callers_for(10))


def test_the_pacs_is_answered_and_told_of_with_its_titles(open_to_all: PacsAddress) -> None:
    with listening(open_to_all) as listener:
        assert call(open_to_all.listen_port) == 0
        assert next_caller(listener) == Caller("CALLER", "INJLOG", "127.0.0.1", True)
    assert call(open_to_all.listen_port) != 0


def test_orthanc_tests_the_connection(orthanc: Orthanc) -> None:
    with listening(orthanc.address) as listener:
        orthanc.rest("POST", "/modalities/us/echo", b"{}")
        assert next_caller(listener).calling_aet == "ORTHANC"


def test_who_asks_for_something_else_is_told_of_and_gets_nothing(open_to_all: PacsAddress) -> None:
    words = [dcmtk("findscu"), "-S", "-k", "QueryRetrieveLevel=STUDY", "-aet", "SENDER", "-aec", "OTHER"]
    with listening(open_to_all) as listener:
        asked = subprocess.run(
            [*words, "127.0.0.1", str(open_to_all.listen_port)], capture_output=True, timeout=60, check=False
        )
        assert asked.returncode != 0
        caller = next_caller(listener)
    assert (caller.calling_aet, caller.called_aet, caller.echoed) == ("SENDER", "OTHER", False)
    assert "C-ECHO" in caller.why


def test_a_port_in_use_is_said(open_to_all: PacsAddress) -> None:
    with socket.create_server(("127.0.0.1", open_to_all.listen_port)), pytest.raises(PacsFailed, match="listen_port"):
        listening(open_to_all).__enter__()


def test_over_tls_a_caller_with_a_certificate_is_answered(guarded: PacsAddress, authority: Authority) -> None:
    with listening(guarded) as listener:
        assert call(guarded.listen_port, *shown_by(authority.issue("caller"), authority.ca)) == 0
        assert next_caller(listener).echoed


def test_over_tls_nobody_else_is_answered(
    guarded: PacsAddress, authority: Authority, tmp_path: Path
) -> None:
    rogue = Authority(tmp_path, "rogue").issue("caller")
    with listening(guarded) as listener:
        for options, said in (
            ((), "without TLS"),
            (("+tla", "-ic"), "no certificate"),
            (shown_by(rogue, authority.ca), "no authority that we trust"),
            (shown_by(authority.issue("past", days=(-9, -1)), authority.ca), "expired"),
        ):
            assert call(guarded.listen_port, *options) != 0
            caller = next_caller(listener)
            assert not caller.echoed
            assert said in caller.why


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
def test_an_old_version_of_tls_is_not_answered(guarded: PacsAddress) -> None:
    old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    old.check_hostname, old.verify_mode = False, ssl.CERT_NONE
    old.set_ciphers("ALL:@SECLEVEL=0")
    old.minimum_version, old.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
    place = ("127.0.0.1", guarded.listen_port)
    with listening(guarded), socket.create_connection(place) as plain, pytest.raises(ssl.SSLError):
        old.wrap_socket(plain)


def test_silent_connections_keep_nobody_else_out(guarded: PacsAddress, authority: Authority) -> None:
    caller = authority.issue("prompt")
    with listening(guarded):
        silent = [socket.create_connection(("127.0.0.1", guarded.listen_port)) for _ in range(5)]
        began = time.monotonic()
        assert call(guarded.listen_port, *shown_by(caller, authority.ca)) == 0
        assert time.monotonic() - began < 5
        for one in silent:
            one.close()
