"""Which coded copies for sharing were made of the pictures of a visit, as somebody looked at them and they left.

Read from the log and from the site's key; copies themselves lie where they were written and are not opened. Copies
for blinded readers are never found here.
"""
from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from injection_log.acts.copy_writing import dates_for, trial_of
from injection_log.acts.kept_areas import site_key
from injection_log.record.copies import COPY, boxes_of, look_field
from injection_log.record.reading import visit_subject

if TYPE_CHECKING:
    from dicom_io.deidentify.request import Selection
    from dicom_io.deidentify.uids import UidMap
    from dicom_io.reports.values import CodedPicture
    from injection_log.record.values import VisitImage, VisitRecord
    from injection_log.site import Session


@dataclass(frozen=True)
class SharedCopy:
    """One coded copy: of which original, its frames in their order, and how reports refer to it.

    `study_date` is the copy's, YYYYMMDD or ""; `shifted_days` how its dates were moved, 0 where they were removed.
    """

    original_uid: str
    frames: tuple[int, ...]
    picture: CodedPicture
    study_date: str
    shifted_days: int


def sharing_uids(session: Session) -> UidMap:
    """The UIDs of copies for sharing. Raises InjectionLogError where the site's key is not on this machine."""
    from dicom_io.deidentify.uids import UidMap

    return UidMap(site_key(session, "uids"), "sharing")


def shared_copies(session: Session, record: VisitRecord) -> tuple[SharedCopy, ...]:
    """The copies for sharing of a visit, those with the most frames first.

    A copy counts only where picture, area and scale are still those that it was made of.
    """
    values = session.site.ledger.values(visit_subject(record.participant, record.visit).key)
    uids = sharing_uids(session)
    found: dict[str, SharedCopy] = {}
    for name in sorted(values):
        written = values[name]
        if name.startswith(COPY) and isinstance(written, dict) and written["for"] == "sharing":
            look = cast("dict[str, Any]", values[look_field(str(written["look"]))])
            for copy in _of_one_export(session, record, uids, (written, look["images"])):
                found[copy.picture.sop_instance_uid] = copy
    return tuple(sorted(found.values(), key=lambda copy: (-len(copy.frames), copy.picture.sop_instance_uid)))


def _of_one_export(
    session: Session, record: VisitRecord, uids: UidMap, export: tuple[Mapping[str, Any], Mapping[str, Any]]
) -> Iterator[SharedCopy]:
    from dicom_io.deidentify.request import CopyRequest, DatesShifted, ForSharing
    from dicom_io.errors import DicomIoError
    from dicom_io.reports.coded_picture import coded_picture

    written, images = export
    dates = dates_for(session, record.participant, shift=written["dates"] == "shifted")
    who = ForSharing(record.participant, record.visit)
    known = {image.sop_instance_uid: image for image in record.images if not image.conflicts}
    for uid in sorted(images.keys() & known.keys()):
        selection = _selection(session, known[uid], images[uid])
        request = CopyRequest(selection, who, trial_of(session), uids, dates)
        try:
            picture, study_date = coded_picture(request)
        except DicomIoError:
            continue  # the original cannot be read just now; `verify` says so
        if f"{who.code}_{uids.name(picture.sop_instance_uid)}.dcm" in written["files"]:
            days = dates.days if isinstance(dates, DatesShifted) else 0
            yield SharedCopy(uid, selection.frames, picture, study_date, days)


def _selection(session: Session, image: VisitImage, looked_at: Mapping[str, Any]) -> Selection:
    from dicom_io.deidentify.kept_area import KeptArea
    from dicom_io.deidentify.request import Selection, frames_of

    ranges = [(first, last) for first, last in looked_at["frames"]]
    by_hand = image.hand_scale.hand if image.hand_scale and image.may_be_scaled_by_hand else None
    path, area = session.site.image_path(image.sha256), KeptArea(boxes_of(looked_at["area"]))
    return Selection(path, frames_of(ranges, image.frames), area, by_hand)
