"""A gland as a TID 1500 measurement report: Comprehensive SR, by highdicom, in a form that outside tools accept.

Each region is a planar ROI (TID 1410) with its numbers; the gland's own numbers are one measurement group (TID 1501).
Nothing is measured here. Coordinates are regions and not measurement coordinates, because of what highdicom writes for
the latter (docs/decisions/dicom-reports.md).
"""
from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from highdicom.sr import (
    AlgorithmIdentification,
    CodedConcept,
    ComprehensiveSR,
    FindingSite,
    ImageRegion,
    Measurement,
    MeasurementReport,
    MeasurementsAndQualitativeEvaluations,
    NumContentItem,
    ObservationContext,
    PlanarROIMeasurementsAndQualitativeEvaluations,
    QualitativeEvaluation,
    RelationshipTypeValues,
    SourceImageForRegion,
    TextContentItem,
    TimePointContext,
    TrackingIdentifier,
)
from pydicom.dataset import Dataset
from pydicom.sr.coding import Code
from pydicom.uid import UID

from dicom_io.reports import codes
from dicom_io.reports.coordinates import graphic_data
from dicom_io.reports.document import (
    MANUFACTURER,
    SERIES_NUMBER,
    evidence,
    finished,
    observers,
    organisation,
    person_name,
    say_private_scheme,
    without_remarks,
)
from dicom_io.reports.values import CodedPicture, GlandReport, Measured, Region, ReportImpossible

_TITLE = "injection-log measurement report"
_LINES = frozenset({"needle_path", "needle_depth", "diameter"})
CLOSED = frozenset({"outline"})
"""Regions whose outline is closed: the first point is written once more at the end."""


def measurement_report(report: GlandReport) -> bytes:
    """The DICOM file of one gland at one visit. Raises ReportImpossible.

    Equal values give equal bytes.
    """
    with without_remarks():
        return finished(_document(report), report.head, _TITLE)


def _document(report: GlandReport) -> ComprehensiveSR:
    pictures = {picture.sop_instance_uid: picture for picture in report.pictures}
    found = evidence(report.head, report.pictures)
    person, device = observers(report.head)
    content = MeasurementReport(
        observation_context=ObservationContext(observer_person_context=person, observer_device_context=device),
        procedure_reported=codes.GUIDANCE if report.is_injection else codes.ULTRASOUND,
        imaging_measurements=[_of_the_gland(report), *(_of_a_region(report, one, pictures) for one in report.regions)],
        referenced_images=found,
    )
    _count_frames(content, pictures)
    document = ComprehensiveSR(
        evidence=found, content=content[0], series_instance_uid=report.head.series_instance_uid,
        series_number=SERIES_NUMBER, sop_instance_uid=report.head.sop_instance_uid,
        instance_number=1 if report.side == "right" else 2, manufacturer=MANUFACTURER, is_complete=True, is_final=True,
        is_verified=True, verifying_observer_name=person_name(report.head.signed_by),
        verifying_organization=organisation(report.head),
    )
    say_private_scheme(document)
    return document


def _count_frames(content: Sequence[Dataset], pictures: Mapping[str, CodedPicture]) -> None:
    """Number of Frames (TID 1602) of each clip in the image library, which highdicom leaves out."""
    library = next(item for item in content[0].ContentSequence if item.name == codes.LIBRARY)
    for entry in library.ContentSequence[0].ContentSequence:
        picture = pictures.get(entry.get("ReferencedSOPSequence", [Dataset()])[0].get("ReferencedSOPInstanceUID", ""))
        if picture is not None and picture.frames > 1:
            entry.ContentSequence.append(NumContentItem(
                codes.FRAMES, picture.frames, codes.ONE, relationship_type=RelationshipTypeValues.HAS_ACQ_CONTEXT
            ))


def _of_the_gland(report: GlandReport) -> Dataset:
    group = MeasurementsAndQualitativeEvaluations(
        tracking_identifier=_tracked(report, "gland", report.tracking_uid),
        time_point_context=_time_point(report), finding_type=codes.GLAND, finding_sites=_sites(report),
        measurements=[_number(one) for one in report.measured],
    )
    _say(group, codes.VERSION, [str(report.version)])
    _say(group, codes.DRUG, [report.product] if report.product else [])
    _say(group, codes.COMMENT, report.notes)
    return group


def _of_a_region(report: GlandReport, region: Region, pictures: Mapping[str, CodedPicture]) -> Dataset:
    picture = pictures.get(region.sop_instance_uid)
    if picture is None or not 0 <= region.frame < picture.frames:
        raise ReportImpossible("A mark lies on a frame that no coded copy of this report has; make that copy first.")
    group = PlanarROIMeasurementsAndQualitativeEvaluations(
        tracking_identifier=_tracked(report, f"{region.mark_id} {region.kind}", region.tracking_uid),
        referenced_region=_drawn(region, picture), time_point_context=_time_point(report),
        finding_type=codes.REGIONS[region.kind], finding_sites=_sites(report),
        measurements=[_number(one) for one in region.measured],
        qualitative_evaluations=[
            QualitativeEvaluation(codes.FINDINGS[name], codes.CHOICES[name][choice]) for name, choice in region.found
        ],
    )
    _say(group, codes.SCALE, [region.scale] if region.scale else [])
    return group


def _drawn(region: Region, picture: CodedPicture) -> ImageRegion:
    is_line = region.kind in _LINES or region.kind in CLOSED
    # A frame is named only where there are several (PS3.3 Table 10-3).
    frames = [region.frame + 1] if picture.frames > 1 else None
    return ImageRegion(
        "POLYLINE" if is_line else "POINT", graphic_data(region.points, is_closed=region.kind in CLOSED),
        SourceImageForRegion(picture.sop_class_uid, picture.sop_instance_uid, frames),
    )


def _number(one: Measured) -> Measurement:
    coded = codes.QUANTITIES[one.quantity]
    return Measurement(
        name=coded.name, value=float(one.value), unit=coded.unit,
        derivation=codes.DERIVATIONS[one.derivation] if one.derivation else None,
        method=codes.METHODS.get(one.method.name),
        algorithm_id=AlgorithmIdentification(one.method.name, one.method.version),
    )


def _tracked(report: GlandReport, what: str, uid: str) -> TrackingIdentifier:
    who = report.head.coded_for
    return TrackingIdentifier(UID(uid), f"{who.subject_id} {who.time_point} {report.side} {what}")


def _time_point(report: GlandReport) -> TimePointContext:
    return TimePointContext(time_point=report.head.coded_for.time_point)


def _sites(report: GlandReport) -> Sequence[FindingSite]:
    return [FindingSite(codes.GLAND, laterality=codes.SIDES[report.side])]


def _say(group: Dataset, name: Code, texts: Sequence[str]) -> None:
    """Add texts to a measurement group (TID 1501 allows them beside coded evaluations)."""
    group[0].ContentSequence.extend(_texts(name, texts))


def _texts(name: Code, texts: Sequence[str]) -> Iterator[TextContentItem]:
    for text in texts:
        concept = CodedConcept(name.value, name.scheme_designator, name.meaning)
        yield TextContentItem(concept, text, relationship_type=RelationshipTypeValues.CONTAINS)
