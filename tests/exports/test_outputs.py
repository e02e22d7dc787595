"""The registry of outputs."""
from __future__ import annotations

import subprocess
import sys
from importlib.metadata import EntryPoint

import pytest

from injection_log import outputs
from injection_log.outputs import OutputMissing, kinds, output_of


def test_sheet_and_table_are_registered() -> None:
    assert {"sheet", "table"} <= set(kinds())
    assert [output_of(kind).kind for kind in ("sheet", "table")] == ["sheet", "table"]


def test_an_unknown_kind_is_answered_with_the_kinds_there_are() -> None:
    with pytest.raises(OutputMissing, match="sheet, sheets, table"):
        output_of("poster")


def test_two_packages_that_offer_one_kind_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    points = [EntryPoint("sheet", f"{package}:Sheet", outputs.GROUP) for package in ("one", "two")]
    monkeypatch.setattr(outputs, "entry_points", lambda **_: points)
    with pytest.raises(OutputMissing, match="remove one"):
        output_of("sheet")


def test_naming_the_kinds_loads_no_exporter() -> None:
    code = "import sys; from injection_log.outputs import kinds; kinds(); print('reportlab' in sys.modules)"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert said.stdout.strip() == "False"
