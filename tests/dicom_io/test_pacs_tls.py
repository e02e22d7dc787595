"""TLS to a PACS: what is safe connects, and each thing that is not has its own sentence. DCMTK and Orthanc are peers.

Where they cannot be wrong enough (an old version, a silent hand-shake), a socket of Python is.
"""
from __future__ import annotations

import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import pytest
from certificates import Authority, Issued, tls_files
from cryptography.hazmat.primitives import serialization
from peers import free_port, start_orthanc, stop, wait_for

from dicom_io.errors import PacsError, PacsNotSafe, PacsRefused, PacsStalled
from dicom_io.pacs.address import PacsAddress, TlsFiles
from dicom_io.pacs.echo import echo
from dicom_io.pacs.find import StudyQuery, find_studies
from dicom_io.pacs.pull import Pull
from dicom_io.pacs.tls import listening_tls_context
from dicom_io.pacs.ways import GetOnly, MoveOnly
from dicom_io.phantom import ParticipantTruth
from tools.dcmtk import dcmtk


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """An authority that nobody here trusts."""
    return Authority(tmp_path_factory.mktemp("stranger"), "another authority")


@pytest.fixture(scope="module")
def ours(authority: Authority) -> Issued:
    return authority.issue("ours")


@contextmanager
def dcmtk_peer(folder: Path, *options: str) -> Iterator[int]:
    """DCMTK's storescp on a free port, which answers an echo."""
    port = free_port()
    peer = subprocess.Popen(
        [dcmtk("storescp"), *options, "-od", str(folder), str(port)],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )
    try:
        until = time.monotonic() + 20
        while time.monotonic() < until:
            with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            time.sleep(0.05)
        yield port
    finally:
        peer.kill()
        peer.wait()


def with_tls(shown: Issued, *options: str) -> tuple[str, ...]:
    return ("+tls", str(shown.key), str(shown.certificate), *options)


@contextmanager
def python_peer(context: ssl.SSLContext | None) -> Iterator[int]:
    """A socket that shakes hands over TLS and no more; without a context it takes connections and is silent."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            while True:
                try:
                    plain, _ = server.accept()
                except OSError:
                    return
                kept.append(plain)
                if context is not None:
                    with suppress(OSError):
                        kept.append(context.wrap_socket(plain, server_side=True))

        kept: list[socket.socket] = []
        threading.Thread(target=serve, daemon=True).start()
        yield server.getsockname()[1]
        for one in kept:
            one.close()


def context_of(issued: Issued, lowest: ssl.TLSVersion, highest: ssl.TLSVersion, ciphers: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_ciphers(ciphers)
    context.minimum_version, context.maximum_version = lowest, highest
    context.load_cert_chain(issued.certificate, issued.key)
    return context


def address_of(port: int, tls: TlsFiles | None, host: str = "localhost") -> PacsAddress:
    return PacsAddress("ANY", host, port, tls=tls)


def refusal(port: int, tls: TlsFiles | None) -> PacsError:
    with pytest.raises(PacsError) as refused:
        echo(address_of(port, tls))
    return refused.value


def test_both_show_a_certificate_and_the_echo_is_answered(authority: Authority, ours: Issued, tmp_path: Path) -> None:
    with dcmtk_peer(tmp_path, *with_tls(authority.issue("pacs"), "+cf", str(authority.ca))) as port:
        echo(address_of(port, tls_files(authority, ours)))
        echo(address_of(port, tls_files(authority, ours), "127.0.0.1"))


def test_orthanc_is_searched_over_tls(authority: Authority, ours: Issued, tmp_path: Path) -> None:
    pacs = authority.issue("orthanc")
    address = PacsAddress(
        "ORTHANC", "localhost", free_port(), listen_port=free_port(), tls=tls_files(authority, ours)
    )
    running = start_orthanc(
        tmp_path, address, free_port(), DicomTlsEnabled=True, DicomTlsCertificate=str(pacs.certificate),
        DicomTlsPrivateKey=str(pacs.key), DicomTlsTrustedCertificates=str(authority.ca),
    )
    try:
        wait_for(running)
        assert find_studies(address, StudyQuery()) == ()
        with pytest.raises(PacsNotSafe, match="wants a certificate of this computer"):
            echo(replace(address, tls=tls_files(authority)))
    finally:
        stop(running)


@pytest.mark.parametrize("way", [GetOnly(), MoveOnly()])
def test_a_study_comes_over_tls_and_the_pacs_calls_us_over_tls(
    way: GetOnly | MoveOnly, authority: Authority, ours: Issued, phantom_visit: ParticipantTruth, tmp_path: Path
) -> None:
    pacs = authority.issue("mover")
    address = PacsAddress(
        "MOVER", "127.0.0.1", free_port(), listen_port=free_port(), tls=tls_files(authority, ours)
    )
    us = {"AET": "INJLOG", "Host": "127.0.0.1", "Port": address.listen_port, "UseDicomTls": True}
    running = start_orthanc(
        tmp_path, address, free_port(), DicomTlsEnabled=True, DicomTlsCertificate=str(pacs.certificate),
        DicomTlsPrivateKey=str(pacs.key), DicomTlsTrustedCertificates=str(authority.ca),
        DicomModalities={"us": {**us, "AllowGet": True, "AllowMove": True, "AllowFind": True}},
    )
    try:
        wait_for(running)
        for file in phantom_visit.files[:2]:
            running.rest("POST", "/instances", file.read_bytes())
        study = phantom_visit.visits[0].study_instance_uid
        result = Pull.start(address, study, tmp_path / "images", way=way).result()
    finally:
        stop(running)
    assert (result.complete, len(result.kept)) == (True, 2)


@pytest.fixture(
    params=["tls_expired", "tls_not_yet_valid", "tls_wrong_host", "tls_untrusted", "tls_self_signed"]
)
def wrong(request: pytest.FixtureRequest, authority: Authority, stranger: Authority) -> tuple[str, Issued]:
    """One way in which a PACS's certificate is wrong: the code of its refusal, and the certificate."""
    made = {
        "tls_expired": lambda: authority.issue("expired", days=(-30, -1)),
        "tls_not_yet_valid": lambda: authority.issue("early", days=(2, 30)),
        "tls_wrong_host": lambda: authority.issue("elsewhere", host="other.example"),
        "tls_untrusted": lambda: stranger.issue("untrusted"),
        "tls_self_signed": lambda: authority.self_signed("alone"),
    }
    return request.param, made[request.param]()


def test_a_wrong_certificate_of_the_pacs_is_refused(
    wrong: tuple[str, Issued], authority: Authority, ours: Issued, tmp_path: Path
) -> None:
    code, shown = wrong
    with dcmtk_peer(tmp_path, *with_tls(shown, "-ic")) as port:
        refused = refusal(port, tls_files(authority, ours))
    assert isinstance(refused, PacsNotSafe)
    assert refused.code == code


def test_a_revoked_certificate_of_the_pacs_is_refused(authority: Authority, ours: Issued, tmp_path: Path) -> None:
    shown = authority.issue("revoked")
    listed = replace(tls_files(authority, ours), ca=str(authority.revoke(shown)))
    with dcmtk_peer(tmp_path, *with_tls(shown, "-ic")) as port:
        echo(address_of(port, tls_files(authority, ours)))
        assert refusal(port, listed).code == "tls_revoked"


def test_a_pacs_that_wants_our_certificate_says_so_in_words(
    authority: Authority, stranger: Authority, tmp_path: Path
) -> None:
    with dcmtk_peer(tmp_path, *with_tls(authority.issue("strict"), "+cf", str(authority.ca))) as port:
        assert refusal(port, tls_files(authority)).code == "tls_certificate_wanted"
        not_known = replace(tls_files(stranger, stranger.issue("rogue")), ca=str(authority.ca))
        assert refusal(port, not_known).code == "tls_ours_refused"


def test_a_plain_pacs_is_named_as_one(authority: Authority, ours: Issued, tmp_path: Path) -> None:
    with dcmtk_peer(tmp_path) as port:
        assert refusal(port, tls_files(authority, ours)).code in ("tls_plain_peer", "tls_closed")


def test_a_pacs_that_expects_tls_is_named_as_one(authority: Authority, tmp_path: Path) -> None:
    with dcmtk_peer(tmp_path, *with_tls(authority.issue("expecting"), "+cf", str(authority.ca))) as port:
        refused = refusal(port, None)
    assert isinstance(refused, PacsRefused)
    assert refused.code == "tls_expected"


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
def test_an_old_version_of_tls_is_refused(authority: Authority, ours: Issued) -> None:
    old = context_of(authority.issue("old"), ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1, "ALL:@SECLEVEL=0")
    with python_peer(old) as port:
        assert refusal(port, tls_files(authority, ours)).code == "tls_old"


def test_a_cipher_without_forward_secrecy_is_refused(authority: Authority, ours: Issued) -> None:
    weak = context_of(authority.issue("weak"), ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_2, "AES128-GCM-SHA256")
    with python_peer(weak) as port:
        assert refusal(port, tls_files(authority, ours)).code == "tls_no_common_cipher"


def test_a_peer_that_is_silent_in_the_hand_shake_ends_within_ten_seconds(authority: Authority) -> None:
    began = time.monotonic()
    with python_peer(None) as port:
        refused = refusal(port, tls_files(authority))
    assert isinstance(refused, PacsStalled)
    assert refused.code == "tls_stalled"
    assert time.monotonic() - began < 10


def test_tls_1_3_is_spoken_where_the_peer_can(authority: Authority, ours: Issued) -> None:
    address = PacsAddress("ANY", "127.0.0.1", 104, tls=tls_files(authority, ours))
    newest = context_of(authority.issue("new"), ssl.TLSVersion.TLSv1_3, ssl.TLSVersion.TLSv1_3, "ALL")
    with python_peer(newest) as port:
        # It shakes hands and says nothing more: the hand-shake is not what fails.
        impatient = replace(address, port=port, time_outs=replace(address.time_outs, acse=1.0))
        with pytest.raises(PacsStalled, match="stopped answering"):
            echo(impatient)


def test_our_own_files_are_checked_before_anything_is_called(
    authority: Authority, ours: Issued, tmp_path: Path
) -> None:
    other, locked = authority.issue("other"), tmp_path / "locked.key"
    key = serialization.load_pem_private_key(ours.key.read_bytes(), None)
    locked.write_bytes(key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.BestAvailableEncryption(b"word")
    ))
    good = tls_files(authority, ours)
    wrong = {
        "tls_key_mismatch": replace(good, key=str(other.key)),
        "tls_key_locked": replace(good, key=str(locked)),
        "tls_file_unreadable": replace(good, certificate=str(tmp_path / "gone.crt")),
        "tls_file_unusable": replace(good, ca=str(ours.key)),
    }
    for code, files in wrong.items():
        assert refusal(1, files).code == code
    with pytest.raises(PacsNotSafe, match="ca"):
        listening_tls_context(address_of(1, TlsFiles()))
