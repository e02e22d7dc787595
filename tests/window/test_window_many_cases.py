"""A window that stays open all day: memory is given back from case to case, and there is one image layer."""
from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from driven_window import make_home

ROOT = Path(__file__).resolve().parents[1]
SETTLED = 8
"""Cases after which every picture of the visit was shown once, and all that is kept for good is there."""
MOST_MB_A_CASE = 3.0
"""A case that is not given back holds 11 MB of widgets, and a clip of the phantom 70 MB more."""


def cases(home: Path, canvas: str, number: int) -> list[dict[str, float]]:
    """What is held after each of so many cases."""
    words = [sys.executable, str(ROOT / "many_cases.py"), str(home), canvas, str(number)]
    # Beside the script lies a folder of the package's name, which would be taken for it.
    environment = {**os.environ, "PYTHONPATH": str(ROOT.parent)}
    done = subprocess.run(words, check=False, capture_output=True, text=True, timeout=1200, env=environment)
    lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    assert len(lines) == number, done.stderr
    return lines


@pytest.fixture
def home(display: str, tmp_path: Path, phantom_visit) -> Path:
    make_home(tmp_path / "home", phantom_visit.visits[0].files[0].parent)
    return tmp_path / "home"


def check_given_back(held: list[dict[str, float]], layers: int) -> None:
    assert {one["layers"] for one in held} == {layers}
    assert len({one["widgets"] for one in held}) == 1
    settled = held[SETTLED:]
    grown = settled[-1]["rss_mb"] - settled[0]["rss_mb"]
    assert grown <= MOST_MB_A_CASE * (len(settled) - 1), [one["rss_mb"] for one in held]


def test_memory_is_given_back_from_case_to_case(home):
    check_given_back(cases(home, "napari", SETTLED + 6), 1)


@pytest.mark.slow
@pytest.mark.timeout(2400)
@pytest.mark.parametrize(("canvas", "layers"), [("napari", 1), ("plain", 0)])
def test_soak_memory_levels_off_over_fifty_cases(home, canvas, layers):
    held = cases(home, canvas, 50)
    check_given_back(held, layers)
    first, last = (sum(one["rss_mb"] for one in part) / len(part) for part in (held[10:20], held[40:]))
    sys.stdout.write(f"{canvas}: {first:.0f} MB after 10 to 20 cases, {last:.0f} MB after 40 to 50\n")
    assert last <= 1.1 * first
