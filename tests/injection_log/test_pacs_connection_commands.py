"""`pacs listen`, `pacs card` and `pacs worklist` as people and scripts use them, and what `doctor` says of a PACS."""
from __future__ import annotations

import json
import re
import subprocess
import threading
from pathlib import Path

import pytest
import typer
from certificates import Authority
from peers import free_port, start_orthanc, stop, wait_for
from pypdf import PdfReader
from typer.testing import CliRunner, Result
from worklists import WORKLIST_PLUGIN, Planned, write_worklist

from dicom_io.errors import PacsNotSafe
from dicom_io.pacs.address import PacsAddress, TlsFiles
from dicom_io.pacs.tls import calling_tls_context
from dicom_io.transfer_syntaxes import TRANSFER_SYNTAXES
from injection_log.cli.pacs import add_pacs_commands
from injection_log.doctor import Finding, examine
from injection_log.home import Home
from injection_log.site import Site
from tools.dcmtk import dcmtk


def run(*words: str, typed: str = "") -> Result:
    app = typer.Typer()
    add_pacs_commands(app)
    return CliRunner().invoke(app, ["pacs", *words], input=typed)


@pytest.fixture
def secured(tmp_path: Path) -> Path:
    """A home whose PACS is called over TLS; nothing listens there."""
    authority = Authority(tmp_path / "authority")
    ours = authority.issue("ours")
    ours.key.chmod(0o600)
    home = tmp_path / "home"
    home.mkdir(exist_ok=True)
    (home / "settings.toml").write_text(
        f'[pacs.rh]\naddress = "dicoms://RHPACS@127.0.0.1:{free_port()}"\ncalling_aet = "OURS"\nway = "get"\n'
        f'listen_port = {free_port()}\nlisten_host = "127.0.0.1"\nworklist = "dicom://RIS@127.0.0.1:105"\n'
        f'[pacs.rh.tls]\nca = "{authority.ca}"\ncertificate = "{ours.certificate}"\nkey = "{ours.key}"\n'
    )
    return home


def finding(home: Path, check: str) -> Finding:
    return next(one for one in examine(Home(home)) if one.check == check)


def test_listen_waits_for_the_pacs_and_says_who_called(tmp_path: Path) -> None:
    port = free_port()
    settings = f'[pacs]\naddress = "dicom://PACS@127.0.0.1:1"\nlisten_port = {port}\n'
    (tmp_path / "settings.toml").write_text(settings)
    words = [dcmtk("echoscu"), "-aet", "OTHER", "-aec", "MISTYPED", "127.0.0.1", str(port)]
    caller = threading.Timer(1.0, subprocess.run, (words,), {"capture_output": True, "timeout": 30, "check": False})
    caller.start()
    done = run("listen", "--seconds", "4", "--home", str(tmp_path))
    caller.join()
    assert done.exit_code == 0
    assert "OTHER at 127.0.0.1 called MISTYPED and was answered" in done.output
    assert "Our title is INJLOG" in done.output
    assert "We know it as PACS" in done.output


def test_listen_in_vain_says_what_to_check(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text(f'[pacs]\naddress = "dicom://A@127.0.0.1:1"\nlisten_port = {free_port()}\n')
    done = run("listen", "--seconds", "1", "--home", str(tmp_path), "--json")
    assert done.exit_code == 1
    assert json.loads(done.stdout) == []
    assert "firewall" in done.stderr


def test_the_card_has_what_an_administrator_asks_for(secured: Path) -> None:
    text = run("card", "--home", str(secured)).stdout
    fingerprint = finding(secured, "certificate").found.split()[-1]
    for fact in (
        "OURS", "127.0.0.1", "RHPACS", "TLS", fingerprint, "RIS", "C-ECHO", "C-FIND", "C-GET", "C-MOVE", "C-STORE",
        "Modality Worklist", "1.2.840.10008.5.1.4.1.1.3.1", "JPEG Baseline",
    ):
        assert fact in text, fact


def test_the_card_names_both_that_wait_for_the_test_of_the_pacs(secured: Path) -> None:
    text = run("card", "--home", str(secured)).stdout
    assert "while the connection page of our window, or 'injection-log pacs listen', waits for it" in text


def test_the_card_names_apart_the_codings_that_are_refused(secured: Path) -> None:
    facts = json.loads(run("card", "--home", str(secured), "--json").stdout)
    taken, refused = (facts[name] for name in facts if name.startswith("Codings"))
    assert {one.uid for one in TRANSFER_SYNTAXES.values()} == {
        uid for rows in (taken, refused) for uids in rows.values() for uid in uids.split(", ")
    }
    assert {"JPEG XL", "MPEG-4 video", "HEVC video"} <= set(refused)
    assert not set(taken) & set(refused)
    assert "JPEG Baseline" in taken


def test_the_card_leaves_no_half_page_empty(secured: Path, tmp_path: Path) -> None:
    done = run("card", "--home", str(secured), "--pdf", str(tmp_path), "--json")
    pages = PdfReader(json.loads(done.stdout)["written"][0]).pages
    assert "received, then refused" in pages[0].extract_text()


def test_the_card_can_be_printed(secured: Path, tmp_path: Path) -> None:
    done = run("card", "--home", str(secured), "--pdf", str(tmp_path / "out"), "--json")
    pages = PdfReader(json.loads(done.stdout)["written"][0]).pages
    text = " ".join(" ".join(page.extract_text() for page in pages).split())
    assert "OURS" in text
    assert "Verification (C-ECHO)" in text


def test_doctor_shows_the_settings_of_a_pacs_and_its_certificate(secured: Path) -> None:
    assert "does not answer" in finding(secured, "PACS").found
    own = finding(secured, "certificate")
    assert own.ok
    assert "valid until" in own.found


def test_doctor_finds_a_key_that_others_may_read(secured: Path, tmp_path: Path) -> None:
    next(tmp_path.rglob("ours.key")).chmod(0o644)
    own = finding(secured, "certificate")
    assert not own.ok
    assert "chmod 600" in own.do


def test_doctor_finds_a_key_of_another_certificate(secured: Path, tmp_path: Path) -> None:
    key = next(tmp_path.rglob("ours.key"))
    key.write_bytes(Authority(tmp_path / "else").issue("other").key.read_bytes())
    assert "issued together" in finding(secured, "certificate").do


@pytest.mark.parametrize("gone", ["ca.pem", "ours.crt", "ours.key"])
def test_a_tls_file_that_is_not_there_is_named_with_the_path_tried(tmp_path: Path, gone: str) -> None:
    authority = Authority(tmp_path / "authority")
    ours = authority.issue("ours")
    files = {"ca.pem": authority.ca, "ours.crt": ours.certificate, "ours.key": ours.key} | {gone: tmp_path / gone}
    tls = TlsFiles(*(str(files[name]) for name in ("ca.pem", "ours.crt", "ours.key")))
    with pytest.raises(PacsNotSafe, match=re.escape(str(tmp_path / gone))):
        calling_tls_context(PacsAddress("PACS", "127.0.0.1", 1, tls=tls))


def test_the_worklist_names_no_patient(site: Site, tmp_path: Path) -> None:
    if not WORKLIST_PLUGIN.exists():
        pytest.skip("Orthanc's worklist plugin is not installed (apt-get install orthanc)")
    write_worklist(tmp_path / "wl", [Planned("010203-1234", "Hidden^Name", "UL spytkirtel")])
    address = PacsAddress("WL", "127.0.0.1", free_port(), listen_port=free_port())
    running = start_orthanc(
        tmp_path, address, free_port(), Plugins=[str(WORKLIST_PLUGIN)], DicomAlwaysAllowFindWorklist=True,
        Worklists={"Enable": True, "Database": str(tmp_path / "wl")},
    )
    words = (
        "worklist", "--home", str(site.home.root), "--pacs", address.text(), "--user", "injector", "--password-stdin",
        "--day", "2026-02-03", "--json",
    )
    try:
        wait_for(running)
        done = run(*words, typed="practice-injector\n")
    finally:
        stop(running)
    assert json.loads(done.stdout) == {"expected": [], "others": 1}
    assert "does not say which examinations" in done.stderr
    assert "Hidden" not in done.output
    assert "010203" not in done.output
