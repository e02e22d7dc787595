"""Which SOP classes are asked for, and one presentation context for each class and transfer syntax. A table only.

Several syntaxes in one context let a PACS choose, and Orthanc then chooses to decode: 19 times the bytes, and
not the picture that the scanner sent.
"""
from __future__ import annotations

from collections.abc import Iterable

from pynetdicom import build_context, build_role
from pynetdicom.pdu_primitives import SCP_SCU_RoleSelectionNegotiation
from pynetdicom.presentation import PresentationContext

from dicom_io.transfer_syntaxes import TRANSFER_SYNTAXES

_STORAGE = "1.2.840.10008.5.1.4.1.1."
PICTURE_CLASSES: dict[str, str] = {
    _STORAGE + "6.1": "Ultrasound Image",
    _STORAGE + "3.1": "Ultrasound Multi-frame Image",
    _STORAGE + "6": "Ultrasound Image (retired)",
    _STORAGE + "3": "Ultrasound Multi-frame Image (retired)",
    _STORAGE + "7": "Secondary Capture",
    _STORAGE + "7.2": "Multi-frame Grayscale Byte Secondary Capture",
    _STORAGE + "7.4": "Multi-frame True Color Secondary Capture",
}
NOT_PICTURES = frozenset({"SR", "PR", "KO", "DOC", "SEG", "RTSTRUCT", "REG", "AU", "PLAN", "ECG", "HD"})
"""Modalities without pictures, for a PACS that does not tell the SOP class of an image."""

_MOST_CONTEXTS = 128


def is_picture(sop_class_uid: str, modality: str) -> bool:
    """Whether an instance is one that this program asks for."""
    if sop_class_uid:
        return sop_class_uid in PICTURE_CLASSES
    return modality.upper() not in NOT_PICTURES


def classes_for(sop_class_uids: Iterable[str]) -> tuple[str, ...]:
    """The classes to negotiate: those that occur, or all where the PACS did not tell."""
    told = set(sop_class_uids)
    return tuple(uid for uid in PICTURE_CLASSES if "" in told or uid in told)


def receiving_contexts(classes: tuple[str, ...], beside: int) -> list[PresentationContext]:
    """One context for each class and syntax, decodable syntaxes first, leaving room for `beside` others."""
    each = (_MOST_CONTEXTS - beside) // max(len(classes), 1)
    # Video that cannot be decoded is asked for too: the gate then says in words why it is not taken.
    ordered = sorted(TRANSFER_SYNTAXES.values(), key=lambda syntax: syntax.codec == "none")
    return [build_context(uid, syntax.uid) for uid in classes for syntax in ordered[:each]]


def receiving_roles(classes: tuple[str, ...]) -> list[SCP_SCU_RoleSelectionNegotiation]:
    """We are the one who stores, in every class."""
    return [build_role(uid, scp_role=True) for uid in classes]
