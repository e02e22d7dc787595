"""A finished backup on the disk: one folder that is laid out as a home, and a list of what must be in it.

    injection-log-SMG-01-20261122T140211Z/
      ledger/ledger.sqlite3        the log as of one moment
      images/ab/ab12...            every original that an event of it names
      backup.json                  canonical JSON, written last: what the backup is and holds

Until it is verified the folder is called `.<name>.unfinished-<random>`; it gets its name in one step. So
`injection-log verify --home FOLDER` works on a backup as on a home. No key is ever in it. Makes no backup and
restores none.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import file_digest, sha256
from pathlib import Path

from injection_log.home import DATABASE, Home
from injection_log.keys import KeyFolder
from injection_log.ledger.canonical import Json, canonical_bytes, parse_json
from injection_log.ledger.errors import LedgerError, NotCanonical
from injection_log.private_files import sync_folder
from injection_log.store.backup import last_event, named_images
from injection_log.verify import verify

FORM = "injection-log backup 1"
MANIFEST = "backup.json"
UNFINISHED = ".unfinished-"


class BackupDamaged(LedgerError):
    """A folder that is no finished backup, or is not as it was when it was finished."""

    code = "backup_damaged"


@dataclass(frozen=True)
class Manifest:
    """What a backup says of itself; `images` are digests (hex) and sizes in bytes."""

    name: str
    origin: str
    incarnation: int
    taken_at: str
    last_sequence: int
    last_hash: str
    ledger_sha256: str
    program: str
    images: Mapping[str, int]

    def to_bytes(self) -> bytes:
        """The content of backup.json."""
        return canonical_bytes({"form": FORM, **vars(self), "images": dict(self.images)}) + b"\n"

    @property
    def sha256(self) -> str:
        """The digest (hex) that the log keeps of the whole backup: it covers every file by theirs."""
        return sha256(self.to_bytes()).hexdigest()


def read_manifest(folder: Path) -> Manifest:
    """What a backup says of itself. Raises BackupDamaged."""
    if UNFINISHED in folder.name:
        raise BackupDamaged(f"{folder} was left by a backup that did not finish; choose a finished one.")
    return _read(folder)


def _read(folder: Path) -> Manifest:
    try:
        said = parse_json((folder / MANIFEST).read_bytes())
    except (OSError, NotCanonical):
        said = None
    if not isinstance(said, dict) or not isinstance(said.get("form"), str):
        raise BackupDamaged(f"There is no backup in {folder}; give the dated folder that `injection-log backup` made.")
    if said["form"] != FORM:
        raise BackupDamaged(f"The backup in {folder} is of a form that this version does not know; use a newer one.")
    return _manifest(folder, said)


def check_backup(folder: Path) -> Manifest:
    """Verify a whole backup: every byte of the log and of each image. Raises BackupDamaged."""
    read_manifest(folder)
    return check_content(folder)


def check_content(folder: Path) -> Manifest:
    """As `check_backup`, also of a backup that has not got its name yet."""
    said = _read(folder)
    home = Home(folder)
    database = home.ledger_folder / DATABASE
    if not database.is_file() or digest_of(database) != said.ledger_sha256:
        raise _changed(folder, "its log is missing or is not the one that was copied")
    with tempfile.TemporaryDirectory(prefix="injection-log-no-keys-") as nothing:
        # A backup is older than what was seen by its nature: it is judged without this workstation's mark.
        report = verify(home, keys=KeyFolder(Path(nothing)))
    if report.first_wrong is not None:
        raise _changed(folder, report.first_wrong.why.rstrip("."))
    if last_event(home.ledger_folder) != (said.last_sequence, said.last_hash):
        raise _changed(folder, "its log does not end where its list says")
    if set(named_images(home.ledger_folder)) != set(said.images):
        raise _changed(folder, "its list does not name the images that its log names")
    return said


def finished_backups(folder: Path) -> tuple[Path, ...]:
    """The finished backups in a folder, oldest first; those that did not finish are not among them."""
    try:
        found = [one for one in folder.iterdir() if UNFINISHED not in one.name and (one / MANIFEST).is_file()]
    except OSError:
        return ()
    return tuple(sorted(found, key=lambda one: one.name))


def digest_of(path: Path) -> str:
    """SHA-256 of a file, hex. Raises OSError."""
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def sync_tree(folder: Path) -> None:
    """Wait until the names in a folder and in those below it are on the disk. Raises OSError."""
    for root, _, _ in os.walk(folder):
        sync_folder(Path(root))


def _manifest(folder: Path, said: Mapping[str, Json]) -> Manifest:
    images = said.get("images")
    if not isinstance(images, dict) or not all(type(size) is int for size in images.values()):
        raise _changed(folder, "its list is not whole")
    try:
        found = Manifest(
            name=str(said["name"]),
            origin=str(said["origin"]),
            incarnation=int(str(said["incarnation"])),
            taken_at=str(said["taken_at"]),
            last_sequence=int(str(said["last_sequence"])),
            last_hash=str(said["last_hash"]),
            ledger_sha256=str(said["ledger_sha256"]),
            program=str(said["program"]),
            images={digest: int(str(size)) for digest, size in images.items()},
        )
    except (KeyError, ValueError):
        raise _changed(folder, "its list is not whole") from None
    return found


def _changed(folder: Path, what: str) -> BackupDamaged:
    return BackupDamaged(f"The backup in {folder} is not as it was made ({what}); use another one.")
