"""Writes the coded copies of a look that was confirmed: all of them or none, recorded before they have their names.

Each copy is read back and compared with its original and with what was looked at, to the pixel. Deliberately
chooses nothing and shows nothing; that is `sharing`. The folder it writes to is recorded nowhere.
"""
from __future__ import annotations

import hashlib
import hmac
import secrets
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from injection_log.acts.kept_areas import area_for, site_key
from injection_log.acts.sharing import CopyPlan, Look, PlannedImage, is_looked_at, visit_of
from injection_log.acts.writing import append, draft_of, require, reread
from injection_log.errors import InjectionLogError, Refused
from injection_log.ledger.canonical import canonical_bytes
from injection_log.record.copies import WrittenCopies, copy_field

if TYPE_CHECKING:
    from dicom_io.deidentify.copying import CodedCopy
    from dicom_io.deidentify.request import CodedFor, CopyRequest, Dates, Trial
    from dicom_io.deidentify.uids import UidMap
    from injection_log.site import Session

Progress = Callable[[int, int], None]
_SHORTEST_SHIFT_DAYS, _SHIFTS = 30, 3_650
_TELLING_LETTERS = 4
"""A participant's code of so many letters and digits does not stand in another code by chance."""


@dataclass(frozen=True)
class ReadingOrder:
    """Copies for a blinded reader, under a reading code alone; padded, their lengths tell nothing either."""

    reading_id: str
    is_padded: bool = False


@dataclass(frozen=True)
class SharingOrder:
    """Copies under participant and visit; `shift_dates` keeps the days between visits instead of no date at all."""

    shift_dates: bool = False


CopyOrder = ReadingOrder | SharingOrder


def write_copies(
    session: Session, look: Look, order: CopyOrder, folder: Path, progress: Progress | None = None
) -> tuple[CodedCopy, ...]:
    """Write the copies of a confirmed look into a folder; `progress` gets (frames done, frames in all).

    Raises Refused: not looked at, an injection's clip for a reader, a code that is none or that names the participant,
    pictures or areas that no longer stand, a folder that holds copies of the other kind, a name that is taken;
    InjectionLogError where the folder cannot be written. The event is in the log before a file has its name.
    """
    require(session, "write_copies")
    if not is_looked_at(session, look):
        raise Refused("not_looked_at", "Nobody has confirmed these frames yet; look through the contact sheet first.")
    _refuse_injection(look.plan, order)
    _refuse_telling_code(look.plan, order)
    _refuse_changed_plan(session, look.plan)
    _refuse_other_kind(order, folder)
    staging = folder / f".{secrets.token_hex(8)}.new"
    try:
        staging.mkdir(parents=True, mode=0o700)
        copies = _copied(_requests(session, look, order), staging, progress or (lambda done, of: None))
        _refuse_other_pixels(look, copies)
        _refuse_taken(copies, folder)
        _record(session, look, order, copies)
        return tuple(_named(copy, folder) for copy in copies)
    except OSError as error:
        raise InjectionLogError(
            f"The copies could not be written ({error.strerror}); choose another folder and try again."
        ) from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def written_as(participant: str, order: CopyOrder) -> str:
    """In one line, for whom copies are and under which code."""
    if isinstance(order, ReadingOrder):
        return f"for a blinded reader, as {order.reading_id}, no dates"
    return f"for sharing, as {participant}, dates {'shifted' if order.shift_dates else 'removed'}"


def _refuse_other_kind(order: CopyOrder, folder: Path) -> None:
    """Copies under a participant's code never lie beside a blinded reader's, which could be matched with them."""
    from dicom_io.deidentify.purpose import purposes_in

    wanted = "reading" if isinstance(order, ReadingOrder) else "sharing"
    for found in purposes_in(folder):
        if found != wanted:
            there = {
                "reading": "This folder holds copies for a blinded reader",
                "sharing": "This folder holds copies for sharing, under a participant's code",
            }.get(found, "This folder holds a file that has a copy's name and does not say whom it is for")
            raise Refused("other_copies_there", f"{there}; choose another folder, so that the two are never mixed.")


def _refuse_injection(plan: CopyPlan, order: CopyOrder) -> None:
    """A blinded reader never sees an injection: neither its clips nor a still out of one."""
    if isinstance(order, SharingOrder) or plan.record.visit_kind != "injecting":
        return
    if any(one.image.frames > 1 or one.image.plane == "injection" for one in plan.images):
        raise Refused("injection_clip", "Clips of an injection visit are not copied for blinded readers; take stills.")


def _refuse_telling_code(plan: CopyPlan, order: CopyOrder) -> None:
    """A reading code that is the participant's or the visit's tells a blinded reader what the code is there to hide."""
    if isinstance(order, SharingOrder):
        return
    code, participant, visit = map(_plain, (order.reading_id, plan.record.participant, plan.record.visit))
    if code in (participant, visit) or (len(participant) >= _TELLING_LETTERS and participant in code):
        raise Refused("telling_code", "This reading code names the participant or the visit; give one that does not.")


def _plain(code: str) -> str:
    return "".join(filter(str.isalnum, code)).casefold()


def _refuse_changed_plan(session: Session, plan: CopyPlan) -> None:
    """A picture that came to be in conflict, or an area that was taken back or drawn anew, since it was looked at."""
    stands = {image.sop_instance_uid: image for image in reread(session, plan.record).images}
    for one in plan.images:
        now = stands.get(one.image.sop_instance_uid)
        same = now is not None and (now.sha256, now.hand_scale) == (one.image.sha256, one.image.hand_scale)
        if now is None or not same or now.conflicts or area_for(session, now) != one.standing:
            raise Refused("other_frames", "A picture or its kept area changed meanwhile; choose and look again.")


def _requests(session: Session, look: Look, order: CopyOrder) -> list[CopyRequest]:
    from dicom_io.deidentify.errors import CopyRefused
    from dicom_io.deidentify.request import CopyRequest, ForReading, ForSharing
    from dicom_io.deidentify.uids import UidMap

    record, key = look.plan.record, site_key(session, "uids")
    shift = isinstance(order, SharingOrder) and order.shift_dates
    dates = dates_for(session, record.participant, shift=shift)
    try:
        coded_for: CodedFor = (
            ForReading(order.reading_id) if isinstance(order, ReadingOrder)
            else ForSharing(record.participant, record.visit)
        )  # fmt: skip
        uids = UidMap(key, f"reading {coded_for.code}" if isinstance(order, ReadingOrder) else "sharing")
        trial = trial_of(session)
        numbers = _numbers(look.plan, uids, is_shuffled=isinstance(order, ReadingOrder))

        def request(number: int, one: PlannedImage) -> CopyRequest:
            is_padded = isinstance(order, ReadingOrder) and order.is_padded
            return CopyRequest(one.selection, coded_for, trial, uids, dates, number, is_padded)

        return [request(number, one) for number, one in zip(numbers, look.plan.images, strict=True)]
    except CopyRefused as refused:
        raise Refused(refused.code, refused.why) from refused


def _numbers(plan: CopyPlan, uids: UidMap, *, is_shuffled: bool) -> list[int]:
    """Instance numbers. For a reader in the key's order: that of the visit says which side was scanned first."""
    names = [uids.name(one.image.sop_instance_uid) for one in plan.images]
    ordered = sorted(names) if is_shuffled else names
    return [ordered.index(name) + 1 for name in names]


def trial_of(session: Session) -> Trial:
    """What every copy says of the trial and the site, from protocol and log."""
    from dicom_io.deidentify.request import Trial

    protocol = session.site.protocol
    return Trial(protocol.sponsor or "not named", protocol.id[:64], protocol.title[:64], session.site.site_name[:64])


def dates_for(session: Session, participant: str, *, shift: bool) -> Dates:
    """Dates removed, or moved back by a number of days that is the participant's own and follows from the key."""
    from dicom_io.deidentify.request import DatesRemoved, DatesShifted

    if not shift:
        return DatesRemoved()
    digest = hmac.digest(site_key(session, "dates"), participant.encode("utf-8"), "sha256")
    return DatesShifted(-(_SHORTEST_SHIFT_DAYS + int.from_bytes(digest[:8], "big") % _SHIFTS))


def _copied(requests: Sequence[CopyRequest], staging: Path, said: Progress) -> list[CodedCopy]:
    from dicom_io.deidentify.copying import write_coded_copy
    from dicom_io.errors import DicomIoError

    copies: list[CodedCopy] = []
    every = sum(len(request.selection.frames) for request in requests)
    for request in requests:
        before = sum(len(copy.frames) for copy in copies)
        try:
            copies.append(write_coded_copy(request, staging, _beyond(before, every, said)))
        except DicomIoError as refused:
            raise Refused(refused.code, refused.why) from refused
    return copies


def _beyond(before: int, every: int, said: Progress) -> Progress:
    return lambda done, of: said(before + done, every)


def _refuse_other_pixels(look: Look, copies: Sequence[CodedCopy]) -> None:
    for seen, copy in zip(look.images, copies, strict=True):
        if seen.sha256 != copy.look_sha256:
            raise Refused("other_frames", "A picture changed after it was looked at; look through the frames again.")


def _refuse_taken(copies: Sequence[CodedCopy], folder: Path) -> None:
    for copy in copies:
        there = folder / copy.path.name
        if there.exists() and hashlib.sha256(there.read_bytes()).hexdigest() != copy.sha256:
            raise Refused("file_there", "A copy of this name is there with other content; choose another folder.")


def _record(session: Session, look: Look, order: CopyOrder, copies: Sequence[CodedCopy]) -> None:
    files = {copy.path.name: copy.sha256 for copy in copies}
    record = look.plan.record
    written = (
        WrittenCopies("reading", order.reading_id, "", "removed", look.sha256, files)
        if isinstance(order, ReadingOrder)
        else WrittenCopies(
            "sharing", record.participant, record.visit, "shifted" if order.shift_dates else "removed",
            look.sha256, files,
        )
    )  # fmt: skip
    name = copy_field(hashlib.sha256(canonical_bytes({"files": dict(files)})).hexdigest())
    draft = draft_of(session, "CodedCopiesWritten", visit_of(record), {name: written.to_json()})
    append(session, [draft], checkpoint=True)


def _named(copy: CodedCopy, folder: Path) -> CodedCopy:
    """Give a finished copy its place in the folder; the same bytes may be there already."""
    place = folder / copy.path.name
    copy.path.replace(place)
    return replace(copy, path=place)
