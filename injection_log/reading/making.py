"""Makes a package: a log of its own in a new folder, its owner's account with a one-time code, its cases and copies.

Gets copies that exist already, and knows nothing of where they come from. Leaves no trace of the order of making:
events of pictures stand in the order of their digests, and all files and folders bear one time.
"""
from __future__ import annotations

import os
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from injection_log.clock import Clock
from injection_log.home import Home
from injection_log.home_place import check_place
from injection_log.keys import KeyFolder
from injection_log.ledger.event import Actor, Change, EventDraft, Json, Subject
from injection_log.people.account_changes import AccountChange
from injection_log.people.accounts import NewAccount, add_account
from injection_log.people.renewing import give_code
from injection_log.reading.case import FACT, PICTURES, SHOWN, case_subject, read_subject
from injection_log.reading.package import PACKAGE, Package
from injection_log.store.ledger_store import Ledger

if TYPE_CHECKING:
    from annotate.marks import Side

CODE_HOLDS_FOR = timedelta(days=30)
"""A package travels; the code that opens it first is used when it has arrived."""
SITE_OF_A_PACKAGE = "reading"
"""What stands in the place of a site's name: a reader is told none."""
_ONE_TIME = 946_728_000
_NOBODY = Actor("", "")


@dataclass(frozen=True)
class CaseToAdd:
    """One case for a package: its code, the side of each copy (SOP Instance UID), and what an adjudicator is shown.

    `spacing` are, by side, the facts of how far the frames of a sweep lie apart: no picture says that.
    """

    code: str
    pictures: Mapping[str, Side]
    shown: Mapping[str, Any]
    spacing: Mapping[Side, Mapping[str, Json]] = field(default_factory=dict)


@dataclass(frozen=True)
class MadePackage:
    """A package that was made: its log's origin, how far it goes, and the code for its owner, which is kept nowhere."""

    origin: str
    events: int
    one_time_code: str


@dataclass(frozen=True)
class Owner:
    """Who a package is for, and the role in it."""

    user: str
    printed_name: str
    role: str


def make_package(
    home: Home, study: str, owner: Owner, package: Package, clock: Clock
) -> Ledger:
    """Make the log of a package in a home that has none, with its owner's account; nobody knows a password of it."""
    check_place(home.ledger_folder)
    home.make()
    keys = KeyFolder.default()
    ledger = Ledger.create(home.ledger_folder, study=study, site=SITE_OF_A_PACKAGE, clock=clock, keys=keys)
    made = Change(PACKAGE, None, package.to_json())
    ledger.append(_NOBODY, [EventDraft("PackageMade", Subject("ledger"), (made,))], protocol=package.sha256)
    account = NewAccount(owner.user, owner.printed_name, owner.role, secrets.token_urlsafe(24))
    add_account(ledger, _NOBODY, account, clock=clock, protocol=package.sha256)
    return ledger


def fill_package(
    home: Home, ledger: Ledger, package: Package, pictures: Mapping[str, Mapping[str, Json]], cases: Sequence[CaseToAdd]
) -> MadePackage:
    """Put cases and pictures (facts by SOP Instance UID) into the log of a package, and close it for its journey."""
    by_digest = sorted(pictures, key=lambda uid: str(pictures[uid]["sha256"]))
    drafts = [_draft("ImageKept", Subject("image", id=uid), pictures[uid]) for uid in by_digest]
    for case in sorted(cases, key=lambda one: one.code):
        new: dict[str, Json] = {PICTURES: dict(case.pictures), SHOWN: dict(case.shown) or None}
        drafts.append(_draft("CaseAdded", case_subject(case.code), new))
        for side, facts in case.spacing.items():
            given = {f"{FACT}{name}": value for name, value in facts.items()}
            drafts.append(_draft("SweepSpacingGiven", read_subject(case.code, side), given))
    ledger.append(_NOBODY, drafts, protocol=package.sha256)
    change = AccountChange(ledger, _NOBODY, package.user, "first password of a new package", package.sha256)
    code = give_code(change, ledger.clock, holds_for=CODE_HOLDS_FOR)
    ledger.append(_NOBODY, [], protocol=package.sha256, checkpoint=True)
    made = MadePackage(ledger.origin, ledger.head()[0], code)
    ledger.close()
    _say_one_time(home)
    return made


def _draft(kind: str, subject: Subject, new: Mapping[str, Json]) -> EventDraft:
    changes = (Change(name, None, value) for name, value in new.items() if value is not None)
    return EventDraft(kind, subject, tuple(changes))


def _say_one_time(home: Home) -> None:
    """The hours of writing would say which copies belong together."""
    incoming = home.images / "incoming"
    if incoming.is_dir():
        incoming.rmdir()
    for path in (*home.images.rglob("*"), home.images, home.ledger_folder, home.root):
        os.utime(path, (_ONE_TIME, _ONE_TIME))
