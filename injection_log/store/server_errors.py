"""What PostgreSQL or the way to it says, as the leaf of LedgerError that a caller can react to.

By SQLSTATE, which no language of a server changes. What a server says while it refuses a connection has no SQLSTATE
in libpq; then the two answers that differ in what to do are told by libpq's own flags and words. Repeats no text of
the server: it can carry values.
"""

from __future__ import annotations

from injection_log.ledger.errors import (
    DiskFull,
    LedgerBusy,
    LedgerDamaged,
    LedgerError,
    LedgerReadOnly,
    LedgerUnreachable,
    OutcomeUnknown,
)

_TOO_MANY = ("too many", "connection slots are reserved")


def server_leaf(error: BaseException) -> LedgerError | None:
    """The leaf for an error of psycopg; None when it is none of psycopg."""
    if not type(error).__module__.startswith("psycopg"):
        return None
    state = getattr(error, "sqlstate", None) or ""
    for beginning, leaf in _LEAVES:
        if state.startswith(beginning):
            return leaf()
    return _damaged() if state else _of_connection(error)


def is_lost(error: BaseException) -> bool:
    """Whether the connection is gone, so that nobody knows what the server did with what was sent last."""
    state = getattr(error, "sqlstate", None) or ""
    return isinstance(server_leaf(error), LedgerUnreachable) and (not state or state.startswith(("08", "57P")))


def is_taken(error: BaseException) -> bool:
    """Whether the place of a row is taken: its key is there, or the trigger finds that it does not come next."""
    return getattr(error, "sqlstate", None) in ("23505", "23000")


def outcome_unknown() -> OutcomeUnknown:
    """What is said when the connection broke while the commit was under way."""
    return OutcomeUnknown(
        "The connection to the database was lost at the very moment of saving, so it is not known whether this was"
        " saved; when the connection is back, look at the record before you do it again."
    )


def _of_connection(error: BaseException) -> LedgerError:
    """No SQLSTATE: the connection could not be made, or broke."""
    import psycopg

    if not isinstance(error, psycopg.OperationalError | psycopg.InterfaceError):
        return _damaged()
    connection = getattr(error, "pgconn", None)
    if any(words in str(error) for words in _TOO_MANY):
        return _too_many()
    if connection is not None and (connection.needs_password or connection.used_password):
        return LedgerUnreachable(
            "The database server did not let this workstation in; check the user in the address of the database and"
            " libpq's password file (~/.pgpass), or ask whoever looks after the server."
        )
    return server_away()


def server_away() -> LedgerUnreachable:
    """What is said when nothing was saved because the server could not be reached."""
    return LedgerUnreachable(
        "The database server does not answer or refuses this workstation, so nothing was saved; check the network and"
        " the address of the database (its TLS too), then do it again."
    )


def _too_many() -> LedgerBusy:
    return LedgerBusy(
        "The database server has no connection left, so nothing was saved; close the program on a workstation that"
        " does not need it, or ask whoever looks after the server, and do it again."
    )


def _busy() -> LedgerBusy:
    return LedgerBusy("Another program held the log too long, so nothing was saved; wait a moment and do it again.")


def _full() -> DiskFull:
    return DiskFull(
        "The disk of the database server is full, so nothing of this act was saved; ask whoever looks after the"
        " server to free some space, and do it again."
    )


def _read_only() -> LedgerReadOnly:
    return LedgerReadOnly(
        "The database server does not take anything new now (a standby, or set to read only), so nothing was saved;"
        " ask whoever looks after the server."
    )


def _denied() -> LedgerReadOnly:
    return LedgerReadOnly(
        "The database user of this workstation has no right to do this, so nothing was saved; ask whoever looks"
        " after the server to give it the rights in docs/shared-database.md."
    )


def _damaged() -> LedgerDamaged:
    return LedgerDamaged(
        "The log's database is damaged or was changed by another program; nothing was saved: do not go on with it,"
        " run `injection-log verify` and call whoever looks after the server."
    )


_LEAVES = (
    ("53100", _full),
    ("53300", _too_many),
    ("53", server_away),
    ("25006", _read_only),
    ("42501", _denied),
    ("28", _denied),
    ("55P03", _busy),
    ("57014", _busy),
    ("40", _busy),
    ("08", server_away),
    ("57P", server_away),
    ("58", server_away),
    ("3D000", server_away),
)
"""Beginnings of SQLSTATE, the longer ones first. All others mean: not the tables or rows this program made."""
