"""Restore from a backup: two people agree to what is lost, and the log says so itself from then on.

The new database is finished beside the old one, its agreement written into it, before it takes the old one's place
in one step, as a file or as a schema of a shared database; so at each moment there is the old log or the restored
one. Works when the log that was there is gone or damaged. Deletes nothing: the replaced database is kept, and so are
images that only lost events named.
"""

from __future__ import annotations

import secrets
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from injection_log.acts.writing import require
from injection_log.backup_folder import Manifest, check_backup, digest_of
from injection_log.clock import Clock, from_text, to_text
from injection_log.errors import Refused
from injection_log.high_water import HighWater
from injection_log.home import DATABASE, Home
from injection_log.home_at_start import REPLACED
from injection_log.home_place import check_place
from injection_log.keys import KeyFolder
from injection_log.ledger.errors import LedgerError, OutcomeUnknown
from injection_log.ledger.event import Change, EventDraft, Json, Subject
from injection_log.log_place import PLACE, NewShared, Place, SharedDatabase, keep_place, place_of
from injection_log.people.restored import ACT, KIND, Loss, restore_text
from injection_log.people.two_people import Proof2, agreed
from injection_log.private_files import fresh_file, make_private_folder, name_finished, sync_file, sync_folder
from injection_log.protocol.reading import read_protocol
from injection_log.protocol.typed import remark_of
from injection_log.readings_folder import bring_readings
from injection_log.site import Session, Site, log_in
from injection_log.store.batch import Batch, Writer
from injection_log.store.binding import bound_in
from injection_log.store.engine import speaking
from injection_log.store.ledger_store import Ledger
from injection_log.store.restore import put_in_place
from injection_log.store.snapshot import open_place

LEDGER = Subject("ledger")
Told = Callable[[str], None]


@dataclass(frozen=True)
class Asked:
    """What two people ask for: the first logs in, the second stands beside; `why` is kept in the log.

    `shared` is the shared database to restore into, and the owner of its tables; None where the log is a file.
    """

    backup: Path
    first: Proof2
    second: Proof2
    why: str
    shared: NewShared | None = None


@dataclass(frozen=True)
class RestoredHere:
    """What was done: what is lost, the event that says so, where the replaced database is (None: none; of a shared one
    the schema that it is in now).
    """

    loss: Loss
    sequence: int
    incarnation: int
    aside: Path | str | None


class _Unmarked(KeyFolder):
    """The keys of this workstation without what it has seen: the copy that is made ready is behind it by its nature."""

    def high_water(self, origin: str) -> HighWater | None:
        return None

    def raise_high_water(self, origin: str, mark: HighWater, *, durable: bool) -> None:
        return


def loss_of(place: Place, keys: KeyFolder, said: Manifest, why: str) -> Loss:
    """What a restore of this backup would take back, as far as this workstation and the present database know.

    Raises Refused when another log is in this place.
    """
    return _loss(keys, said, why, _present_end(place, said))


def place_to_restore(home: Home, database: SharedDatabase | None = None) -> Place:
    """Where a restore puts the log: where the home has it, else into the shared database that is named, else a file.

    Raises PlaceRefused, Refused when the home has its log elsewhere than in the one that is named.
    """
    place = place_of(home.ledger_folder) if home.has_ledger() else database or home.ledger_folder
    if database is not None and place != database:
        raise Refused(
            "another_place",
            f"The log of {home.root} is not in the database that was named, and nothing was changed; leave --database"
            " out, or choose a new home with --home.",
        )
    return place


def restore_backup(
    home: Home, asked: Asked, *, clock: Clock, keys: KeyFolder, tell: Told = lambda said: None
) -> RestoredHere:
    """Put the log of a backup into the place of the one in this home, as an act of two people.

    Raises BackupDamaged, Refused (roles, another log, a reason that is none), WrongPassword, LedgerBusy and other
    leaves of LedgerError; then the log that was there is as it was, but for OutcomeUnknown.
    """
    place = place_to_restore(home, None if asked.shared is None else asked.shared.database)
    if not isinstance(place, SharedDatabase):
        check_place(home.ledger_folder)
    tell("Verifying the backup")
    said = check_backup(asked.backup)
    present = _present_end(place, said)
    loss = _loss(keys, said, asked.why, present)
    ready = _Ready(home, place, asked, present)
    with speaking(), ready.work() as work:
        staged = work.ledger_folder / DATABASE
        shutil.copyfile(asked.backup / "ledger" / DATABASE, staged)
        staged.chmod(0o600)
        tell("Copying images that are not here")
        _bring_images(asked.backup, home, said)
        bring_readings(asked.backup, home.root)
        mark = _agree(work, asked, loss, (clock, keys))
        tell("Putting the log in its place")
        mark, aside = ready.put(staged, mark, Writer(said.origin, clock, keys, keys.workstation()))
    keys.accept_restored(said.origin, mark)
    return RestoredHere(loss, ready.sequence, mark.incarnation, aside)


@dataclass
class _Ready:
    """Where the restored log goes: a file or a shared database."""

    home: Home
    place: Place
    asked: Asked
    present: HighWater | None
    sequence: int = 0

    @contextmanager
    def work(self) -> Iterator[Home]:
        """A private home to make the log ready in; a new home names its shared log when this ends well."""
        self.home.make()
        shared = isinstance(self.place, SharedDatabase)
        # A file is renamed into its place: on the same disk. Of a shared log the home may be on any disk.
        root = Path(tempfile.mkdtemp()) if shared else self.home.root / f".restoring-{secrets.token_hex(4)}"
        named_now = isinstance(self.place, SharedDatabase) and not self.home.is_shared()
        try:
            if isinstance(self.place, SharedDatabase) and named_now:
                keep_place(self.home.ledger_folder, self.place)
            make_private_folder(Home(root).ledger_folder)
            yield Home(root)
        except OutcomeUnknown:
            raise  # the log may be there: the home goes on naming it
        except BaseException:
            if named_now:
                (self.home.ledger_folder / PLACE).unlink(missing_ok=True)
            raise
        finally:
            shutil.rmtree(root, ignore_errors=True)

    def put(self, staged: Path, mark: HighWater, writer: Writer) -> tuple[HighWater, Path | str | None]:
        """Put the finished file in its place; where the log ends there, and where the old one is."""
        self.sequence = mark.size
        now = to_text(writer.clock.now()).replace(":", "")
        if not isinstance(self.place, SharedDatabase):
            aside = self.home.root / REPLACED / f"{now}-{secrets.token_hex(2)}"
            return mark, aside if put_in_place(staged, self.home.ledger_folder, aside, self.present) else None
        from injection_log.store.restore_server import Replaced, put_on_server  # psycopg only where it is needed

        shared = self.asked.shared or NewShared(self.place)
        kept = f"{self.place.schema[:30]}_replaced_{from_text(to_text(writer.clock.now())):%Y%m%dt%H%M%S}"
        name = f"{kept}_{secrets.token_hex(2)}"
        head, was_there = put_on_server(staged, shared, writer, Replaced(name, self.present))
        return HighWater(head[0], head[1].hex(), mark.incarnation), name if was_there else None


def _loss(keys: KeyFolder, said: Manifest, why: str, present: HighWater | None) -> Loss:
    seen = [HighWater(said.last_sequence, said.last_hash), keys.high_water(said.origin), present]
    last = max((mark for mark in seen if mark is not None), key=lambda mark: mark.size)
    return Loss(said.name, said.taken_at, said.last_sequence, said.last_hash, last.size, last.hash, why)


def _present_end(place: Place, said: Manifest) -> HighWater | None:
    """The last event of the database that is there, when it can be read as this log."""
    if isinstance(place, Path) and not (place / DATABASE).is_file():
        return None
    bound = bound_in(place)
    if bound is None:
        return None
    if bound["origin"] != said.origin:
        raise Refused(
            "another_log",
            "The backup is of another log than the one in this home, and nothing was changed; choose its own home with"
            " --home.",
        )
    try:
        with speaking(), open_place(place) as snapshot:
            last = max(snapshot.events(), key=lambda row: int(str(row[0])))
    except (LedgerError, ValueError):
        return None
    return HighWater(int(str(last[0])), bytes(last[5]).hex()) if isinstance(last[5], bytes) else None


def _bring_images(backup: Path, home: Home, said: Manifest) -> None:
    """Copy what is missing or damaged here; a damaged file is kept beside the good one."""
    for digest in said.images:
        place = Path(digest[:2]) / digest
        to = home.images / place
        if to.is_file():
            if digest_of(to) == digest:
                continue
            to.rename(to.with_name(f"{digest}.damaged-{secrets.token_hex(2)}"))
        make_private_folder(to.parent)
        fresh = fresh_file(to)
        shutil.copyfile(backup / "images" / place, fresh)
        sync_file(fresh)
        name_finished(fresh, to)
        sync_folder(home.images)


def _agree(work: Home, asked: Asked, loss: Loss, here: tuple[Clock, KeyFolder]) -> HighWater:
    """Let both sign, write LedgerRestored into the copy, and answer where it ends and its incarnation."""
    clock, keys = here
    unmarked = _Unmarked(keys.root, use_key_store=keys.uses_key_store)
    with closing(Ledger.open(work.ledger_folder, clock=clock, keys=unmarked)) as ledger:
        stored = ledger.values(LEDGER.key)["protocol"]
        assert isinstance(stored, dict)  # the backup was verified
        site = Site(work, ledger, unmarked, clock, read_protocol(str(stored["text"])))
        session = log_in(site, asked.first.user.strip(), asked.first.password)
        require(session, "restore")
        why = remark_of(asked.why, site.protocol, "Reason")
        loss = Loss(**{**vars(loss), "why": why})
        text = restore_text(site.ledger.origin, loss)
        agreement = agreed(session, asked.second, act=ACT, text=text, password=asked.first.password)
        event = _restored_event(session, loss, agreement, keys)
        incarnation = event.changes[0].new
        batch = Batch(session.actor, (event,), site.protocol.sha256, checkpoint=True)
        site.ledger.append_batch(batch)
        sequence, last_hash = site.ledger.head()
    return HighWater(sequence, last_hash.hex(), int(str(incarnation)))


def _restored_event(session: Session, loss: Loss, agreement: Json, keys: KeyFolder) -> EventDraft:
    """One incarnation more than this log, this workstation or the backup has had."""
    ledger = session.site.ledger
    values = ledger.values(LEDGER.key)
    before = values.get("incarnation")
    mark = keys.high_water(ledger.origin)
    known = max(before if isinstance(before, int) else 1, mark.incarnation if mark else 1)
    changes = (
        Change("incarnation", before, known + 1),
        Change("restored", values.get("restored"), loss.to_json(agreement)),
    )
    return EventDraft(KIND, LEDGER, changes, reason=loss.why)
