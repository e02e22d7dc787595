"""The log of one site, open: append to it, and read what was appended.

Knows nothing of glands, roles or passwords. One transaction is in `transaction`, the checks at the start
in `opening`, the making of a new log in `making`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from sqlalchemy import ColumnElement, Engine, select

from injection_log.clock import Clock
from injection_log.keys import HighWater, KeyFolder
from injection_log.ledger.canonical import Json, canonical_bytes, parse_json
from injection_log.ledger.errors import KeyMissing, KeyStoreFailed
from injection_log.ledger.event import Actor, Event, EventDraft, Seal, read_event
from injection_log.store import schema
from injection_log.store.engine import reading, writing
from injection_log.store.opening import Identity, check_start, open_database
from injection_log.store.transaction import (
    LEDGER,
    Batch,
    Credential,
    Head,
    Seen,
    Writer,
    read_head,
    read_values,
    write_batch,
)

CHUNK = 1_000


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

    @classmethod
    def create(cls, folder: Path, *, study: str, site: str, clock: Clock, keys: KeyFolder) -> Ledger:
        """Make a log in `folder` and open it. Raises LedgerExists, NameRefused and other leaves of LedgerError."""
        from injection_log.store.making import make_database  # Alembic is slow to import

        make_database(folder, study=study, site=site, clock=clock, keys=keys)
        return cls.open(folder, clock=clock, keys=keys)

    @classmethod
    def open(cls, folder: Path, *, clock: Clock, keys: KeyFolder) -> Ledger:
        """Open the log in `folder`, after checks that stop loudly. Raises LedgerMissing,
        LedgerVersionUnknown, LedgerDamaged, LedgerRolledBack and other leaves of LedgerError. Never
        starts a fresh log.
        """
        engine, identity = open_database(folder)
        try:
            head = check_start(engine, identity.origin, keys)
            return cls(engine, identity, Writer(identity.origin, clock, keys, keys.workstation()), head)
        except BaseException:
            engine.dispose()
            raise

    def close(self) -> None:
        """Let go of the file."""
        self._engine.dispose()

    def append(
        self, actor: Actor, drafts: Sequence[EventDraft], *, protocol: str, checkpoint: bool = False
    ) -> tuple[Event, ...]:
        """Write these events in one durable transaction; when this returns, they are on the disk.

        `checkpoint` adds one CheckpointMade event that covers everything before it; a workstation whose
        checkpoint key the log does not know is enrolled by an event first. Raises ChangedMeanwhile when a
        Change.old is not the current value, NotCanonical, LedgerBusy, DiskFull, LedgerReadOnly,
        LedgerRolledBack, LedgerDamaged, LedgerUnreachable, KeyStoreFailed; then nothing was written.
        """
        return self.append_batch(Batch(actor, tuple(drafts), protocol, checkpoint))

    def append_batch(self, batch: Batch) -> tuple[Event, ...]:
        """As `append`, with a credential in the same transaction where the batch has one."""
        if not batch.drafts and not batch.checkpoint:
            return ()
        with writing(self._engine) as connection:
            events, seen = write_batch(connection, self._writer, batch, self._seen)
        self._seen = seen
        self._raise_high_water(seen.head, durable=batch.checkpoint)
        return events

    def events(self, after: int = 0) -> Iterator[Event]:
        """The events with a sequence above `after`, in order, read a thousand at a time: no lock is held between."""
        return self._events(after, b"")

    def events_of(self, subject_key_prefix: str) -> Iterator[Event]:
        """The events of every subject whose key starts so, in order. Goes through the whole log."""
        # A quote inside a text is escaped in canonical JSON, so these bytes stand for the subject and nothing else.
        return self._events(0, b'"subject":' + canonical_bytes(subject_key_prefix)[:-1])

    def _events(self, after: int, needle: bytes) -> Iterator[Event]:
        query = select(schema.event).order_by(schema.event.c.sequence).limit(CHUNK)
        while True:
            with reading(self._engine) as connection:
                rows = connection.execute(query.where(schema.event.c.sequence > after)).all()
            for row in rows:
                if needle in row.body:
                    yield read_event(row.body, Seal(row.salt, row.leaf, row.previous, row.hash))
            if len(rows) < CHUNK:
                return
            after = rows[-1].sequence

    def values(self, subject_key: str) -> dict[str, Json]:
        """The current value of each field of one subject."""
        with reading(self._engine) as connection:
            return read_values(connection, subject_key)

    def values_of(self, prefix: str) -> dict[str, dict[str, Json]]:
        """The current values of every subject whose key starts so, by subject, all of one moment."""
        table = schema.current_value
        query = select(table).where(*_starts_with(prefix)).order_by(table.c.subject, table.c.field)
        found: dict[str, dict[str, Json]] = {}
        with reading(self._engine) as connection:
            for row in connection.execute(query):
                found.setdefault(row.subject, {})[row.field] = parse_json(row.value)
        return found

    def subjects(self, prefix: str) -> list[str]:
        """The keys of the subjects that have a current value and start so, sorted."""
        table = schema.current_value
        query = select(table.c.subject).where(*_starts_with(prefix)).distinct().order_by(table.c.subject)
        with reading(self._engine) as connection:
            return list(connection.execute(query).scalars())

    def head(self) -> Head:
        """Sequence number and hash (32 bytes) of the last event."""
        with reading(self._engine) as connection:
            return read_head(connection, self.origin)

    def latest_checkpoint(self) -> str | None:
        """The text of the last checkpoint."""
        value = self.values(LEDGER.key).get("checkpoint")
        text = value.get("text") if isinstance(value, dict) else None
        return text if isinstance(text, str) else None

    def credential(self, user: str) -> Credential | None:
        """The secrets of one user, or None."""
        query = select(schema.credential).where(schema.credential.c.user == user)
        with reading(self._engine) as connection:
            row = connection.execute(query).one_or_none()
        return None if row is None else Credential(row.user, row.password_hash, row.sealed_key)

    def identity_hash(self, patient_id: str, issuer: str) -> str:
        """The keyed hash of a patient id at this site, hex. Raises KeyMissing, IdentityEmpty, KeyStoreFailed."""
        if self.values(LEDGER.key).get("identity_key_check") != self.keys.identity_check(self.origin):
            raise KeyMissing(
                "The identity key on this workstation is not the one of this site; bring the right one over"
                " with `injection-log keys import`."
            )
        return self.keys.identity_hash(self.origin, patient_id, issuer)

    def _raise_high_water(self, head: Head, *, durable: bool) -> None:
        try:
            self.keys.raise_high_water(self.origin, HighWater(head[0], head[1].hex()), durable=durable)
        except KeyStoreFailed:
            # The events are committed, so the act is done; a mark that stays behind the log is no fault.
            return


def _starts_with(prefix: str) -> tuple[ColumnElement[bool], ...]:
    """Range conditions that the primary key answers; LIKE would not use it."""
    if not prefix:
        return ()
    column = schema.current_value.c.subject
    return (column >= prefix, column < prefix[:-1] + chr(ord(prefix[-1]) + 1))
