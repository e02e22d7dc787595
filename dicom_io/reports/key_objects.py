"""The frames that prove the placement, as a key object selection (TID 2010): pointers, no pixels and no numbers.

highdicom points at whole objects; the numbers of the frames are added here (Referenced Frame Number, 0008,1160).
"""
from __future__ import annotations

from highdicom.ko import KeyObjectSelection, KeyObjectSelectionDocument

from dicom_io.reports import codes
from dicom_io.reports.document import MANUFACTURER, SERIES_NUMBER, evidence, finished, observers, without_remarks
from dicom_io.reports.values import KeyObjects, ReportImpossible

_TITLE = "injection-log key frames"


def key_objects(selected: KeyObjects) -> bytes:
    """The DICOM file that points out these frames. Raises ReportImpossible. Equal values give equal bytes."""
    for one in selected.frames:
        if not one.frames or not all(0 <= frame < one.picture.frames for frame in one.frames):
            raise ReportImpossible("A key frame is none of its coded copy; make the copy with this frame first.")
    with without_remarks():
        return finished(_document(selected), selected.head, _TITLE)


def _document(selected: KeyObjects) -> KeyObjectSelectionDocument:
    found = evidence(selected.head, [one.picture for one in selected.frames])
    person, _ = observers(selected.head)
    content = KeyObjectSelection(
        codes.CLINICAL_TRIAL_EXPORT, found, observer_person_context=person, description=selected.description
    )
    pointers = [item for item in content[0].ContentSequence if item.ValueType == "IMAGE"]
    for item, one in zip(pointers, selected.frames, strict=True):
        if one.picture.frames > 1:
            item.ReferencedSOPSequence[0].ReferencedFrameNumber = [frame + 1 for frame in one.frames]
    return KeyObjectSelectionDocument(
        evidence=found, content=content, series_instance_uid=selected.head.series_instance_uid,
        series_number=SERIES_NUMBER + 1, sop_instance_uid=selected.head.sop_instance_uid,
        instance_number=1 if selected.side == "right" else 2, manufacturer=MANUFACTURER,
    )
