"""A package that is opened: its log, its pictures, what it is, and who reads in it.

Not a site: no protocol, no participant, and no act of a site takes it. What its owner does is `reading_acts`.
"""
from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from injection_log.clock import Clock, SystemClock
from injection_log.errors import HomeMissing, Refused
from injection_log.home import Home
from injection_log.home_at_start import refuse_lost_log, refuse_missing_images
from injection_log.keys import KeyFolder
from injection_log.ledger.errors import LedgerError
from injection_log.ledger.event import Actor, EventDraft, Subject
from injection_log.people import accounts, renewing
from injection_log.people.account import Account
from injection_log.people.renewing import NewPassword
from injection_log.reading.package import PACKAGE, Package
from injection_log.site_time import TimeWatched
from injection_log.store.ledger_store import Ledger

if TYPE_CHECKING:
    from dicom_io.image import UltrasoundImage


@dataclass(frozen=True)
class DesignInForce:
    """What stands in the place of a protocol: the digest of the package's own description."""

    sha256: str


@dataclass
class PackageHome(TimeWatched):
    """An opened package. `clock` is the only source of time for everything that is recorded."""

    home: Home
    ledger: Ledger
    keys: KeyFolder
    clock: Clock
    package: Package
    _headers: dict[str, UltrasoundImage] = field(default_factory=dict, repr=False)

    @classmethod
    def open(cls, home: Home, clock: Clock | None = None, keys: KeyFolder | None = None) -> PackageHome:
        """Open the package in a folder. Raises HomeMissing, Refused for a site's home, else what the ledger raises."""
        clock, keys = clock or SystemClock(), keys or KeyFolder.default()
        if not home.has_ledger():
            refuse_lost_log(home)
            raise HomeMissing(f"There is no reading package in {home.root}; give the folder that you were sent.")
        ledger = Ledger.open(home.ledger_folder, clock=clock, keys=keys)
        try:
            package = Package.from_json(ledger.values("ledger:").get(PACKAGE))
            refuse_missing_images(home, ledger)
        except (LedgerError, Refused):
            ledger.close()
            raise
        return cls(home, ledger, keys, clock, package)

    @property
    def protocol(self) -> DesignInForce:
        """What every event of this package names."""
        return DesignInForce(self.package.sha256)

    def digest_in_force(self) -> str:
        """The digest of the package's description, which stands in every event."""
        return self.package.sha256

    def image_path(self, sha256: str) -> Path:
        """Where the coded copy with this digest is."""
        return self.home.images / sha256[:2] / sha256

    def image_header(self, sha256: str) -> UltrasoundImage:
        """Read the header facts of a coded copy, once for each."""
        from dicom_io.reading import read_image  # pydicom is loaded only when a picture is needed

        if sha256 not in self._headers:
            self._headers[sha256] = read_image(self.image_path(sha256))
        return self._headers[sha256]


@dataclass(frozen=True)
class ReaderSession:
    """A reader or adjudicator at work in a package."""

    site: PackageHome
    account: Account

    @property
    def actor(self) -> Actor:
        """Who stands in the events of this session."""
        return Actor(self.account.user, self.account.role)


def log_in_reader(package: PackageHome, user: str, password: str) -> ReaderSession:
    """Log the owner of a package in. Raises what `authenticate` raises; every try is an event."""
    package.watch_time()
    account = accounts.authenticate(package.ledger, user, password, package.clock, package.package.sha256)
    return ReaderSession(package, account)


def begin_with_code(package: PackageHome, given: NewPassword) -> ReaderSession:
    """Choose a password with the one-time code that came with the package, and log in. Raises as `use_code`."""
    package.watch_time()
    renewing.use_code(package.ledger, given, clock=package.clock, protocol=package.package.sha256)
    return log_in_reader(package, given.user, given.new)


def log_out_reader(session: ReaderSession) -> None:
    """Record that a reader left, with a checkpoint over everything; an open case is gone on with later."""
    session.site.watch_time()
    accounts.log_out(session.site.ledger, session.account, session.site.package.sha256)


def cover_screen(session: ReaderSession, why: str) -> None:
    """Record that the work of a reader was covered: `why` is "by hand" or "idle"."""
    session.site.watch_time()
    draft = EventDraft("ScreenLocked", Subject("user", id=session.account.user), reason=why)
    session.site.ledger.append(session.actor, [draft], protocol=session.site.package.sha256)
