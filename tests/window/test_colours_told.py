"""Every colour by which the style tells something is in the table of docs/accessibility.md with what says it too."""
from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path

import pytest

SHEET = files("injection_log_napari.views").joinpath("look.qss").read_text("utf-8")
DOCS = Path(__file__).resolve().parents[2] / "docs" / "accessibility.md"
TELLING = sorted(
    set(re.findall(r'\[(?:tone|side|current|done)="[^"]+"\]|\[role="(?:amber|refused|missing|chip)"\]', SHEET))
    | {":checked", ":disabled"}
)


@pytest.mark.parametrize("selector", TELLING)
def test_a_colour_of_the_style_that_tells_something_is_in_the_table(selector):
    rows = [line.split("|") for line in DOCS.read_text("utf-8").splitlines() if line.startswith("| `")]
    (beside,) = [row[2].strip() for row in rows if f"`{selector}`" in row[1]]
    assert beside


@pytest.mark.parametrize("kind", ["QPushButton", 'QToolButton[role="thumb"]'])
def test_what_is_chosen_is_underlined(kind):
    (rule,) = re.findall(rf"^{re.escape(kind)}:checked {{([^}}]*)}}", SHEET, re.MULTILINE)
    assert "text-decoration: underline" in rule
