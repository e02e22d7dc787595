"""DCMTK is the second implementation that tests are held against: never pynetdicom's scripts of the same names."""
from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tools import dcmtk

NAMES = ("echoscu", "findscu", "getscu", "movescu", "storescp", "storescu")


@pytest.fixture
def shadowed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An activated environment: scripts of DCMTK's names stand first on the PATH."""
    for name in NAMES:
        script = tmp_path / name
        script.write_text("#!/bin/sh\nexit 0\n")
        script.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    return tmp_path


@pytest.mark.parametrize("name", NAMES)
def test_a_program_is_dcmtks_own_also_where_another_stands_first(shadowed: Path, name: str) -> None:
    if dcmtk.dcmtk_path(name) is None:
        pytest.skip("DCMTK is not installed (apt-get install dcmtk)")
    said = subprocess.run([dcmtk.dcmtk(name), "--version"], capture_output=True, text=True, timeout=30, check=False)
    assert "$dcmtk: " in said.stdout
    assert Path(dcmtk.dcmtk(name)).parent != shadowed


def test_a_program_that_is_missing_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(dcmtk, "SYSTEM", (str(tmp_path),))
    with pytest.raises(FileNotFoundError, match="apt-get install dcmtk"):
        dcmtk.dcmtk("echoscu")
