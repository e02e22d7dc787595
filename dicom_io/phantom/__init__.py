"""A practice participant: seeded ultrasound of two submandibular glands whose true sizes are known."""
from __future__ import annotations

from dicom_io.phantom.anatomy import PlannedVisit, planned_visits
from dicom_io.phantom.participant import PRACTICE_PATIENT, PracticePatient, make_participant, make_patient
from dicom_io.phantom.truth import GlandTruth, LineTruth, NeedleTruth, ParticipantTruth, VisitTruth

__all__ = [
    "PRACTICE_PATIENT",
    "GlandTruth",
    "LineTruth",
    "NeedleTruth",
    "ParticipantTruth",
    "PlannedVisit",
    "PracticePatient",
    "VisitTruth",
    "make_participant",
    "make_patient",
    "planned_visits",
]
