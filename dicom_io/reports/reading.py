"""Reads a measurement report of this program back into the values it was made of, with nothing lost.

Only for reports that `measurement_report` wrote; another TID 1500 report is refused. What a report is worth is not
judged here.
"""
from __future__ import annotations

import io
from decimal import Decimal
from typing import TypeVar

from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.errors import InvalidDicomError
from pydicom.sr.coding import Code

from dicom_io.deidentify.request import ForSharing, Trial
from dicom_io.errors import DicomIoError
from dicom_io.reports import codes
from dicom_io.reports.codes import key_of
from dicom_io.reports.coordinates import points_of
from dicom_io.reports.measurement_report import CLOSED
from dicom_io.reports.tree import children, chosen, coded, concept, named, text, texts
from dicom_io.reports.values import CodedPicture, GlandReport, Head, Measured, Method, Region

_TRACKING_ID, _TRACKING_UID = Code("112039", "DCM", ""), Code("112040", "DCM", "")
_LIBRARY_GROUP = Code("126200", "DCM", "")
_MEASUREMENTS, _GROUP, _REGION = Code("126010", "DCM", ""), Code("125007", "DCM", ""), Code("111030", "DCM", "")
_FINDING, _SITE, _LATERALITY = Code("121071", "DCM", ""), Code("363698007", "SCT", ""), Code("272741003", "SCT", "")
_PROCEDURE, _LOGIN, _MODEL = Code("121058", "DCM", ""), Code("128774", "DCM", ""), Code("121015", "DCM", "")
_ALGORITHM, _ALGORITHM_VERSION = Code("111001", "DCM", ""), Code("111003", "DCM", "")
_DERIVATION, _ROWS, _COLUMNS = Code("121401", "DCM", ""), Code("110910", "DCM", ""), Code("110911", "DCM", "")
_Name = TypeVar("_Name", bound=str)


class NoReport(DicomIoError):
    """These bytes are no measurement report of this program."""

    def __init__(self) -> None:
        super().__init__("no_report", "This file is no measurement report of this program; choose another one.")


def read_report(data: bytes) -> GlandReport:
    """The values of a report. Raises NoReport."""
    try:
        return _report(dcmread(io.BytesIO(data)))
    except (InvalidDicomError, AttributeError, KeyError, ValueError, IndexError, StopIteration) as wrong:
        raise NoReport from wrong


def _report(document: Dataset) -> GlandReport:
    gland, *regions = named(next(named(document, _MEASUREMENTS)), _GROUP)
    site = next(named(gland, _SITE))
    return GlandReport(
        head=_head(document), side=_name(codes.SIDES, chosen(site, _LATERALITY)),  # type: ignore[arg-type]
        is_injection=chosen(document, _PROCEDURE) == key_of(codes.GUIDANCE), version=int(text(gland, codes.VERSION)),
        tracking_uid=text(gland, _TRACKING_UID), pictures=_pictures(document), measured=_measured(gland),
        regions=tuple(map(_region, regions)), product=text(gland, codes.DRUG), notes=texts(gland, codes.COMMENT),
    )


def _head(document: Dataset) -> Head:
    trial = Trial(
        document.ClinicalTrialSponsorName, document.ClinicalTrialProtocolID, document.ClinicalTrialProtocolName,
        document.ClinicalTrialSiteID, document.ClinicalTrialSiteName,
    )
    who = ForSharing(document.ClinicalTrialSubjectID, document.ClinicalTrialTimePointID)
    signed_by = str(document.VerifyingObserverSequence[0].VerifyingObserverName).rstrip("^")
    return Head(
        who, trial, str(document.SOPInstanceUID), str(document.SeriesInstanceUID), document.StudyDate,
        document.ContentDate, signed_by, text(document, _LOGIN), str(document.SoftwareVersions),
    )


def _pictures(document: Dataset) -> tuple[CodedPicture, ...]:
    places = {
        str(one.ReferencedSOPInstanceUID): (str(series.SeriesInstanceUID), str(study.StudyInstanceUID))
        for keyword in ("CurrentRequestedProcedureEvidenceSequence", "PertinentOtherEvidenceSequence")
        for study in document.get(keyword, ())
        for series in study.ReferencedSeriesSequence for one in series.ReferencedSOPSequence
    }
    group = next(named(next(named(document, codes.LIBRARY)), _LIBRARY_GROUP))
    return tuple(_picture(item, places) for item in children(group) if item.ValueType == "IMAGE")


def _picture(item: Dataset, places: dict[str, tuple[str, str]]) -> CodedPicture:
    refers = item.ReferencedSOPSequence[0]
    uid = str(refers.ReferencedSOPInstanceUID)
    rows, columns, frames = (
        int(_decimal(found)) if (found := next(named(item, name), None)) is not None else 1
        for name in (_ROWS, _COLUMNS, codes.FRAMES)
    )
    return CodedPicture(str(refers.ReferencedSOPClassUID), uid, *places[uid], rows, columns, frames)


def _measured(group: Dataset) -> tuple[Measured, ...]:
    return tuple(_number(item) for item in children(group) if item.ValueType == "NUM")


def _number(item: Dataset) -> Measured:
    names = {quantity: coded_as.name for quantity, coded_as in codes.QUANTITIES.items()}
    derived = chosen(item, _DERIVATION)
    return Measured(
        _name(names, concept(item)), _decimal(item), Method(text(item, _ALGORITHM), text(item, _ALGORITHM_VERSION)),
        _name(codes.DERIVATIONS, derived) if derived[0] else "",
    )


def _decimal(item: Dataset) -> Decimal:
    return Decimal(str(item.MeasuredValueSequence[0].NumericValue))


def _region(group: Dataset) -> Region:
    kind = _name(codes.REGIONS, chosen(group, _FINDING))
    drawn = next(named(group, _REGION))
    refers = next(children(drawn)).ReferencedSOPSequence[0]
    questions = {key_of(code): name for name, code in codes.FINDINGS.items()}
    found = tuple(
        (questions[concept(item)], _name(codes.CHOICES[questions[concept(item)]], coded(item.ConceptCodeSequence[0])))
        for item in children(group) if concept(item) in questions
    )
    return Region(
        kind, text(group, _TRACKING_ID).split(" ")[3], text(group, _TRACKING_UID),
        str(refers.ReferencedSOPInstanceUID), int(refers.get("ReferencedFrameNumber", 1)) - 1,
        points_of(drawn.GraphicData, is_closed=kind in CLOSED), _measured(group), found, text(group, codes.SCALE),
    )


def _name(table: dict[_Name, Code], found: tuple[str, str]) -> _Name:
    return next(name for name, code in table.items() if key_of(code) == found)
