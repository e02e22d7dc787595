"""A signed injection visit with the phantom's pictures and marks, and coded copies for sharing of its pictures."""
from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from annotate.marks import Side
from dicom_io.deidentify.copying import CodedCopy
from dicom_io.phantom import ParticipantTruth
from injection_log.acts import copy_writing, studies, visits
from injection_log.acts.copy_writing import SharingOrder
from injection_log.acts.sharing import Choice
from injection_log.practice.story import GLANDS, VISIT_FACTS, look_through, place_marks, set_facts, sign
from injection_log.record.values import SIDES, VisitRecord
from injection_log.site import Session


def pictured_visit(
    injector: Session, phantom: ParticipantTruth, pictures: Sequence[Path] = ()
) -> VisitRecord:
    """An injection visit with pictures, calipers and needles of both glands, every fact typed in; not signed.

    `pictures` are imported in place of the phantom's own.
    """
    truth = phantom.visits[0]
    record = visits.confirm_identifiers(injector, visits.open_visit(injector, "SMG-07", "injection"))
    found = studies.examine_folder(injector, (pictures or truth.files)[0].parent)
    record = set_facts(injector, studies.import_findings(injector, record, found), None, VISIT_FACTS)
    for side in SIDES:
        record = place_marks(injector, record, side, truth.glands[side])
        record = set_facts(injector, record, side, GLANDS[side].facts())
    return record


def signed_with_pictures(injector: Session, phantom: ParticipantTruth) -> VisitRecord:
    """The same with both glands signed."""
    record = pictured_visit(injector, phantom)
    for side in SIDES:
        record = sign(injector, record, side)
    return record


def share(
    injector: Session, record: VisitRecord, folder: Path, sides: Sequence[Side] = SIDES, *, shift_dates: bool = False
) -> tuple[CodedCopy, ...]:
    """Copies for sharing of the frames with marks on these glands and their neighbours, looked at and written."""
    frames: dict[str, set[int]] = {}
    for placed in (mark for side in sides for mark in record.glands[side].marks):
        last = record.image(placed.on.sop_instance_uid).frames - 1
        around = range(max(placed.on.frame - 1, 0), min(placed.on.frame + 1, last) + 1)
        frames.setdefault(placed.on.sop_instance_uid, set()).update(around)
    choices = [Choice(uid, tuple((frame, frame) for frame in sorted(found))) for uid, found in frames.items()]
    look = look_through(injector, record, choices)
    return copy_writing.write_copies(injector, look, SharingOrder(shift_dates), folder)
