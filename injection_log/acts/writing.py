"""The one way an act becomes an event: permission asked, old values taken, written, and the record read again.

The record that a caller holds is what was *shown*. What is decided on is the record as it stands now, and it is
written only if that still stands when the log is locked: two people at work at once cannot undo each other unseen.
"""
from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from injection_log.errors import Refused
from injection_log.ledger.errors import ChangedMeanwhile
from injection_log.ledger.event import Change, EventDraft, Json, Subject
from injection_log.people import permission
from injection_log.people.roles import Command, State
from injection_log.record.reading import Values, gland_subject, read_visit
from injection_log.record.values import GlandRecord, VisitRecord
from injection_log.record.versions import Locked
from injection_log.site import Session
from injection_log.store.batch import Batch

VERIFIED = "verified."
"""What a monitor's mark on a field is stored under; it falls with the value it was made for."""


@dataclass(frozen=True)
class Standing:
    """A visit as it stands now, and the current values, by subject, that it was read from."""

    record: VisitRecord
    values: Mapping[str, Mapping[str, Json]]


def standing(session: Session, shown: VisitRecord) -> Standing:
    """Read a visit as it stands now, before anything about it is decided."""
    remembered, values = remembering(session)
    return Standing(_read(session, shown, remembered), values)


def remembering(session: Session) -> tuple[Values, dict[str, Mapping[str, Json]]]:
    """Give a reader of current values, and the mapping in which it keeps all that it read."""
    values: dict[str, Mapping[str, Json]] = {}

    def remembered(subject: str) -> Mapping[str, Json]:
        if subject not in values:
            values[subject] = session.site.ledger.values(subject)
        return values[subject]

    return remembered, values


def changing(session: Session, shown: VisitRecord) -> Standing:
    """Read a visit that is to be changed as it stands now. Refuses one that is withdrawn, not done or locked."""
    stands = standing(session, shown)
    require_in_use(stands.record)
    return stands


def require_in_use(record: VisitRecord) -> None:
    """Refuse any change to a visit that was withdrawn, was not done, or of which both glands are locked."""
    if record.withdrawn is not None:
        raise Refused("withdrawn", "This visit was withdrawn; it changes only after somebody reinstates it.")
    if record.not_done is not None:
        raise Refused("not_done", "This visit is recorded as not done; reinstate it first if it took place.")
    locks = [gland.lock for gland in record.glands.values()]
    if all(locks) and locks[0] is not None:
        raise locked(locks[0])


def locked(lock: Locked) -> Refused:
    """The refusal of a change to something that is locked."""
    what = {"gland": "This record is", "participant": "Everything of this participant is", "study": "The study is"}
    return Refused(
        "locked",
        f"{what[lock.scope]} locked (by {lock.by}) and takes no change; a principal investigator can unlock it, "
        "giving a reason.",
    )


def require_as_shown(session: Session, place: tuple[Subject, str], shown: Json, now: Json) -> None:
    """Refuse to replace a value (`place`: subject and field) that is not the one that was shown. Raises Overtaken."""
    if shown != now:
        subject, field = place
        from injection_log.acts.overtaken import overtaken  # all words of the log, for the one who came second

        raise overtaken(session, ChangedMeanwhile(subject.key, field, expected=shown, found=now))


def require(session: Session, command: Command, state: State = "") -> None:
    """Refuse a command that the table of roles does not allow in this state of the record; the try is an event."""
    permission.require(session, command, state)


def require_some_open(record: VisitRecord) -> None:
    """Refuse a change to a visit of which both glands are signed."""
    if not any(gland.is_open for gland in record.glands.values()):
        raise Refused(
            "already_signed", "Both glands of this visit are signed; open an amendment, with a reason, to change it."
        )


def require_none_signed(record: VisitRecord) -> None:
    """Refuse a change to a fact of the whole visit while a gland is signed: what was signed holds it."""
    require_some_open(record)
    if any(not gland.is_open for gland in record.glands.values()):
        raise Refused(
            "already_signed",
            "A gland of this visit is signed, and what was signed holds this fact: amend every signed gland first.",
        )


def require_takes_marks(record: VisitRecord) -> None:
    """Refuse work on the pictures of a visit of which both glands are signed and nothing is being added."""
    if not any(gland.takes_marks for gland in record.glands.values()):
        raise Refused(
            "already_signed", "Both glands of this visit are signed; open an addition or an amendment, with a reason."
        )


def require_open(session: Session, command: Command, gland: GlandRecord) -> None:
    """Refuse a change to a gland record that is no longer open."""
    if gland.lock is not None:
        raise locked(gland.lock)
    if not gland.is_open:
        raise Refused(
            "already_signed",
            f"The {gland.side} gland is {gland.state}: it can be read, and changed only by an amendment.",
        )
    require(session, command, gland.state)


def write(
    session: Session, kind: str, subject: Subject, new: Mapping[str, Json], *, stands: Standing | None = None
) -> None:
    """Append one event that gives the named fields of a subject new values.

    Raises Overtaken when somebody else changed one of them since it was read in this call, or anything of
    what `stands` was read from.
    """
    append(session, [draft_of(session, kind, subject, new)], stands=stands)


def draft_of(
    session: Session, kind: str, subject: Subject, new: Mapping[str, Json], reason: str = ""
) -> EventDraft:
    """Make the draft of an event from new values, with the current ones as old; unchanged fields are left out.

    A monitor's mark on a field that changes falls in the same event.
    """
    current = session.site.ledger.values(subject.key)
    changes = [Change(field, current.get(field), value) for field, value in new.items() if current.get(field) != value]
    changed = {change.field for change in changes}
    fallen = [Change(name, current[name], None) for name in sorted(current) if _is_mark_on(name, changed)]
    return EventDraft(kind, subject, (*changes, *fallen), reason=reason)


def append(
    session: Session, drafts: Sequence[EventDraft], *, checkpoint: bool = False, stands: Standing | None = None,
    guarded: Mapping[str, Mapping[str, Json]] | None = None,
) -> None:
    """Append several drafts in one transaction, leaving out those that change nothing.

    What is written while an amendment or an addition is open carries its reason. `guarded` are values, by subject,
    that must still stand, where there is no visit that they were read for. Raises Overtaken as `write`.
    """
    record = stands.record if stands else None
    changing = tuple(_explained(draft, record) for draft in drafts if draft.changes)
    if not changing:
        return
    session.site.watch_time()
    protocol = session.site.protocol.sha256
    standing = dict(stands.values if stands else guarded or {})
    if checkpoint:
        # A signature by somebody whose role was taken away in this very moment would never verify.
        signer = Subject("user", id=session.account.user).key
        standing[signer] = permission.refuse_changed_account(session)
    batch = Batch(session.actor, changing, protocol, checkpoint, standing=standing)
    try:
        session.site.ledger.append_batch(batch)
    except ChangedMeanwhile as lost:
        from injection_log.acts.overtaken import overtaken  # as above

        raise overtaken(session, lost) from lost


def write_gland(
    session: Session, stands: Standing, gland: GlandRecord, kind: str, new: Mapping[str, Json]
) -> VisitRecord:
    """Append one event about a gland and give the visit as it is now."""
    record = stands.record
    write(session, kind, gland_subject(record.participant, record.visit, gland.side), new, stands=stands)
    return reread(session, record)


def decided_again(act: Callable[[], None], tries: int = 20) -> None:
    """Do an act that decides on what it reads itself, again when something of that changed in the same instant."""
    for left in range(tries, -1, -1):
        try:
            act()
        except ChangedMeanwhile:
            if not left:
                raise
        else:
            return


def reread(session: Session, record: VisitRecord) -> VisitRecord:
    """Read a visit again after an act."""
    return _read(session, record, session.site.ledger.values)


def _is_mark_on(name: str, changed: set[str]) -> bool:
    """Whether a field is a monitor's mark on one of the changed ones, under its name with or without its family."""
    marked = name.removeprefix(VERIFIED)
    return name.startswith(VERIFIED) and (marked in changed or f"fact.{marked}" in changed)


def _explained(draft: EventDraft, record: VisitRecord | None) -> EventDraft:
    """The draft with the reason that its surroundings give it, and the time claimed for the act."""
    if record is None:
        return draft
    claimed = draft.claimed_at or (record.transcribed.written_on.isoformat() if record.transcribed else "")
    return replace(draft, reason=draft.reason or _reason_of(draft.subject, record), claimed_at=claimed)


def _reason_of(subject: Subject, record: VisitRecord) -> str:
    glands = [gland for side, gland in record.glands.items() if subject.kind != "gland" or subject.gland == side]
    for gland in glands:
        open_one = gland.amendment or gland.addition_open
        if open_one is not None:
            return open_one.reason
    return ""


def _read(session: Session, record: VisitRecord, values: Values) -> VisitRecord:
    now = read_visit(values, session.site.protocol, record.participant, record.visit)
    if now is None:
        raise Refused("no_such_visit", "This visit is not in the log; choose it again from the list.")
    return now
