"""What is known of the real files from their burned-in calipers and rulers holds through the command `measure`."""
from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

LINES = ("h05", "h15", "h17", "h19", "h20")
REFUSED = ("h01", "h05", "h08", "h09", "h12", "h13", "h14", "h16")


def measured(shared_data: Path, name: str, start: list[float], end: list[float]) -> tuple[int, dict[str, Any]]:
    """Exit code and answer of `measure --json` on frame 0."""
    (file,) = (shared_data / "us").glob(f"{name}_*.dcm")
    done = subprocess.run(
        [sys.executable, "-m", "injection_log", "measure", str(file), "--frame", "0", "--json",
         "--from", f"{start[0]},{start[1]}", "--to", f"{end[0]},{end[1]}"],
        capture_output=True, text=True, timeout=60, check=False,
    )
    return done.returncode, json.loads(done.stdout)


@pytest.fixture
def truth(shared_data: Path) -> dict[str, Any]:
    """What is known."""
    facts: dict[str, Any] = json.loads((shared_data / "truth.json").read_text(encoding="utf-8"))
    return facts


@pytest.mark.parametrize("name", LINES)
def test_measure_gives_the_known_lengths(shared_data: Path, truth: dict[str, Any], name: str) -> None:
    for line in truth[name]["lines"]:
        code, answer = measured(shared_data, name, line["from"], line["to"])
        assert (code, answer["calibration"]["state"]) == (0, "region")
        assert answer["length_mm"] == pytest.approx(line["stored_mm"], abs=0.006)


@pytest.mark.parametrize("name", REFUSED)
def test_measure_refuses_where_nothing_can_be_known(shared_data: Path, truth: dict[str, Any], name: str) -> None:
    known = truth["refused"][name]
    line = known if isinstance(known, dict) else {"from": [60, 100], "to": [60, 150]}
    code, answer = measured(shared_data, name, line["from"], line["to"])
    assert code == 3
    assert answer["refused"]
    assert answer["why"]


def test_the_window_without_a_display_is_refused_in_one_sentence(tmp_path: Path) -> None:
    bare = {name: value for name, value in os.environ.items()
            if name not in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")}
    done = subprocess.run(
        [sys.executable, "-m", "injection_log", "demo", "--home", str(tmp_path / "home")],
        capture_output=True, text=True, timeout=60, check=False, env=bare, cwd=tmp_path,
    )
    assert done.returncode == 3
    assert "no display" in done.stderr
    assert "Traceback" not in done.stderr
