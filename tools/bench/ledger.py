"""What the log costs: a record with its chained, signed event against a bare INSERT, and lists in a long log.

The record is one value of about 480 bytes. Bare: the row (subject, field, value, sequence) alone, inserted in a
transaction of its own, through the driver, with the same durable settings. Ours: `Ledger.append`, whole: lock, head,
old value, event with hash and links, both projections, commit, high-water mark; signed: with the Ed25519 checkpoint
over all before it, as at a signature. Each way has a database of its own; they take turns in one run.
"""

from __future__ import annotations

import gc
import importlib
import itertools
import json
import secrets
import sqlite3
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from injection_log.clock import SystemClock, to_text
from injection_log.keys import KeyFolder
from injection_log.ledger.canonical import Json
from injection_log.ledger.chain import SALT_BYTES, leaf_hash, link_hash
from injection_log.ledger.event import Actor, Change, Envelope, EventDraft, Subject, event_body
from injection_log.log_place import Names, keep_place
from injection_log.store.engine import file_url, make_engine, writing
from injection_log.store.ledger_store import Head, Ledger, Wanted
from injection_log.store.making import make_shared
from injection_log.store.server import connect
from tools.bench.measuring import Figure, at_most, interleaved, ratio

APPENDS = 50
REPEATS = 15
PAGE = 50
SIZES = (1_000, 1_000_000)
ROWS_AT_ONCE = 10_000
_BULK = {"event": 6, "event_place": 4, "current_value": 4}
"""Tables that are filled in bulk, and how many columns each has."""
AMINA = Actor("amina", "injector")
_KINDS = {True: "RecordSeen", False: "FactSet"}
_NUMBERS = itertools.count(1)
_BARE = "INSERT INTO record (subject, field, value, sequence) VALUES (?, ?, ?, ?)"
_RECORD: dict[str, Json] = {
    "volume_ul": 500, "planned_ul": 500, "depth_um": 12_345, "needle": "27G 40 mm", "kit": "K-0042", "side": "left",
    "remark": "injected slowly in two deposits " * 10, "image": "2.25." + "7" * 38,
}
_TABLE = """CREATE TABLE record (subject TEXT NOT NULL, field TEXT NOT NULL, value TEXT NOT NULL,
    sequence {number} NOT NULL, PRIMARY KEY (subject, field)){strict}"""


def figures(work: Path) -> list[Figure]:
    """Measure in a folder that is thrown away afterwards."""
    with ExitStack() as stack:
        server = stack.enter_context(_postgres())
        found = _append_figures("SQLite", _file_ways(work / "append", stack), 1.5)
        found += _append_figures("PostgreSQL", _server_ways(work / "shared", server, stack), 1.7)
        return [*found, *_page_figures(work, server, stack)]


def _append_figures(name: str, ways: dict[str, Callable[[], object]], bound: float) -> list[Figure]:
    times = interleaved(ways, REPEATS)
    anchor = f"a bare INSERT of the record, {name}"
    per_act_ms = statistics.median(times["bare"]) / APPENDS * 1000
    return [
        at_most(f"record with its chained event, {name}", ratio(times, "act", "bare"), bound, anchor),
        at_most(
            f"record with its chained, signed event, {name}", ratio(times, "signed", "bare"), bound, anchor,
            f"the bare INSERT took {per_act_ms:.2f} ms",
        ),
    ]


def _file_ways(work: Path, stack: ExitStack) -> dict[str, Callable[[], object]]:
    """Bare, act and signed on SQLite, each in a file of its own beside the others."""
    work.mkdir(parents=True)
    path = work / "bare.sqlite3"
    path.touch()
    engine = make_engine(file_url(path))
    stack.callback(engine.dispose)
    proxied = engine.raw_connection()
    stack.callback(proxied.close)
    driver: Any = proxied.driver_connection
    driver.execute(_TABLE.format(number="INTEGER", strict=" STRICT, WITHOUT ROWID"))

    def bare(values: tuple[object, ...]) -> None:
        driver.execute("BEGIN IMMEDIATE")
        driver.execute(_BARE, values)
        driver.execute("COMMIT")

    logs = [_new_file_log(work / name, stack) for name in ("act", "signed")]
    return _ways(bare, logs[0], logs[1])


def _server_ways(work: Path, server: Any, stack: ExitStack) -> dict[str, Callable[[], object]]:
    """The same on PostgreSQL; the bare INSERT is prepared and commits by itself, in one round trip."""
    connection = stack.enter_context(closing(connect(server.new_schema("postgres"))))
    connection.execute("CREATE SCHEMA IF NOT EXISTS bare")
    connection.execute("SET search_path TO bare")
    connection.execute(_TABLE.format(number="BIGINT", strict=""))
    words = _BARE.replace("?", "%s")

    def bare(values: tuple[object, ...]) -> None:
        connection.execute(words, values, prepare=True)

    logs = [_new_shared_log(work / name, server, stack) for name in ("act", "signed")]
    return _ways(bare, logs[0], logs[1])


def _ways(bare: Callable[[tuple[object, ...]], None], act: Ledger, signed: Ledger) -> dict[str, Callable[[], object]]:
    value = json.dumps(_RECORD, separators=(",", ":"), sort_keys=True)

    def bare_way() -> None:
        for _ in range(APPENDS):
            number = next(_NUMBERS)
            bare((_subject(number).key, "record", value, number))

    def way(ledger: Ledger, *, checkpoint: bool) -> Callable[[], object]:
        def append() -> None:
            for _ in range(APPENDS):
                draft = EventDraft("GlandSigned", _subject(next(_NUMBERS)), (Change("record", None, dict(_RECORD)),))
                ledger.append(AMINA, [draft], protocol="0" * 64, checkpoint=checkpoint)

        return append

    return {"bare": bare_way, "act": way(act, checkpoint=False), "signed": way(signed, checkpoint=True)}


def _page_figures(work: Path, server: Any, stack: ExitStack) -> list[Figure]:
    found = []
    for name in ("SQLite", "PostgreSQL"):
        logs = {}
        for size in SIZES:
            place = work / f"{name}-{size}"
            ledger = _new_file_log(place, stack) if name == "SQLite" else _new_shared_log(place, server, stack)
            _fill(ledger, size)
            if name == "PostgreSQL":
                with server.administrator() as connection:
                    connection.execute("VACUUM ANALYZE")  # as the server does by itself after a while
            logs[size] = ledger
        found += [_flat(f"{what}, {name}", page, logs) for what, page in _PAGES.items()]
    return found


def _flat(what: str, page: Callable[[Ledger, int], int], logs: dict[int, Ledger]) -> Figure:
    """One kind of page at a million records as a multiple of the same at a thousand."""
    ways = {str(size): partial(_median_of_pages, page, ledger, size) for size, ledger in logs.items()}
    times = interleaved(ways, 9)
    small, large = (str(size) for size in SIZES)
    milliseconds = statistics.median(times[large]) * 1000
    return at_most(
        f"{what}: {SIZES[1]:,} records", ratio(times, large, small), 1.5, f"the same at {SIZES[0]:,}",
        f"{milliseconds:.2f} ms",
    )


def _median_of_pages(page: Callable[[Ledger, int], int], ledger: Ledger, size: int) -> float:
    took = []
    for tenth in range(1, 10):
        began = time.perf_counter()
        rows = page(ledger, size * tenth // 10)
        took.append(time.perf_counter() - began)
        if rows == 0:
            raise RuntimeError("a page that was measured is empty")
    return statistics.median(took)


_PAGES: dict[str, Callable[[Ledger, int], int]] = {
    "events, newest first, a middle page": lambda log, at: len(log.events_page(before=at, limit=PAGE)),
    "events of one kind": lambda log, at: len(
        log.events_page(before=at, limit=PAGE, wanted=Wanted(kinds=("RecordSeen", "LoggedIn")))
    ),
    "events of one person": lambda log, at: len(log.events_page(before=at, limit=PAGE, wanted=Wanted(user="bo"))),
    "events of one gland": lambda log, at: len(
        log.events_page(limit=PAGE, wanted=Wanted(subject_prefix=_subject(at).key))
    ),
    "keys of the work list": lambda log, at: len(log.subjects_page("gland:", _subject(at).key, PAGE)),
    "work list with its values": lambda log, at: len(log.values_page("gland:", _subject(at).key, PAGE)),
    "who set a value": lambda log, at: int(log.set_by(_subject(at).key, "record") is not None),
}


def _fill(ledger: Ledger, size: int) -> None:
    """A log of `size` records, each its own event, one in ten by another person: the bytes that the real append makes,
    hashed and chained here by the thousand, written in one transaction of the database's own bulk way.
    """
    bodies = {other: _Bodies(ledger, other=other) for other in (False, True)}
    gc.disable()
    with writing(ledger._engine) as connection:
        head = ledger.head()
        for start in range(0, size, ROWS_AT_ONCE):
            rows: dict[str, list[tuple[object, ...]]] = {table: [] for table in _BULK}
            for number in range(start, min(start + ROWS_AT_ONCE, size)):
                head = _add_rows(rows, head, number, bodies[number % 10 == 0])
            for table, width in _BULK.items():
                _write_rows(connection.connection.driver_connection, table, width, rows[table])
    gc.enable()


class _Bodies:
    """The bytes of the events of one person: one real body, in which number, subject and value are exchanged."""

    def __init__(self, ledger: Ledger, *, other: bool) -> None:
        self.kind, self.user = _KINDS[other], "bo" if other else "amina"
        actor = Actor(self.user, "monitor" if other else "injector")
        envelope = Envelope(-1, to_text(ledger.clock.now()), 60, actor, ledger.workstation, "bench", "0" * 64)
        draft = EventDraft(self.kind, Subject("gland", "P", "V", "G"), (Change("record", None, -2),))
        self._body = event_body(envelope, draft)

    def of(self, sequence: int, key: str, value: int) -> bytes:
        """The body of one event."""
        body = self._body.replace(b":-1,", b":%d," % sequence).replace(b":-2,", b":%d," % value)
        return body.replace(b"gland:P/V/G", key.encode())


def _add_rows(rows: dict[str, list[tuple[object, ...]]], head: Head, number: int, bodies: _Bodies) -> Head:
    at, key, salt = head[0] + 1, _key(number), secrets.token_bytes(SALT_BYTES)
    body = bodies.of(at, key, number)
    leaf = leaf_hash(salt, body)
    link = link_hash(head[1], leaf, at)
    rows["event"].append((at, body, salt, leaf, head[1], link))
    rows["event_place"].append((at, key, bodies.kind, bodies.user))
    rows["current_value"].append((key, "record", str(number), at))
    return at, link


def _write_rows(driver: Any, table: str, width: int, rows: list[tuple[object, ...]]) -> None:
    if isinstance(driver, sqlite3.Connection):
        driver.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * width)})", rows)
        return
    with driver.cursor() as cursor, cursor.copy(f"COPY {table} FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def _subject(number: int) -> Subject:
    return Subject.parse(_key(number))


def _key(number: int) -> str:
    side = "left" if number % 2 else "right"
    return f"gland:SMG-{number // 4:06}/visit{number // 2 % 2}/{side}"


def _new_file_log(folder: Path, stack: ExitStack) -> Ledger:
    ledger = Ledger.create(
        folder / "ledger", study="SMG", site="01", clock=SystemClock(), keys=KeyFolder(folder / "keys")
    )
    stack.callback(ledger.close)
    return ledger


def _new_shared_log(folder: Path, server: Any, stack: ExitStack) -> Ledger:
    keys, shared = KeyFolder(folder / "keys"), server.new_schema()
    make_shared(shared, "injlog_owner", Names("SMG", "01"), SystemClock(), keys)
    (folder / "ledger").mkdir(parents=True)
    keep_place(folder / "ledger", shared)
    ledger = Ledger.open(folder / "ledger", clock=SystemClock(), keys=keys)
    stack.callback(ledger.close)
    return ledger


@contextmanager
def _postgres() -> Iterator[Any]:
    sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tests"))
    servers = importlib.import_module("database_server")  # a plugin of the tests

    server = servers.start_postgres()
    try:
        yield server
    finally:
        servers.end_postgres(server)
