"""The log as files that an inspector checks without the program: events, checkpoints, public keys, image digests.

Writes what a snapshot holds, byte for byte, and judges nothing: a log that was tampered with is exported as it is, so
that the standalone verifier (`check_log.py`, put beside the events) can say so. What the table of secrets holds is
not read. Who may have an export is decided by the act.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import IO, Any

import orjson

from injection_log import __version__
from injection_log.store.snapshot import Snapshot
from injection_log.verify.chain_pass import Row
from injection_log.verify.replay import IMAGE_DIGESTS

EVENTS, CHECKPOINTS, KEYS, IMAGES = "events.jsonl", "checkpoints.jsonl", "keys.jsonl", "images.jsonl"
LAST_CHECKPOINT, MANIFEST, README, VERIFIER = "checkpoint.txt", "manifest.json", "README.txt", "check_log.py"
FORM = "injection-log export 1"


@dataclass
class _Lists:
    """What follows from the events and is written beside them, for people and tools that do not read events."""

    origin: str = ""
    last: int = 0
    last_hash: str = ""
    checkpoints: list[dict[str, Any]] = field(default_factory=list)
    keys: list[dict[str, Any]] = field(default_factory=list)
    images: list[dict[str, Any]] = field(default_factory=list)

    def add(self, number: int, subject: str, changes: Any) -> None:
        """Take what one event says of checkpoints, keys and images."""
        kind = subject.partition(":")[0]
        for change in changes:
            name, new = change["field"], change["new"]
            if number == 1 and name == "origin":
                self.origin = str(new)
            if new is None:
                continue
            if subject == "ledger:" and name == "checkpoint":
                self.checkpoints.append({"event": number, "size": new["size"], "text": new["text"]})
            elif kind == "image" and name in IMAGE_DIGESTS:
                self.images += [{"event": number, "sha256": one} for one in (new if isinstance(new, list) else [new])]
            elif (kind, name) in (("user", "public_key"), ("workstation", "checkpoint_key")):
                self.keys.append({"event": number, "of": subject, "public_key": new})


def write_export(snapshot: Snapshot, folder: Path, *, exported_at: str) -> tuple[str, ...]:
    """Write the export into an empty folder, and answer the names of its files. Raises OSError.

    `exported_at` is the time as the log writes it. The manifest, which names all others with their SHA-256, comes last:
    a folder without one is an export that was interrupted.
    """
    lists = _Lists()
    with (folder / EVENTS).open("wb") as file:
        for row in snapshot.events():
            _write_event(file, row, lists)
    _write_lines(folder / CHECKPOINTS, lists.checkpoints)
    _write_lines(folder / KEYS, lists.keys)
    _write_lines(folder / IMAGES, lists.images)
    last = lists.checkpoints[-1]["text"] if lists.checkpoints else ""
    (folder / LAST_CHECKPOINT).write_text(last, encoding="utf-8", newline="")
    for name, source in ((README, "export_readme.txt"), (VERIFIER, VERIFIER)):
        (folder / name).write_bytes(files("injection_log.verify").joinpath(source).read_bytes())
    named = (EVENTS, CHECKPOINTS, KEYS, IMAGES, LAST_CHECKPOINT, README, VERIFIER)
    manifest = {
        "form": FORM, "origin": lists.origin, "events": lists.last, "last_hash": lists.last_hash,
        "exported_at": exported_at, "program": __version__,
        "files": {name: sha256((folder / name).read_bytes()).hexdigest() for name in named},
    }  # fmt: skip
    (folder / MANIFEST).write_bytes(orjson.dumps(manifest, option=orjson.OPT_INDENT_2) + b"\n")
    return (*named, MANIFEST)


def _write_event(file: IO[bytes], row: Row, lists: _Lists) -> None:
    sequence, body, *rest = row
    salt, leaf, previous, link = (one.hex() if isinstance(one, bytes) else None for one in rest)
    # A body that is no UTF-8 any more, because somebody changed it, goes out with its bytes too.
    text = body.decode("utf-8", "surrogateescape") if isinstance(body, bytes) else None
    event = {"sequence": sequence, "body": text, "salt": salt, "leaf": leaf, "previous": previous, "hash": link}
    line = json.dumps(event, ensure_ascii=False, separators=(",", ":"))
    file.write(line.encode("utf-8", "surrogateescape") + b"\n")
    lists.last, lists.last_hash = sequence if isinstance(sequence, int) else lists.last, str(link)
    with suppress(ValueError, LookupError, TypeError, AttributeError):
        said = orjson.loads(text or "")
        lists.add(lists.last, said["subject"], said["changes"])


def _write_lines(path: Path, facts: list[dict[str, Any]]) -> None:
    path.write_bytes(b"".join(_lines(facts)))


def _lines(facts: list[dict[str, Any]]) -> Iterator[bytes]:
    for one in facts:
        yield orjson.dumps(one) + b"\n"
