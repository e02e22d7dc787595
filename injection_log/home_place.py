"""Where the log's file may lie: on a disk of this computer, in no folder that is copied to a cloud.

SQLite's locks and its promise that a commit is on the disk hold on a local file system only, and a program
that copies a half-written database elsewhere brings back an older one. So such a place is refused when a log
is set up and each time it is opened; no setting and no file silences that. Judges the place of a SQLite log
only: PostgreSQL keeps its own files. Sources: sqlite.org/howtocorrupt.html part 2, proc(5) for mountinfo.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from injection_log.errors import Refused
from injection_log.ledger.errors import LedgerError

_MOUNTINFO = Path("/proc/self/mountinfo")
_REMOTE_DRIVE = 4
"""DRIVE_REMOTE of Windows' GetDriveType."""

SHARED_TYPES = {
    **dict.fromkeys(("nfs", "nfs4"), "NFS"),
    **dict.fromkeys(("cifs", "smb", "smb2", "smb3", "smbfs", "ncpfs"), "SMB, a Windows share"),
    **dict.fromkeys(("9p", "virtiofs", "vboxsf", "vmhgfs", "prl_fs", "drvfs"), "a folder shared by another system"),
    **dict.fromkeys(("afs", "afpfs", "ceph", "glusterfs", "lustre", "gpfs", "beegfs"), "a network disk"),
    **dict.fromkeys(("gfs2", "ocfs2", "orangefs", "pvfs2", "davfs", "coda", "sshfs", "ftp"), "a network disk"),
}
"""File systems whose files are on, or shared with, another computer: type as the kernel names it, words for it."""

_LOCAL_FUSE = ("fuseblk",)
"""NTFS and exFAT of a local disk. Any other FUSE is a program between the log and the disk."""

_NAMES = {
    "dropbox": "Dropbox",
    "onedrive": "OneDrive",
    "google drive": "Google Drive",
    "googledrive": "Google Drive",
    "my drive": "Google Drive",
    "iclouddrive": "iCloud",
    "icloud drive": "iCloud",
    "com~apple~clouddocs": "iCloud",
    "mobile documents": "iCloud",
    "cloudstorage": "a cloud drive",
    "nextcloud": "Nextcloud",
    "owncloud": "ownCloud",
    "box sync": "Box",
    "pcloud drive": "pCloud",
    "pclouddrive": "pCloud",
    "megasync": "MEGA",
    "synologydrive": "Synology Drive",
    "proton drive": "Proton Drive",
    "yandex.disk": "Yandex Disk",
}
_NAME_STARTS = {"onedrive -": "OneDrive", "googledrive-": "Google Drive", "dropbox (": "Dropbox"}
_MARKERS = (
    (re.compile(r"\.dropbox(\.cache)?"), "Dropbox"),
    (re.compile(r"\.849C9593-D756-4E56-8D6E-42412F2A707B"), "OneDrive"),
    (re.compile(r"\.tmp\.drive(upload|download)|\.shortcut-targets-by-id"), "Google Drive"),
    (re.compile(r"\._?sync_[0-9a-f]+\.db|\.nextcloudsync\.log|\.nextcloudignore"), "Nextcloud"),
    (re.compile(r"\.owncloudsync\.log(\.\d+)?|\.owncloud-opaque"), "ownCloud"),
    (re.compile(r"\.stfolder|\.stversions"), "Syncthing"),
    (re.compile(r"\.megaignore"), "MEGA"),
    (re.compile(r"\.SynologyWorkingDirectory"), "Synology Drive"),
    (re.compile(r"\.seafile-data|\.bzvol|\.tresorit", re.IGNORECASE), "a synchronised folder"),
)
"""Files that a synchronising program leaves in the folder it copies, by what they are called."""

_VARIABLES = {
    "OneDrive": "OneDrive",
    "OneDriveCommercial": "OneDrive",
    "OneDriveConsumer": "OneDrive",
}
"""Environment variables in which Windows names a synchronised folder."""


class PlaceRefused(LedgerError, Refused):
    """The log would lie on a network disk or in a folder that is copied to a cloud."""

    code = "place_refused"


@dataclass(frozen=True)
class Mount:
    """One mounted file system: where, and its type as the system names it."""

    point: str
    type: str


def check_place(folder: Path) -> None:
    """Refuse a folder whose files are not on a disk of this computer alone. Raises PlaceRefused.

    Links are followed: what counts is where the files are.
    """
    real = _real(folder)
    shared = shared_disk(real)
    if shared is not None:
        raise PlaceRefused(
            f"The log may not lie in {real}, because that is on {shared}, where two programs can overwrite each"
            " other's events; choose a home on a disk of this computer, or set up a shared database"
            " (docs/shared-database.md)."
        )
    cloud = cloud_folder(real)
    if cloud is not None:
        raise PlaceRefused(
            f"The log may not lie in {real}, because {cloud} copies that folder while the log is written and can"
            " bring back an older one; choose a home outside of every synchronised folder."
        )


def file_system(folder: Path) -> str:
    """The type of the file system a folder is on, as the system names it; empty where it does not say."""
    mount = mount_of(str(_real(folder)), _mounts())
    return "" if mount is None else mount.type


def shared_disk(real: Path) -> str | None:
    """What kind of network disk a folder is on, in words, or None."""
    if sys.platform == "win32":
        return _windows_share(real)
    mount = mount_of(str(real), _mounts())
    return None if mount is None else words_of_type(mount.type)


def words_of_type(kind: str) -> str | None:
    """What a type of file system is in words when a log may not lie on it, else None."""
    plain = kind.lower()
    if plain in SHARED_TYPES:
        return f"{SHARED_TYPES[plain]} ({kind})"
    if plain.startswith(("fuse", "osxfuse", "macfuse")) and plain not in _LOCAL_FUSE:
        return f"a file system made by a program ({kind})"
    return None


def parse_mountinfo(text: str) -> tuple[Mount, ...]:
    """Read /proc/self/mountinfo, in its order; lines that are not in its form are left out."""
    mounts = []
    for line in text.splitlines():
        before, dash, after = line.partition(" - ")
        fields, rest = before.split(" "), after.split(" ")
        if dash and len(fields) >= 6 and rest[0]:
            point = re.sub(r"\\([0-7]{3})", lambda octal: chr(int(octal[1], 8)), fields[4])
            mounts.append(Mount(point, rest[0]))
    return tuple(mounts)


def parse_mount_list(text: str) -> tuple[Mount, ...]:
    """Read what `mount` prints on macOS and BSD: `//a@server/share on /Volumes/share (smbfs, nodev, ...)`."""
    found = (re.fullmatch(r".+? on (/.*) \(([^,()]+)[^()]*\)", line) for line in text.splitlines())
    return tuple(Mount(one[1], one[2]) for one in found if one)


def mount_of(path: str, mounts: Iterable[Mount]) -> Mount | None:
    """The mount a path is on: the longest point above it, and of two at one point the later, which hides the first."""
    best: Mount | None = None
    for mount in mounts:
        inside = path == mount.point or path.startswith(mount.point.rstrip("/") + "/")
        if inside and (best is None or len(mount.point) >= len(best.point)):
            best = mount
    return best


def cloud_folder(real: Path) -> str | None:
    """Which program copies this folder or one above it to a cloud, as far as its traces show, or None."""
    for variable, program in _VARIABLES.items():
        known = os.environ.get(variable, "")
        if known and real.is_relative_to(Path(known)):
            return program
    for folder in (real, *real.parents):
        found = _named(folder.name) or next(_marked(folder), None)
        if found is not None:
            return found
    return None


def _named(name: str) -> str | None:
    plain = name.casefold()
    if plain in _NAMES:
        return _NAMES[plain]
    return next((program for start, program in _NAME_STARTS.items() if plain.startswith(start)), None)


def _marked(folder: Path) -> Iterator[str]:
    # The home folder of a person is not synchronised for having a program's settings in it (~/.dropbox).
    if folder == Path.home():
        return
    try:
        names = os.listdir(folder)
    except OSError:
        return  # a folder that cannot be listed shows no marks; the log itself will say what is wrong with it
    for name in names:
        for pattern, program in _MARKERS:
            if pattern.fullmatch(name):
                yield program


def _real(folder: Path) -> Path:
    """Where the files are, links followed; of a folder that is not there yet, where it would be."""
    return Path(os.path.realpath(folder))


def _mounts() -> tuple[Mount, ...]:
    try:
        return parse_mountinfo(_MOUNTINFO.read_text(encoding="utf-8", errors="surrogateescape"))
    except OSError:
        pass
    try:
        said = subprocess.run(["mount"], capture_output=True, text=True, timeout=10, check=False).stdout
    except (OSError, subprocess.TimeoutExpired):
        return ()  # a system that does not tell its mounts: what can be looked at are the names and marks
    return parse_mount_list(said)


def _windows_share(real: Path) -> str | None:
    if real.drive.startswith("\\\\"):
        return "a network share"
    import ctypes

    kernel = getattr(ctypes, "windll").kernel32  # noqa: B009  # the attribute exists on Windows only
    return "a network drive" if kernel.GetDriveTypeW(real.drive + "\\") == _REMOTE_DRIVE else None
