"""Verification: the chain pass over 1,000,000 events against plain SHA-256 loops, and the whole of 100,000 events.

The chain pass reads every row from the database, checks number, type, leaf, link and hash, and names what is wrong;
the anchors hash the same bytes that are in memory already: once an event (its body), and with the same two hashes an
event that the form has (leaf and link). The events are those of a practice visit, again and again: their real sizes.
The whole verification is of 100,000 events of real kinds: facts, marks measured again, texts rendered again,
signatures, checkpoints.
"""

from __future__ import annotations

import os
import secrets
import sqlite3
import time
from collections.abc import Iterator
from hashlib import sha256
from itertools import cycle
from pathlib import Path
from typing import Any

from injection_log.home import Home
from injection_log.keys import VARIABLE
from injection_log.ledger.chain import leaf_hash, link_hash
from injection_log.ledger.event import Change, Event, EventDraft, Json, Subject
from injection_log.ledger.merkle import GrowingTree
from injection_log.people.accounts import prove
from injection_log.people.signature import SignatureClaim, sign_claim
from injection_log.practice.story import play_visit
from injection_log.practice.world import INJECTOR, PARTICIPANT, practice_world
from injection_log.record.reading import read_visit
from injection_log.record.rendering import render
from injection_log.site import Session, Site
from injection_log.verify import verify
from injection_log.verify.chain_pass import ChainPass, in_batches
from tools.bench.measuring import Figure, Way, at_most, interleaved, ratio

_CHAIN = 1_000_000
_WHOLE = 100_000
_REPEATS = 3
_QUERY = "SELECT sequence, body, salt, leaf, previous, hash FROM event ORDER BY sequence"


def figures(work: Path) -> list[Figure]:
    """Measure in a folder that is thrown away afterwards."""
    os.environ[VARIABLE] = str(work / "keys")
    with practice_world(Home(work / "home"), lambda said: None) as practice:
        session, _ = play_visit(practice, "injection", lambda said: None)
        site = session.site
        bodies = [event.body for event in site.ledger.events()]
        found = list(_chain_figures(work / "chain.sqlite3", bodies))
        repeat_visit(session, until=_WHOLE)
        whole = _whole(site)
        site.ledger.close()
    return [*found, whole]


def _chain_figures(path: Path, bodies: list[bytes]) -> Iterator[Figure]:
    connection = _long_chain(path, bodies)
    rows = connection.execute(_QUERY).fetchall()
    sizes = sum(len(row[1]) for row in rows) // len(rows)
    plain = [row[1] for row in rows]
    both = [b"\x00" + row[2] + row[1] for row in rows]
    both += [b"\x02" + row[4] + row[3] + row[0].to_bytes(8, "big") for row in rows]
    leaves = [row[3] for row in rows]
    del rows
    ways = {
        "ours": lambda: _pass(connection),
        "body": lambda: _hash(plain),
        "both": lambda: _hash(both),
        "tree": lambda: GrowingTree().add(leaves),
        "read": lambda: _read(connection),
    }
    times = interleaved({name: _by_processor(way) for name, way in ways.items()}, _REPEATS)
    name, loop = f"Chain pass of {_CHAIN:,} events ({sizes} bytes each)", "SHA-256 in a loop, bytes in memory"
    yield at_most(f"{name}, against one hash an event", ratio(times, "ours", "body"), 2.5, f"{loop}: bodies",
                  "two hashes an event are part of the form; the prototype of 2.35 had one")
    yield at_most(f"{name}, against the same hashes", ratio(times, "ours", "both"), 2.5, f"{loop}: leaves and links")
    yield Figure("of which reading the rows", ratio(times, "read", "body").words(), f"{loop}: bodies")
    yield Figure("of which the two hashes an event", ratio(times, "both", "body").words(), f"{loop}: bodies")
    floor = {**times, "floor": [read + both for read, both in zip(times["read"], times["both"], strict=True)]}
    yield Figure("The least it can be: reading and two hashes, nothing compared", ratio(floor, "floor", "body").words(),
                 f"{loop}: bodies", note="above 2.5 x no program in one process can keep that bound here")
    yield Figure("RFC 6962 tree over them, beside it", ratio(times, "tree", "body").words(), f"{loop}: bodies")
    connection.close()


def _by_processor(way: Way) -> Way:
    """The same way, timed in processor seconds: other work on the machine does not count."""

    def timed() -> float:
        began = time.process_time()
        way()
        return time.process_time() - began

    return timed


def _whole(site: Site) -> Figure:
    began = time.process_time()
    report = verify(site.home, keys=site.keys)
    took = time.process_time() - began
    if not report.ok:
        raise RuntimeError(f"the log does not hold: {report.first_wrong}")
    return Figure(f"Whole verification of {report.events:,} events", f"{took:.1f} s", "", "<= 10 s", took <= 10.0,
                  "processor seconds of this machine, because seconds were asked for; other work on it does not count")


def _pass(connection: sqlite3.Connection) -> None:
    chain = ChainPass()
    for rows in in_batches(connection.execute(_QUERY)):
        good, wrong = chain.check(rows)
        if wrong is not None or good != len(rows):
            raise RuntimeError("the chain does not hold")
    if chain.last != _CHAIN:
        raise RuntimeError(f"{chain.last} events were read, not {_CHAIN}")


def _hash(messages: list[bytes]) -> None:
    for message in messages:
        sha256(message).digest()


def _read(connection: sqlite3.Connection) -> None:
    for _ in in_batches(connection.execute(_QUERY)):
        pass


def _long_chain(path: Path, bodies: list[bytes]) -> sqlite3.Connection:
    """A database with the chain of a million events; only numbers and hashes are theirs."""
    connection = sqlite3.connect(path, isolation_level=None)
    columns = ", ".join(f"{name} BLOB" for name in ("body", "salt", "leaf", "previous", "hash"))
    connection.execute(f"CREATE TABLE event (sequence INTEGER PRIMARY KEY, {columns}) STRICT")
    connection.execute("BEGIN")
    connection.executemany("INSERT INTO event VALUES (?, ?, ?, ?, ?, ?)", _chained(bodies))
    connection.execute("COMMIT")
    return connection


def _chained(bodies: list[bytes]) -> Iterator[tuple[object, ...]]:
    previous = bytes(32)
    for number, body in zip(range(1, _CHAIN + 1), cycle(bodies), strict=False):
        salt = secrets.token_bytes(32)
        leaf = leaf_hash(salt, body)
        link = link_hash(previous, leaf, number)
        yield number, body, salt, leaf, previous, link
        previous = link


def repeat_visit(session: Session, *, until: int) -> None:
    """Write the visit that was played for one participant after the other, each signed anew, up to so many events."""
    site = session.site
    told = [event for event in site.ledger.events() if f":{PARTICIPANT}/injection" in event.subject.key]
    key = prove(site.ledger, INJECTOR.user, INJECTOR.password, site.clock, site.protocol.sha256)
    last, number = site.ledger.head()[0], 0
    while last < until:
        number += 1
        values: dict[str, dict[str, Json]] = {}
        drafts = [_for(f"SMG-{number:05}", event, values, (site, key)) for event in told]
        written = site.ledger.append(session.actor, drafts, protocol=site.protocol.sha256, checkpoint=True)
        last = written[-1].sequence


def _for(participant: str, event: Event, values: dict[str, dict[str, Json]], signing: tuple[Site, Any]) -> EventDraft:
    """The event as it would have been for another participant; `values` are what that one has so far."""
    old = event.subject
    subject = Subject(old.kind, participant=participant, visit=old.visit, gland=old.gland)
    now = values.setdefault(subject.key, {})
    changes = []
    for change in event.changes:
        new = change.new
        if change.field == "signature" and isinstance(new, dict):
            new = _signed(subject, new, values, signing)
        changes.append(Change(change.field, now.get(change.field), new))
    now.update({change.field: change.new for change in changes})
    return EventDraft(event.kind, subject, tuple(changes))


def _signed(
    subject: Subject, said: dict[str, Any], values: dict[str, dict[str, Json]], signing: tuple[Site, Any]
) -> dict[str, Json]:
    site, key = signing

    def of(name: str) -> dict[str, Json]:
        return values[name] if name in values else site.ledger.values(name)

    record = read_visit(of, site.protocol, subject.participant, subject.visit)
    if record is None:
        raise RuntimeError("the visit was not opened")
    rendering = render(record, "left" if subject.gland == "left" else "right", site.protocol)
    claim = SignatureClaim(
        site.ledger.origin, subject.key, rendering.sha256, said["meaning"], said["user"], said["signed_at"]
    )
    return {
        **said, "record_sha256": rendering.sha256, "rendering": rendering.text, "value": sign_claim(key, claim),
    }  # fmt: skip
