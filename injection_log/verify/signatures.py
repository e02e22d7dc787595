"""Checks signatures: of gland records, reviews and additions, earlier ones, and agreements of two people.

A signature is known by its form, wherever it stands: whoever adds a new kind of signature cannot forget to have it
checked. Knows only the replay so far and one event; that a signed text follows from the record is for `renderings`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import Any

from injection_log.ledger.canonical import Json
from injection_log.people.agreement import agreement_holds, signers
from injection_log.people.roles import Role
from injection_log.people.signature import SignatureClaim, claim_holds
from injection_log.verify.replay import Read, Replay
from injection_log.verify.report import Wrong

_TEXTS = ("record_sha256", "meaning", "user", "signed_at", "printed_name", "rendering", "value")
_FORM = {"record_sha256", "value"}
_SIGNERS = (Role.INJECTOR, Role.OPERATOR, Role.PRINCIPAL_INVESTIGATOR)
_DEEPEST = 3
"""How far into a value a signature may stand: an addition holds its own."""


def _new_signatures(replay: Replay, event: Read) -> Iterator[Mapping[str, Any]]:
    """The signatures that an event brings: those its subject did not have before, in any field."""
    for change in event.changes:
        found = list(_signatures_in(change["new"]))
        if change["field"] == "signature" and change["new"] is not None and not found:
            yield {}  # something stands where a signature belongs
        known = _known(replay, event) if found else []
        yield from (said for said in found if said not in known)


def check_signatures(replay: Replay, event: Read) -> list[Mapping[str, Any]]:
    """Check every signature and agreement that an event brings; gives the signatures. Raises Wrong."""
    signed = list(_new_signatures(replay, event))
    for said in signed:
        fault = _fault(replay, event, said)
        if fault is not None:
            raise Wrong(
                event.sequence, "signature", f"The signature in event {event.sequence} does not hold: {fault}."
            )
    for change in event.changes:
        for stored in _agreements_in(change["new"], 0):
            _check_agreement(replay, event, stored)
    return signed


def key_of(replay: Replay, user: str) -> str | None:
    """The public key (hex) that the log has of a user so far."""
    key = replay.of(f"user:{user}").get("public_key")
    return key if isinstance(key, str) else None


def _known(replay: Replay, event: Read) -> list[Mapping[str, Any]]:
    """The signatures that the subject of an event had before it."""
    values = replay.of(event.subject)
    stand = (values[name] for name in replay.may_sign.get(event.subject, ()) if name in values)
    return [one for value in stand for one in _signatures_in(value)]


def _signatures_in(value: Json, depth: int = 0) -> Iterator[Mapping[str, Any]]:
    if not isinstance(value, dict):
        return
    if value.keys() >= _FORM:
        yield value
    elif depth < _DEEPEST:
        for item in value.values():
            yield from _signatures_in(item, depth + 1)


def _fault(replay: Replay, event: Read, value: Mapping[str, Any]) -> str | None:
    said = {key: item for key, item in value.items() if isinstance(item, str)}
    if not all(said.get(name) for name in _TEXTS):
        return "it is not whole"
    if sha256(said["rendering"].encode("utf-8")).hexdigest() != said["record_sha256"]:
        return "the text that is kept is not the one that was signed"
    user = replay.of(f"user:{said['user']}")
    if said["user"] != event.body["user"] or said["printed_name"] != user.get("printed_name"):
        return "it is not by the person who is named"
    if value.get("role") != user.get("role") or value.get("role") not in _SIGNERS or user.get("closed") is True:
        has_role = value.get("role") == user.get("role")
        return f"the person who is named {'had no right to sign then' if has_role else 'did not have that role'}"
    key = user.get("public_key")
    if value.get("public_key", key) != key or not _claim_holds(replay, event, said, key):
        return "it was not made with this person's key for this record, text, meaning and time"
    return None


def _claim_holds(replay: Replay, event: Read, said: Mapping[str, str], public_key: Json) -> bool:
    claim = SignatureClaim(
        origin=replay.origin,
        subject=event.subject,
        record_sha256=said["record_sha256"],
        meaning=said["meaning"],
        user=said["user"],
        signed_at=said["signed_at"],
    )
    return claim_holds(str(public_key), claim, said["value"])


def _agreements_in(value: Json, depth: int) -> Iterator[Mapping[str, Json]]:
    if not isinstance(value, dict):
        return
    if {"signatures", "text_sha256"} <= value.keys():
        yield value
    elif depth < _DEEPEST:
        for item in value.values():
            yield from _agreements_in(item, depth + 1)


def _check_agreement(replay: Replay, event: Read, stored: Mapping[str, Json]) -> None:
    fault = agreement_holds(replay.origin, dict(stored), lambda user: key_of(replay, user))
    for user, role, name in signers(dict(stored)) if fault is None else ():
        known = replay.of(f"user:{user}")
        if (known.get("role"), known.get("printed_name")) != (role, name):
            fault = "one of the two did not have that role or name"
    if fault is not None:
        sentence = f"The agreement of two people in event {event.sequence} does not hold: {fault}."
        raise Wrong(event.sequence, "agreement", sentence)
