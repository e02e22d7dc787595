"""The validation report on paper: what was checked on this machine, what came out, and where to sign (PDF).

Says what the value says and judges nothing. A check that was not run has its reason, and is no pass.
"""
from __future__ import annotations

from collections import Counter

from injection_log.outputs import OutputFile, OutputImpossible
from injection_log.validation.report import PARTS, Outcome, ValidationReport
from injection_log_exports.report_pages import Facts, Head, Listing, report_pdf

_WORDS: dict[Outcome, str] = {"passed": "passed", "failed": "FAILED", "not_run": "not run"}
_COLUMNS = (("Check", 9), ("What", 22), ("Expected", 24), ("Observed", 35), ("Result", 10))
_NOTE = "A check that was not run is no pass: its reason stands under Observed, and whoever signs judges it."
_LINE = "." * 60


class ValidationPaper:
    """Output `validation_report`: installation and operation checks of one machine."""

    kind = "validation_report"
    title = "Validation report (PDF) of one machine, to be signed"
    content = ""

    def files(self, content: object) -> tuple[OutputFile, ...]:
        """The report; OutputImpossible when it is given something else."""
        if not isinstance(content, ValidationReport):
            raise OutputImpossible("The validation report needs what `validate` found; give it that.")
        return (OutputFile("validation.pdf", "application/pdf", _pdf(content)),)


def _pdf(report: ValidationReport) -> bytes:
    counted = Counter(check.outcome for check in report.checks)
    head = Head(
        "Validation report", report.workstation, f"made {report.ended_at} by injection-log {report.program_version}",
        report.program_version, False, "en",
    )
    facts = Facts((
        ("Result", "all checks that were run passed" if report.passed else "NOT PASSED: see the lines marked FAILED"),
        ("Checks", ", ".join(f"{counted[outcome]} {_WORDS[outcome]}" for outcome in _WORDS)),
        ("System", report.system), ("Begun", report.began_at), ("Ended", report.ended_at),
    ))  # fmt: skip
    parts = [
        Listing(title, _NOTE if part == "installation" else "", _COLUMNS, tuple(
            (one.id, one.title, one.expected, one.observed, _WORDS[one.outcome])
            for one in report.checks if one.part == part
        ))
        for part, title in PARTS.items()
    ]  # fmt: skip
    signing = Facts((
        ("Accepted for use", "yes / no"), ("Remarks", _LINE), ("Name", _LINE), ("Date and signature", _LINE),
    ))  # fmt: skip
    return report_pdf(head, (facts, *parts, signing))
