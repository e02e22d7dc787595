"""What the log says of events whose content was blanked: an event agreed by two people names each of them.

`PayloadBlanked` is an event about the log. Its field `blanking` holds `{why, events, agreement}`; `events` maps each
blanked sequence number (as text) to `{leaf, subject, kind, user, fields}`: the leaf that stays (hex), whom and what
the event was about, and for each field it had set the value that stands without the content (null: none). Nothing
of the content is in it. A later act adds a `blanking` of its own; the replaced one stays visible in the log.

Pure: knows how to read and check such an event, not when one is owed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256

import orjson

from injection_log.ledger.canonical import Json, canonical_bytes
from injection_log.ledger.errors import LedgerError
from injection_log.people.agreement import agreement_holds

KIND = "PayloadBlanked"
FIELD = "blanking"
ACT = "blank payloads"
_MARK = f'"kind":"{KIND}"'.encode()
_NAMES = {"leaf", "subject", "kind", "user", "fields"}


@dataclass(frozen=True)
class StandIn:
    """What stands in for one blanked event: its leaf (32 bytes), its subject, and what its fields are without it."""

    leaf: bytes
    subject: str
    fields: Mapping[str, Json]


def stand_ins_of(blanking: Json) -> dict[int, StandIn]:
    """Read the events that a blanking names. Raises ValueError when it is not whole."""
    events = blanking.get("events") if isinstance(blanking, dict) else None
    if not isinstance(events, dict) or not events:
        raise ValueError("it names no event")
    found = {}
    for number, said in events.items():
        if not (isinstance(said, dict) and said.keys() == _NAMES and isinstance(said["fields"], dict)):
            raise ValueError("it does not say what stands without the content")
        found[int(number)] = StandIn(bytes.fromhex(str(said["leaf"])), str(said["subject"]), said["fields"])
    return found


def find_stand_ins(rows: Iterable[tuple[object, ...]]) -> dict[int, StandIn]:
    """What all blankings in these rows (sequence, body, ...) say together. What is not whole is left out here."""
    found: dict[int, StandIn] = {}
    for row in rows:
        body = row[1]
        if isinstance(body, bytes) and _MARK in body:
            with suppress(ValueError, LookupError, TypeError):
                for change in orjson.loads(body)["changes"]:
                    found.update(stand_ins_of(change["new"]))
    return found


def text_of(why: str, events: Mapping[str, Json]) -> str:
    """What both people read and sign: which events lose their content, why, and the digest of what stands."""
    numbers = ", ".join(sorted(events, key=int))
    return (
        f"The content of these events of the log is blanked for good: {numbers}.\n"
        f"Why: {why}\n"
        f"SHA-256 of what stands afterwards: {sha256(canonical_bytes(dict(events))).hexdigest()}\n"
    )


def blanking_fault(blanking: Json, origin: str, key_of: Callable[[str], str | None]) -> str | None:
    """What is wrong with a blanking, in words that follow "because"; None when both agreed to exactly this."""
    said = blanking if isinstance(blanking, dict) else {}
    why, events, agreement = said.get("why"), said.get("events"), said.get("agreement")
    if not (isinstance(why, str) and why and isinstance(events, dict) and isinstance(agreement, dict)):
        return "it is not whole"
    try:
        text = text_of(why, events)
    except (LedgerError, ValueError):
        return "it is not whole"
    if agreement.get("act") != ACT or agreement.get("text") != text:
        return "what it says is not what both people agreed to"
    return agreement_holds(origin, agreement, key_of)
