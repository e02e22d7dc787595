"""Images come in: linking a study to the participant, keeping what was pulled or imported, or going on without.

The patient id of the PACS becomes a keyed hash here and goes no further; a name is shown by whoever calls and is
kept nowhere. A picture of somebody else never joins a visit.
"""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from injection_log.acts.identity import (
    Fingerprint,
    fingerprint,
    is_linked_elsewhere,
    learned_of,
    linked_count,
    stored_fingerprint,
)
from injection_log.acts.writing import (
    append,
    changing,
    decided_again,
    draft_of,
    require,
    require_none_signed,
    reread,
    write,
)
from injection_log.errors import Refused
from injection_log.ledger.event import Json, Subject
from injection_log.record.reading import OF_DAY, visit_subject
from injection_log.record.values import VisitRecord

if TYPE_CHECKING:
    from dicom_io.image import PatientIdentity
    from dicom_io.image_folder import Kept
    from dicom_io.pacs.find import StudySummary
    from dicom_io.pacs.pull import PullResult
    from injection_log.site import Session

Belongs = Literal["this participant", "another participant", "not linked yet"]

WITHOUT_IMAGES = {
    "scanner_sends_late": "the scanner sends later",
    "pacs_down": "the PACS cannot be reached",
    "stored_elsewhere": "the images are on a stick or another system",
}


@dataclass(frozen=True)
class FolderFindings:
    """What a folder held: files kept, what was refused (its name made safe to show, why), whose pictures they are."""

    kept: tuple[Kept, ...]
    refused: tuple[tuple[str, str], ...]
    identity: PatientIdentity | None


def belongs_to(session: Session, record: VisitRecord, identity: PatientIdentity) -> Belongs:
    """Tell whose study this is, by the keyed hash of the patient id."""
    found = fingerprint(session, identity)
    linked = _linked(session, record)
    if linked is not None and linked.is_same_person_as(found):
        return "this participant"
    elsewhere = is_linked_elsewhere(session, _participant(record).key, found)
    return "another participant" if elsewhere else "not linked yet"


def link_study(session: Session, record: VisitRecord, summary: StudySummary) -> VisitRecord:
    """Link a study found on the PACS to this participant and visit.

    Raises Refused when the study is of another patient than this participant's earlier ones, when the patient
    belongs to another participant, or when the study stands at another visit.
    """
    return link_identity(session, record, summary.study_instance_uid, summary.identity)


def link_identity(
    session: Session, record: VisitRecord, study_uid: str, identity: PatientIdentity
) -> VisitRecord:
    """Link one study, by the identity it carries; what is already linked so changes nothing."""
    require(session, "link_study", "draft")
    decided_again(partial(_link, session, record, study_uid, fingerprint(session, identity)))
    return reread(session, record)


def _link(session: Session, record: VisitRecord, study_uid: str, found: Fingerprint) -> None:
    stands, count = changing(session, record), linked_count(session)
    _refuse_wrong_participant(session, record, found)
    study = Subject("study", id=study_uid)
    known = session.site.ledger.values(study.key)
    place = (record.participant, record.visit)
    # A study that was pulled without log-in is known to the log, but stands at no visit.
    if "participant" in known and (known["participant"], known.get("visit")) != place:
        raise Refused("study_used", "This study is already linked to another visit; choose the study of this visit.")
    append(session, [
        *learned_of(session, record.participant, (found,), count),
        draft_of(session, "StudyLinked", study, {"participant": record.participant, "visit": record.visit}),
        draft_of(session, "StudyLinkedToVisit", visit_subject(*place), {f"study.{study_uid}": True}),
    ], stands=stands)


def keep_pulled(session: Session, record: VisitRecord, result: PullResult) -> VisitRecord:
    """Take what a pull kept into the visit. Raises Refused when a file is of another patient."""
    return keep(session, record, result.kept)


def keep(session: Session, record: VisitRecord, kept: Sequence[Kept]) -> VisitRecord:
    """Take kept files into the visit, one event for each picture, all in one transaction.

    Raises Refused, and takes none, when one of them is of another patient or of a study that is not linked here.
    """
    require(session, "keep_images", "draft")
    try:
        changing(session, record)
        people = [fingerprint(session, one.admission.identity) for one in kept]
        _refuse_two_people(people)
        for person in people:
            _refuse_wrong_participant(session, record, person)
        _refuse_other_study(session, record, kept)
    except Refused:
        discard(session, kept)
        raise
    rest = list(kept)
    while rest:
        # A second file of the same picture is compared with the first one, so it waits for the next transaction.
        first = {one.admission.image.sop_instance_uid: one for one in reversed(rest)}
        decided_again(partial(_keep_each_once, session, record, tuple(first.values()), people))
        rest = [one for one in rest if one is not first[one.admission.image.sop_instance_uid]]
    return reread(session, record)


def _keep_each_once(
    session: Session, record: VisitRecord, kept: Sequence[Kept], people: Sequence[Fingerprint]
) -> None:
    stands, count = changing(session, record), linked_count(session)
    for person in people:
        _refuse_wrong_participant(session, record, person)
    subject = visit_subject(record.participant, record.visit)
    known = stands.values[subject.key]
    joined = [one for one in kept if f"image.{one.admission.image.sop_instance_uid}" not in known]
    new: dict[str, Json] = {f"image.{one.admission.image.sop_instance_uid}": one.sha256 for one in joined}
    # Whether it is of the visit's day, and not its date: a date of another day would tell more than is asked.
    new |= {OF_DAY + one.admission.image.sop_instance_uid: one.admission.image.is_of(record.day) for one in joined}
    drafts = [draft_of(session, "ImageKept", _image(one), image_facts(session, one)) for one in kept]
    joining = draft_of(session, "ImagesJoinedVisit", subject, new)
    append(session, [*learned_of(session, record.participant, people, count), *drafts, joining], stands=stands)


def examine_folder(session: Session, folder: Path) -> FolderFindings:
    """Pass every file of a folder through the gate and keep those that are ultrasound.

    Raises Refused when the folder holds pictures of more than one patient, OSError when the disk is full:
    nothing is kept then.
    """
    require(session, "keep_images", "draft")
    from dicom_io.errors import NotReadable  # pydicom's floor is loaded only when files come in
    from dicom_io.gate import Gate
    from dicom_io.image_folder import ImageFolder
    from dicom_io.strange_folder import content_of
    from dicom_io.strange_names import shown_name

    if not folder.is_dir():
        raise Refused("no_such_folder", "There is no such folder; check the path and that the stick is mounted.")
    kept: list[Kept] = []
    content = content_of(folder)
    refused = list(content.left_out)
    images = ImageFolder(session.site.home.images)
    try:
        with Gate() as gate:
            for path in content.files:
                try:
                    kept.append(images.keep(path, gate))
                except NotReadable as no:
                    refused.append((shown_name(path.name), no.why))
        _refuse_two_people([fingerprint(session, one.admission.identity) for one in kept])
    except (Refused, OSError):
        discard(session, kept)
        raise
    return FolderFindings(tuple(kept), tuple(refused), kept[0].admission.identity if kept else None)


def _refuse_two_people(people: Sequence[Fingerprint]) -> None:
    # Every pair: one without an issuer is like both of two people whose ids are alike but not their issuers.
    if any(not one.is_same_person_as(other) for one, other in combinations(set(people), 2)):
        raise Refused("two_patients", "The folder holds pictures of more than one patient; import one at a time.")


def import_findings(session: Session, record: VisitRecord, findings: FolderFindings) -> VisitRecord:
    """Link the studies of an examined folder to this visit and take their pictures in."""
    if findings.identity is None:
        raise Refused("nothing_found", "No ultrasound picture was found in that folder.")
    try:
        for uid in sorted({one.admission.image.study_instance_uid for one in findings.kept}):
            record = link_identity(session, record, uid, findings.identity)
    except Refused:
        discard(session, findings.kept)
        raise
    return keep(session, record, findings.kept)


def discard(session: Session, kept: Sequence[Kept]) -> None:
    """Take files out again that came in just now and join no visit: pictures of somebody else are not kept."""
    for one in kept:
        if not one.already and not session.site.ledger.values(_image(one).key):
            one.path.unlink(missing_ok=True)


def go_on_without_images(session: Session, record: VisitRecord, reason: str) -> VisitRecord:
    """Record that facts and volumes are written before the images can be had; `reason` is one of the listed."""
    require(session, "go_on_without_images", "draft")
    stands = changing(session, record)
    require_none_signed(stands.record)
    if reason not in WITHOUT_IMAGES:
        raise Refused("malformed_choice", "Choose one of the listed reasons for going on without images.")
    if not session.site.protocol.visits[record.visit].may_sign_without_images:
        raise Refused("images_owed", "The protocol wants the images of this visit first: pull or import them.")
    subject = visit_subject(record.participant, record.visit)
    write(session, "ImagesPending", subject, {"images_pending": reason}, stands=stands)
    return reread(session, record)


def image_facts(session: Session, kept: Kept) -> dict[str, Json]:
    """Give what is recorded of a kept picture: digests and header facts, none of them a patient's.

    When a picture with this identity is already there with other pixels the first one stands and the digest of
    the second is added under `conflicts`; when only the header differs, under `other_headers`.
    """
    image, digests = kept.admission.image, kept.admission.digests
    stands = session.site.ledger.values(_image(kept).key)
    if stands:
        if stands["data_set_sha256"] == digests.data_set:
            return {}
        name = "other_headers" if stands["pixel_data_sha256"] == digests.pixel_data else "conflicts"
        known = stands.get(name) or []
        assert isinstance(known, list)  # written here only
        return {name: sorted({*map(str, known), kept.sha256})}
    return {
        "sha256": kept.sha256, "data_set_sha256": digests.data_set, "pixel_data_sha256": digests.pixel_data,
        "study": image.study_instance_uid, "series": image.series_instance_uid,
        "sop_class": image.sop_class_uid, "transfer_syntax": image.transfer_syntax,
        "frames": image.frames, "rows": image.rows, "columns": image.columns, "plane": image.plane,
        "laterality": image.laterality,
        "calibration_state": image.calibration.state, "calibration_why": image.calibration.why,
    }


def _image(kept: Kept) -> Subject:
    return Subject("image", id=kept.admission.image.sop_instance_uid)


def _participant(record: VisitRecord) -> Subject:
    return Subject("participant", participant=record.participant)


def _linked(session: Session, record: VisitRecord) -> Fingerprint | None:
    return stored_fingerprint(session.site.ledger.values(_participant(record).key))


def _refuse_wrong_participant(session: Session, record: VisitRecord, found: Fingerprint) -> None:
    linked = _linked(session, record)
    if linked is not None and not linked.is_same_person_as(found):
        raise Refused(
            "wrong_participant",
            f"These pictures are of another patient than the one linked to {record.participant}; none was taken.",
        )
    if linked is None and is_linked_elsewhere(session, _participant(record).key, found):
        raise Refused(
            "wrong_participant",
            f"This patient is linked to another participant, not to {record.participant}; none was taken.",
        )


def _refuse_other_study(session: Session, record: VisitRecord, kept: Sequence[Kept]) -> None:
    stands = session.site.ledger.values(visit_subject(record.participant, record.visit).key)
    if any(f"study.{one.admission.image.study_instance_uid}" not in stands for one in kept):
        raise Refused("study_not_linked", "A picture is of a study that is not linked to this visit; none was taken.")
    for one in kept:
        known = session.site.ledger.values(_image(one).key).get("study")
        if known not in (None, one.admission.image.study_instance_uid):
            raise Refused(
                "image_elsewhere",
                "A picture has the identity of one that is recorded in another study; none was taken: ask the sender.",
            )
