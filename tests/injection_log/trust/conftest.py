"""A small log of its own for each test, and one with an image and a signed gland that tests may tamper with."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import psycopg
import pytest
from database_server import OWNER, Postgres

from injection_log.clock import FixedClock
from injection_log.home import Home
from injection_log.keys import KeyFolder
from injection_log.ledger.canonical import Json
from injection_log.ledger.event import Actor, Change, EventDraft, Subject
from injection_log.log_place import Names, SharedDatabase, keep_place
from injection_log.people.accounts import NewAccount, add_account, authenticate, prove
from injection_log.people.passwords import PasswordCost
from injection_log.people.signature import SignatureClaim, sign_claim
from injection_log.store.ledger_store import Ledger
from injection_log.store.making import make_shared

CHEAP = PasswordCost(passes=1, memory_kib=8, lanes=1)
PASSWORD = "three green pears"
NOBODY = Actor("", "")
AMINA = Actor("amina", "injector")
LEFT = Subject("gland", "SMG-07", "injection", "left")
PICTURE = b"not really an ultrasound picture"
Sign = Callable[[Ledger, str, Subject], dict[str, Json]]


@dataclass(frozen=True)
class Place:
    """A home and its keys."""

    home: Home
    keys: KeyFolder

    @property
    def database(self) -> Path:
        return self.home.ledger_folder / "ledger.sqlite3"

    def make(self, clock: FixedClock) -> Ledger:
        return Ledger.create(self.home.ledger_folder, study="SMG", site="01", clock=clock, keys=self.keys)

    def open(self) -> Ledger:
        return Ledger.open(self.home.ledger_folder, clock=_clock(), keys=self.keys)

    def copy(self, to: Path) -> Place:
        shutil.copytree(self.home.root, to / "home")
        shutil.copytree(self.keys.root, to / "keys")
        return Place(Home(to / "home"), KeyFolder(to / "keys"))

    def run(self, statement: str) -> None:
        """Run one statement as the file's owner, or the tables' owner, can by hand."""
        connection = sqlite3.connect(self.database, isolation_level=None)
        try:
            connection.execute(statement)
        finally:
            connection.close()

    def tamper(self, *statements: str) -> None:
        """Change the database as its owner can: without its triggers, which are put back afterwards."""
        connection = sqlite3.connect(self.database, isolation_level=None)
        triggers = connection.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").fetchall()
        for name, _ in triggers:
            connection.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            connection.execute(statement)
        for _, sql in triggers:
            connection.execute(sql)
        connection.close()


@dataclass(frozen=True)
class SharedPlace(Place):
    """A home whose log is in a schema of a real PostgreSQL, made by its owner."""

    server: Postgres
    shared: SharedDatabase

    def make(self, clock: FixedClock) -> Ledger:
        self.home.make()
        make_shared(self.shared, OWNER, Names("SMG", "01"), clock, self.keys)
        keep_place(self.home.ledger_folder, self.shared)
        return self.open()

    def run(self, statement: str, user: str = OWNER) -> None:
        with psycopg.connect(self.server.url(user), autocommit=True) as connection:
            connection.execute(f"SET search_path TO {self.shared.schema}")
            connection.execute(statement)

    def tamper(self, *statements: str) -> None:
        """Change the database as its administrator can: without its triggers, which are put back afterwards."""
        with self.server.administrator() as connection:
            connection.execute(f"SET search_path TO {self.shared.schema}")
            connection.execute("ALTER TABLE event DISABLE TRIGGER USER")
            for statement in statements:
                connection.execute(statement)
            for name in ("event_never_updated", "event_never_deleted", "event_follows"):
                connection.execute(f"ALTER TABLE event ENABLE ALWAYS TRIGGER {name}")


@pytest.fixture(params=["sqlite", "postgresql"])
def any_place(request: pytest.FixtureRequest, place: Place) -> Place:
    """A place for a log: a file, and a schema of a real PostgreSQL. `make` makes the log, `open` opens it again."""
    if request.param == "sqlite":
        return place
    server = request.getfixturevalue("postgres")
    return SharedPlace(place.home, place.keys, server, server.new_schema())


def _clock() -> FixedClock:
    return FixedClock(datetime(2026, 11, 22, 9, 0, tzinfo=UTC), timedelta(seconds=1))


@pytest.fixture
def clock() -> FixedClock:
    return _clock()


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(Home(tmp_path / "home"), KeyFolder(tmp_path / "keys"))


@pytest.fixture
def ledger(place: Place, clock: FixedClock) -> Iterator[Ledger]:
    made = Ledger.create(place.home.ledger_folder, study="SMG", site="01", clock=clock, keys=place.keys)
    yield made
    made.close()


@pytest.fixture
def note() -> Callable[..., None]:
    """Set one field of a gland, as a drag of a handle or a field that is left does."""

    def write(ledger: Ledger, new: Json, *, old: Json = None, checkpoint: bool = False) -> None:
        draft = EventDraft("FactSet", LEFT, (Change("fact.note", old, new),))
        ledger.append(AMINA, [draft], protocol="p1", checkpoint=checkpoint)

    return write


@pytest.fixture(scope="session")
def sign() -> Sign:
    """The value of a signature by one user on one record, as the acts store it."""

    def signed(ledger: Ledger, user: str, subject: Subject) -> dict[str, Json]:
        text = f"Gland record {subject.key}\n"
        digest = sha256(text.encode()).hexdigest()
        when = "2026-11-22T10:00:00.000+00:00"
        claim = SignatureClaim(ledger.origin, subject.key, digest, "performed", user, when)
        key = prove(ledger, user, PASSWORD, ledger.clock, "p1")
        return {
            "user": user,
            "printed_name": "Amina Berg",
            "role": "injector",
            "meaning": claim.meaning,
            "signed_at": claim.signed_at,
            "offset_minutes": 60,
            "record_sha256": claim.record_sha256,
            "rendering": text,
            "value": sign_claim(key, claim),
        }

    return signed


@pytest.fixture(scope="session")
def signed_template(tmp_path_factory: pytest.TempPathFactory, sign: Sign) -> Place:
    """A log with a person, an image file, a signed gland and a checkpoint: 9 events. Not to be changed."""
    root = tmp_path_factory.mktemp("signed")
    place = Place(Home(root / "home").make(), KeyFolder(root / "keys"))
    clock = _clock()
    ledger = Ledger.create(place.home.ledger_folder, study="SMG", site="01", clock=clock, keys=place.keys)
    add_account(
        ledger, NOBODY, NewAccount("amina", "Amina Berg", "injector", PASSWORD, CHEAP), clock=clock, protocol="p1"
    )
    authenticate(ledger, "amina", PASSWORD, clock, "p1")
    digest = sha256(PICTURE).hexdigest()
    (place.home.images / digest[:2]).mkdir()
    (place.home.images / digest[:2] / digest).write_bytes(PICTURE)
    kept = EventDraft("ImageKept", Subject("image", id="2.25.7"), (Change("sha256", None, digest),))
    fact = EventDraft("FactSet", LEFT, (Change("fact.note", None, "smooth"),))
    ledger.append(AMINA, [kept, fact], protocol="p1")
    signature = (Change("state", None, "signed"), Change("signature", None, sign(ledger, "amina", LEFT)))
    ledger.append(AMINA, [EventDraft("GlandSigned", LEFT, signature)], protocol="p1", checkpoint=True)
    ledger.close()
    return place


@pytest.fixture
def signed(signed_template: Place, tmp_path: Path) -> Place:
    """The signed log, as a copy that a test may tamper with."""
    return signed_template.copy(tmp_path / "copy")
