"""The log of one site, open: append to it, and read what was appended.

Knows nothing of glands, roles or passwords. One transaction is in `transaction`, the checks at the start
in `opening`, the making of a new log in `making`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from sqlalchemy import Engine

from injection_log.clock import Clock
from injection_log.keys import KeyFolder
from injection_log.ledger.canonical import Json, parse_json
from injection_log.ledger.errors import KeyMissing, LedgerError, OutcomeUnknown
from injection_log.ledger.event import Actor, Event, EventDraft, Seal, read_event
from injection_log.log_place import place_of
from injection_log.store.batch import LEDGER, Batch, Credential, Head, Seen, Writer
from injection_log.store.opening import Identity, check_start, open_database
from injection_log.store.pages import Wanted, sequences_of, sequences_page, starts_with, subjects_question
from injection_log.store.remembering import Remembering
from injection_log.store.revisions import HEAD
from injection_log.store.server_errors import outcome_unknown, server_away
from injection_log.store.statements import Row, appending, asking
from injection_log.store.transaction import ask_head, ask_values, write_batch

__all__ = ["CHUNK", "Batch", "Credential", "Head", "Ledger", "Wanted"]

CHUNK = 1_000
EVERYTHING = Wanted()
_EVENT = "SELECT sequence, body, salt, leaf, previous, hash FROM event"
_VALUE = "SELECT subject, field, value FROM current_value"


class Ledger:
    """An open log. Made by `create` and `open`; safe to use from several threads and beside other processes."""

    def __init__(self, engine: Engine, identity: Identity, writer: Writer, head: Head) -> None:
        self.origin = identity.origin
        self.study = identity.study
        self.site = identity.site
        self.clock = writer.clock
        self.keys = writer.keys
        self.workstation = writer.workstation
        self._engine = engine
        self._writer = writer
        self._seen = Seen(head)
        self._remembering = Remembering(writer.keys, identity.origin)

    @classmethod
    def create(cls, folder: Path, *, study: str, site: str, clock: Clock, keys: KeyFolder) -> Ledger:
        """Make a log in `folder` and open it. Raises LedgerExists, NameRefused and other leaves of LedgerError.

        One in a shared database is made by `making.make_shared`; then `folder` names it.
        """
        from injection_log.store.making import make_database  # Alembic is slow to import

        make_database(folder, study=study, site=site, clock=clock, keys=keys)
        return cls.open(folder, clock=clock, keys=keys)

    @classmethod
    def open(cls, folder: Path, *, clock: Clock, keys: KeyFolder) -> Ledger:
        """Open the log in `folder`, or the shared one that is named there, after checks that stop loudly.

        Raises LedgerMissing, LedgerVersionUnknown, LedgerDamaged, LedgerRolledBack and other leaves of LedgerError.
        Never starts a fresh log. One of an older revision is upgraded, after a copy of it was kept.
        """
        place = place_of(folder)
        engine, identity, revision = open_database(place)
        try:
            head = check_start(engine, identity.origin, keys)
            writer = Writer(identity.origin, clock, keys, keys.workstation())
            if revision != HEAD:
                from injection_log.store.upgrading import upgrade_log  # Alembic is slow to import

                head = upgrade_log(place, engine, writer, head)
            return cls(engine, identity, writer, head)
        except BaseException:
            engine.dispose()
            raise

    def close(self) -> None:
        """Let go of the file."""
        self._remembering.close()
        self._engine.dispose()

    def append(
        self, actor: Actor, drafts: Sequence[EventDraft], *, protocol: str, checkpoint: bool = False
    ) -> tuple[Event, ...]:
        """Write these events in one durable transaction; when this returns, they are on the disk.

        `checkpoint` adds one CheckpointMade event that covers everything before it; a workstation whose
        checkpoint key the log does not know is enrolled by an event first. Raises ChangedMeanwhile when a
        Change.old is not the current value, NotCanonical, LedgerBusy, DiskFull, LedgerReadOnly,
        LedgerRolledBack, LedgerDamaged, LedgerUnreachable, KeyStoreFailed; then nothing was written. Only after
        OutcomeUnknown it may have been.
        """
        return self.append_batch(Batch(actor, tuple(drafts), protocol, checkpoint))

    def append_batch(self, batch: Batch) -> tuple[Event, ...]:
        """As `append`, with a credential in the same transaction where the batch has one."""
        if not batch.drafts and not batch.checkpoint:
            return ()
        if batch.checkpoint and not self._seen.frontier.size:
            with asking(self._engine) as statements:
                self._seen = replace(self._seen, frontier=self._remembering.tree(statements))
        events, seen = self._written_at_once(batch) or self._written(batch)
        self._seen = seen
        self._remembering.came_to(seen, signed=batch.checkpoint)
        return events

    def _written_at_once(self, batch: Batch) -> tuple[tuple[Event, ...], Seen] | None:
        """On a server, in one message; None where that cannot be, or where another wrote in between."""
        if self._engine.dialect.name == "sqlite":
            return None
        from injection_log.store.at_once import Lost, write_at_once  # only where there is a server

        try:
            return write_at_once(self._engine, self._writer, batch, self._seen)
        except Lost as lost:
            if not self._was_saved(lost.events[-1]):
                raise server_away() from None
            return lost.events, lost.known

    def _written(self, batch: Batch) -> tuple[tuple[Event, ...], Seen]:
        events: tuple[Event, ...] = ()
        try:
            with appending(self._engine) as statements:
                events, seen = write_batch(statements, self._writer, batch, self._seen)
        except OutcomeUnknown:
            if not self._was_saved(events[-1]):
                raise server_away() from None
        except LedgerError as error:
            # The disk can fail behind the moment at which a commit counts: then the events stand, but perhaps not
            # after a power cut.
            if events and self._may_be_saved(events[-1]):
                raise _disk_outcome_unknown() from error
            raise
        return events, seen

    def events(self, after: int = 0) -> Iterator[Event]:
        """The events with a sequence above `after`, in order, read a thousand at a time: no lock is held between.

        An event whose payload was blanked is left out.
        """
        while True:
            with asking(self._engine) as statements:
                rows = statements.ask(f"{_EVENT} WHERE sequence > ? ORDER BY sequence LIMIT ?", after, CHUNK)
            yield from _read(rows)
            if len(rows) < CHUNK:
                return
            after = rows[-1][0]

    def events_of(self, subject_key_prefix: str) -> Iterator[Event]:
        """The events of every subject whose key starts so, in order, found by the index."""
        with asking(self._engine) as statements:
            numbers = sequences_of(statements, subject_key_prefix)
        for start in range(0, len(numbers), CHUNK):
            yield from self._numbered(numbers[start : start + CHUNK])

    def events_page(self, *, before: int | None = None, limit: int, wanted: Wanted = EVERYTHING) -> tuple[Event, ...]:
        """The newest `limit` events that are wanted, newest first; the next page goes on `before` the last of them."""
        with asking(self._engine) as statements:
            numbers = sequences_page(statements, wanted, before, limit)
        return self._numbered(numbers)[::-1]

    def set_by(self, subject_key: str, field: str) -> Event | None:
        """The event that set the current value of a field; None where it has none."""
        with asking(self._engine) as statements:
            rows = statements.ask(
                "SELECT sequence FROM current_value WHERE subject = ? AND field = ?", subject_key, field
            )
        return next(iter(self._numbered([row[0] for row in rows])), None)  # one that was blanked has nothing to tell

    def _numbered(self, numbers: Sequence[int]) -> tuple[Event, ...]:
        if not numbers:
            return ()
        with asking(self._engine) as statements:
            marks = ", ".join("?" * len(numbers))
            return tuple(_read(statements.ask(f"{_EVENT} WHERE sequence IN ({marks}) ORDER BY sequence", *numbers)))

    def values(self, subject_key: str) -> dict[str, Json]:
        """The current value of each field of one subject."""
        with asking(self._engine) as statements:
            return ask_values(statements, subject_key)

    def values_of(self, prefix: str) -> dict[str, dict[str, Json]]:
        """The current values of every subject whose key starts so, by subject, all of one moment."""
        where, values = starts_with(prefix)
        with asking(self._engine) as statements:
            return _by_subject(statements.ask(f"{_VALUE}{where} ORDER BY subject, field", *values))

    def values_named(self, prefix: str, field: str) -> dict[str, Json]:
        """The current value of one field of every subject whose key starts so and has it, by subject."""
        where, values = starts_with(prefix)
        sql = f"{_VALUE}{where} {'AND' if where else 'WHERE'} field = ? ORDER BY subject"
        with asking(self._engine) as statements:
            found = _by_subject(statements.ask(sql, *values, field))
        return {subject: fields[field] for subject, fields in found.items()}

    def values_page(self, prefix: str, after: str, limit: int) -> dict[str, dict[str, Json]]:
        """The current values of the next `limit` subjects behind `after` that start so, by subject, in order."""
        subjects, values = subjects_question(prefix, after, limit)
        with asking(self._engine) as statements:
            return _by_subject(
                statements.ask(f"{_VALUE} WHERE subject IN ({subjects}) ORDER BY subject, field", *values)
            )

    def subjects(self, prefix: str) -> list[str]:
        """The keys of the subjects that have a current value and start so, sorted."""
        where, values = starts_with(prefix)
        with asking(self._engine) as statements:
            rows = statements.ask(f"SELECT DISTINCT subject FROM current_value{where} ORDER BY subject", *values)
        return [row[0] for row in rows]

    def subjects_page(self, prefix: str, after: str, limit: int) -> list[str]:
        """The next `limit` of `subjects(prefix)` behind the key `after` (empty: from the first)."""
        sql, values = subjects_question(prefix, after, limit)
        with asking(self._engine) as statements:
            return [row[0] for row in statements.ask(sql, *values)]

    def head(self) -> Head:
        """Sequence number and hash (32 bytes) of the last event."""
        with asking(self._engine) as statements:
            return ask_head(statements, self.origin)

    def latest_checkpoint(self) -> str | None:
        """The text of the last checkpoint."""
        value = self.values(LEDGER.key).get("checkpoint")
        text = value.get("text") if isinstance(value, dict) else None
        return text if isinstance(text, str) else None

    def credential(self, user: str) -> Credential | None:
        """The secrets of one user, or None."""
        with asking(self._engine) as statements:
            rows = statements.ask('SELECT password_hash, sealed_key FROM credential WHERE "user" = ?', user)
        return Credential(user, rows[0][0], rows[0][1]) if rows else None

    def identity_hash(self, patient_id: str, issuer: str) -> str:
        """The keyed hash of a patient id at this site, hex. Raises KeyMissing, IdentityEmpty, KeyStoreFailed."""
        if self.values(LEDGER.key).get("identity_key_check") != self.keys.identity_check(self.origin):
            raise KeyMissing(
                "The identity key on this workstation is not the one of this site; bring the right one over"
                " with `injection-log keys import`."
            )
        return self.keys.identity_hash(self.origin, patient_id, issuer)

    def _was_saved(self, last: Event) -> bool:
        """Ask a server again after its connection broke during the commit. Raises OutcomeUnknown when it is away.

        The write lock is taken for it: it waits until the lost transaction has ended, one way or the other.
        """
        try:
            with appending(self._engine) as statements:
                rows = statements.ask("SELECT hash FROM event WHERE sequence = ?", last.sequence)
        except LedgerError as error:
            raise outcome_unknown() from error
        return bool(rows) and bytes(rows[0][0]) == last.hash

    def _may_be_saved(self, last: Event) -> bool:
        """Look whether a commit that failed is in the log nevertheless, or cannot be looked for."""
        try:
            with asking(self._engine) as statements:
                rows = statements.ask("SELECT hash FROM event WHERE sequence = ?", last.sequence)
        except LedgerError:
            return True
        return bool(rows) and bytes(rows[0][0]) == last.hash


def _disk_outcome_unknown() -> OutcomeUnknown:
    return OutcomeUnknown(
        "The disk failed at the very moment of saving, so whether this was saved is not known; check the disk, then"
        " look at the record before you do it again."
    )


def _read(rows: Sequence[Row]) -> Iterator[Event]:
    for _, body, salt, leaf, previous, link in rows:
        if body is not None:
            yield read_event(body, Seal(salt, leaf, previous, link))


def _by_subject(rows: Sequence[Row]) -> dict[str, dict[str, Json]]:
    found: dict[str, dict[str, Json]] = {}
    for subject, name, value in rows:
        found.setdefault(subject, {})[name] = parse_json(value)
    return found
