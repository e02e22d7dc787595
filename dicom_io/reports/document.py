"""What measurement reports and key object selections share: the head of the file, and what they refer to.

Patient, study and trial are those of the coded copies. Dates and times are what the caller says, never the clock's, so
that equal values give equal bytes. The content tree is made elsewhere.
"""
from __future__ import annotations

import io
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from highdicom.sr import (
    DeviceObserverIdentifyingAttributes,
    ObserverContext,
    PersonObserverIdentifyingAttributes,
)
from pydicom.dataset import Dataset
from pydicom.sr.codedict import codes
from pydicom.uid import UID, ExplicitVRLittleEndian

from dicom_io.reports.codes import PRIVATE_NAME, PRIVATE_SCHEME
from dicom_io.reports.values import CodedPicture, Head, ReportImpossible

MANUFACTURER, MODEL, SERIES_NUMBER = "injection-log", "injection-log", 900
_NOON = "120000"
_DEVICE_UID = "2.25.143209517361240316411046826171372921905"
"""This program as an observer; any machine that runs it."""


def evidence(head: Head, pictures: Sequence[CodedPicture]) -> list[Dataset]:
    """The copies as data sets without pixels. Raises ReportImpossible: none, or of several studies."""
    if len({picture.study_instance_uid for picture in pictures}) != 1:
        raise ReportImpossible("A report is of the pictures of one study; these are of none or of several.")
    return [_evidence(head, picture) for picture in pictures]


def _evidence(head: Head, picture: CodedPicture) -> Dataset:
    found = Dataset()
    found.SOPClassUID, found.SOPInstanceUID = picture.sop_class_uid, picture.sop_instance_uid
    found.StudyInstanceUID, found.SeriesInstanceUID = picture.study_instance_uid, picture.series_instance_uid
    found.PatientName = found.PatientID = head.coded_for.code
    found.PatientBirthDate = found.PatientSex = found.AccessionNumber = found.ReferringPhysicianName = ""
    found.StudyID = found.StudyTime = ""
    found.StudyDate, found.Modality = head.study_date, "US"
    found.Rows, found.Columns = picture.rows, picture.columns
    if picture.frames > 1:
        found.NumberOfFrames = picture.frames
    return found


def observers(head: Head) -> tuple[ObserverContext, ObserverContext]:
    """Who signed, and this program (TID 1002)."""
    person = PersonObserverIdentifyingAttributes(person_name(head.signed_by), login_name=head.user)
    device = DeviceObserverIdentifyingAttributes(
        UID(_DEVICE_UID), name=MODEL, manufacturer_name=MANUFACTURER, model_name=f"{MODEL} {head.program_version}"
    )
    return (
        ObserverContext(observer_type=codes.DCM.Person, observer_identifying_attributes=person),
        ObserverContext(observer_type=codes.DCM.Device, observer_identifying_attributes=device),
    )


@contextmanager
def without_remarks() -> Iterator[None]:
    """Silences the libraries, which put values into their warnings."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def person_name(printed: str) -> str:
    """A printed name as PN: all of it as the family name, since nobody here knows its parts (PS3.5 6.2.1)."""
    plain = " ".join(printed.replace("^", " ").replace("=", " ").replace("\\", " ").split())
    return f"{plain[:62]}^"


def finished(document: Dataset, head: Head, title: str) -> bytes:
    """The file: head and trial written in, then saved with a preamble of zeros."""
    document.SpecificCharacterSet = "ISO_IR 192"
    document.SeriesDescription = title
    document.ContentDate = document.InstanceCreationDate = head.day
    document.ContentTime = document.InstanceCreationTime = _NOON
    document.pop("SeriesDate", None)
    document.pop("SeriesTime", None)
    for equipment in document.get("ContributingEquipmentSequence", ()):
        equipment.pop("ContributionDateTime", None)
    for verifying in document.get("VerifyingObserverSequence", ()):
        verifying.VerificationDateTime = head.day + _NOON
    document.Manufacturer, document.ManufacturerModelName = MANUFACTURER, MODEL
    document.SoftwareVersions = head.program_version
    document.PatientIdentityRemoved = "YES"
    document.DeidentificationMethod = "Made from coded copies; refers to these alone"
    document.LongitudinalTemporalInformationModified = "MODIFIED" if head.study_date else "REMOVED"
    _say_trial(document, head)
    written = io.BytesIO()
    document.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    document.save_as(written, enforce_file_format=True)
    return written.getvalue()


def say_private_scheme(document: Dataset) -> None:
    """Coding Scheme Identification Sequence (0008,0110), PS3.3 C.12.1.1.1: the scheme of our own codes."""
    item = Dataset()
    item.CodingSchemeDesignator, item.CodingSchemeName = PRIVATE_SCHEME, PRIVATE_NAME
    item.CodingSchemeResponsibleOrganization = "injection-log"
    document.CodingSchemeIdentificationSequence = [item]


def _say_trial(document: Dataset, head: Head) -> None:
    """PS3.3 C.7.1.3, C.7.2.3 and C.7.3.2, as in the coded copies."""
    trial, who = head.trial, head.coded_for
    document.ClinicalTrialSponsorName, document.ClinicalTrialProtocolID = trial.sponsor, trial.protocol_id
    document.ClinicalTrialProtocolName = trial.protocol_name
    document.ClinicalTrialSiteID, document.ClinicalTrialSiteName = trial.site_id, trial.site_name
    document.ClinicalTrialSubjectID, document.ClinicalTrialTimePointID = who.subject_id, who.time_point
    document.ClinicalTrialCoordinatingCenterName = ""


def organisation(head: Head) -> str:
    """Verifying Organization (0040,A027), which is owed: the site, else the trial."""
    return head.trial.site_name or head.trial.site_id or head.trial.protocol_id


