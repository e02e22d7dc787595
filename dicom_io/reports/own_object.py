"""Is this file an object of the trial's own, and which: asked of its header before it goes to an archive.

The trial's own are coded copies and reports of coded copies: de-identified, under the participant's code, with UIDs
that this program made (2.25, PS3.5 B.2). Whether this log made just these bytes is not known here.
"""
from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from dicom_io import tags
from dicom_io.errors import DicomIoError
from dicom_io.layout import Layout, opened

MEASUREMENT_REPORT, KEY_OBJECTS = "1.2.840.10008.5.1.4.1.1.88.33", "1.2.840.10008.5.1.4.1.1.88.59"
_STILL, _CLIP = "1.2.840.10008.5.1.4.1.1.6.1", "1.2.840.10008.5.1.4.1.1.3.1"
TITLES = {
    MEASUREMENT_REPORT: "measurement report", KEY_OBJECTS: "key object selection",
    _STILL: "coded copy, still", _CLIP: "coded copy, clip",
}
PICTURES = frozenset({_STILL, _CLIP})
_PROTOCOL_ID, _SUBJECT_ID, _TIME_POINT, _READING_ID = 0x00120020, 0x00120040, 0x00120050, 0x00120042
_IDENTITY_REMOVED = 0x00120062
_OURS = "2.25."


class NotOurs(DicomIoError):
    """A file that does not go to an archive: not the trial's own, or not de-identified."""

    def __init__(self, why: str) -> None:
        super().__init__("not_ours", why)


@dataclass(frozen=True)
class OwnObject:
    """One object of the trial: its identity and whose it is, by participant code and visit."""

    sop_class_uid: str
    sop_instance_uid: str
    series_instance_uid: str
    study_instance_uid: str
    protocol_id: str
    participant: str
    visit: str

    @property
    def title(self) -> str:
        """What it is, in words."""
        return TITLES[self.sop_class_uid]


def own_object(path: Path) -> OwnObject:
    """What a file is. Raises NotOurs with the reason; `NotReadable` where it is no DICOM file."""
    with opened(path) as layout:
        found = OwnObject(
            layout.word(tags.SOP_CLASS_UID), layout.word(tags.SOP_INSTANCE_UID), layout.word(tags.SERIES_INSTANCE_UID),
            layout.word(tags.STUDY_INSTANCE_UID), layout.text(_PROTOCOL_ID), layout.word(_SUBJECT_ID),
            layout.word(_TIME_POINT),
        )
        why = _why_not(layout, found)
    if why:
        raise NotOurs(why)
    return found


def _why_not(layout: Layout, found: OwnObject) -> str:
    if found.sop_class_uid not in TITLES:
        return "This is neither a coded copy nor a report of one; only these go to an archive."
    if layout.word(_READING_ID):
        return "This is a copy for a blinded reader; only copies for sharing go to an archive."
    if layout.word(_IDENTITY_REMOVED) != "YES" or not found.participant:
        return "This does not say that it is de-identified; send coded copies and reports, never originals."
    if layout.word(tags.PATIENT_ID) != found.participant:
        return "Its patient is not the participant's code; it is not sent. Make the copy again."
    uids = (found.sop_instance_uid, found.series_instance_uid, found.study_instance_uid)
    if not all(uid.startswith(_OURS) for uid in uids):
        return "Its UIDs are not the trial's own, and an original is never sent over; make a coded copy of it."
    return ""
