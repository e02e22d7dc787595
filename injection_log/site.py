"""One home that is opened: its ledger, its protocol, its images and its keys, and who is logged in.

A Site knows where things are; what is done with them are the acts. It opens no window and talks to no PACS.
"""
from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from injection_log.clock import Clock, SystemClock
from injection_log.errors import HomeMissing
from injection_log.home import Home
from injection_log.keys import KeyFolder
from injection_log.ledger.event import Actor, Change, EventDraft, Subject
from injection_log.people.accounts import Account, authenticate
from injection_log.protocol.protocol import Protocol
from injection_log.protocol.reading import read_protocol
from injection_log.store.ledger_store import Ledger

if TYPE_CHECKING:
    from dicom_io.image import UltrasoundImage

NOBODY = Actor("", "")
LEDGER = Subject("ledger")


@dataclass
class Site:
    """An opened home. `clock` is the only source of time for everything that is recorded."""

    home: Home
    ledger: Ledger
    keys: KeyFolder
    clock: Clock
    protocol: Protocol
    _headers: dict[str, UltrasoundImage] = field(default_factory=dict, repr=False)

    @classmethod
    def open(cls, home: Home, clock: Clock | None = None, keys: KeyFolder | None = None) -> Site:
        """Open the log of a home. Raises HomeMissing where there is none, else what the ledger raises."""
        if not home.has_ledger():
            raise HomeMissing(
                f"There is no log in {home.root} yet: set one up with 'injection-log setup --home {home.root}'."
            )
        clock, keys = clock or SystemClock(), keys or KeyFolder.default()
        ledger = Ledger.open(home.ledger_folder, clock=clock, keys=keys)
        stored = ledger.values(LEDGER.key)["protocol"]
        assert isinstance(stored, dict)  # written by `create` and `adopt_protocol` only
        return cls(home, ledger, keys, clock, read_protocol(str(stored["text"])))

    @classmethod
    def create(cls, home: Home, protocol_text: str, site: str, clock: Clock | None = None) -> Site:
        """Make a new log in an empty home and adopt the protocol as its first act.

        Raises ProtocolRefused before anything is written when the protocol is not valid.
        """
        protocol = read_protocol(protocol_text)
        clock, keys = clock or SystemClock(), KeyFolder.default()
        home.make()
        ledger = Ledger.create(home.ledger_folder, study=protocol.id, site=site, clock=clock, keys=keys)
        adopted = {
            "id": protocol.id, "version": protocol.version, "sha256": protocol.sha256, "text": protocol.text,
        }
        change = Change("protocol", None, adopted)
        ledger.append(NOBODY, [EventDraft("ProtocolAdopted", LEDGER, (change,))], protocol=protocol.sha256)
        return cls(home, ledger, keys, clock, protocol)

    @property
    def site_name(self) -> str:
        """The name of the site that this log belongs to."""
        return str(self.ledger.values(LEDGER.key)["site"])

    def image_path(self, sha256: str) -> Path:
        """Where the untouched original with this digest is."""
        return self.home.images / sha256[:2] / sha256

    def image_header(self, sha256: str) -> UltrasoundImage:
        """Read the header facts of a kept image, once for each image."""
        from dicom_io.reading import read_image  # pydicom is loaded only when a picture is needed

        if sha256 not in self._headers:
            self._headers[sha256] = read_image(self.image_path(sha256))
        return self._headers[sha256]


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
    """Log a person in. Raises WrongPassword or AccountLocked; every try is an event."""
    account = authenticate(site.ledger, user, password, clock=site.clock, protocol=site.protocol.sha256)
    return Session(site, account)
