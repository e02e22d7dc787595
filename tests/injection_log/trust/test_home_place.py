"""Where a log may lie: on a disk of this computer, never on a network disk or in a folder that a cloud copies."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from a_fuse import mounted

from injection_log import home_place
from injection_log.clock import FixedClock
from injection_log.home_place import (
    Mount,
    PlaceRefused,
    check_place,
    file_system,
    mount_of,
    parse_mount_list,
    parse_mountinfo,
    words_of_type,
)
from injection_log.store.ledger_store import Ledger

# Recorded on Debian 12, Ubuntu 24.04 with a hospital share, WSL 2 and Docker Desktop; names of hosts made up.
MOUNTINFO = r"""
22 27 0:21 / /proc rw,nosuid,nodev,noexec,relatime shared:12 - proc proc rw
27 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw,discard,errors=remount-ro
36 27 0:33 / /tmp rw,nosuid,nodev shared:15 - tmpfs tmpfs rw,size=8174012k
41 27 0:40 / /mnt/ward rw,relatime shared:90 - cifs //files.example/ward rw,vers=3.1.1,cache=strict
42 27 0:41 / /home/with\040space rw,relatime shared:91 - nfs4 nas.example:/home rw,vers=4.2,hard
43 27 0:42 / /mnt/c rw,noatime - 9p drvfs rw,dirsync,aname=drvfs;path=C:\;uid=1000
44 27 0:43 / /run/user/1000/gvfs rw,nosuid,nodev,relatime shared:200 - fuse.gvfsd-fuse gvfsd-fuse rw,user_id=1000
45 27 0:44 / /mnt/far rw,nosuid,nodev,relatime - fuse.sshfs amina@far.example:/data rw,user_id=1000,group_id=1000
46 27 8:17 / /media/stick rw,nosuid,nodev,relatime shared:210 - fuseblk /dev/sdb1 rw,user_id=0,allow_other
47 27 0:45 / /workspace rw,relatime - virtiofs mount0 rw
48 27 0:46 / /srv/data rw,relatime - ext4 /dev/sdc1 rw
49 48 0:47 / /srv/data rw,relatime - nfs nas.example:/data rw,vers=3
50 27 254:1 / /scratch rw,relatime - xfs /dev/vdb rw
"""
MAC = """/dev/disk3s1s1 on / (apfs, sealed, local, read-only, journaled)
/dev/disk3s5 on /System/Volumes/Data (apfs, local, journaled, nobrowse)
//amina@files.example/ward on /Volumes/ward (smbfs, nodev, nosuid, mounted by amina)
nas.example:/home on /Volumes/home (nfs)
"""


@pytest.mark.parametrize(
    ("folder", "words"),
    [
        ("/mnt/ward/log", "SMB"),
        ("/home/with space/amina", "NFS"),
        ("/mnt/c/Users/amina", "shared by another system"),
        ("/run/user/1000/gvfs/smb-share", "made by a program"),
        ("/mnt/far", "sshfs"),
        ("/workspace/log", "virtiofs"),
        ("/srv/data/log", "NFS"),
    ],
)
def test_a_network_disk_is_known_from_what_the_kernel_says(folder: str, words: str) -> None:
    mount = mount_of(folder, parse_mountinfo(MOUNTINFO))
    assert words in (words_of_type(mount.type) or "")


@pytest.mark.parametrize("folder", ["/home/amina", "/tmp/log", "/media/stick/log", "/scratch", "/mnt/wardrobe"])
def test_a_disk_of_this_computer_is_no_network_disk(folder: str) -> None:
    assert words_of_type(mount_of(folder, parse_mountinfo(MOUNTINFO)).type) is None


def test_a_network_disk_is_known_from_what_mount_prints_on_a_mac() -> None:
    mounts = parse_mount_list(MAC)
    assert mount_of("/Volumes/ward/log", mounts) == Mount("/Volumes/ward", "smbfs")
    assert mount_of("/Users/amina", mounts) == Mount("/", "apfs")
    assert words_of_type("nfs") is not None
    assert words_of_type("apfs") is None


@pytest.mark.parametrize("line", ["", "nonsense", "1 2 3 - ", "22 27 0:21 / /proc"])
def test_a_line_that_is_no_mount_is_left_out(line: str) -> None:
    assert parse_mountinfo(line) == ()


def test_a_real_fuse_mount_is_refused_at_setup_and_the_sentence_says_what_to_do(tmp_path: Path, place, clock) -> None:
    folder = tmp_path / "far"
    folder.mkdir()
    try:
        with mounted(folder):
            assert file_system(folder) == "fuse.sshfs"
            with pytest.raises(PlaceRefused, match=r"fuse\.sshfs.*choose a home on a disk of this computer") as told:
                Ledger.create(folder / "ledger", study="SMG", site="01", clock=clock, keys=place.keys)
    except OSError:
        pytest.skip("this user may not mount a FUSE file system")
    assert str(told.value).count(". ") == 0
    assert told.value.code == "place_refused"


def test_a_real_memory_disk_is_taken(tmp_path: Path) -> None:
    folder = tmp_path / "memory"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "tmpfs", str(folder)]
    if shutil.which("mount") is None or subprocess.run(command, capture_output=True, check=False).returncode != 0:
        pytest.skip("this user may not mount a file system")
    try:
        assert file_system(folder) == "tmpfs"
        check_place(folder / "not" / "there" / "yet")
    finally:
        subprocess.run(["umount", str(folder)], check=True, timeout=20)


def test_a_log_that_was_moved_to_a_network_disk_is_not_opened(
    signed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = tmp_path / "mountinfo"
    told.write_text(f"27 1 254:0 / / rw - ext4 /dev/vda rw\n49 27 0:47 / {signed.home.root} rw - nfs4 nas:/x rw\n")
    monkeypatch.setattr(home_place, "_MOUNTINFO", told)
    before = signed.database.read_bytes()
    with pytest.raises(PlaceRefused, match="NFS"):
        signed.open()
    assert signed.database.read_bytes() == before


MARKS = {
    ".dropbox": "Dropbox",
    ".dropbox.cache": "Dropbox",
    ".849C9593-D756-4E56-8D6E-42412F2A707B": "OneDrive",
    ".tmp.driveupload": "Google Drive",
    ".sync_6f1f1d1c2a3b.db": "Nextcloud",
    "._sync_6f1f1d1c2a3b.db": "Nextcloud",
    ".owncloudsync.log": "ownCloud",
    ".stfolder": "Syncthing",
    ".SynologyWorkingDirectory": "Synology Drive",
}


@pytest.mark.parametrize("mark", MARKS)
def test_a_synchronised_folder_is_known_from_the_mark_in_a_folder_above(tmp_path: Path, mark: str) -> None:
    (tmp_path / mark).mkdir()
    with pytest.raises(PlaceRefused, match=f"{MARKS[mark]} copies that folder.*choose a home outside"):
        check_place(tmp_path / "trial" / "home" / "ledger")


@pytest.mark.parametrize(
    ("name", "program"),
    [
        ("Dropbox", "Dropbox"),
        ("OneDrive - Region Hovedstaden", "OneDrive"),
        ("Google Drive", "Google Drive"),
        ("Library/Mobile Documents/com~apple~CloudDocs", "iCloud"),
        ("Library/CloudStorage/OneDrive-Personal", "cloud drive"),
        ("Nextcloud", "Nextcloud"),
    ],
)
def test_a_synchronised_folder_is_known_by_its_usual_name(tmp_path: Path, name: str, program: str) -> None:
    with pytest.raises(PlaceRefused, match=program):
        check_place(tmp_path / name / "injection-log")


def test_a_link_into_a_synchronised_folder_is_followed(tmp_path: Path) -> None:
    (tmp_path / "Dropbox").mkdir()
    (tmp_path / "plain").symlink_to(tmp_path / "Dropbox")
    with pytest.raises(PlaceRefused, match="Dropbox"):
        check_place(tmp_path / "plain" / "home")


def test_the_settings_of_a_synchronising_program_do_not_refuse_a_persons_home_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / ".dropbox").mkdir()
    check_place(tmp_path / "injection-log" / "home")


def test_what_windows_calls_the_synchronised_folder_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OneDriveCommercial", str(tmp_path / "renamed"))
    with pytest.raises(PlaceRefused, match="OneDrive"):
        check_place(tmp_path / "renamed" / "home")


@pytest.mark.parametrize("silencer", ["settings.toml", ".injection-log-allow", "PLACE_IS_FINE"])
def test_no_setting_and_no_file_silences_the_refusal(
    signed, silencer: str, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INJECTION_LOG_ALLOW_NETWORK", "1")
    (signed.home.root / silencer).write_text('allow_network = true\nplace = "any"\n')
    (signed.home.root / ".stfolder").mkdir()
    with pytest.raises(PlaceRefused, match="Syncthing"):
        Ledger.open(signed.home.ledger_folder, clock=clock, keys=signed.keys)
