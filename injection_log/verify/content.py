"""Checks what an event says: checkpoints, key enrolment, signatures and measurements, against the log
before it.

Each check knows only the replay so far and one event; hashes and links were checked before.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Any

from injection_log.ledger.canonical import Json
from injection_log.ledger.checkpoint import parse_checkpoint
from injection_log.ledger.errors import CheckpointMalformed
from injection_log.people.signature import SignatureClaim, claim_holds
from injection_log.verify.copies import check_copies
from injection_log.verify.replay import Read, Replay
from injection_log.verify.report import Wrong

Recheck = Callable[[Mapping[str, Any], Mapping[str, Any], Callable[[str], Mapping[str, Any]]], str | None]
_SIGNED_STATES = ("signed", "reviewed", "locked")


def check_before(replay: Replay, event: Read) -> None:
    """Check what an event says of the log before it. Raises Wrong."""
    for change in event.changes:
        if event.subject == "ledger:" and change.field == "checkpoint":
            _check_checkpoint(replay, event, change.new)
        elif event.subject.startswith("gland:") and change.field == "signature" and change.new is not None:
            _check_signature(replay, event, change.new)
    check_copies(replay, event)
    if event.sequence == 2 and _first_key(event) != replay.of("ledger:").get("checkpoint_key"):
        raise Wrong(2, "key", "The first checkpoint key is not the one that the first event of the log binds.")


def check_after(replay: Replay, event: Read, recheck: Recheck | None) -> None:
    """Check what holds once the changes of an event have taken effect. Raises Wrong."""
    values = replay.of(event.subject)
    if event.subject.startswith("gland:") and values.get("state") in _SIGNED_STATES and not values.get("signature"):
        raise Wrong(event.sequence, "signature", f"Event {event.sequence} calls a record signed that nobody signed.")
    sentence = recheck(event.body, values, replay.of) if recheck else None
    if sentence is not None:
        raise Wrong(event.sequence, "measurement", f"In event {event.sequence}: {sentence}")


def _check_checkpoint(replay: Replay, event: Read, new: Json) -> None:
    said = new if isinstance(new, dict) else {}
    text, size = said.get("text"), event.sequence - 1
    try:
        checkpoint = parse_checkpoint(text if isinstance(text, str) else "")
    except CheckpointMalformed:
        raise _wrong_checkpoint(event, "is not in the form of one") from None
    if checkpoint.origin != replay.origin:
        raise _wrong_checkpoint(event, "is of another log")
    if checkpoint.size != size or said.get("size") != size or checkpoint.root != replay.frontier.root():
        raise _wrong_checkpoint(event, "is not of the events before it")
    key = replay.of(f"workstation:{event.body['workstation']}").get("checkpoint_key")
    if not isinstance(key, str) or not checkpoint.signed_by(bytes.fromhex(key)):
        raise _wrong_checkpoint(event, "is not signed with the key of its workstation")
    replay.checkpoint, replay.checkpoint_size = checkpoint.text, size
    replay.checkpoint_schema = str(said.get("schema_sha256"))


def _wrong_checkpoint(event: Read, what: str) -> Wrong:
    return Wrong(event.sequence, "checkpoint", f"The checkpoint in event {event.sequence} {what}.")


def _first_key(event: Read) -> Json:
    return next((c.new for c in event.changes if c.field == "checkpoint_key"), None)


def _check_signature(replay: Replay, event: Read, new: Json) -> None:
    said = {key: item for key, item in new.items() if isinstance(item, str)} if isinstance(new, dict) else {}
    fault = _signature_fault(replay, event, said)
    if fault is not None:
        raise Wrong(event.sequence, "signature", f"The signature in event {event.sequence} does not hold: {fault}.")


def _signature_fault(replay: Replay, event: Read, said: dict[str, str]) -> str | None:
    names = ("record_sha256", "meaning", "user", "signed_at", "printed_name", "rendering", "value")
    if not all(said.get(name) for name in names):
        return "it is not whole"
    if sha256(said["rendering"].encode("utf-8")).hexdigest() != said["record_sha256"]:
        return "the text that is kept is not the one that was signed"
    user = replay.of(f"user:{said['user']}")
    if said["user"] != event.body["user"] or said["printed_name"] != user.get("printed_name"):
        return "it is not by the person who is named"
    claim = SignatureClaim(
        origin=replay.origin,
        subject=event.subject,
        record_sha256=said["record_sha256"],
        meaning=said["meaning"],
        user=said["user"],
        signed_at=said["signed_at"],
    )
    if not claim_holds(str(user.get("public_key")), claim, said["value"]):
        return "it was not made with this person's key for this record, text, meaning and time"
    return None
