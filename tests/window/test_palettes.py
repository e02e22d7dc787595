"""Both palettes can be read: every ink on every ground it stands on, by the contrast of WCAG 2.1 (1.4.3, 1.4.11)."""
from __future__ import annotations

import re
from importlib.resources import files

import pytest

from injection_log_napari.views.palettes import INKS, LOOKS, PALETTES, WHITE_ON, Look
from injection_log_napari.views.style import sheet

WHITE = "#ffffff"


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one: str, other: str) -> float:
    bright, dim = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


@pytest.mark.parametrize("look", LOOKS)
def test_every_ink_can_be_read_on_every_ground_it_stands_on(look: Look) -> None:
    palette = PALETTES[look]
    pairs = [(palette[ink], palette[ground]) for ink, grounds in INKS.items() for ground in grounds]
    pairs += [(WHITE, palette[ground]) for ground in WHITE_ON]
    too_faint = {pair: round(_contrast(*pair), 2) for pair in pairs if _contrast(*pair) < 4.5}
    assert not too_faint


@pytest.mark.parametrize("look", LOOKS)
def test_the_focus_and_what_is_missing_stand_out_from_what_is_around_them(look: Look) -> None:
    palette = PALETTES[look]
    for edge in ("focus", "focus_strong", "missing_edge", "refused_edge"):
        assert _contrast(palette[edge], palette["panel"]) >= 3, edge


def test_every_ink_of_the_stylesheet_is_one_whose_contrast_is_held() -> None:
    words = files("injection_log_napari.views").joinpath("look.qss").read_text("utf-8")
    inks = set(re.findall(r"[{;]\s*color: \$(\w+)", words))
    assert inks
    assert inks <= set(INKS)


@pytest.mark.parametrize("look", LOOKS)
def test_the_stylesheet_has_every_colour_it_asks_for_and_keeps_those_of_the_sides(look: Look) -> None:
    assert set(PALETTES[look]) == set(PALETTES["dark"])
    worn = sheet(look)
    assert "$" not in worn
    assert {"#0072b2", "#e69f00"} <= set(re.findall(r"#[0-9a-f]{6}", worn))
