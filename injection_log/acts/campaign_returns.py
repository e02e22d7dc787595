"""Packages come home: verified whole, kept as an export, and bound into the site's log by one event.

Nothing of a package's log is copied into the site's. What was given out is known by its origin, and this workstation
knows how far that log had come, so neither another package nor an older copy of this one is taken.
"""
from __future__ import annotations

import shutil
from hashlib import file_digest
from pathlib import Path
from typing import TYPE_CHECKING

from injection_log.acts.campaigns import find_campaign
from injection_log.acts.writing import append, draft_of, require
from injection_log.clock import to_text
from injection_log.errors import InjectionLogError, Refused
from injection_log.home import Home
from injection_log.ledger.errors import LedgerError
from injection_log.private_files import make_private_folder
from injection_log.reading.campaign import (
    RETURNED,
    Campaign,
    PackageHomecoming,
    PackageOut,
    campaign_subject,
    folder_name,
)
from injection_log.reading.package import PACKAGE
from injection_log.reading.returned import ReturnedPackage, read_returned
from injection_log.readings_folder import readings_folder
from injection_log.store.ledger_store import Ledger
from injection_log.store.snapshot import open_snapshot
from injection_log.verify import verify
from injection_log.verify.export import EVENTS, LAST_CHECKPOINT, write_export

if TYPE_CHECKING:
    from injection_log.site import Session


def return_package(session: Session, campaign: str, folder: Path) -> PackageHomecoming:
    """Take a finished package home. Raises Refused: not a package of this campaign, not whole, a case not locked.

    What was taken home once stands; the same package again changes nothing.
    """
    require(session, "return_package")
    found = find_campaign(session, campaign)
    home = Home(folder.expanduser().absolute())
    out = _which(session, found, home)
    if out.number in found.home:
        raise Refused("package_home", f"Package {out.number} came home before, and stands as it was then.")
    report = verify(home, keys=session.site.keys)
    if not report.ok:
        assert report.first_wrong is not None  # a report that is not well says why
        raise Refused("package_broken", f"This package does not hold and was not taken: {report.first_wrong.why}")
    kept = readings_folder(session.site.home.root) / folder_name(campaign, out.number)
    if kept.exists():
        shutil.rmtree(kept)  # a home-coming that was interrupted before its event: it is done again
    bound = _export(session, home, out, kept)
    draft = draft_of(
        session, "PackageReturned", campaign_subject(campaign), {f"{RETURNED}{out.number}": bound.to_json()}
    )
    append(session, [draft], checkpoint=True)
    return bound


def returned_package(session: Session, campaign: Campaign, number: int) -> ReturnedPackage:
    """Read a package that came home, once its events are those that were bound. Raises Refused when they are not."""
    require(session, "show_campaigns")
    folder = readings_folder(session.site.home.root) / folder_name(campaign.id, number)
    try:
        with (folder / EVENTS).open("rb") as file:
            same = file_digest(file, "sha256").hexdigest() == campaign.home[number].events_sha256
        if same:
            return read_returned(folder / EVENTS)
    except OSError:
        same = False
    raise Refused(
        "package_changed", f"The kept log of package {number} is gone or was changed; restore {folder} from a backup."
    )


def _which(session: Session, campaign: Campaign, home: Home) -> PackageOut:
    """Which package of the campaign lies in a folder, by its log's origin."""
    site = session.site
    if not home.has_ledger():
        raise Refused("no_package", "There is no reading package in this folder; give the one that was sent.")
    try:
        ledger = Ledger.open(home.ledger_folder, clock=site.clock, keys=site.keys)
    except LedgerError as broken:
        raise Refused("package_broken", f"This package does not hold and was not taken: {broken}") from broken
    origin, is_package = ledger.origin, PACKAGE in ledger.values("ledger:")
    ledger.close()
    for out in campaign.out.values():
        if is_package and out.origin == origin:
            return out
    raise Refused("other_package", "This is no package of this campaign; give the folder that a reader sent back.")


def _export(session: Session, home: Home, out: PackageOut, kept: Path) -> PackageHomecoming:
    """Write the export beside its name, refuse one with open cases, and give what binds it."""
    fresh = kept.with_name(f".{kept.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    try:
        make_private_folder(kept.parent)
        make_private_folder(fresh)
        with open_snapshot(home.ledger_folder) as snapshot:
            write_export(snapshot, fresh, exported_at=to_text(session.site.clock.now()))
            rows = list(snapshot.events())
        unlocked = read_returned(fresh / EVENTS).unlocked
        if unlocked:
            raise Refused(
                "still_open", f"{len(unlocked)} cases of this package are not locked yet; send it back to its reader."
            )
        with (fresh / EVENTS).open("rb") as file:
            digest = file_digest(file, "sha256").hexdigest()
        checkpoint = (fresh / LAST_CHECKPOINT).read_text("utf-8")
        fresh.rename(kept)
    except OSError as error:
        raise InjectionLogError(
            f"The package could not be kept in {kept} ({error.strerror}); make room and take it home again."
        ) from error
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    last = rows[-1]
    assert isinstance(last[0], int)  # `verify` saw to both
    assert isinstance(last[5], bytes)
    return PackageHomecoming(out.number, out.origin, last[0], last[5].hex(), checkpoint, digest)
