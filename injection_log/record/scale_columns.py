"""The columns of the plain table that say how a gland's millimetres came about: kind, hand-set scales, cross-checks.

Pure; several pictures of one gland stand in one cell, parted by semicolons, in the order of the visit's list.
"""
from __future__ import annotations

from decimal import Decimal

from annotate.marks import Side
from dicom_io.hand_scale import RulerLine
from injection_log.outputs import Cell, Column
from injection_log.record.checks import pictures_of
from injection_log.record.scales import ScaleCheck, SetByHand
from injection_log.record.values import VisitImage, VisitRecord

_PICTURES = "recorded by the program, for each picture"
SCALE_COLUMNS = (
    Column("scale_kind", "Kind of scale", "", "text", "region | pixel_spacing | manual", "recorded by the program"),
    Column("scale_set_by", "Scale set by hand by", "", "text", "", _PICTURES),
    Column("scale_set_at", "Scale set by hand at (UTC)", "", "text", "", _PICTURES),
    Column("scale_rulers", "Rulers the scale was drawn along: pixels (row, column) and mm", "", "text", "", _PICTURES),
    Column("scale_error_percent", "Error of the scale set by hand", "%", "text", "", "computed"),
    Column("scale_checks", "Cross-checks of the scale", "", "text", "", "typed by the operator, for each line"),
    Column("scale_check_worst_percent", "Largest difference of a cross-check", "%", "decimal", "", "computed"),
)


def scale_cells(record: VisitRecord, side: Side) -> dict[str, Cell]:
    """The cells of one gland; blank where nothing was measured, set by hand or cross-checked."""
    marks, pictures = record.glands[side].marks, pictures_of(record, side)
    used = {placed.scale for placed in marks if placed.scale.is_by_hand}
    # one that was set after these marks were measured says nothing of their numbers
    scales = [(one, one.hand_scale) for one in pictures if one.hand_scale and one.hand_scale.scale in used]
    checks = [(one, check) for one in pictures for check in one.scale_checks]
    return {
        "scale_kind": ";".join(sorted({placed.scale.kind for placed in marks})) or None,
        "scale_set_by": ";".join(scale.by.printed_name for _, scale in scales) or None,
        "scale_set_at": ";".join(scale.by.at for _, scale in scales) or None,
        "scale_rulers": ";".join(_rulers(image, scale) for image, scale in scales) or None,
        "scale_error_percent": ";".join(str(_percent(scale.scale.relative_error)) for _, scale in scales) or None,
        "scale_checks": ";".join(f"{image.sop_instance_uid}#{_words(check)}" for image, check in checks) or None,
        "scale_check_worst_percent": max((_apart(check) for _, check in checks), key=abs, default=None),
    }


def _rulers(image: VisitImage, scale: SetByHand) -> str:
    lines = " and ".join(map(_ruler, scale.hand.lines))
    return f"{image.sop_instance_uid}#{scale.by.frame + 1}: {lines}"


def _ruler(line: RulerLine) -> str:
    ends = " to ".join(f"({point.row:.3f} {point.column:.3f})" for point in (line.start, line.end))
    return f"{ends} = {Decimal(line.length_um).scaleb(-3)} mm"


def _words(check: ScaleCheck) -> str:
    return f"{check.by.frame + 1}: {check.words}"


def _apart(check: ScaleCheck) -> Decimal:
    return _percent(Decimal(check.checked.difference_um) / Decimal(check.checked.check.printed_um))


def _percent(part: Decimal) -> Decimal:
    return (part * 100).quantize(Decimal("0.01"))
