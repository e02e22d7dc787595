"""A site with everyone a backup and a restore need: two who agree, one who writes, and an image."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

from injection_log.clock import FixedClock
from injection_log.home import Home
from injection_log.ledger.event import Actor, Change, EventDraft, Subject
from injection_log.log_place import NewShared
from injection_log.people.accounts import NewAccount, add_account
from injection_log.people.passwords import PasswordCost
from injection_log.people.two_people import Proof2
from injection_log.protocol.reading import practice_protocol_text
from injection_log.site import NOBODY, Session, Site, log_in

CHEAP = PasswordCost(passes=1, memory_kib=8, lanes=1)
PEOPLE = {
    "admin": "administrator",
    "pia": "principal_investigator",
    "dagny": "data_manager",
    "amina": "injector",
}
LEFT = Subject("gland", "SMG-07", "injection", "left")


def password(user: str) -> str:
    """What this person types."""
    return f"{user} likes long walks"


def proof(user: str) -> Proof2:
    """One person of two."""
    return Proof2(user, password(user))


@dataclass
class Kept:
    """A site in a home, and what tests do to it."""

    home: Home
    site: Site

    def session(self, user: str) -> Session:
        return log_in(self.site, user, password(user))

    def note(self, text: str) -> int:
        """One event of a gland; its sequence number."""
        old = self.site.ledger.values(LEFT.key).get("fact.note")
        draft = EventDraft("GlandFactSet", LEFT, (Change("fact.note", old, text),))
        return self.site.ledger.append(Actor("amina", "injector"), [draft], protocol="p1")[-1].sequence

    def keep_image(self, content: bytes) -> str:
        """An image file and the event that names it; its digest."""
        digest = sha256(content).hexdigest()
        folder = self.home.images / digest[:2]
        folder.mkdir(exist_ok=True)
        (folder / digest).write_bytes(content)
        draft = EventDraft("ImageKept", Subject("image", id=f"2.25.{digest[:6]}"), (Change("sha256", None, digest),))
        self.site.ledger.append(Actor("amina", "injector"), [draft], protocol="p1")
        return digest

    def reopen(self) -> None:
        self.site.ledger.close()
        self.site = Site.open(self.home, self.site.clock)


def kept_site(folder: Path, shared: NewShared | None = None) -> Kept:
    """A new site with its people, one image and one fact, in a file or in a shared database."""
    clock = FixedClock(datetime(2026, 11, 22, 9, 0, tzinfo=UTC), timedelta(milliseconds=7))
    home = Home(folder / "home")
    site = Site.create(home, practice_protocol_text(), "01", clock=clock, shared=shared)
    for user, role in PEOPLE.items():
        by = NOBODY if role == "administrator" else Actor("admin", "administrator")
        account = NewAccount(user, user.title(), role, password(user), CHEAP)
        add_account(site.ledger, by, account, clock=clock, protocol=site.protocol.sha256)
    kept = Kept(home, site)
    kept.keep_image(b"not really an ultrasound picture")
    kept.note("smooth")
    return kept
