"""Blanking: the content of events that should never have been there goes for good, agreed by two people.

First a plan: which events, what repeats the content elsewhere in the log (old values, signed texts), and what stands
without it. Then the act. A plan that leaves one repetition standing is refused, with the events that must go with it.
What was copied out of the log before (backups, exports) still holds the content: the answer names it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson

from injection_log.acts.blanked_traces import still_held
from injection_log.acts.writing import require
from injection_log.errors import Refused
from injection_log.ledger.canonical import Json
from injection_log.ledger.event import Change, EventDraft, Subject
from injection_log.people.two_people import Proof2, agreed
from injection_log.protocol.protocol import Protocol
from injection_log.protocol.typed import check_words
from injection_log.store.batch import Batch
from injection_log.store.blanking import Emptied, empty_events
from injection_log.store.snapshot import Snapshot, open_snapshot
from injection_log.verify.blanked import ACT, FIELD, KIND, stand_ins_of, text_of
from injection_log.verify.rehearsal import rehearse
from injection_log.verify.report import Wrong

if TYPE_CHECKING:
    from injection_log.site import Session

LEDGER = Subject("ledger")
REASON, SUBJECT = "reason", "subject"
"""What may be named beside fields: the reason of an event, and a subject (a participant's code that is a name)."""
_SIDES = ("old", "new")
_SHORTEST = 4
"""A shorter text (a choice such as "yes") is looked for as the old value of its own field only."""
_NEEDED = {
    "origin", "study", "site", "checkpoint_key", "identity_key_check", "checkpoint", "public_key", "credential_sha256",
    "protocol", "schema", "restored", "incarnation", FIELD,
}  # fmt: skip
"""Fields that verification needs: an event that sets one is never blanked."""


@dataclass(frozen=True)
class Blanking:
    """What is asked for: the events, the fields of the first whose content must go, and why (never the content)."""

    sequences: tuple[int, ...]
    fields: tuple[str, ...]
    why: str


@dataclass(frozen=True)
class BlankingPlan:
    """What would be done. `text` is what both people read and sign; it holds nothing of the content."""

    why: str
    events: Mapping[str, Json]
    text: str
    emptied: Emptied
    standing: Mapping[str, Mapping[str, Json]]


@dataclass(frozen=True)
class BlankingDone:
    """What was done: the event that says so, and in words what still holds the content."""

    sequence: int
    still_held: tuple[str, ...]


@dataclass(frozen=True)
class _Content:
    """The content that must go. Never shown, never kept: `texts` to be found anywhere, `values` in their own field."""

    texts: tuple[str, ...]
    values: tuple[tuple[str, str, Json], ...]

    def is_in(self, value: Any) -> bool:
        """Whether a text in this value repeats the content."""
        return any(text in one for one in _texts(value) for text in self.texts)

    def is_in_event(self, body: Mapping[str, Any]) -> bool:
        """Whether an event repeats the content anywhere, or has it as the value of its own field."""
        sides = [(change["field"], change[side]) for change in body["changes"] for side in _SIDES]
        places = {(body["subject"], name, _key(value)) for name, value in sides}
        return self.is_in(body) or any((*place, _key(value)) in places for *place, value in self.values)


def plan_blanking(session: Session, wanted: Blanking) -> BlankingPlan:
    """Look what blanking these events means, and change nothing. Raises Refused."""
    require(session, "blank_payload")
    with open_snapshot(session.site.home.ledger_folder) as snapshot:
        bodies = {int(str(row[0])): _body(row[1]) for row in snapshot.events() if row[1] is not None}
        leaves = {int(str(row[0])): row[3] for row in snapshot.events() if row[0] in wanted.sequences}
        _check_asked(wanted, bodies, session.site.protocol)
        content = _content_of(wanted, bodies)
        if content.is_in(wanted.why):
            raise Refused("content_repeated", "The reason repeats the content itself; say why without it.")
        _check_repeated(wanted, bodies, content)
        events: dict[str, Json] = {
            str(number): _entry(bodies[number], leaves[number], content) for number in sorted(wanted.sequences)
        }
        emptied = _emptied(snapshot, wanted, bodies, events)
        standing = _standing(snapshot, {subject for subject, _ in emptied.values} - {LEDGER.key})
    return BlankingPlan(wanted.why, events, text_of(wanted.why, events), emptied, standing)


def blank(session: Session, plan: BlankingPlan, second: Proof2, password: str, *, owner: str = "") -> BlankingDone:
    """Carry a plan out when both people sign it. `owner` is the role that owns the tables of a PostgreSQL log.

    Raises Refused, ChangedMeanwhile when somebody wrote about the same subjects since, and as `prove`.
    """
    require(session, "blank_payload")
    site = session.site
    agreement = agreed(session, second, act=ACT, text=plan.text, password=password)
    before = site.ledger.values(LEDGER.key).get(FIELD)
    change = Change(FIELD, before, {"why": plan.why, "events": plan.events, "agreement": agreement})
    draft = EventDraft(KIND, LEDGER, (change,))
    batch = Batch(session.actor, (draft,), site.protocol.sha256, checkpoint=True, standing=plan.standing)
    said, written_anew = empty_events(site.home.ledger_folder, site.ledger, batch, plan.emptied, owner)
    return BlankingDone(said.sequence, still_held(site, min(plan.emptied.sequences), written_anew=written_anew))


def _body(data: object) -> dict[str, Any]:
    value: dict[str, Any] = orjson.loads(data if isinstance(data, bytes) else b"")
    return value


def _check_asked(wanted: Blanking, bodies: Mapping[int, dict[str, Any]], protocol: Protocol) -> None:
    if len(wanted.why.strip()) < 3:
        raise Refused("reason_missing", "Say in a few words why this content must go (not what it is).")
    check_words(wanted.why, protocol)
    if not wanted.sequences:
        raise Refused("no_such_event", "Name the number of at least one event.")
    for number in wanted.sequences:
        if number not in bodies:
            raise Refused("no_such_event", f"There is no event {number} with a content; look it up with `audit`.")
        if _NEEDED & {change["field"] for change in bodies[number]["changes"]}:
            raise Refused(
                "event_needed",
                f"Event {number} carries what every check of the log needs (a key, a checkpoint, the protocol, an"
                " agreement), so it is not blanked.",
            )


def _content_of(wanted: Blanking, bodies: Mapping[int, dict[str, Any]]) -> _Content:
    """The content, as the first of the named events has it; the others are named because they repeat it."""
    body = bodies[wanted.sequences[0]]
    texts: dict[str, None] = {}
    values: list[tuple[str, str, Json]] = []
    if REASON in wanted.fields:
        texts[body["reason"]] = None
    if SUBJECT in wanted.fields:
        texts |= dict.fromkeys(body["subject"].partition(":")[2].split("/")[:1])
    for change in body["changes"]:
        if change["field"] in wanted.fields and change["new"] is not None and not _is_signature(change["new"]):
            values.append((body["subject"], change["field"], change["new"]))
            texts |= dict.fromkeys(_texts(change["new"]))
    content = _Content(tuple(text for text in texts if len(text) >= _SHORTEST), tuple(values))
    if not content.texts and not values:
        raise Refused("no_such_field", "This event has no such field; name a field that it sets.")
    innocent = [number for number in wanted.sequences if not content.is_in_event(bodies[number])]
    if innocent:
        why = f"Event {innocent[0]} does not hold that content, so it stays; leave it out."
        raise Refused("content_not_there", why)
    return content


def _check_repeated(wanted: Blanking, bodies: Mapping[int, dict[str, Any]], content: _Content) -> None:
    also = [
        number for number, body in bodies.items() if number not in wanted.sequences and content.is_in_event(body)
    ]
    if also:
        raise _repeated(also)


def _repeated(also: list[int]) -> Refused:
    numbers = ", ".join(str(number) for number in also)
    return Refused(
        "content_repeated",
        f"The same content stands in these events too: {numbers}; name them as well, so that it goes in one act.",
    )


def _entry(body: Mapping[str, Any], leaf: object, content: _Content) -> Json:
    """What stands for one event afterwards; nothing of the content is in it."""
    subject = body["subject"]
    fields: dict[str, Json] = {}
    for change in body["changes"]:
        if not content.is_in(change["field"]) and not content.is_in(subject):
            fields[change["field"]] = _without(content, (subject, change["field"]), change["new"])
    return {
        "leaf": leaf.hex() if isinstance(leaf, bytes) else "",
        "subject": "" if content.is_in(subject) else subject,
        "kind": body["kind"],
        "user": "" if content.is_in(body["user"]) else body["user"],
        "fields": fields,
    }


def _without(content: _Content, place: tuple[str, str], new: Json) -> Json:
    """The value that stands without the content: itself, a signature without its text, or nothing."""
    goes = content.is_in(new) or (*place, _key(new)) in [(*where, _key(value)) for *where, value in content.values]
    if not goes:
        return new
    if isinstance(new, dict) and _is_signature(new):
        # Digest and signature go with the text: whoever knows the rest could try short contents against them.
        kept = {**new, "rendering": "", "record_sha256": "", "value": ""}
        return None if content.is_in(kept) else kept
    return None


def _emptied(
    snapshot: Snapshot, wanted: Blanking, bodies: Mapping[int, dict[str, Any]], events: dict[str, Json]
) -> Emptied:
    """What becomes of the tables. Raises Refused when the log would not hold."""
    try:
        replay = rehearse(snapshot, stand_ins_of({"events": events}))
    except Wrong as wrong:
        if wrong.found.what in ("rendering", "change"):
            raise _repeated([wrong.found.sequence]) from None
        raise Refused("would_not_hold", f"Nothing was changed, because then the log would not hold: {wrong}") from None
    values: dict[tuple[str, str], tuple[Json, int] | None] = {}
    for number in wanted.sequences:
        subject = bodies[number]["subject"]
        for change in bodies[number]["changes"]:
            place = (subject, change["field"])
            stands = replay.of(subject).get(change["field"])
            values[place] = None if stands is None else (stands, replay.set_by[place])
    return Emptied(tuple(sorted(wanted.sequences)), values)


def _standing(snapshot: Snapshot, subjects: set[str]) -> dict[str, dict[str, Json]]:
    """The current values the plan was made on: whatever else they are when it is carried out stops it."""
    found: dict[str, dict[str, Json]] = {subject: {} for subject in subjects}
    for subject, name, value, _ in snapshot.values():
        if subject in found:
            found[str(subject)][str(name)] = orjson.loads(str(value))
    return found


def _is_signature(value: Json) -> bool:
    return isinstance(value, dict) and value.keys() >= {"record_sha256", "value"}


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)


def _key(value: Json) -> str:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode("utf-8", "replace")
