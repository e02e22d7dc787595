"""The queries behind lists: one page at a time, found by an index, as quick in a long log as in a short one.

Keyset paging: a page goes on from the last row of the one before, never by counting off rows. The planners are told
which index to take by hiding the other columns in an expression (`sequence + 0`), which SQLite and PostgreSQL both
understand; without that each of them sorts a million rows for some of these questions. Runs nothing itself.
"""

from __future__ import annotations

from dataclasses import dataclass

from injection_log.store.statements import Question, Statements

FEW = 5_000
"""Up to so many events of one prefix are looked up by subject and sorted; a prefix with more is met often enough on
the way from the newest event backwards."""
_LAST = 2**62


@dataclass(frozen=True)
class Wanted:
    """Which events a page is to have; what is empty asks nothing. `kinds`: any of them."""

    subject_prefix: str = ""
    user: str = ""
    kinds: tuple[str, ...] = ()


def sequences_page(statements: Statements, wanted: Wanted, before: int | None, limit: int) -> list[int]:
    """The numbers of the newest `limit` events that are wanted, newest first, below `before`."""
    last = _LAST if before is None else before
    if wanted.subject_prefix and _are_few(statements, wanted.subject_prefix):
        question = _by_subject(wanted, last, limit)
    elif wanted.kinds:
        question = _by_kind(wanted, last, limit)
    else:
        question = _backwards(wanted, last, limit)
    return [row[0] for row in statements.ask(question[0], *question[1])]


def sequences_of(statements: Statements, prefix: str) -> list[int]:
    """The numbers of all events of the subjects whose key starts so, in order."""
    where, values = starts_with(prefix)
    rows = statements.ask(f"SELECT sequence FROM event_place{where} ORDER BY sequence + 0", *values)
    return [row[0] for row in rows]


def subjects_question(prefix: str, after: str, limit: int) -> Question:
    """The next `limit` subjects behind `after` that start so and have a current value, in order."""
    where, values = starts_with(prefix)
    if after >= prefix and after:  # one lower bound only: with two, SQLite may begin at the lower of them
        end = " AND subject < ?" if prefix else ""
        where, values = f" WHERE subject > ?{end}", (after, *values[1:])
    return f"SELECT DISTINCT subject FROM current_value{where} ORDER BY subject LIMIT ?", (*values, limit)


def starts_with(prefix: str) -> tuple[str, tuple[str, ...]]:
    """A WHERE that an index on `subject` answers; LIKE would not use it."""
    if not prefix:
        return "", ()
    return " WHERE subject >= ? AND subject < ?", (prefix, _end(prefix))


def _end(prefix: str) -> str:
    return prefix[:-1] + chr(ord(prefix[-1]) + 1)


def _are_few(statements: Statements, prefix: str) -> bool:
    where, values = starts_with(prefix)
    sql = f"SELECT count(*) FROM (SELECT 1 FROM event_place{where} LIMIT ?) AS found"
    found: int = statements.ask(sql, *values, FEW + 1)[0][0]
    return found <= FEW


def _by_subject(wanted: Wanted, last: int, limit: int) -> Question:
    where, values = starts_with(wanted.subject_prefix)
    also, more = _hidden(Wanted(user=wanted.user, kinds=wanted.kinds))
    sql = f"SELECT sequence FROM event_place{where} AND sequence + 0 < ?{also} ORDER BY sequence + 0 DESC LIMIT ?"
    return sql, (*values, last, *more, limit)


def _by_kind(wanted: Wanted, last: int, limit: int) -> Question:
    """The newest of each kind, each by its index, then the newest of those."""
    also, more = _hidden(Wanted(wanted.subject_prefix, wanted.user))
    one = (
        "SELECT sequence FROM (SELECT sequence FROM event_place WHERE kind = ? AND sequence < ?"
        f"{also} ORDER BY sequence DESC LIMIT ?) AS one"
    )
    values: list[object] = []
    for kind in wanted.kinds:
        values += [kind, last, *more, limit]
    return " UNION ALL ".join([one] * len(wanted.kinds)) + " ORDER BY sequence DESC LIMIT ?", (*values, limit)


def _backwards(wanted: Wanted, last: int, limit: int) -> Question:
    """From the newest backwards, through the index of one user or through all."""
    also, more = _hidden(Wanted(wanted.subject_prefix))
    by, who = (' AND "user" = ?', (wanted.user,)) if wanted.user else ("", ())
    sql = f"SELECT sequence FROM event_place WHERE sequence < ?{by}{also} ORDER BY sequence DESC LIMIT ?"
    return sql, (last, *who, *more, limit)


def _hidden(wanted: Wanted) -> tuple[str, tuple[object, ...]]:
    """Further conditions, in a form that no index answers."""
    words, values = "", []
    if wanted.subject_prefix:
        words += " AND subject || '' >= ? AND subject || '' < ?"
        values += [wanted.subject_prefix, _end(wanted.subject_prefix)]
    if wanted.user:
        words += " AND \"user\" || '' = ?"
        values.append(wanted.user)
    if wanted.kinds:
        words += f" AND kind || '' IN ({', '.join('?' * len(wanted.kinds))})"
        values += wanted.kinds
    return words, tuple(values)
