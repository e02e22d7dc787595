"""One writing transaction on the log: from the head it reads under the lock to the last row it writes.

Asks everything it needs in one go, checks what must still stand, has the events sealed (`sealing`) and writes the
rows. Does not begin or commit, and keeps nothing between two transactions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlalchemy import Connection

from injection_log.ledger.canonical import Json, parse_json
from injection_log.ledger.chain import first_previous
from injection_log.ledger.errors import ChangedMeanwhile, LedgerRolledBack, LedgerVersionUnknown
from injection_log.ledger.event import Change, Event, EventDraft, Subject
from injection_log.ledger.merkle import Frontier
from injection_log.store.batch import CHECKPOINT, Batch, Head, Place, Seen, Writer, checkpoint_public_key
from injection_log.store.engine import replaced
from injection_log.store.revisions import HEAD, SCHEMA_QUERY, SERVER_SCHEMA_QUERY, SchemaRow, schema_sha256
from injection_log.store.sealing import Work
from injection_log.store.statements import Question, Row, Statements, statements_of

LEAVES_AT_ONCE = 10_000
_HEAD = "SELECT sequence, hash FROM event ORDER BY sequence DESC LIMIT 1"
_SEEN = "SELECT hash FROM event WHERE sequence = ?"
_REVISION = "SELECT version_num FROM alembic_version"
_VALUE = "SELECT value FROM current_value WHERE subject = ? AND field = ?"
_VALUES = "SELECT field, value FROM current_value WHERE subject = ?"
_LEAVES = "SELECT leaf FROM event WHERE sequence > ? ORDER BY sequence LIMIT ?"


def write_batch(statements: Statements, writer: Writer, batch: Batch, seen: Seen) -> tuple[tuple[Event, ...], Seen]:
    """Write the batch in the open transaction. Raises ChangedMeanwhile, NotCanonical, LedgerRolledBack,
    LedgerVersionUnknown.
    """
    found = _Found(statements, writer, batch, seen)
    _check_standing(found.standing, batch.standing)
    enrolment = () if seen.enrolled else _enrolment(found.values, writer)
    # The first event of a log is always LedgerOpened; everywhere else the key comes before what it signs.
    drafts = (*enrolment, *batch.drafts) if found.head[0] else (*batch.drafts, *enrolment)
    work = Work(writer, batch, found.head, found.values)
    for draft in drafts:
        work.add(draft)
    known = replace(seen, enrolled=True, checkpoint=seen.checkpoint if found.head == seen.head else "")
    if batch.checkpoint:
        schema = seen.schema or schema_sha256(read_schema(statements))
        known = replace(known, schema=schema, frontier=_grown(statements, found, seen.frontier))
    known = work.finish(known)
    for sql, values in work.told():
        statements.tell(sql, *values)
    return tuple(work.events), known


def read_head(connection: Connection, origin: str) -> Head:
    """The head of the log as this transaction sees it."""
    return _head(statements_of(connection).ask(_HEAD), origin)


def ask_head(statements: Statements, origin: str) -> Head:
    """The head of the log at this moment."""
    return _head(statements.ask(_HEAD), origin)


def ask_values(statements: Statements, subject: str) -> dict[str, Json]:
    """The current value of each field of one subject."""
    return _values(statements.ask(_VALUES, subject))


def read_schema(connection: Connection | Statements) -> list[SchemaRow]:
    """The schema as it stands in the database."""
    statements = statements_of(connection) if isinstance(connection, Connection) else connection
    query = SCHEMA_QUERY if statements.on_file else SERVER_SCHEMA_QUERY
    return [(row[0], row[1], row[2], row[3]) for row in statements.ask(query)]


class _Found:
    """What the transaction found under its lock, asked all at once: on a server that is one round trip."""

    def __init__(self, statements: Statements, writer: Writer, batch: Batch, seen: Seen) -> None:
        places = _places(writer, batch, seen)
        subjects = list(batch.standing)
        questions: list[Question] = [(_HEAD, ()), (_REVISION, ()), (_SEEN, (seen.head[0],))]
        questions += [(_VALUE, place) for place in places]
        questions += [(_VALUES, (subject,)) for subject in subjects]
        if batch.checkpoint:
            questions.append((_LEAVES, (seen.frontier.size, LEAVES_AT_ONCE)))
        head, revision, last, *rows = statements.ask_all(questions)
        self.head = _head(head, writer.origin)
        _check_start(self.head, seen, revision)
        # A shared log can be restored under an open program: what it knows of the tree would be that of another log.
        if last and bytes(last[0][0]) != seen.head[1] and seen.head[0]:
            raise replaced()
        self.values = {place: row[0][0] if row else None for place, row in zip(places, rows, strict=False)}
        behind = rows[len(places) :]
        self.standing = {subject: _values(found) for subject, found in zip(subjects, behind, strict=False)}
        self.leaves = [row[0] for row in behind[-1]] if batch.checkpoint else []


def _places(writer: Writer, batch: Batch, seen: Seen) -> list[Place]:
    """The current values that the batch needs to know, each once."""
    places = [(draft.subject.key, change.field) for draft in batch.drafts for change in draft.changes]
    if not seen.enrolled:
        places.append((_workstation(writer).key, "checkpoint_key"))
    if batch.checkpoint:
        places.append(CHECKPOINT)
    return list(dict.fromkeys(places))


def _check_start(head: Head, seen: Seen, revision: Sequence[Row]) -> None:
    if head[0] < seen.head[0]:
        raise LedgerRolledBack(
            "The log became shorter while the program was open, so nothing was saved; close the program and"
            " run `injection-log verify`."
        )
    if [row[0] for row in revision] != [HEAD]:
        raise LedgerVersionUnknown(
            "The log was brought to another version while the program was open, so nothing was saved; close the"
            " program and start the version that the others use."
        )


def _check_standing(
    found: Mapping[str, Mapping[str, Json]], standing: Mapping[str, Mapping[str, Json]]
) -> None:
    for subject, expected in standing.items():
        now = found[subject]
        for name in sorted({*expected, *now}):
            if expected.get(name) != now.get(name):
                raise ChangedMeanwhile(subject, name, expected=expected.get(name), found=now.get(name))


def _workstation(writer: Writer) -> Subject:
    return Subject("workstation", id=writer.workstation)


def _enrolment(values: Mapping[Place, str | None], writer: Writer) -> tuple[EventDraft, ...]:
    """The enrolment of this workstation's checkpoint key, where the log does not have it yet."""
    workstation = _workstation(writer)
    text = values[workstation.key, "checkpoint_key"]
    known = None if text is None else parse_json(text)
    mine = checkpoint_public_key(writer.keys, writer.origin)
    if known == mine:
        return ()
    return (EventDraft("WorkstationEnrolled", workstation, (Change("checkpoint_key", known, mine),)),)


def _grown(statements: Statements, found: _Found, frontier: Frontier) -> Frontier:
    """The tree up to the head that was found; more leaves than were asked for at once are read piece by piece."""
    frontier = frontier.extended(found.leaves)
    while frontier.size < found.head[0]:
        rows = statements.ask(_LEAVES, frontier.size, LEAVES_AT_ONCE)
        if not rows:
            break  # numbers are missing in the log: `verify` names the first
        frontier = frontier.extended(row[0] for row in rows)
    return frontier


def _head(rows: Sequence[Row], origin: str) -> Head:
    return (rows[0][0], bytes(rows[0][1])) if rows else (0, first_previous(origin))


def _values(rows: Sequence[Row]) -> dict[str, Json]:
    return {name: parse_json(value) for name, value in rows}
