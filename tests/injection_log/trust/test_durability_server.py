"""A shared database that dies under people at work: PostgreSQL killed, stopped at once, or cut off in the middle."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from database_server import OWNER, Postgres, end_postgres, start_postgres

from injection_log.clock import SystemClock
from injection_log.home import Home
from injection_log.keys import KeyFolder
from injection_log.ledger.errors import LedgerError
from injection_log.ledger.event import Actor, Change, EventDraft, Subject
from injection_log.log_place import Names, keep_place, place_of
from injection_log.store.backup import copy_shared, last_event
from injection_log.store.ledger_store import Ledger
from injection_log.store.making import make_shared
from injection_log.store.revisions import HEAD
from injection_log.verify import verify
from injection_log.verify.surroundings import COPIED_FROM_SERVER

TOLD = {"ledger_unreachable", "ledger_busy", "outcome_unknown"}
"""A commit whose answer was cut off may have happened or not; everything else was not saved."""
LEFT = Subject("gland", "SMG-07", "injection", "left")


def shared_log(postgres: Postgres, folder: Path) -> Ledger:
    database, keys = postgres.new_schema(), KeyFolder(folder / "keys")
    make_shared(database, OWNER, Names("SMG", "01"), SystemClock(), keys)
    home = Home(folder / "home").make()
    keep_place(home.ledger_folder, database)
    return Ledger.open(home.ledger_folder, clock=SystemClock(), keys=keys)


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    """A server that these tests may kill."""
    made = start_postgres()
    yield made
    end_postgres(made)


def note(ledger: Ledger, text: str) -> int:
    old = ledger.values(LEFT.key).get("fact.note")
    draft = EventDraft("GlandFactSet", LEFT, (Change("fact.note", old, text),))
    return ledger.append(Actor("amina", "injector"), [draft], protocol="p1")[0].sequence


def writing(ledger: Ledger, stop: threading.Event) -> tuple[dict[int, str], set[str]]:
    """Write until told to stop; what was acknowledged, and the codes of what was refused in words."""
    done: dict[int, str] = {}
    refused: set[str] = set()
    count = 0
    while not stop.is_set():
        count += 1
        try:
            done[note(ledger, f"note {count}")] = f"note {count}"
        except LedgerError as error:
            refused.add(error.code)
            time.sleep(0.02)
    return done, refused


def under_work(ledger: Ledger, fault: Callable[[], None]) -> tuple[dict[int, str], set[str]]:
    """Let a fault happen while somebody writes, and go on writing after it."""
    stop, found = threading.Event(), []
    worker = threading.Thread(target=lambda: found.append(writing(ledger, stop)))
    worker.start()
    time.sleep(0.3)
    fault()
    time.sleep(0.3)
    stop.set()
    worker.join(timeout=60)
    return found[0]


def lost(ledger: Ledger, done: dict[int, str]) -> list[int]:
    stored = {event.sequence: event.changes[0].new for event in ledger.events() if event.kind == "GlandFactSet"}
    return [sequence for sequence, text in done.items() if stored.get(sequence) != text]


@pytest.mark.parametrize("how", ["killed", "stopped at once"])
def test_a_server_that_dies_while_people_write_loses_nothing_acknowledged(
    server: Postgres, tmp_path: Path, how: str
) -> None:
    ledger = shared_log(server, tmp_path)

    def die() -> None:
        for _ in range(2):
            if how == "killed":
                end_all(server.process.pid)
                server.process.wait(30)
            else:
                server.stop(signal.SIGQUIT)
            server.start()
            time.sleep(0.2)

    done, refused = under_work(ledger, die)
    assert len(done) > 10
    assert refused <= TOLD
    assert lost(ledger, done) == []
    note(ledger, "work goes on without restart")
    ledger.close()


def end_all(postmaster: int) -> None:
    """SIGKILL for the server's own processes, the children by their parent's number."""
    children = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()
    for pid in (postmaster, *map(int, children)):
        os.kill(pid, signal.SIGKILL)


def test_connections_that_are_cut_in_the_middle_of_a_transaction_lose_nothing_acknowledged(
    server: Postgres, tmp_path: Path
) -> None:
    ledger = shared_log(server, tmp_path)

    def cut() -> None:
        with server.administrator() as administrator:
            for _ in range(60):
                administrator.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE usename LIKE 'injlog%' AND state <> 'idle'"
                )
                time.sleep(0.01)

    done, refused = under_work(ledger, cut)
    assert refused <= TOLD
    assert refused
    assert lost(ledger, done) == []
    note(ledger, "work goes on without restart")
    ledger.close()


def test_a_shared_log_is_copied_row_by_row_into_a_file_that_verifies(server: Postgres, tmp_path: Path) -> None:
    ledger = shared_log(server, tmp_path)
    note(ledger, "kept")
    ledger.append(Actor("amina", "injector"), [], protocol="p1", checkpoint=True)
    head, recorded = ledger.head(), ledger.values("ledger:")["checkpoint"]["schema_sha256"]
    assert recorded == COPIED_FROM_SERVER[HEAD]
    ledger.close()
    copy = Home(tmp_path / "copy").make()
    database = place_of(tmp_path / "home" / "ledger")
    copy_shared(database, copy.ledger_folder / "ledger.sqlite3")
    assert last_event(copy.ledger_folder) == (head[0], head[1].hex())
    report = verify(copy, keys=KeyFolder(tmp_path / "none"))
    assert report.ok, report.first_wrong
