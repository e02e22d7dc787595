"""`validate` shows on this machine what the program promises, and its report says what was expected and observed."""
from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader

from injection_log.outputs import output_of
from injection_log.validation.report import Check, ValidationReport, checked, not_run

REPORT = ValidationReport(
    "0.1.0", "bench-1", "Linux", "2026-11-22 14:00:00 +01:00", "2026-11-22 14:01:00 +01:00",
    (
        checked(("IQ-01", "installation", "Python"), "3.11 or newer", "3.12.1", ok=True),
        not_run(("OQ-03", "operation", "Workstation: PACS"), "fit for use", "no PACS is set up"),
    ),
)


@pytest.fixture(scope="module")
def validated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("validated")
    words = ["validate", "--out", str(out), "--home", str(out / "home")]
    subprocess.run([sys.executable, "-m", "injection_log", *words], check=False, capture_output=True, timeout=280)
    return out


def by_id(folder: Path) -> dict[str, dict[str, str]]:
    return {one["id"]: one for one in json.loads((folder / "validation.json").read_text("utf-8"))["checks"]}


@pytest.mark.parametrize("check", ["OQ-20", "OQ-21", "OQ-22", "OQ-23", "OQ-24", "OQ-25", "OQ-26"])
def test_what_the_program_promises_was_tried_and_holds(validated: Path, check: str) -> None:
    assert by_id(validated)[check]["outcome"] == "passed", by_id(validated)[check]


def test_a_changed_byte_is_named_by_both_verifiers(validated: Path) -> None:
    found = by_id(validated)
    assert "was changed after it was written" in found["OQ-23"]["observed"]
    assert found["OQ-25"]["observed"].startswith("first wrong: ")


def test_what_cannot_be_asked_here_is_not_run_and_says_why(validated: Path) -> None:
    found = by_id(validated)
    assert (found["OQ-03"]["outcome"], found["OQ-03"]["observed"]) == ("not_run", "no PACS is set up")
    assert found["IQ-05"]["observed"] == "there is no log in this home yet"


def test_the_paper_says_what_was_expected_observed_and_where_to_sign(validated: Path) -> None:
    del validated
    (file,) = output_of("validation_report").files(REPORT)
    text = "".join(page.extract_text() for page in PdfReader(BytesIO(file.data)).pages)
    assert all(words in text for words in ("IQ-01", "3.12.1", "no PACS is set up", "not run", "Date and signature"))


def test_a_failed_check_is_told_at_the_top_and_a_check_that_was_not_run_is_no_failure() -> None:
    wrong: Check = checked(("OQ-21", "operation", "Verification"), "the log holds", "it does not", ok=False)
    assert REPORT.passed
    assert not replace(REPORT, checks=(*REPORT.checks, wrong)).passed
