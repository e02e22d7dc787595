"""Plain words for the fields of the log: what each is called, how its value is read, and the words of short lists.

Tables only; how a value is put into words is `value_words`. Whoever gives the log a new field adds a row here: a test
reads the code and fails when one is missing. Deliberately no value of a record.
"""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from injection_log.record.deviations import REPORTED
from injection_log.record.event_words import STATES

FieldKind = Literal[
    "plain", "hidden", "mark", "size", "signature", "hand_scale", "scale_check", "picture", "study", "person",
    "files", "output", "day", "moment", "volume", "protocol", "checkpoint", "role", "subject", "field", "statement",
    "clock", "minutes", "message", "verified", "capsule", "gland_volume",
    "assisted", "archived",
]


@dataclass(frozen=True)
class FieldWords:
    """What one field is called, how its value is read, and the words of its values where they are a short list.

    `hidden` ones are never shown: keys, digests and hashes say nothing to a person.
    """

    title: str
    kind: FieldKind = "plain"
    values: Mapping[str, str] = field(default_factory=dict)


_WITHOUT_IMAGES = {
    "scanner_sends_late": "the scanner sends later",
    "pacs_down": "the PACS cannot be reached",
    "stored_elsewhere": "the images are on a stick or another system",
}

FIELDS: dict[str, FieldWords] = {
    # ---- visit and gland ----
    "opened_on": FieldWords("Day of the visit", "day"),
    "identifiers_confirmed": FieldWords("Two identifiers compared"),
    "images_pending": FieldWords("Images pending", values=_WITHOUT_IMAGES),
    "state": FieldWords("State", values={**STATES, "open": "open", "answered": "answered", "closed": "closed"}),
    "version": FieldWords("Version of the record"),
    "signature": FieldWords("Signature", "signature"),
    "review": FieldWords("Review", "signature"),
    "amendment": FieldWords("Amendment", "statement"),
    "addition_open": FieldWords("Addition that is open", "statement"),
    "signed_images": FieldWords("Pictures named by a signature", "hidden"),
    "lock": FieldWords("Lock", "statement"),
    "withdrawn": FieldWords("Withdrawn", "statement"),
    "not_done": FieldWords("Not done", "statement"),
    "transcribed": FieldWords("Typed in from paper", "statement"),
    "size": FieldWords("Gland volume from the calipers", "size"),
    "last_export": FieldWords("Files", "files"),
    "last_output": FieldWords("Output", "output"),
    # ---- pictures ----
    "participant": FieldWords("Participant"),
    "visit": FieldWords("Visit"),
    "identity_hash": FieldWords("Fingerprint of the patient id", "hidden"),
    "issuer_hash": FieldWords("Fingerprint of the patient id and its issuer", "hidden"),
    "pulled_without_log_in": FieldWords("Pull without log-in", "hidden"),
    "sha256": FieldWords("Digest of the file", "hidden"),
    "data_set_sha256": FieldWords("Digest of the data set", "hidden"),
    "pixel_data_sha256": FieldWords("Digest of the pixels", "hidden"),
    "study": FieldWords("Study", "study"),
    "series": FieldWords("Series", "hidden"),
    "sop_class": FieldWords("Class of the object", "hidden"),
    "transfer_syntax": FieldWords("Transfer syntax", "hidden"),
    "frames": FieldWords("Frames"),
    "rows": FieldWords("Rows"),
    "columns": FieldWords("Columns"),
    "plane": FieldWords("Plane"),
    "calibration_state": FieldWords("Scale in the header", values={
        "region": "a scale of the scanner's region", "pixel_spacing": "a pixel spacing", "none": "none",
        "refused": "one that is not trusted",
    }),
    "calibration_why": FieldWords("About the scale in the header"),
    "conflicts": FieldWords("Other pictures under the same identity", "hidden"),
    "other_headers": FieldWords("Files with the same pixels and another header", "hidden"),
    "hand_scale": FieldWords("Scale set by hand", "hand_scale"),
    "travelled_scale": FieldWords("Scale that came with the copy", "hidden"),
    # ---- copies ----
    "kept_area": FieldWords("Area that stays", "hidden"),
    "kept_area_confirmed": FieldWords("Area that stays, confirmed", "hidden"),
    "looked_at": FieldWords("Looked through", "hidden"),
    "laterality": FieldWords("Side in the header", values={"R": "right", "L": "left"}),
    # ---- questions and deviations ----
    "about": FieldWords("About", "subject"),
    "field": FieldWords("Field", "field"),
    "value": FieldWords("Value asked about", "hidden"),
    "check": FieldWords("Check that asked"),
    "check_version": FieldWords("Version of that check"),
    "closed_by_check": FieldWords("Closed by the check"),
    "kind": FieldWords("Kind", values=REPORTED),
    "text": FieldWords("In words"),
    "reported": FieldWords("Reported", "hidden"),
    # ---- people ----
    "printed_name": FieldWords("Printed name"),
    "role": FieldWords("Role", "role"),
    "public_key": FieldWords("Key for signatures", "hidden"),
    "credential_sha256": FieldWords("Password", "hidden"),
    "password_set_at": FieldWords("Password set at", "moment"),
    "closed": FieldWords("Account closed"),
    "reset": FieldWords("One-time code"),
    "confirmed": FieldWords("Key confirmed"),
    "failures": FieldWords("Wrong passwords in a row"),
    "locked_until": FieldWords("Locked until", "moment"),
    # ---- the log ----
    "origin": FieldWords("Origin of the log"),
    "site": FieldWords("Site"),
    "program": FieldWords("Version of the program"),
    "checkpoint_key": FieldWords("Key for checkpoints", "hidden"),
    "identity_key_check": FieldWords("Check of the identity key", "hidden"),
    "protocol": FieldWords("Protocol", "protocol"),
    "linked_count": FieldWords("Participants linked", "hidden"),
    "last_backup": FieldWords("Backup"),
    "last_log_export": FieldWords("Export of the log"),
    "incarnation": FieldWords("Incarnation of the log", "hidden"),
    "keys_exported": FieldWords("Keys exported"),
    "schema": FieldWords("Form of the tables"),
    "schema_sha256": FieldWords("Digest of the tables", "hidden"),
    "clock_step": FieldWords("Step of the clock", "clock"),
    "blanking": FieldWords("Blanking"),
    "restored": FieldWords("Restored"),
    # ---- blinded reading: what joins codes and participants is never told in words ----
    "design": FieldWords("Design of the reading", "hidden"),
    "readers": FieldWords("Readers", "hidden"),
    "cases": FieldWords("Cases", "hidden"),
    "unmasked": FieldWords("Unmasked", "hidden"),
    "package": FieldWords("Reading package", "hidden"),
    "pictures": FieldWords("Pictures", "hidden"),
    "shown": FieldWords("Readings that are shown", "hidden"),
    "looks": FieldWords("Times looked at"),
    "quality": FieldWords("Quality of the pictures"),
    "quality_why": FieldWords("Why not adequate"),
    "decision": FieldWords("Reading that was chosen"),
    "checkpoint": FieldWords("Checkpoint", "checkpoint"),
}
"""Fields by their whole name, those of facts apart: they have the protocol's titles."""

FIELD_FAMILIES: dict[str, FieldWords] = {
    "mark.": FieldWords("Mark", "mark"),
    "measured.": FieldWords("Measured value", "hidden"),
    "capsule.": FieldWords("Needle's tip to the contour", "capsule"),
    "assisted.": FieldWords("Help from the picture", "assisted"),
    "volume.": FieldWords("Gland volume by another method", "gland_volume"),
    "image.": FieldWords("Picture", "picture"),
    "study.": FieldWords("Study", "study"),
    "scale_check.": FieldWords("Cross-check of the scale", "scale_check"),
    "copy_look.": FieldWords("Frames looked through for copies", "hidden"),
    "coded_copy.": FieldWords("Coded copies", "files"),
    "archived.": FieldWords("Accepted by a research archive", "archived"),
    "addition.": FieldWords("Addition", "signature"),
    "late.": FieldWords("Entered after the time it records", "minutes"),
    "amendment.": FieldWords("Amendment of an earlier version", "statement"),
    "review.": FieldWords("Review of an earlier version", "signature"),
    "unblinding.": FieldWords("Unblinding", "statement"),
    "key.": FieldWords("Key for signatures"),
    "message.": FieldWords("In words", "message"),
    "undone.": FieldWords("Act that was undone", "hidden"),
    "grade.": FieldWords("Grade"),
    "package.": FieldWords("Reading package", "hidden"),
    "returned.": FieldWords("Reading package that came home", "hidden"),
    "verified.": FieldWords("Compared with the source", "verified"),
    "signature.": FieldWords("Signature of an earlier version", "signature"),
    "of_day.": FieldWords("Picture taken on the day of the visit"),
}
"""Fields by how their name begins; the rest of the name is an identifier."""


def field_words(name: str) -> FieldWords | None:
    """The words of a field that is no fact of the protocol; None where there are none."""
    if name in FIELDS:
        return FIELDS[name]
    family, dot, _ = name.partition(".")
    return FIELD_FAMILIES.get(family + dot) if dot else None
