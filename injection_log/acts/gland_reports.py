"""Gathers every signed gland as DICOM reports say it: its marks on coded copies, its numbers, its key frames.

A report refers to coded copies by their UIDs, so a gland is reported only where somebody looked through copies of all
frames with its marks and they were written; every other signed gland is named with what is missing. No DICOM is made
here, and no picture is opened but for the header of an original.
"""
from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, TypeVar

from annotate.readout import BY_HAND
from annotate.volume import gland_size
from injection_log.acts.outputs import Gathered
from injection_log.acts.shared_copies import SharedCopy, shared_copies, sharing_uids
from injection_log.acts.sheet_history import standing_of
from injection_log.acts.visits import list_visits
from injection_log.gland_reports import GlandLeftOut, GlandReports, ReportedGland
from injection_log.outputs import PRACTICE
from injection_log.record.report_regions import gland_numbers, regions_of
from injection_log.record.values import SIDES

if TYPE_CHECKING:
    from annotate.marks import PlacedMark, Side
    from dicom_io.deidentify.uids import UidMap
    from dicom_io.reports.values import CodedPicture, GlandReport, Head, KeyObjects
    from injection_log.record.values import GlandRecord, VisitRecord
    from injection_log.record.versions import Signature
    from injection_log.site import Session
    from injection_log.trial_content import ExportFacts

Made = TypeVar("Made", "GlandReport", "KeyObjects")
_NO_DAY = "20000101"
"""Content Date is owed; where the copies have no dates, the report has none of its own either."""


class _NotReported(Exception):
    """Why a gland has no report, as a sentence."""


@dataclass(frozen=True)
class _Gland:
    """One signed gland, and where each of its marks lies on a coded copy."""

    record: VisitRecord
    gland: GlandRecord
    signature: Signature
    places: Sequence[tuple[PlacedMark, SharedCopy]]

    @property
    def who(self) -> tuple[str, str, str]:
        """Participant, visit and side."""
        return self.record.participant, self.record.visit, self.gland.side


def gather_gland_reports(session: Session, about: ExportFacts) -> Gathered:
    """Gather all signed glands, reported or left out. Raises InjectionLogError where the site's key is not here."""
    uids = sharing_uids(session)
    reported: list[ReportedGland] = []
    left_out: list[GlandLeftOut] = []
    for record in _signed_visits(session):
        copies = shared_copies(session, record)
        for side in SIDES:
            signature = record.glands[side].signature
            if signature is None or record.glands[side].is_open:
                continue
            try:
                gland = _placed(record, side, signature, copies)
            except _NotReported as why:
                left_out.append(GlandLeftOut(record.participant, record.visit, side, str(why)))
            else:
                reported.append(_reported(session, about, uids, gland))
    counts = {"reports": len(reported), "left_out": len(left_out)}
    return Gathered(GlandReports(tuple(reported), tuple(left_out)), counts)


def _signed_visits(session: Session) -> Iterator[VisitRecord]:
    for row in list_visits(session):
        record = row.record
        if record is None or record.withdrawn is not None or record.not_done is not None:
            continue
        if any(gland.signature is not None for gland in record.glands.values()):
            yield record


def _placed(record: VisitRecord, side: Side, signature: Signature, copies: Sequence[SharedCopy]) -> _Gland:
    """Find a copy for each mark. Raises _NotReported."""
    gland = record.glands[side]
    if gland.addition_open is not None:
        raise _NotReported("An addition to this record is open; sign it first.")
    if not gland.marks:
        raise _NotReported("It has no marks on pictures, so there is nothing that a report could point at.")
    places, missing = [], dict[str, set[int]]()
    for placed in gland.marks:
        uid, frame = placed.on.sop_instance_uid, placed.on.frame
        copy = next((one for one in copies if one.original_uid == uid and frame in one.frames), None)
        if copy is None:
            missing.setdefault(uid, set()).add(frame)
        else:
            places.append((placed, copy))
    if missing:
        raise _NotReported(_missing_copies(record, missing))
    if len({copy.picture.study_instance_uid for _, copy in places}) > 1:
        raise _NotReported("Its marks lie on pictures of two studies, and a report is of one.")
    return _Gland(record, gland, signature, places)


def _missing_copies(record: VisitRecord, missing: Mapping[str, set[int]]) -> str:
    numbers = {image.sop_instance_uid: number for number, image in enumerate(record.images, start=1)}
    said = [
        f"--image {numbers.get(uid, 0)}:{','.join(str(frame + 1) for frame in sorted(frames))}"
        for uid, frames in missing.items()
    ]
    return (
        "There is no coded copy for sharing of these frames with marks; make one with `injection-log coded-copy` "
        f"sheet, confirm and write, and {' '.join(sorted(said))}."
    )


def _reported(session: Session, about: ExportFacts, uids: UidMap, one: _Gland) -> ReportedGland:
    head, pictures = _head(session, about, one), _pictures(one)
    report = _report(session, uids, one, (head, pictures))
    keys = _key_objects(one, head)
    study = pictures[0].study_instance_uid
    return ReportedGland(
        *one.who, _named(uids, report, study, "measurement report"), _named(uids, keys, study, "key frames")
    )


def _head(session: Session, about: ExportFacts, one: _Gland) -> Head:
    from dicom_io.deidentify.request import ForSharing
    from dicom_io.reports.values import Head
    from injection_log.acts.copy_writing import trial_of

    copies = [copy for _, copy in one.places]
    shifted = next((copy.shifted_days for copy in copies if copy.shifted_days), 0)
    dated = next((copy.study_date for copy in copies if copy.study_date), "")
    return Head(
        ForSharing(one.record.participant, one.record.visit), trial_of(session), "", "", dated,
        _day(one.signature, shifted), one.signature.printed_name, one.signature.user, about.program_version,
    )


def _day(signature: Signature, shifted_days: int) -> str:
    """The local day of the signature, moved as the dates of the copies are."""
    if not shifted_days:
        return _NO_DAY
    local = datetime.fromisoformat(signature.signed_at) + timedelta(minutes=signature.offset_minutes)
    return (local + timedelta(days=shifted_days)).strftime("%Y%m%d")


def _pictures(one: _Gland) -> tuple[CodedPicture, ...]:
    found = {copy.picture.sop_instance_uid: copy.picture for _, copy in one.places}
    return tuple(found[uid] for uid in sorted(found))


def _report(
    session: Session, uids: UidMap, one: _Gland, made: tuple[Head, tuple[CodedPicture, ...]]
) -> GlandReport:
    from dicom_io.reports.values import GlandReport

    gland, is_injection = one.gland, one.record.visit_kind == "injecting"
    size = gland_size(gland.marks, session.site.protocol.reading_error)

    def tracking_uid(mark_id: str, kind: str) -> str:
        return uids.uid("mark", *one.who, mark_id, kind)

    regions = tuple(
        region for placed, copy in one.places
        for region in regions_of(gland, placed, (_uid(copy), copy.frames.index(placed.on.frame)), tracking_uid)
    )
    numbers = tuple(gland_numbers(gland, size))
    is_given = any(number.quantity == "injected_volume" for number in numbers)
    return GlandReport(
        made[0], gland.side, is_injection, gland.version,
        # The gland is the same at every visit: by this UID it is followed (PS3.16 TID 1501).
        uids.uid("mark", one.record.participant, gland.side), made[1], numbers, regions,
        session.site.protocol.masked_agent if is_given else "", tuple(_notes(session, one)),
    )


def _notes(session: Session, one: _Gland) -> Iterator[str]:
    if session.site.protocol.practice:
        yield PRACTICE
    for source in sorted({placed.scale.source for placed, _ in one.places if placed.scale.is_by_hand}):
        yield f"{BY_HAND}: lengths and volumes depend on a scale {source}."
    for volume in one.gland.gland_volumes.values():
        yield " ".join((f"Volume by {volume.method}: {volume.basis}.", *volume.warnings))
    standing = standing_of(session.site.ledger.values, one.signature)
    if standing:
        yield f"Signature: {standing}."
    yield f"Signed text SHA-256 {one.signature.record_sha256}"


def _key_objects(one: _Gland, head: Head) -> KeyObjects:
    from dicom_io.reports.values import KeyFrames, KeyObjects

    frames: dict[str, set[int]] = {}
    pictures = {picture.sop_instance_uid: picture for picture in _pictures(one)}
    for placed, copy in one.places:
        frames.setdefault(_uid(copy), set()).add(copy.frames.index(placed.on.frame))
    shown = "needle, deposits and measurements" if one.record.visit_kind == "injecting" else "measurements"
    return KeyObjects(
        head, one.gland.side, f"Frames of the {one.gland.side} submandibular gland with marks: {shown}.",
        tuple(KeyFrames(pictures[uid], tuple(sorted(frames[uid]))) for uid in sorted(frames)),
    )


def _uid(copy: SharedCopy) -> str:
    return copy.picture.sop_instance_uid


def _named(uids: UidMap, made: Made, study: str, kind: str) -> Made:
    """The same with UIDs of its own: another content is another object, the same content the same one."""
    content = hashlib.sha256(repr(made).encode()).hexdigest()
    uid, series = uids.uid("image", kind, content), uids.uid("series", kind, study)
    return replace(made, head=replace(made.head, sop_instance_uid=uid, series_instance_uid=series))
