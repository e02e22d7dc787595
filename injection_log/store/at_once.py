"""A batch as one message to a server: lock, every check and every row in one statement, which is its own transaction.

The statement is told what the log looked like to whoever decided on the batch: its head, its revision, the values that
the batch replaces and the values it stands on. It writes all or nothing, and nothing where one of them differs; then
`transaction.write_batch` asks what is there and decides. Nothing is left unchecked: every statement sees the log as it
was when it began, which may be before it got the lock, but whoever wrote in between has taken the number of its first
event, and trigger and primary key refuse that. Sends only what this process knows for certain, else it answers None.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from typing import Any

from sqlalchemy import Engine

from injection_log.ledger.canonical import Json
from injection_log.ledger.event import Event
from injection_log.store.batch import CHECKPOINT, Batch, Place, Seen, Writer
from injection_log.store.engine import LOCK, speaking
from injection_log.store.revisions import HEAD
from injection_log.store.sealing import Work, stored
from injection_log.store.server_errors import is_lost, is_taken
from injection_log.store.statements import connection_of

MOST_ROWS = 24
"""Events and values of one statement; each number of them is a statement of its own for the server to prepare."""
_Written = tuple[tuple[Event, ...], Seen]
# The hash of the last event binds its number too.
_BEGIN = (
    f"WITH free AS MATERIALIZED (SELECT {LOCK}), fits AS MATERIALIZED (SELECT 1 FROM free"
    " WHERE (SELECT hash FROM event ORDER BY sequence DESC LIMIT 1) = %s"
    " AND ARRAY(SELECT version_num FROM alembic_version)::text[] = ARRAY[%s]"
)
_STILL = " AND (SELECT value FROM current_value WHERE subject = %s AND field = %s) = %s"
_NOT_YET = " AND NOT EXISTS (SELECT 1 FROM current_value WHERE subject = %s AND field = %s)"
_STANDS = (
    " AND (SELECT sha256(convert_to(coalesce(string_agg(concat_ws(E'\\n', subject, field, value), E'\\n'"
    " ORDER BY subject COLLATE \"C\", field COLLATE \"C\"), ''), 'UTF8'))"
    " FROM current_value WHERE subject = ANY(%s)) = %s"
)
_EVENT_ROW = "(%s::bigint, %s::bytea, %s::bytea, %s::bytea, %s::bytea, %s::bytea)"
_PLACE_ROW = "(%s::bigint, %s::text, %s::text, %s::text)"
_SET_ROW = "(%s::text, %s::text, %s::text, %s::bigint)"
_RESET = "UPDATE current_value SET value = %s, sequence = %s FROM fits WHERE subject = %s AND field = %s"
_CLEAR = "DELETE FROM current_value USING fits WHERE subject = %s AND field = %s"


def write_at_once(engine: Engine, writer: Writer, batch: Batch, seen: Seen) -> _Written | None:
    """Seal the batch on the head this process knows and send it; None where that head or another value is not the
    one that stands, or is not known. Raises a LedgerError leaf; `Lost` when the connection broke.
    """
    if not _is_known(batch, seen):
        return None
    work = Work(writer, batch, seen.head, _expected(batch, seen))
    for draft in batch.drafts:
        work.add(draft)
    known = work.finish(seen)
    told = _Told(work, batch, seen)
    with speaking(), connection_of(engine) as driver:
        try:
            written = driver.execute(told.words, told.values, prepare=True).fetchone()[0]
        except Exception as error:
            if is_taken(error):
                return None
            if is_lost(error):
                raise Lost(tuple(work.events), known) from error
            raise
    return (tuple(work.events), known) if written else None


class Lost(Exception):
    """The connection broke while the batch was under way: whether its events are in the log is not known."""

    def __init__(self, events: tuple[Event, ...], known: Seen) -> None:
        super().__init__()
        self.events = events
        self.known = known


def _is_known(batch: Batch, seen: Seen) -> bool:
    """Whether the batch can be sealed without asking the log anything, and is short enough for one statement."""
    if batch.credential is not None or not seen.enrolled or not seen.head[0]:
        return False
    if batch.checkpoint and not (seen.schema and seen.checkpoint and seen.frontier.size == seen.head[0]):
        return False
    return sum(1 + len(draft.changes) for draft in batch.drafts) <= MOST_ROWS


def _expected(batch: Batch, seen: Seen) -> dict[Place, str | None]:
    """What stands at each place as the batch has it; the statement finds out whether it does."""
    found: dict[Place, str | None] = {CHECKPOINT: seen.checkpoint} if batch.checkpoint else {}
    for draft in batch.drafts:
        for change in draft.changes:
            found.setdefault((draft.subject.key, change.field), stored(change.old))
    return found


class _Told:
    """The words of the statement, the same for all batches of one form, and its values in their order."""

    def __init__(self, work: Work, batch: Batch, seen: Seen) -> None:
        self.values: list[Any] = [seen.head[1], HEAD]
        moved = list(work.moved())
        checks = "".join(self._check(place, before) for place, before, _, _ in moved)
        if batch.standing:
            self.values += [list(batch.standing), _digest(batch.standing)]
        rows = work.rows()
        self.values += [value for event, _ in rows for value in event]
        self.values += [value for _, place in rows for value in place]
        new = [(*place, after, at) for place, before, after, at in moved if before is None and after is not None]
        self.values += [value for row in new for value in row]
        changed = ""
        for place, before, after, at in moved:
            if before is not None:
                changed += "-" if after is None else "+"
                self.values += place if after is None else (after, at, *place)
        self.words = _words(checks, bool(batch.standing), len(rows), len(new), changed)

    def _check(self, place: Place, before: str | None) -> str:
        self.values += place if before is None else (*place, before)
        return "0" if before is None else "1"


@cache
def _words(checks: str, stands: bool, events: int, new: int, changed: str) -> str:
    words = _BEGIN + "".join(_STILL if check == "1" else _NOT_YET for check in checks)
    parts = [words + (_STANDS if stands else "") + ")"]
    parts.append(f"e AS (INSERT INTO event SELECT r.* FROM fits, (VALUES {_many(_EVENT_ROW, events)}) r)")
    parts.append(f"p AS (INSERT INTO event_place SELECT r.* FROM fits, (VALUES {_many(_PLACE_ROW, events)}) r)")
    if new:
        parts.append(f"n AS (INSERT INTO current_value SELECT r.* FROM fits, (VALUES {_many(_SET_ROW, new)}) r)")
    parts += [f"c{at} AS ({_RESET if one == '+' else _CLEAR})" for at, one in enumerate(changed)]
    return ", ".join(parts) + " SELECT EXISTS (SELECT 1 FROM fits)"


def _many(row: str, count: int) -> str:
    return ", ".join([row] * count)


def _digest(standing: Mapping[str, Mapping[str, Json]]) -> bytes:
    """SHA-256 over all values that the batch stands on, as the server makes it of its own."""
    rows = sorted(
        (subject, name, text)
        for subject, fields in standing.items()
        for name, value in fields.items()
        if (text := stored(value)) is not None
    )
    return sha256("\n".join(part for row in rows for part in row).encode("utf-8")).digest()
