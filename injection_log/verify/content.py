"""Checks what an event says: checkpoints, key enrolment, signatures, blankings and measurements, against the log
before it.

Each check knows only the replay so far and one event; hashes and links were checked before. A blanked event says
nothing any more, so nothing but its place and its leaf is checked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from injection_log.ledger.canonical import Json
from injection_log.ledger.checkpoint import parse_checkpoint
from injection_log.ledger.errors import CheckpointMalformed
from injection_log.verify import blanked
from injection_log.verify.copies import check_copies
from injection_log.verify.readings import check_reading
from injection_log.verify.replay import Read, Replay
from injection_log.verify.report import Wrong
from injection_log.verify.signatures import check_signatures, key_of

if TYPE_CHECKING:
    from injection_log.verify.renderings import Renderings  # brings the marks; `verify` goes on without

Recheck = Callable[[Mapping[str, Any], Mapping[str, Any], Callable[[str], Mapping[str, Any]]], str | None]
_SIGNED_STATES = ("signed", "reviewed", "locked")


def check_before(replay: Replay, event: Read, renderings: Renderings | None) -> None:
    """Check what an event says of the log before it. Raises Wrong."""
    if event.blanked:
        return
    signed = check_signatures(replay, event) if event.signs else []
    check_reading(replay, event)
    if event.subject == "ledger:":
        _check_ledger(replay, event)
    else:
        check_copies(replay, event)
        if renderings is not None and signed:
            renderings.check(replay, event, signed)
    if event.sequence == 2 and _first_key(event) != replay.of("ledger:").get("checkpoint_key"):
        raise Wrong(2, "key", "The first checkpoint key is not the one that the first event of the log binds.")


def check_after(replay: Replay, event: Read, recheck: Recheck | None) -> None:
    """Check what holds once the changes of an event have taken effect. Raises Wrong."""
    if event.blanked:
        return
    values = replay.of(event.subject)
    if event.subject.startswith("gland:") and values.get("state") in _SIGNED_STATES and not values.get("signature"):
        raise Wrong(event.sequence, "signature", f"Event {event.sequence} calls a record signed that nobody signed.")
    sentence = recheck(event.body, values, replay.of) if recheck else None
    if sentence is not None:
        raise Wrong(event.sequence, "measurement", f"In event {event.sequence}: {sentence}")


def check_end(replay: Replay) -> None:
    """Check that every missing content is one that two people agreed to. Raises Wrong."""
    for number, allowed_by in replay.blanked.items():
        if not allowed_by:
            raise Wrong(number, "payload", f"The content of event {number} is missing, and no event allows that.")


def _check_ledger(replay: Replay, event: Read) -> None:
    for change in event.changes:
        if change["field"] == "checkpoint":
            _check_checkpoint(replay, event, change["new"])
        elif change["field"] == blanked.FIELD:
            _check_blanking(replay, event, change["new"])


def _check_checkpoint(replay: Replay, event: Read, new: Json) -> None:
    said = new if isinstance(new, dict) else {}
    text, size = said.get("text"), event.sequence - 1
    try:
        checkpoint = parse_checkpoint(text if isinstance(text, str) else "")
    except CheckpointMalformed:
        raise _wrong_checkpoint(event, "is not in the form of one") from None
    if checkpoint.origin != replay.origin:
        raise _wrong_checkpoint(event, "is of another log")
    if checkpoint.size != size or said.get("size") != size or checkpoint.root != replay.root():
        raise _wrong_checkpoint(event, "is not of the events before it")
    key = replay.of(f"workstation:{event.body['workstation']}").get("checkpoint_key")
    if not isinstance(key, str) or not checkpoint.signed_by(bytes.fromhex(key)):
        raise _wrong_checkpoint(event, "is not signed with the key of its workstation")
    replay.checkpoint, replay.checkpoint_size = checkpoint.text, size
    replay.checkpoint_schema = str(said.get("schema_sha256"))


def _wrong_checkpoint(event: Read, what: str) -> Wrong:
    return Wrong(event.sequence, "checkpoint", f"The checkpoint in event {event.sequence} {what}.")


def _check_blanking(replay: Replay, event: Read, new: Json) -> None:
    fault = blanked.blanking_fault(new, replay.origin, lambda user: key_of(replay, user))
    stand_ins = {} if fault else blanked.stand_ins_of(new)
    later = [number for number in stand_ins if number >= event.sequence]
    if fault is None and later:
        fault = f"event {min(later)} came after it"
    if fault is not None:
        raise Wrong(event.sequence, "blanking", f"The blanking in event {event.sequence} does not hold: {fault}.")
    for number, stand_in in stand_ins.items():
        # The row that is blanked was read with what this event says; another event may not have lent it a fitting text.
        if number in replay.blanked and replay.stand_ins[number] == stand_in:
            replay.blanked[number] = event.sequence


def _first_key(event: Read) -> Json:
    return next((change["new"] for change in event.changes if change["field"] == "checkpoint_key"), None)
