"""Outputs `dicom_sr` and `key_objects`: one DICOM file a signed gland, and a list of those that have none.

Only translates: files are built in `dicom_io.reports`, values come gathered. Equal content gives equal bytes.
"""
from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence

from injection_log.gland_reports import GlandLeftOut, GlandReports, ReportedGland
from injection_log.outputs import OutputFile, OutputImpossible

_DICOM, _CSV = "application/dicom", "text/csv; charset=utf-8; header=present"
LEFT_OUT = "left_out.csv"


class MeasurementReports:
    """Output `dicom_sr`: a TID 1500 measurement report a gland."""

    kind = "dicom_sr"
    title = "Measurement reports (DICOM SR, TID 1500), one a signed gland"
    content = "gland_reports"

    def files(self, content: object) -> tuple[OutputFile, ...]:
        """The reports; OutputImpossible for other content or values that make no report."""
        from dicom_io.reports.measurement_report import measurement_report

        return _files(content, "report", lambda gland: measurement_report(gland.report))


class KeyFrameSelections:
    """Output `key_objects`: a key object selection a gland, of the frames with marks."""

    kind = "key_objects"
    title = "Key object selections (DICOM KOS) of the frames with marks, one a signed gland"
    content = "gland_reports"

    def files(self, content: object) -> tuple[OutputFile, ...]:
        """The selections; OutputImpossible for other content or values that make none."""
        from dicom_io.reports.key_objects import key_objects

        return _files(content, "key_frames", lambda gland: key_objects(gland.key_objects))


def _files(content: object, what: str, made: Callable[[ReportedGland], bytes]) -> tuple[OutputFile, ...]:
    from dicom_io.reports.values import ReportImpossible

    if not isinstance(content, GlandReports):
        raise OutputImpossible("DICOM reports need signed glands; give the content gland_reports.")
    try:
        files = [
            OutputFile(f"{one.participant}_{one.visit}_{one.side}_{what}.dcm", _DICOM, made(one))
            for one in content.reported
        ]
    except ReportImpossible as error:
        raise OutputImpossible(error.why) from error
    return (*files, OutputFile(LEFT_OUT, _CSV, _left_out(content.left_out)))


def _left_out(glands: Sequence[GlandLeftOut]) -> bytes:
    written = io.StringIO()
    lines = csv.writer(written, lineterminator="\r\n")
    lines.writerow(("participant", "visit", "side", "why"))
    lines.writerows((one.participant, one.visit, one.side, one.why) for one in glands)
    return written.getvalue().encode("utf-8")
