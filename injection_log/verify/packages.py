"""Follows reading packages: every one that came home is the one that the site's log binds, and holds by itself.

A package's log is a chain of its own. The site's log binds it by origin, length, last hash, final checkpoint and the
digest of its events; its export lies in `HOME/readings`. Reads files, joins no code with anybody.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from injection_log.readings_folder import readings_folder
from injection_log.verify.chain_pass import ChainPass, Row, in_batches
from injection_log.verify.content import check_before
from injection_log.verify.readings import OUT, RETURNED, wrong_reading
from injection_log.verify.replay import Replay, apply, read_row
from injection_log.verify.report import Wrong

_EVENTS = "events.jsonl"


def check_packages(replay: Replay, root: Path) -> None:
    """Read every package that came home and hold it against the event that binds it. Raises Wrong."""
    for subject, values in replay.values.items():
        if subject.startswith("campaign:"):
            for field, bound in values.items():
                if field.startswith(RETURNED):
                    number = field.removeprefix(RETURNED)
                    name = f"{subject.partition(':')[2]}-{number}"
                    out = values.get(OUT + number)
                    assert isinstance(out, dict)  # `check_reading` saw to both when they were written
                    assert isinstance(bound, dict)
                    _check_package(readings_folder(root) / name, (out, bound), replay.set_by[subject, field])


def _check_package(folder: Path, said: tuple[Mapping[str, Any], Mapping[str, Any]], number: int) -> None:
    out, bound = said
    try:
        data = (folder / _EVENTS).read_bytes()
    except OSError:
        raise wrong_reading(number, f"binds a reading package whose log is missing ({folder.name})") from None
    if sha256(data).hexdigest() != bound["events_sha256"]:
        raise wrong_reading(number, f"binds a reading package whose kept log was changed ({folder.name})")
    try:
        replay = replayed(_rows(data))
    except (Wrong, ValueError, LookupError, TypeError, AttributeError) as broken:
        what = f"binds a reading package that does not hold by itself ({folder.name}: {broken})"
        raise wrong_reading(number, what) from None
    found = (replay.origin, replay.last, replay.last_hash.hex(), replay.checkpoint)
    if found != (bound["origin"], bound["events"], bound["last_hash"], bound["checkpoint"]):
        raise wrong_reading(number, f"binds another log of a reading package than the one that is kept ({folder.name})")
    if any(replay.of(f"case:{code}").get("state") != "locked" for code in out["codes"]):
        raise wrong_reading(number, f"binds a reading package with cases that are not locked ({folder.name})")


def replayed(rows: Iterator[Row]) -> Replay:
    """Check a log of a package from its rows: hashes, links, checkpoints, locks. Raises Wrong."""
    replay, chain = Replay(), ChainPass()
    for batch in in_batches(rows):
        good, wrong = chain.check(batch)
        for row in batch[:good]:
            event = read_row(replay, row)
            check_before(replay, event, None)
            apply(replay, event)
        if wrong is not None:
            raise wrong
    return replay


def _rows(data: bytes) -> Iterator[Row]:
    for line in data.decode("utf-8", "surrogateescape").split("\n"):
        if line:
            row = json.loads(line)
            hashes = [bytes.fromhex(row[name]) for name in ("salt", "leaf", "previous", "hash")]
            yield (row["sequence"], row["body"].encode("utf-8", "surrogateescape"), *hashes)
