"""Attackers on a log, on SQLite and PostgreSQL alike: with the database alone, with a workstation's key, with files.

A careful attacker: whoever changes events brings the projections along, so that only hashes, signatures and
checkpoints can show it. Also runs both verifiers and gives what each finds first.
"""
from __future__ import annotations

import base64
import io
import sqlite3
import sys
from collections.abc import Callable, Iterable
from contextlib import closing, redirect_stdout
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import psycopg

from injection_log.home import Home
from injection_log.keys import KeyFolder
from injection_log.ledger.canonical import canonical_bytes, parse_json
from injection_log.ledger.chain import first_previous, leaf_hash, link_hash
from injection_log.ledger.checkpoint import make_checkpoint
from injection_log.ledger.merkle import root
from injection_log.log_place import SharedDatabase, place_of
from injection_log.people.signature import SignatureClaim, sign_claim
from injection_log.store.snapshot import open_snapshot
from injection_log.verify import check_log, read_outside, verify
from injection_log.verify.export import write_export

Body = dict[str, Any]
COLUMNS = ("sequence", "body", "salt", "leaf", "previous", "hash")
TABLES = {
    "event": COLUMNS,
    "event_place": ("sequence", "subject", "kind", "user"),
    "current_value": ("subject", "field", "value", "sequence"),
    "credential": ("user", "password_hash", "sealed_key"),
}

_GUARDS = """
SELECT c.relname::text, t.tgname::text, t.tgenabled::text FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
WHERE c.relnamespace = %s::regnamespace AND NOT t.tgisinternal
"""
_STATES = {"O": "", "A": "ALWAYS", "R": "REPLICA"}


@dataclass
class Attacker:
    """Somebody who holds the database of `home` and can do what its administrator can; `keys` is the workstation's."""

    home: Home
    keys: KeyFolder

    @property
    def shared(self) -> SharedDatabase | None:
        place = place_of(self.home.ledger_folder)
        return place if isinstance(place, SharedDatabase) else None

    def run(self, *statements: str | tuple[str, tuple[Any, ...]], guarded: bool = False) -> None:
        """Run statements (`?` for a value) with the guards of the tables put aside and put back, or not."""
        pairs = [(one, ()) if isinstance(one, str) else one for one in statements]
        if self.shared is None:
            self._run_file(pairs, guarded)
        else:
            self._run_server(pairs, guarded)

    def _run_file(self, pairs: Iterable[tuple[str, tuple[Any, ...]]], guarded: bool) -> None:
        path = self.home.ledger_folder / "ledger.sqlite3"
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            connection.execute("PRAGMA synchronous=OFF")
            guards = connection.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").fetchall()
            connection.execute("BEGIN")
            for name, _ in () if guarded else guards:
                connection.execute(f"DROP TRIGGER {name}")
            for sql, values in pairs:
                connection.execute(sql, values)
            for _, sql in () if guarded else guards:
                connection.execute(sql)
            connection.execute("COMMIT")

    def _run_server(self, pairs: Iterable[tuple[str, tuple[Any, ...]]], guarded: bool) -> None:
        assert self.shared is not None
        with closing(psycopg.connect(self.shared.url.replace("injlog@", "postgres@"), autocommit=True)) as connection:
            connection.execute(f'SET search_path TO "{self.shared.schema}"')
            connection.execute("SET synchronous_commit TO off")
            guards = connection.execute(_GUARDS, (self.shared.schema,)).fetchall()
            for table, name, _ in () if guarded else guards:
                connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER {name}")
            connection.execute("SET session_replication_role TO replica")  # and no foreign keys
            with connection.transaction():
                for sql, values in pairs:
                    connection.execute(sql.replace("?", "%s"), values or None)
            for table, name, state in () if guarded else guards:
                connection.execute(f"ALTER TABLE {table} ENABLE {_STATES[state]} TRIGGER {name}")

    def table(self, name: str) -> list[tuple[Any, ...]]:
        columns = ", ".join(f'"{column}"' for column in TABLES[name])
        sql = f"SELECT {columns} FROM {name} ORDER BY 1, 2"
        if self.shared is None:
            with closing(sqlite3.connect(self.home.ledger_folder / "ledger.sqlite3")) as file:
                return file.execute(sql).fetchall()
        with closing(psycopg.connect(self.shared.url.replace("injlog@", "postgres@"))) as server:
            server.execute(f'SET search_path TO "{self.shared.schema}"')
            return server.execute(sql).fetchall()

    def fill(self, name: str, rows: Iterable[tuple[Any, ...]]) -> None:
        """Replace all rows of a table."""
        columns = ", ".join(f'"{column}"' for column in TABLES[name])
        marks = ", ".join("?" * len(TABLES[name]))
        self.run(f"DELETE FROM {name}", *((f"INSERT INTO {name} ({columns}) VALUES ({marks})", row) for row in rows))

    def bodies(self) -> list[Body]:
        return [parse_json(row[1]) for row in self.table("event")]

    def rewrite(self, bodies: Iterable[Body], *, signing: bool = False) -> None:
        """Write these as the events of the log, numbered, hashed and linked anew, projections and all.

        `signing`: with the workstation's key, so that every checkpoint is made anew too.
        """
        salts = [row[2] for row in self.table("event")]
        rows, leaves, previous = [], [], first_previous(self.origin)
        for number, body in enumerate(bodies, start=1):
            body["sequence"] = number
            if signing and body["kind"] == "CheckpointMade":
                self._sign_anew(body, leaves)
            salt = salts[number - 1] if number <= len(salts) else bytes(32)
            data = canonical_bytes(body)
            leaf = leaf_hash(salt, data)
            link = link_hash(previous, leaf, number)
            rows.append((number, data, salt, leaf, previous, link))
            leaves.append(leaf)
            previous = link
        self.put(rows)

    def put(self, rows: list[tuple[Any, ...]]) -> None:
        """Put these rows in place of the events, and bring the projections along."""
        values: dict[tuple[str, str], tuple[str, int]] = {}
        places = []
        for number, data, *_ in rows:
            body = parse_json(data)
            places.append((number, body["subject"], body["kind"], body["user"]))
            for change in body["changes"]:
                values.pop((body["subject"], change["field"]), None)
                if change["new"] is not None:
                    values[body["subject"], change["field"]] = (canonical_bytes(change["new"]).decode(), number)
        self.fill("event_place", [])
        self.fill("current_value", [])
        self.fill("event", rows)
        self.fill("event_place", places)
        self.fill("current_value", [(*place, *value) for place, value in values.items()])

    @property
    def origin(self) -> str:
        first = parse_json(self.table("event")[0][1])
        return next(change["new"] for change in first["changes"] if change["field"] == "origin")

    def _sign_anew(self, body: Body, leaves: list[bytes]) -> None:
        (change,) = body["changes"]
        key = self.keys.checkpoint_key(self.origin)
        change["new"]["text"] = make_checkpoint(self.origin, len(leaves), root(leaves), key)
        change["new"]["size"] = len(leaves)
        if change["old"] is not None:
            change["old"] = self._last_text
        self._last_text = dict(change["new"])


def sign_as(key: Any, origin: str, subject: str, said: Body) -> Body:
    """A signature over other words, by whoever has the key."""
    text = said["rendering"]
    digest = sha256(text.encode()).hexdigest()
    claim = SignatureClaim(origin, subject, digest, said["meaning"], said["user"], said["signed_at"])
    return {**said, "record_sha256": digest, "value": sign_claim(key, claim)}


def edited(change: Callable[[int, Body], None]) -> Callable[[Attacker], list[Body]]:
    """All bodies, each seen by `change` first."""

    def read(attacker: Attacker) -> list[Body]:
        bodies = attacker.bodies()
        for number, body in enumerate(bodies, start=1):
            change(number, body)
        return bodies

    return read


@dataclass(frozen=True)
class Verdicts:
    """What each verifier finds first, "" when the log holds: at the site with its memory, elsewhere, with a checkpoint
    from outside, and both on the export."""

    here: str
    elsewhere: str
    since: str
    export: str
    export_since: str


def verdicts(attacker: Attacker, outside: Path, work: Path) -> Verdicts:
    """Run all verifiers on what the attacker left."""
    elsewhere = KeyFolder(work / "other keys")
    given = (read_outside(outside),)
    folder = export_as_it_is(attacker, work / "export")
    images = ["--images", str(attacker.home.images)]
    return Verdicts(
        here=_what(verify(attacker.home, keys=attacker.keys)),
        elsewhere=_what(verify(attacker.home, keys=elsewhere)),
        since=_what(verify(attacker.home, keys=elsewhere, since=given)),
        export=check_export(folder, *images),
        export_since=check_export(folder, *images, "--since", str(outside)),
    )


def export_as_it_is(attacker: Attacker, folder: Path) -> Path:
    """The export of a log in whatever state, without opening it."""
    folder.mkdir()
    with open_snapshot(attacker.home.ledger_folder) as snapshot:
        write_export(snapshot, folder, exported_at="2026-11-22T12:00:00.000Z")
    return folder


def check_export(*arguments: object) -> str:
    """What the standalone verifier finds first, as "event what"; "" when the export holds."""
    said, before = io.StringIO(), sys.argv
    sys.argv = ["check_log.py", *map(str, arguments)]
    try:
        with redirect_stdout(said):
            code = check_log.main()
    finally:
        sys.argv = before
    if code == 0:
        return ""
    what, _, event = said.getvalue().partition("First wrong (")[2].partition(")")[0].partition(", event ")
    return f"{event} {what}"


def _what(report: Any) -> str:
    wrong = report.first_wrong
    return "" if wrong is None else f"{wrong.sequence} {wrong.what}"


def decoded(value: str) -> bytes:
    """Base64 as the log has it."""
    return base64.b64decode(value, validate=True)
