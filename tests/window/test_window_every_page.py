"""Every page of the window, in both languages, at each scale of the screen: whole, named, and in reading order."""
from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from driven_window import make_home

ROOT = Path(__file__).resolve().parents[1]
SMALLEST = {"1": (1366, 768), "1.25": (1600, 900), "1.5": (1920, 1080), "2": (2560, 1440)}
"""The smallest usual screen of each factor: at 150 % and 200 % they leave room for 1280 x 720."""
LARGER = {"1": (2560, 1440), "1.25": (1920, 1080), "1.5": (2560, 1440)}
PAGES = 23


def walked(home: Path, factor: str, size: tuple[int, int]) -> dict[str, list[str]]:
    """The pages that were walked, and what is wrong with them."""
    words = [sys.executable, str(ROOT / "walked_window.py"), str(home), *map(str, size)]
    environment = {**os.environ, "QT_SCALE_FACTOR": factor, "PYTHONPATH": str(ROOT.parent)}
    done = subprocess.run(words, check=False, capture_output=True, text=True, timeout=280, env=environment)
    assert done.returncode == 0, done.stderr
    found: dict[str, list[str]] = json.loads(done.stdout.splitlines()[-1])
    return found


@pytest.fixture
def home(display: str, tmp_path: Path, phantom_visit) -> Path:
    make_home(tmp_path / "home", phantom_visit.visits[0].files[0].parent)
    return tmp_path / "home"


def check_whole(found: dict[str, list[str]]) -> None:
    assert len(found["pages"]) == PAGES
    assert found["faults"] == []


@pytest.mark.parametrize("factor", SMALLEST)
def test_every_page_is_whole_named_and_in_reading_order_on_the_smallest_screen(home, factor):
    check_whole(walked(home, factor, SMALLEST[factor]))


@pytest.mark.slow
@pytest.mark.parametrize("factor", LARGER)
def test_soak_every_page_is_whole_named_and_in_reading_order_on_larger_screens(home, factor):
    check_whole(walked(home, factor, LARGER[factor]))
