#!/usr/bin/env python3
"""Checks an exported log of injection-log without the program: Python 3.9 or newer and `cryptography`, nothing else.

    python check_log.py DIR [--since FILE ...] [--images DIR]

DIR is the export; FILE a checkpoint that left the site earlier (a signed sheet, an older export). Prints the first
thing that is wrong, or that the export holds, and what it does not cover; ends with 0, 1 or 2 (wrong use).
"""
# ruff: noqa: D102, D103, UP035  # for older Pythons, and within 300 lines
from __future__ import annotations

import argparse
import base64
import hashlib
import json
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any, Iterator

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

BODY = "claimed_at changes kind offset_minutes program protocol reason recorded_at role sequence subject user v"
CLAIM, SIGNERS = ("record_sha256", "meaning", "user", "signed_at"), ("injector", "operator", "principal_investigator")
GONE, BLANKING = "The content of this event is missing, and no event allows that.", '"kind":"PayloadBlanked"'
SIGNATURE, AGREEMENT, UTF8 = {"record_sha256", "value"}, {"signatures", "text_sha256"}, ("utf-8", "surrogateescape")
NOT_COVERED = """What was never entered or was entered wrongly, who held which key, and whether clocks were right.
The database at the site: run `injection-log verify` there, which also computes measurements and texts again."""

class Wrong(Exception):
    """The first thing that is wrong: the event (0: of no single one), what kind of thing, the sentence."""

def need(holds: object, event: int, what: str, why: str) -> None:
    if not holds:
        raise Wrong(event, what, why)

def sha(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()

def canonical(value: Any) -> bytes:  # RFC 8785 for values without floats and with ASCII keys: all that the log has
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode(*UTF8)

def signed(public_key: Any, claim: bytes | dict[str, Any], signature: bytes | str) -> bool:  # Ed25519; key in hex
    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(str(public_key)))
        value = signature if isinstance(signature, bytes) else base64.b64decode(signature, validate=True)
        return key.verify(value, claim if isinstance(claim, bytes) else canonical(claim)) is None
    except (InvalidSignature, ValueError, TypeError):
        return False

class Checkpoint:
    """A C2SP checkpoint: origin, size, root, signatures. Raises ValueError when the text is not exactly one."""
    def __init__(self, text: str) -> None:
        head, _, tail = text.partition("\n\n")
        self.origin, size, root = head.split("\n")
        self.size, self.root, self.body = int(size), base64.b64decode(root, validate=True), (head + "\n").encode()
        lines = [line.split(" ") for line in tail[:-1].split("\n")]
        self.signatures = [(name, base64.b64decode(value, validate=True)) for _, name, value in lines]
        exact = tail.endswith("\n") and str(self.size) == size and self.size >= 0 and len(self.root) == 32
        if not exact or {line[0] for line in lines} != {"\u2014"} or {len(one[1]) for one in self.signatures} != {68}:
            raise ValueError("not a checkpoint")

    def by(self, key: str) -> bool:  # whether one of the signatures is by this key (hex) under the log's own name
        name = self.origin, sha(self.origin.encode() + b"\n\x01" + bytes.fromhex(key))[:4]
        return any((who, one[:4]) == name and signed(key, self.body, one[4:]) for who, one in self.signatures)

def inside(value: Any, names: set[str], depth: int = 0) -> Iterator[dict[str, Any]]:  # known by their form
    if isinstance(value, dict) and names <= value.keys():
        yield value
    elif isinstance(value, dict) and depth < 3:
        for item in value.values():
            yield from inside(item, names, depth + 1)

class Log:
    """What the events read so far amount to. `blanked`: what the log says of events whose content is gone."""
    def __init__(self) -> None:
        self.origin, self.last, self.hash, self.covered, self.nodes = "", 0, b"", 0, dict[int, bytes]()
        self.values: dict[str, dict[str, Any]] = defaultdict(dict)
        self.derived: dict[str, list[Any]] = {"keys.jsonl": [], "checkpoints.jsonl": [], "images.jsonl": []}
        self.blanked, self.missing = dict[int, dict[str, Any]](), dict[int, bool]()
        self.since, self.hashes, self.recorded = list[tuple[str, Checkpoint]](), dict[int, str](), 0

    def root(self) -> bytes:  # of the RFC 6962 tree, which is kept as its full subtrees by height
        node = b""
        for level in sorted(self.nodes):
            node = sha(b"\x01" + self.nodes[level] + node) if node else self.nodes[level]
        return node or sha(b"")

    def read(self, row: dict[str, Any]) -> None:  # check one event against all before it, then let it take effect
        n, data = self.last + 1, self.hashes_hold(row)
        if data is None:
            self.missing[n] = False
            changes = [{"field": name, "new": new} for name, new in self.blanked[n]["fields"].items()]
            self.apply(n, self.blanked[n]["subject"], changes, known=False)
        else:
            body = self.body(n, data, bytes.fromhex(row["previous"]))
            for change in body["changes"]:
                self.check_change(n, body, change["field"], change["new"])
            bound = n != 2 or self.values["ledger:"].get("checkpoint_key") in [one["new"] for one in body["changes"]]
            need(bound, 2, "key", "The first checkpoint key is not the one that the first event binds.")
            self.apply(n, body["subject"], body["changes"], known=True)
        leaf, level = bytes.fromhex(row["leaf"]), 0
        while level in self.nodes:
            leaf, level = sha(b"\x01" + self.nodes.pop(level) + leaf), level + 1
        self.nodes[level] = leaf
        self.last, self.hash, self.hashes[n] = n, bytes.fromhex(row["hash"]), row["hash"]
        for name, one in self.since:
            fits = one.size != n or one.origin != self.origin or one.root == self.root()
            need(fits, n, "outside checkpoint", f"The checkpoint in {name} is not of this log's first {n} events.")

    def hashes_hold(self, row: dict[str, Any]) -> bytes | None:  # the bytes of one event, None when they were blanked
        n, leaf, previous = self.last + 1, bytes.fromhex(row["leaf"]), bytes.fromhex(row["previous"])
        need(row["sequence"] == n, n, "sequence", f"Event {n} is missing: the next one is {row['sequence']}.")
        blank = row["body"] is None and row["salt"] is None
        need(not blank or self.blanked.get(n, {}).get("leaf") == row["leaf"], n, "payload", GONE)
        need(not self.last or previous == self.hash, n, "link", f"Event {n} does not follow event {self.last}.")
        data = None if blank else row["body"].encode(*UTF8)
        whole = data is None or (len(row["salt"]) == 64 and sha(b"\x00" + bytes.fromhex(row["salt"]) + data) == leaf)
        need(whole, n, "event", f"Event {n} was changed after it was written.")
        hashed = sha(b"\x02" + previous + leaf + n.to_bytes(8, "big")).hex() == row["hash"]
        need(hashed, n, "hash", f"The hash of event {n} is not the one of its content, place and link.")
        return data

    def body(self, n: int, data: bytes, previous: bytes) -> dict[str, Any]:
        try:
            body: dict[str, Any] = json.loads(data)
            whole = canonical(body) == data and body.keys() == {*BODY.split(), "workstation"} and body["v"] == 1
            whole = whole and all(change.keys() == {"field", "new", "old"} for change in body["changes"])
        except (ValueError, AttributeError, TypeError, RecursionError):
            whole = False
        need(whole, n, "event", f"Event {n} does not have the fields an event has.")
        need(body["sequence"] == n, n, "sequence", f"Event {n} says it is event {body['sequence']}.")
        if n == 1:
            bound = {change["field"]: change["new"] for change in body["changes"]}
            self.origin = str(bound.get("origin"))
            opens = body["kind"] == "LedgerOpened" and sha(self.origin.encode()) == previous
            opens = opens and self.origin.startswith(f"injection-log/{bound.get('study')}/{bound.get('site')}/")
            need(opens, 1, "origin", "The first event does not open this log: its origin does not fit.")
        return body

    def check_change(self, n: int, body: dict[str, Any], field: str, new: Any) -> None:  # against the log before it
        found, before = list(inside(new, SIGNATURE)), self.values[body["subject"]].values()
        holds = found or field != "signature" or new is None
        at, name = self.values.get, body["subject"].partition(":")[2].partition("/")[0]
        late = field in at(f"campaign:{name}", {}) or at(f"case:{name}", {}).get("state") == "locked"
        need(not late, n, "reading", f"Event {n} changes what was locked or fixed for good.")
        known = [one for value in before for one in inside(value, SIGNATURE)] if found else []
        holds = holds and all(said in known or self.signature_holds(body, said) for said in found)
        need(holds, n, "signature", f"The signature in event {n} does not hold.")
        if body["kind"] == "LedgerRestored" or field == "restored":
            need(self.restore_holds(body), n, "restore", f"Event {n} calls the log restored, but not as agreed.")
        if body["subject"] == "ledger:" and field == "blanking":
            need(self.blanking_holds(n, new), n, "blanking", f"Two people did not agree to the blanking in event {n}.")
        for stored in inside(new, AGREEMENT):
            need(self.agreed(stored), n, "agreement", f"The agreement of two people in event {n} does not hold.")
        if body["subject"] == "ledger:" and field == "checkpoint":
            holds = self.checkpoint_holds(n, body, new)
            need(holds, n, "checkpoint", f"The checkpoint in event {n} is not one of the events before it.")

    def signature_holds(self, body: dict[str, Any], said: dict[str, Any]) -> bool:
        user = self.values[f"user:{said.get('user')}"]
        whole = all(isinstance(said.get(name), str) for name in (*CLAIM, "printed_name", "rendering", "value"))
        if not whole or said["user"] != body["user"] or sha(said["rendering"].encode()).hex() != said["record_sha256"]:
            return False
        who, key = (user.get("printed_name"), user.get("role")), user.get("public_key")
        by = (said["printed_name"], said.get("role")) == who and said.get("public_key", key) == key
        claim = {"origin": self.origin, "subject": body["subject"], **{name: said[name] for name in CLAIM}}
        return by and who[1] in SIGNERS and not user.get("closed") and signed(key, claim, said["value"])

    def agreed(self, stored: dict[str, Any]) -> bool:
        both, digest = stored["signatures"], sha(str(stored.get("text")).encode()).hex()
        holds = sorted(one["role"] for one in both) == ["data_manager", "principal_investigator"]
        holds = holds and stored["text_sha256"] == digest and both[0]["user"] != both[1]["user"]
        for one in both:
            user = self.values[f"user:{one['user']}"]
            claim = {"origin": self.origin, "act": stored["act"], "text_sha256": digest, "user": one["user"]}
            holds = holds and (one["role"], one["printed_name"]) == (user.get("role"), user.get("printed_name"))
            holds = holds and signed(user.get("public_key"), claim | {"signed_at": one["signed_at"]}, one["value"])
        return bool(holds)

    def restore_holds(self, body: dict[str, Any]) -> bool:  # two people signed it so, and the log goes on from there
        new = {change["field"]: change["new"] for change in body["changes"]}
        said = dict(new["restored"])
        agreement, last = said.pop("agreement"), said["last_sequence"]
        told = f"SHA-256 of what is said here: {sha(canonical(said)).hex()}\n"
        fits = self.hashes.get(last) == said["last_hash"] and said["lost"] == max(0, said["seen_sequence"] - last)
        fits = fits and self.recorded <= last and new["incarnation"] > self.values["ledger:"].get("incarnation", 1)
        agreed = agreement["act"] == "restore" and agreement["text"].endswith(told)
        return bool(fits and agreed) and (body["kind"], body["subject"]) == ("LedgerRestored", "ledger:")

    def checkpoint_holds(self, n: int, body: dict[str, Any], said: dict[str, Any]) -> bool:
        try:
            one = Checkpoint(said["text"])
        except (ValueError, TypeError, KeyError):
            return False
        self.covered = n - 1
        self.derived["checkpoints.jsonl"].append({"event": n, "size": one.size, "text": said["text"]})
        fits = one.origin == self.origin and one.size == said["size"] == n - 1 and one.root == self.root()
        return fits and one.by(str(self.values[f"workstation:{body['workstation']}"].get("checkpoint_key")))

    def blanking_holds(self, n: int, said: dict[str, Any]) -> bool:
        events, agreement = said.get("events", {}), said.get("agreement", {})
        text = f"The content of these events of the log is blanked for good: {', '.join(sorted(events, key=int))}.\n"
        text += f"Why: {said.get('why')}\nSHA-256 of what stands afterwards: {sha(canonical(events)).hex()}\n"
        for name in events:
            self.missing[int(name)] = self.missing.get(int(name), True) or self.blanked[int(name)] == events[name]
        agreed = (agreement.get("act"), agreement.get("text")) == ("blank payloads", text)
        return bool(events) and agreed and all(int(name) < n for name in events) and bool(list(inside(said, AGREEMENT)))

    def apply(self, n: int, subject: str, changes: list[dict[str, Any]], *, known: bool) -> None:
        values, kind = self.values[subject], subject.partition(":")[0]
        self.recorded = self.recorded if kind in ("ledger", "user", "workstation") else n
        for change in changes:
            name, new = change["field"], change["new"]
            same = not known or values.get(name) == change["old"]
            need(same, n, "change", f"Event {n} gives an old value of {name} that is not the one before it.")
            values[name] = new
            if new is None:
                del values[name]
            elif kind == "image" and name in ("sha256", "other_headers", "conflicts"):
                self.derived["images.jsonl"] += [{"event": n, "sha256": x} for x in ([new], new)[isinstance(new, list)]]
            elif (kind, name) in (("user", "public_key"), ("workstation", "checkpoint_key")):
                self.derived["keys.jsonl"].append({"event": n, "of": subject, "public_key": new})
        is_signed = kind == "gland" and known and values.get("state") in ("signed", "reviewed", "locked")
        need(not is_signed or values.get("signature"), n, "signature", f"Event {n} calls signed what nobody signed.")

    def read_all(self, data: bytes) -> None:  # what is said of blanked events comes behind them, so it is read first
        for row in (rows := [json.loads(line) for line in data.decode(*UTF8).split("\n") if line]):
            for change in json.loads(row["body"])["changes"] if BLANKING in (row["body"] or "") else []:
                self.blanked.update({int(number): said for number, said in change["new"]["events"].items()})
        for row in rows:
            self.read(row)

    def check_packages(self, folder: Path) -> None:  # readings that came home: each its own chain, bound by an event
        for name, values in [one for one in self.values.items() if one[0].startswith("campaign:")]:
            for number in [field[9:] for field in values if field.startswith("returned.")]:
                package, at = Log(), folder / f"{name[9:]}-{number}" / "events.jsonl"
                said = values[f"returned.{number}"]
                need(sha(data := at.read_bytes()).hex() == said["events_sha256"], 0, "reading", f"{at} was changed.")
                package.read_all(data)
                found = {"origin": package.origin, "events": package.last, "last_hash": package.hash.hex()}
                found["checkpoint"] = package.values["ledger:"]["checkpoint"]["text"]
                states = {package.values[f"case:{code}"].get("state") for code in values[f"package.{number}"]["codes"]}
                need(found.items() <= said.items() and states == {"locked"}, 0, "reading", f"{at} is another one.")

    def check_end(self) -> None:
        for n, allowed in self.missing.items():
            need(allowed, n, "payload", GONE)
        keys = [key["public_key"] for key in self.derived["keys.jsonl"] if key["of"].startswith("workstation:")]
        for name, one in self.since:
            what, why = "outside checkpoint", f"The checkpoint in {name}"
            need(one.origin == self.origin, 0, what, f"{why} is of another log.")
            need(any(map(one.by, keys)), 0, what, f"{why} is not signed, as it stands, with a key of this log.")
            need(one.size or one.root == sha(b""), 0, what, f"{why} is of an empty log, but bears another root.")
            need(one.size <= self.last, self.last + 1, what, f"{why} is of {one.size} events: the end was cut off.")

def check_files(log: Log, folder: Path, images: Path | None) -> None:  # what lies beside the events
    for name, owed in log.derived.items():
        found = [json.loads(line) for line in (folder / name).read_text("utf-8").split("\n") if line]
        need(found == owed, 0, "export", f"{name} is not what follows from the events.")
    said = json.loads((folder / "manifest.json").read_text("utf-8"))
    facts = (said["origin"], said["events"], said["last_hash"])
    need(facts == (log.origin, log.last, log.hash.hex()), 0, "export", "manifest.json is of another export.")
    for name, digest in said["files"].items():
        need(sha((folder / name).read_bytes()).hex() == digest, 0, "export", f"{name} is not the file of the manifest.")
    kept = {sha(path.read_bytes()).hex() for path in images.rglob("*") if path.is_file()} if images else set()
    for one in log.derived["images.jsonl"] if images else []:
        need(one["sha256"] in kept, one["event"], "image", f"No file is the image {one['sha256']}.")

def main() -> int:
    words = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    words.add_argument("dir", type=Path, metavar="DIR")
    words.add_argument("--since", type=Path, nargs="*", action="extend", default=[], metavar="FILE")
    words.add_argument("--images", type=Path, metavar="DIR")
    given, log, wrong = words.parse_args(), Log(), True
    try:
        log.since = [(path.name, Checkpoint(path.read_text("utf-8-sig").strip() + "\n")) for path in given.since]
        log.read_all((given.dir / "events.jsonl").read_bytes())
        log.check_end()
        log.check_packages(given.dir / "readings")
        check_files(log, given.dir, given.images)
        wrong, said = False, [f"The export holds: {log.last} events of {log.origin}, last hash {log.hash.hex()}."]
    except (Wrong, OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        event, what, why = error.args if isinstance(error, Wrong) else (log.last + 1, "form", f"{error!r}.")
        if isinstance(error, OSError):
            event, what, why = 0, "file", f"{error.filename} cannot be read; give the folder that was exported."
        said = [f"The export does NOT hold. First wrong ({what}, event {event}): {why}"]
    gaps = {
        f"Everything behind event {log.covered}: no checked checkpoint covers it.": wrong or log.covered + 1 < log.last,
        "A rewrite by who holds database and keys: give a checkpoint that left earlier (--since).": not given.since,
        "The image files: give their folder (--images).": not given.images,
        f"The content of the events {[*log.missing]}, blanked as two people agreed.": log.missing,
    }
    said += ["Not covered:", *(f"- {gap}" for gap in (*[gap for gap in gaps if gaps[gap]], *NOT_COVERED.split("\n")))]
    sys.stdout.write("\n".join(said) + "\n")
    return int(wrong)

if __name__ == "__main__":
    sys.exit(main())
