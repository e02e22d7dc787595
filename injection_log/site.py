"""One home that is opened: its ledger, its protocol, its images and its keys, and who is logged in.

A Site knows where things are; what is done with them are the acts. It opens no window and talks to no PACS.
"""
from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from injection_log.clock import Clock, SystemClock
from injection_log.errors import HomeMissing, Refused
from injection_log.home import Home
from injection_log.home_at_start import accept_lawful_restore, refuse_lost_log, refuse_missing_images
from injection_log.home_place import check_place
from injection_log.keys import KeyFolder
from injection_log.ledger.errors import LedgerError, LedgerRolledBack
from injection_log.ledger.event import Actor, Change, EventDraft, Subject
from injection_log.log_place import Names, NewShared, keep_place
from injection_log.people import accounts
from injection_log.people.accounts import Account, authenticate
from injection_log.protocol.protocol import Protocol
from injection_log.protocol.reading import read_protocol
from injection_log.site_time import TimeWatched
from injection_log.store.ledger_store import Ledger

if TYPE_CHECKING:
    from dicom_io.image import UltrasoundImage

READING_PACKAGE = "reading_package"
"""The code of the refusal to open a reading package as a site."""
NOBODY = Actor("", "")
LEDGER = Subject("ledger")


@dataclass
class Site(TimeWatched):
    """An opened home. `clock` is the only source of time for everything that is recorded."""

    home: Home
    ledger: Ledger
    keys: KeyFolder
    clock: Clock
    protocol: Protocol
    _headers: dict[str, UltrasoundImage] = field(default_factory=dict, repr=False)
    _begun: bool = field(default=False, repr=False)

    @classmethod
    def open(cls, home: Home, clock: Clock | None = None, keys: KeyFolder | None = None) -> Site:
        """Open the log of a home. Raises HomeMissing where there is none, else what the ledger raises."""
        clock, keys = clock or SystemClock(), keys or KeyFolder.default()
        if not home.has_ledger():
            refuse_lost_log(home)
            raise HomeMissing(
                f"There is no log in {home.root} yet: set one up with 'injection-log setup --home {home.root}'."
            )
        try:
            ledger = Ledger.open(home.ledger_folder, clock=clock, keys=keys)
        except LedgerRolledBack as refused:
            accept_lawful_restore(home, keys, refused)
            ledger = Ledger.open(home.ledger_folder, clock=clock, keys=keys)
        try:
            refuse_missing_images(home, ledger)
        except LedgerError:
            ledger.close()
            raise
        stored = ledger.values(LEDGER.key).get("protocol")
        if stored is None:
            ledger.close()
            raise Refused(
                READING_PACKAGE,
                f"{home.root} is a reading package, not a site: its reader works in it with 'injection-log open' or "
                "'injection-log reading'.",
            )
        assert isinstance(stored, dict)  # written by `create` and `adopt_protocol` only
        return cls(home, ledger, keys, clock, read_protocol(str(stored["text"])))

    @classmethod
    def create(
        cls, home: Home, protocol_text: str, site: str, clock: Clock | None = None, shared: NewShared | None = None
    ) -> Site:
        """Make a new log in an empty home, or in a shared database, and adopt the protocol as its first act.

        Raises ProtocolRefused before anything is written when the protocol is not valid.
        """
        protocol = read_protocol(protocol_text)
        clock, keys = clock or SystemClock(), KeyFolder.default()
        if shared is None:
            check_place(home.ledger_folder)
        refuse_lost_log(home)
        home.make()
        if shared is None:
            ledger = Ledger.create(home.ledger_folder, study=protocol.id, site=site, clock=clock, keys=keys)
        else:
            ledger = _make_shared(home, shared, Names(protocol.id, site), clock, keys)
        adopted = {
            "id": protocol.id, "version": protocol.version, "sha256": protocol.sha256, "text": protocol.text,
        }
        change = Change("protocol", None, adopted)
        ledger.append(NOBODY, [EventDraft("ProtocolAdopted", LEDGER, (change,))], protocol=protocol.sha256)
        return cls(home, ledger, keys, clock, protocol)

    def digest_in_force(self) -> str:
        """The digest of the protocol, which stands in every event."""
        return self.protocol.sha256

    @property
    def site_name(self) -> str:
        """The name of the site that this log belongs to."""
        return str(self.ledger.values(LEDGER.key)["site"])

    def begin(self, actor: Actor) -> None:
        """Cover, by a checkpoint at the first log-in since the program started, what an earlier one left uncovered."""
        if not self._begun:
            self._begun = True
            self.ledger.append(actor, [], protocol=self.protocol.sha256, checkpoint=True)

    def image_path(self, sha256: str) -> Path:
        """Where the untouched original with this digest is."""
        return self.home.images / sha256[:2] / sha256

    def image_header(self, sha256: str) -> UltrasoundImage:
        """Read the header facts of a kept image, once for each image."""
        from dicom_io.reading import read_image  # pydicom is loaded only when a picture is needed

        if sha256 not in self._headers:
            self._refuse_elsewhere(sha256)
            self._headers[sha256] = read_image(self.image_path(sha256))
        return self._headers[sha256]


    def _refuse_elsewhere(self, sha256: str) -> None:
        """Say it where a picture of a shared log was pulled on another workstation. Raises Refused."""
        if self.home.is_shared() and not self.image_path(sha256).exists():
            raise Refused(
                "image_elsewhere",
                "This picture is not on this workstation: pull its study again from the PACS, or join the folder of"
                " pictures that the site shares.",
            )


def _make_shared(home: Home, shared: NewShared, names: Names, clock: Clock, keys: KeyFolder) -> Ledger:
    from injection_log.store.making import make_shared  # Alembic is slow to import

    make_shared(shared.database, shared.owner, names, clock, keys)
    keep_place(home.ledger_folder, shared.database)
    return Ledger.open(home.ledger_folder, clock=clock, keys=keys)


@dataclass(frozen=True)
class Session:
    """A person at work in a site."""

    site: Site
    account: Account
    seen: set[str] = field(default_factory=set, compare=False, repr=False)
    """What this log-in looked at and is noted (`acts.seeing`)."""
    unwritten: list[EventDraft] = field(default_factory=list, compare=False, repr=False)
    """What was looked at while the log could not be written."""

    @property
    def actor(self) -> Actor:
        """Who stands in the events of this session."""
        return Actor(self.account.user, self.account.role)


def log_in(site: Site, user: str, password: str) -> Session:
    """Log a person in. Raises what `authenticate` raises; every try is an event, and so is a clock that was set."""
    site.watch_time()
    account = authenticate(site.ledger, user, password, clock=site.clock, protocol=site.protocol.sha256)
    session = Session(site, account)
    site.begin(session.actor)
    return session


def log_out(session: Session) -> None:
    """Record that a person left, with a checkpoint over everything."""
    session.site.watch_time()
    accounts.log_out(session.site.ledger, session.account, session.site.protocol.sha256)


def lock_screen(session: Session, why: str) -> None:
    """Record that the work of a person was covered: `why` is "by hand" or "idle"."""
    session.site.watch_time()
    draft = EventDraft("ScreenLocked", Subject("user", id=session.account.user), reason=why)
    session.site.ledger.append(session.actor, [draft], protocol=session.site.protocol.sha256)
