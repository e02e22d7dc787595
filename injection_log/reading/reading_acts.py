"""What a reader does in a package: the own list, the next case, calipers and contours, grades, quality, the lock.

Each is one event, each look at a case too. Decided on what stands when the log is locked: after the lock of a case no
act of any program finds it open. Shows nobody else's reading; what an adjudicator does besides is `adjudicating`.
"""
from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NoReturn

from annotate.errors import AnnotateError
from annotate.marks import Caliper, Contour, ImageUse, PlacedMark, Side
from annotate.stored_marks import on_grid
from dicom_io.errors import MeasurementRefused
from dicom_io.image import Digests
from injection_log.errors import Refused
from injection_log.ledger.errors import ChangedMeanwhile
from injection_log.ledger.event import Change, EventDraft, Json, Subject
from injection_log.people import permission
from injection_log.people.errors import Denied
from injection_log.people.package_roles import PackageCommand, allowed_in_package
from injection_log.protocol.reading_design import GradeKind
from injection_log.reading.case import (
    GRADE,
    LOOKS,
    QUALITY,
    STATE,
    WHY,
    Case,
    CaseState,
    case_of,
    case_subject,
    owed,
    read_subject,
)
from injection_log.reading.grades import DEFINITIONS, QUALITIES, WHY_NOT_ADEQUATE, Quality
from injection_log.record.derived import volume_values
from injection_log.record.mark_values import placed_values, scale_for
from injection_log.store.batch import Batch

if TYPE_CHECKING:
    from injection_log.reading.package_home import ReaderSession

Where = tuple[str, int]
"""SOP Instance UID and frame, counted from 0."""
Act = tuple[str, Subject]
"""The kind of an event and what it is about."""


@dataclass(frozen=True)
class CaseLine:
    """One line of a reader's list: the place in the order (from 1), the code, and how far it is."""

    place: int
    code: str
    state: CaseState


def list_cases(session: ReaderSession) -> tuple[CaseLine, ...]:
    """Give the own cases in the order of reading."""
    require(session, "list_cases")
    states = session.site.ledger.values_named("case:", STATE)
    return tuple(
        CaseLine(place, code, _state(states.get(case_subject(code).key)))
        for place, code in enumerate(session.site.package.cases, start=1)
    )


def next_case(session: ReaderSession) -> Case | None:
    """Open the case to read now: the one that was interrupted, else the next in order; None when all are locked.

    Every look is an event.
    """
    for line in list_cases(session):
        if line.state != "locked":
            return open_case(session, line.code)
    return None


def open_case(session: ReaderSession, code: str) -> Case:
    """Look at the case whose turn it is. Raises Refused for one that is locked, or whose turn it is not."""
    turn = next((line.code for line in list_cases(session) if line.state != "locked"), "")
    case = known_case(session, code)
    require(session, "open_case", case.state)
    if code != turn:
        raise Refused("not_its_turn", f"Cases are read in order; it is the turn of {turn}.")
    new: dict[str, Json] = {STATE: "open", LOOKS: case.looks + 1}
    write(session, ("CaseOpened", case_subject(code)), new)
    return known_case(session, code)


def place_mark(session: ReaderSession, case: Case, side: Side, where: Where, mark: Caliper | Contour) -> Case:
    """Place a caliper or an outline of one gland on one frame of a picture of this case.

    Volumes follow from all marks of the gland, as in a site's record: the ellipsoid, and every other method's.

    Raises Refused where the picture is not of this gland, has no trusted scale there, or the mark cannot be measured.
    """
    stands = _open(session, case, "place_caliper")
    placed = _placed(session, stands, side, where, mark)
    kind = "CaliperPlaced" if isinstance(mark, Caliper) else "ContourTraced"
    return _write_marks(session, stands, (kind, side), {placed.mark_id: placed})


def remove_mark(session: ReaderSession, case: Case, side: Side, mark_id: str) -> Case:
    """Take a mark out of a reading that is not locked; the log keeps it."""
    stands = _open(session, case, "place_caliper")
    if mark_id not in {placed.mark_id for placed in stands.glands[side].marks}:
        raise Refused("no_such_mark", "This mark is no longer there; the picture shows what is recorded now.")
    return _write_marks(session, stands, ("MarkRemoved", side), {mark_id: None})


def move_mark(session: ReaderSession, case: Case, side: Side, mark_id: str, mark: Caliper | Contour) -> Case:
    """Give a mark of a reading that is not locked another place on its frame. Raises Refused as `place_mark`."""
    stands = _open(session, case, "place_caliper")
    old = next((placed for placed in stands.glands[side].marks if placed.mark_id == mark_id), None)
    if old is None:
        raise Refused("no_such_mark", "This mark is no longer there; the picture shows what is recorded now.")
    moved = _placed(session, stands, side, (old.on.sop_instance_uid, old.on.frame), mark)
    return _write_marks(session, stands, ("MarkMoved", side), {mark_id: replace(moved, mark_id=mark_id)})


def give_grade(session: ReaderSession, case: Case, side: Side, kind: GradeKind, grade: int) -> Case:
    """Give one of the grades that the campaign asks for, 0 to 3 (`grades.DEFINITIONS`)."""
    stands = _open(session, case, "grade_gland")
    if kind not in session.site.package.grades:
        raise Refused("grade_not_asked", "This campaign does not ask for this grade.")
    if type(grade) is not int or not 0 <= grade < len(DEFINITIONS[kind]):
        raise Refused("no_such_grade", "A grade is 0, 1, 2 or 3; its definitions stand beside it.")
    subject = read_subject(case.code, side)
    return write_open(session, stands, ("GlandGraded", subject), {f"{GRADE}{kind}": grade})


def judge_quality(session: ReaderSession, case: Case, side: Side, level: Quality, why: str = "") -> Case:
    """Say how good the pictures of a gland are; why is a choice (`grades.WHY_NOT_ADEQUATE`), owed unless adequate."""
    stands = _open(session, case, "grade_gland")
    if level not in QUALITIES:
        raise Refused("no_such_quality", f"The quality is one of: {', '.join(QUALITIES)}.")
    if (level == "adequate") == bool(why) or (why and why not in WHY_NOT_ADEQUATE):
        raise Refused("why_owed", f"Say why pictures are not adequate, one of: {', '.join(WHY_NOT_ADEQUATE)}.")
    subject = read_subject(case.code, side)
    return write_open(session, stands, ("QualityJudged", subject), {QUALITY: level, WHY: why or None})


def lock_case(session: ReaderSession, case: Case) -> Case:
    """Lock a case that owes nothing, with a checkpoint. There is no way back. Raises Refused with what is owed."""
    stands = _open(session, case, "lock_case")
    if missing := owed(session.site.package, stands):
        raise Refused("still_owed", " ".join(missing))
    write_open(session, stands, ("CaseLocked", case_subject(case.code)), {STATE: "locked"}, checkpoint=True)
    return known_case(session, case.code)


def known_case(session: ReaderSession, code: str) -> Case:
    """One case of this package as it stands. Raises Refused for a code that is not in it."""
    package = session.site.package
    if code not in package.cases:
        raise Refused("no_such_case", "This package has no such case; see the list of cases.")
    return case_of(session.site.ledger.values, package, code)


def require(session: ReaderSession, command: PackageCommand, state: str = "") -> None:
    """Refuse a command that the table of packages does not allow; the try is an event. Raises Denied."""
    permission.refuse_changed_account(session)
    if not allowed_in_package(session.account.role, command, state):
        _deny(session, command, state)


def write_open(
    session: ReaderSession, stands: Case, act: Act, new: Mapping[str, Json], *, checkpoint: bool = False
) -> Case:
    """Write about a case that must still be open when the log is locked, and give it as it is now. Raises Refused."""
    key = case_subject(stands.code).key
    guard = {key: session.site.ledger.values(key)}
    if guard[key].get(STATE) != "open":
        require(session, "lock_case", str(guard[key].get(STATE)))
    write(session, act, new, guard, checkpoint=checkpoint)
    return known_case(session, stands.code)


def write(
    session: ReaderSession, act: Act, new: Mapping[str, Json],
    guard: Mapping[str, Mapping[str, Json]] | None = None, *, checkpoint: bool = False,
) -> None:
    """Write one event; what changes nothing is left out. Raises Refused when another program was quicker."""
    site, (kind, subject) = session.site, act
    current = site.ledger.values(subject.key)
    changes = tuple(Change(name, current.get(name), value) for name, value in new.items() if current.get(name) != value)
    if not changes:
        return
    site.watch_time()
    draft = EventDraft(kind, subject, changes)
    batch = Batch(session.actor, (draft,), site.package.sha256, checkpoint, standing=dict(guard or {}))
    try:
        site.ledger.append_batch(batch)
    except ChangedMeanwhile:
        raise Refused("changed_meanwhile", "This case was changed in another window; look at it again.") from None


def _open(session: ReaderSession, case: Case, command: PackageCommand) -> Case:
    stands = known_case(session, case.code)
    require(session, command, stands.state)
    return stands


def _placed(session: ReaderSession, case: Case, side: Side, where: Where, mark: Caliper | Contour) -> PlacedMark:
    uid, frame = where
    if case.side_of.get(uid) != side:
        raise Refused("other_picture", f"This picture does not show the {side} gland of this case; take one that does.")
    image = case.picture(uid)
    if not 0 <= frame < image.frames:
        raise Refused("no_such_frame", f"This picture has {image.frames} frames; go to one of them.")
    digests = Digests(image.sha256, image.data_set_sha256, image.pixel_data_sha256)
    by_hand = image.travelled.scale if image.travelled else None
    try:
        on_pixels = on_grid(mark)
        scale = scale_for(session.site.image_header(image.sha256), on_pixels, by_hand)
    except (MeasurementRefused, AnnotateError) as refused:
        raise Refused(refused.code, refused.why) from refused
    milliseconds = int(session.site.clock.now().timestamp() * 1000)
    mark_id = f"{milliseconds:012x}{secrets.token_hex(3)}"
    return PlacedMark(mark_id, side, ImageUse(uid, frame, digests), on_pixels, scale)


def _write_marks(
    session: ReaderSession, case: Case, what: tuple[str, Side], marks: Mapping[str, PlacedMark | None]
) -> Case:
    kind, side = what
    kept = [placed for placed in case.glands[side].marks if placed.mark_id not in marks]
    after = [*kept, *(placed for placed in marks.values() if placed)]
    try:
        gland = case.glands[side]
        new = placed_values(marks, after, session.site.package.caliper_error)
        new |= volume_values(after, gland.spacing, gland.traced)
    except AnnotateError as refused:
        raise Refused(refused.code, refused.why) from refused
    return write_open(session, case, (kind, read_subject(case.code, side)), new)


def _deny(session: ReaderSession, command: str, state: str) -> NoReturn:
    what = command.replace("_", " ")
    permission.record_denied(session, f"{what} while the case is {state}" if state else what)
    if state == "locked":
        raise Denied("This case is locked: its reading stands as it was locked, and it is not shown again.")
    if state == "waiting":
        raise Denied("This case was not looked at yet; go to the next case first.")
    raise Denied(f"A {session.account.role} may not {what} in a reading package.")


def _state(stored: Json) -> CaseState:
    return "locked" if stored == "locked" else "open" if stored == "open" else "waiting"
