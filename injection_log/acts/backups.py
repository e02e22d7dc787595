"""Backups: a dated folder that holds the log as of one moment and every image it names, verified before it is done.

Others go on working meanwhile. Killed at any moment, it leaves nothing that looks like a finished backup. Makes
no restore (`restoring`), deletes no old backup, and copies no key.
"""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from injection_log import __version__
from injection_log.acts.writing import append, draft_of, require
from injection_log.backup_folder import (
    MANIFEST,
    UNFINISHED,
    Manifest,
    check_content,
    digest_of,
    finished_backups,
    sync_tree,
)
from injection_log.clock import from_text, to_text
from injection_log.errors import Refused
from injection_log.home import DATABASE, Home
from injection_log.ledger.errors import LedgerError
from injection_log.ledger.event import Json, Subject
from injection_log.log_place import SharedDatabase, place_of
from injection_log.private_files import make_private_folder, sync_file, sync_folder
from injection_log.readings_folder import bring_readings
from injection_log.site import Session
from injection_log.store.backup import copy_file, copy_shared, last_event, named_images
from injection_log.store.batch import Batch
from injection_log.store.engine import speaking

LEDGER = Subject("ledger")
Told = Callable[[str], None]


class BackupFailed(LedgerError):
    """No finished backup was made."""

    code = "backup_failed"


@dataclass(frozen=True)
class Backup:
    """A finished backup: where it is, and what it says of itself."""

    folder: Path
    manifest: Manifest


def make_backup(session: Session, out: Path, tell: Told = lambda said: None) -> Backup:
    """Back up the log and its images into a new dated folder in `out`, verify it, and record it with a checkpoint.

    Raises Refused (role, a folder in the home itself), BackupFailed when an image is missing or was changed, DiskFull
    and other leaves of LedgerError; then there is no finished backup.
    """
    require(session, "back_up")
    home, ledger, protocol = session.site.home, session.site.ledger, session.site.protocol.sha256
    into = out.expanduser().absolute()
    if into.resolve().is_relative_to(home.root.resolve()):
        raise Refused("inside_the_home", "A backup in the home itself is lost with it; choose a folder elsewhere.")
    # What is copied ends with a checkpoint over all of it, or with what others wrote since.
    ledger.append_batch(Batch(session.actor, (), protocol, checkpoint=True))
    taken_at = to_text(session.site.clock.now())
    with speaking():
        into.mkdir(parents=True, exist_ok=True)
        name = _free_name(into, f"injection-log-{ledger.study}-{ledger.site}-{from_text(taken_at):%Y%m%dT%H%M%SZ}")
        work = into / f".{name}{UNFINISHED}{secrets.token_hex(4)}"
        try:
            manifest = _fill(session, work, name, taken_at, tell)
            folder = _finish(work, into / name)
        finally:
            shutil.rmtree(work, ignore_errors=True)
    _record(session, folder, manifest)
    return Backup(folder, manifest)


def _fill(session: Session, work: Path, name: str, taken_at: str, tell: Told) -> Manifest:
    """Copy everything into the unfinished folder, verify the copy, and answer what it is."""
    copy = Home(work).make()
    tell("Copying the log")
    copy_log(session, copy)
    images = named_images(copy.ledger_folder)
    tell(f"Copying {len(images)} images")
    sizes = _copy_images(images, session.site.home, copy, finished_backups(work.parent))
    bring_readings(session.site.home.root, copy.root)
    database = copy.ledger_folder / DATABASE
    last_sequence, last_hash = last_event(copy.ledger_folder)
    incarnation = session.site.ledger.values(LEDGER.key).get("incarnation", 1)
    manifest = Manifest(
        name=name,
        origin=session.site.ledger.origin,
        incarnation=incarnation if isinstance(incarnation, int) else 1,
        taken_at=taken_at,
        last_sequence=last_sequence,
        last_hash=last_hash,
        ledger_sha256=digest_of(database),
        program=__version__,
        images=sizes,
    )
    (work / MANIFEST).write_bytes(manifest.to_bytes())
    sync_file(work / MANIFEST)
    sync_tree(work)
    return manifest


def copy_log(session: Session, copy: Home) -> None:
    """Copy the database of a session's site, file or server, into the home layout of a backup."""
    place = place_of(session.site.home.ledger_folder)
    if isinstance(place, SharedDatabase):
        copy_shared(place, copy.ledger_folder / DATABASE)
    else:
        copy_file(place, copy.ledger_folder / DATABASE)


def _finish(work: Path, folder: Path) -> Path:
    """Verify what was copied, then give it its name."""
    check_content(work)
    work.rename(folder)
    sync_folder(folder.parent)
    return folder


def _copy_images(images: tuple[str, ...], home: Home, copy: Home, earlier: tuple[Path, ...]) -> dict[str, int]:
    """Copy each image and hash the copy; one that an earlier backup here has is linked, not written again."""
    sizes = {}
    for digest in images:
        place = Path(digest[:2]) / digest
        to = copy.images / place
        make_private_folder(to.parent)
        source = home.images / place
        if not _linked(earlier, place, to, digest):
            try:
                shutil.copyfile(source, to)
            except FileNotFoundError:
                raise _image(digest, "is missing") from None
            to.chmod(0o600)
            sync_file(to)
            if digest_of(to) != digest:
                raise _image(digest, "was changed")
        elif not source.is_file():
            raise _image(digest, "is missing")
        sizes[digest] = to.stat().st_size
    return sizes


def _linked(earlier: tuple[Path, ...], place: Path, to: Path, digest: str) -> bool:
    """Use the file of the newest earlier backup, if it still is what it should be."""
    for backup in reversed(earlier[-3:]):
        old = backup / "images" / place
        try:
            if digest_of(old) == digest:
                os.link(old, to)
                return True
        except OSError:
            continue
    return False


def _record(session: Session, folder: Path, manifest: Manifest) -> None:
    """The event says what was made, and not where: a path can name a person or a server."""
    said: dict[str, Json] = {
        "name": manifest.name,
        "taken_at": manifest.taken_at,
        "last_sequence": manifest.last_sequence,
        "last_hash": manifest.last_hash,
        "images": len(manifest.images),
        "sha256": manifest.sha256,
    }
    try:
        append(session, [draft_of(session, "BackupMade", LEDGER, {"last_backup": said})], checkpoint=True)
    except LedgerError as error:
        raise BackupFailed(
            f"The backup in {folder} is whole and verified, but the log could not record it ({error.code}); mend that,"
            " then make another one."
        ) from error


def _free_name(into: Path, name: str) -> str:
    """Two backups in one second are told apart by a number."""
    names = (name, *(f"{name}-{number}" for number in range(2, 1000)))
    return next(one for one in names if not (into / one).exists())


def _image(digest: str, what: str) -> BackupFailed:
    return BackupFailed(
        f"The image file {digest} {what}, so no backup was made; put it back from an earlier backup, pull its study"
        " again, or run `injection-log verify` for what else is wrong."
    )
