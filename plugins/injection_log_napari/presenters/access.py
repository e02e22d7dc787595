"""Whether the person at work may write in a gland's record now; where not, why, and what to do about it. Pure.

It decides nothing: the record's floor refuses for itself. It says beforehand, in the page, what would be refused.
"""
from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from annotate.marks import Side
from injection_log.people.roles import allowed
from injection_log.record.versions import local_time
from injection_log_napari.presenters.wording import role_words

if TYPE_CHECKING:
    from injection_log.record.checks import Missing
    from injection_log.record.values import GlandRecord, VisitRecord
    from injection_log.record.versions import Statement
    from injection_log_napari.presenters.desk import Desk

UNLOCK_FIRST = "The principal investigator unlocks it from the work list, with a reason; then it can be amended."


@dataclass(frozen=True)
class Access:
    """What may be done with one gland's record.

    `standing` says how far it is ("signed, v1"), `why` why nothing can be changed and what to do ("" while it
    can), `under` the amendment or addition that is open.
    """

    is_open: bool
    takes_marks: bool
    standing: str
    why: str = ""
    under: str = ""
    may_amend: bool = False
    may_end: bool = False
    may_add: bool = False
    has_later_pictures: bool = False
    may_sign_addition: bool = False


def gland_access(desk: Desk, side: Side) -> Access:
    """What the person at work may do with one gland's record now."""
    record, gland = desk.record, desk.record.glands[side]
    standing = f"{gland.state}, v{gland.version}" if gland.version > 1 or not gland.is_open else gland.state
    gone = why_not_counted(record)
    may_write = allowed(desk.role, "set_fact", "draft")
    if gone:
        return Access(False, False, standing, gone, under_words(gland))
    if not may_write:
        return _of_a_reader(desk, gland, standing)
    if gland.is_open:
        return Access(True, True, standing, under=under_words(gland), may_end=gland.amendment is not None)
    adding = gland.addition_open is not None
    return Access(
        is_open=False,
        takes_marks=gland.takes_marks,
        standing=standing,
        why=_why_closed(gland),
        under=under_words(gland),
        may_amend=not adding and allowed(desk.role, "amend_gland", gland.state),
        may_add=not adding and allowed(desk.role, "add_images", gland.state),
        has_later_pictures=bool(gland.later_images),
        may_end=adding,
        may_sign_addition=adding and allowed(desk.role, "sign_addition", gland.state),
    )


def _of_a_reader(desk: Desk, gland: GlandRecord, standing: str) -> Access:
    """What somebody may do who writes no facts: the principal investigator opens amendments for the others."""
    why = _why_closed(gland) if gland.state == "locked" else reads_only(desk.role)
    amends = allowed(desk.role, "amend_gland", gland.state) and gland.addition_open is None
    ends = gland.amendment is not None and allowed(desk.role, "amend_gland", gland.amendment.state_before)
    return Access(False, False, standing, why, under_words(gland), may_amend=amends, may_end=ends)


def owed_now(desk: Desk, side: Side | None = None) -> tuple[Missing, ...]:
    """What is missing and can be done now by the person at work: nothing of what is closed to them.

    While an addition is open, marks can be placed in a signed record and its facts cannot be changed.
    """
    by_side = {one: gland_access(desk, one) for one in desk.record.glands}
    return tuple(one for one in desk.missing(side) if _can_be_done(one, by_side))


def _can_be_done(missing: Missing, by_side: Mapping[Side, Access]) -> bool:
    if missing.step not in ("right", "left"):
        return any(access.is_open for access in by_side.values())
    access = next(found for side, found in by_side.items() if side == missing.step)
    is_mark = missing.field == "needle_mark" or missing.field.startswith(("caliper.", "mark."))
    return access.is_open or (access.takes_marks and is_mark)


def why_visit_is_closed(desk: Desk) -> str:
    """Why the facts of the visit cannot be changed now, and what to do; "" while they can."""
    record, glands = desk.record, desk.record.glands.values()
    gone = why_not_counted(record)
    if gone or not allowed(desk.role, "set_fact", "draft"):
        return gone or reads_only(desk.role)
    closed = [gland for gland in glands if not gland.is_open]
    if not closed:
        return ""
    sides = _sides(closed)
    if any(gland.state == "locked" for gland in closed):
        return f"What was signed for the {sides} holds these facts and is locked. {UNLOCK_FIRST}"
    return f"What was signed for the {sides} holds these facts: to change one, amend the {sides} first."


def why_not_counted(record: VisitRecord) -> str:
    """A sentence when the visit was withdrawn or did not take place, "" when it counts."""
    if record.withdrawn is not None:
        said = said_words(record.withdrawn)
        return f"This visit was withdrawn {said}. To work on it, reinstate it from the work list."
    if record.not_done is not None:
        said = said_words(record.not_done)
        return f"This visit was marked as not done {said}. To work on it, reinstate it from the work list."
    return ""


def reads_only(role: str) -> str:
    """What a person who writes nothing here can do instead."""
    if allowed(role, "open_query", "draft"):
        return f"You read as {role_words(role)}: nothing can be changed. Ask about a value with ⋯ beside it."
    return f"You read as {role_words(role)}: facts and marks are recorded by an injector or operator."


def under_words(gland: GlandRecord) -> str:
    """The amendment or addition that is open, "" when none is."""
    if gland.amendment is not None:
        return f"amending version {gland.amendment.of_version}: {gland.amendment.reason}"
    if gland.addition_open is not None:
        return f"adding to version {gland.addition_open.of_version}: {gland.addition_open.reason}"
    return ""


def said_words(said: Statement) -> str:
    """Who said something, when (local time) and why, to stand in a sentence."""
    return f"by {said.printed_name} on {local_time(said.at, said.offset_minutes)}: {said.reason.rstrip('.')}"


def _why_closed(gland: GlandRecord) -> str:
    if gland.state == "locked":
        locked = f" {said_words(gland.lock)}" if gland.lock is not None and gland.lock.reason else ""
        return f"Locked{locked}: it can only be read. {UNLOCK_FIRST}"
    if gland.addition_open is not None:
        return "What was signed stays as it is: measure on the new pictures, then sign the addition."
    what = "Signed and reviewed" if gland.state == "reviewed" else "Signed"
    came = len(gland.later_images)
    new = f" New pictures since signing: {came}. Press Add pictures… to measure and sign for them." if came else ""
    return f"{what}: it can only be read. To correct it, press Amend…: that makes version {gland.version + 1}.{new}"


def _sides(glands: Iterable[GlandRecord]) -> str:
    names = [gland.side for gland in glands]
    return " and ".join(names) + (" glands" if len(names) > 1 else " gland")
