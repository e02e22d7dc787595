"""A folder that means harm, through the real command: good pictures are taken, the rest is named, nothing leaks."""
from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from bombs import EXPLICIT, element, header, plain_pixels, start

from dicom_io.errors import NotReadable
from dicom_io.gate import FIXED_WORDS, Gate
from dicom_io.phantom import ParticipantTruth
from dicom_io.strange_folder import LINK, NO_FILE
from injection_log.site import Site

pytestmark = pytest.mark.skipif(os.name == "nt", reason="links, pipes and such names are those of POSIX systems")
WORDS = FIXED_WORDS | {LINK, NO_FILE}
HOSTILE_NAMES = (
    "\x1b[2J\x1b]0;owned\x07.dcm", "a\nKept 99 pictures.dcm", "..\\..\\evil.dcm", "\u202emcd.exe", "CON", "aux.dcm",
    " ", "-rf", "~", "$(reboot)", "a" * 250, "%2e%2e%2fx", "...", "\x9b31mred",
    "\ud800.dcm".encode("utf-8", "surrogatepass"), b"\xff\xfe.dcm",
)  # fmt: skip


def run_import(site: Site, folder: Path | bytes, *more: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    """`injection-log import` as a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "injection_log", "import", folder, "--participant", "SMG-07", "--visit", "injection",
         "--user", "injector", "--password-stdin", "--home", str(site.home.root), *more],
        input="practice-injector\n" + stdin, capture_output=True, text=True, timeout=280, check=False,
    )  # fmt: skip


def kept_files(site: Site) -> list[Path]:
    """What lies in the store's image folder."""
    return sorted(path for path in site.home.images.rglob("*") if path.is_symlink() or not path.is_dir())


def tree(folder: Path) -> dict[bytes, tuple[int, int, bytes]]:
    """Everything under a folder as it is: mode, time of change, and content or target."""
    found = {}
    for here, folders, files in os.walk(os.fsencode(folder)):
        for name in (*folders, *files):
            path = os.path.join(here, name)
            state = os.lstat(path)
            content = os.readlink(path) if os.path.islink(path) else b""
            if os.path.isfile(path) and not os.path.islink(path):
                content = Path(os.fsdecode(path)).read_bytes()
            found[path] = (state.st_mode, state.st_mtime_ns, content)
    return found


@pytest.fixture
def stick(tmp_path: Path, phantom_visit: ParticipantTruth) -> Path:
    """A folder with two good pictures at its bottom."""
    folder = tmp_path / "stick" / "DICOM"
    folder.mkdir(parents=True)
    for number in (0, 1):
        shutil.copy(phantom_visit.files[number], folder / f"IM{number}")
    return folder.parent


def test_good_pictures_among_all_bad_ones_are_taken_and_each_bad_one_is_named(
    site: Site, stick: Path, shared_data: Path
) -> None:
    bad = sorted([*(shared_data / "bad").iterdir(), *(shared_data / "reports").iterdir()])
    with Gate() as gate:
        for path in bad:
            try:
                gate.admit(path)  # a picture of somebody else after all: see the next test
            except NotReadable:
                shutil.copy(path, stick)
    count = len([path for path in stick.iterdir() if path.is_file()])
    assert count > 50
    done = run_import(site, stick, "--same-person", "--json")
    facts = json.loads(done.stdout)
    assert (done.returncode, facts["kept"], facts["new"], len(facts["refused"])) == (0, 2, 2, count)
    assert {one["why"] for one in facts["refused"]} <= WORDS
    assert len(kept_files(site)) == 2


def test_bad_pictures_of_other_people_stop_the_whole_folder_and_nothing_is_kept(
    site: Site, stick: Path, shared_data: Path
) -> None:
    for path in (shared_data / "bad").iterdir():
        shutil.copy(path, stick)
    done = run_import(site, stick, "--same-person")
    assert done.returncode != 0
    assert "more than one patient" in done.stderr
    assert "Traceback" not in done.stderr
    assert kept_files(site) == []


def test_hostile_names_are_shown_harmlessly_and_reach_nothing(
    site: Site, stick: Path, phantom_visit: ParticipantTruth
) -> None:
    for number, name in enumerate(HOSTILE_NAMES):
        raw = name if isinstance(name, bytes) else name.encode("utf-8")
        folder = os.path.join(os.fsencode(stick), b"in " + raw[:100])
        os.mkdir(folder)
        Path(os.fsdecode(os.path.join(folder, raw))).write_bytes(b"no picture")
        shutil.copy(phantom_visit.files[number % 8], os.path.join(folder, b"+" + raw[:100]))
    before = tree(stick)
    for form in ((), ("--json",)):
        done = run_import(site, stick, "--same-person", *form)
        assert done.returncode == 0, done.stderr
        assert all(one == "\n" or one.isprintable() for one in done.stdout + done.stderr)
        assert len(done.stdout.splitlines()) <= 1 + len(HOSTILE_NAMES) + (100 if form else 0)
    assert tree(stick) == before
    assert all(path.name == path.name.lower() and len(path.name) == 64 for path in kept_files(site))


def test_links_pipes_and_devices_are_left_out_with_a_word(site: Site, stick: Path, tmp_path: Path) -> None:
    canary = tmp_path / "canary"
    canary.mkdir()
    (canary / "mine.dcm").write_bytes((stick / "DICOM" / "IM0").read_bytes())
    (stick / "to a file").symlink_to(canary / "mine.dcm")
    (stick / "to a folder").symlink_to(canary)
    (stick / "round").symlink_to(stick)
    (stick / "nowhere").symlink_to(stick / "nowhere")
    (stick / "to the machine").symlink_to("/dev/zero")
    os.mkfifo(stick / "pipe")
    with socket.socket(socket.AF_UNIX) as bound:
        bound.bind(str(stick / "socket"))
    before = tree(canary), tree(stick)
    done = run_import(site, stick, "--same-person", "--json")
    facts = json.loads(done.stdout)
    assert facts["kept"] == 2
    assert [one["why"] for one in facts["refused"]].count(LINK) == 5
    assert [one["why"] for one in facts["refused"]].count(NO_FILE) == 2
    assert (tree(canary), tree(stick)) == before


def test_a_link_into_the_incoming_folder_is_not_moved_into_the_store(site: Site, stick: Path) -> None:
    incoming = site.home.images / "incoming"
    incoming.mkdir(parents=True)
    shutil.copy(stick / "DICOM" / "IM0", incoming / "arriving")
    (stick / "link").symlink_to(incoming / "arriving")
    assert run_import(site, stick, "--same-person").returncode == 0
    assert (incoming / "arriving").is_file()
    assert not any(path.is_symlink() for path in kept_files(site))


def test_a_dicomdir_that_points_outside_leads_nowhere(site: Site, stick: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside.dcm"
    shutil.copy(stick / "DICOM" / "IM1", outside)
    (stick / "DICOM" / "IM1").unlink()
    record = element(0x00041500, b"CS", b"..\\outside.dcm") + element(0x00041430, b"CS", b"IMAGE")
    item = b"\xfe\xff\x00\xe0" + len(record).to_bytes(4, "little") + record
    (stick / "DICOMDIR").write_bytes(start(EXPLICIT) + element(0x00041220, b"SQ", item))
    done = run_import(site, stick, "--same-person", "--json")
    facts = json.loads(done.stdout)
    assert (facts["kept"], [one["file"] for one in facts["refused"]]) == (1, ["DICOMDIR"])


def test_a_patients_name_cannot_write_on_the_terminal(site: Site, tmp_path: Path) -> None:
    name = element(0x00100010, b"PN", b"\x1b[2JSMG-07\x9b31m\r\n\xe2\x80\xaeknil")
    name += element(0x00100020, b"LO", b"01\x1b]0;x\x07")
    utf8 = element(0x00080005, b"CS", b"ISO_IR 192")
    (tmp_path / "stick").mkdir()
    (tmp_path / "stick" / "one.dcm").write_bytes(start(EXPLICIT) + header(more=utf8 + name) + plain_pixels())
    done = run_import(site, tmp_path / "stick", stdin="n\n")
    assert "is this SMG-07?" in done.stderr
    assert all(one == "\n" or one.isprintable() for one in done.stdout + done.stderr)
    assert kept_files(site) == []
