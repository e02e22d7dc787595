"""The palettes of the window: dark for an ultrasound room, light for an office; the picture's surroundings stay black.

Names say what a colour is for, never what it looks like. Every ink is readable on its grounds (INKS says on which):
a test holds the contrast of WCAG 2.1, 1.4.3. The sides' own colours are no part of a palette.
"""
from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, get_args

Look = Literal["dark", "light"]
LOOKS: tuple[Look, ...] = get_args(Look)

_DARK: Mapping[str, str] = {
    "ground": "#15191e", "panel": "#1a1f25", "card": "#1d232a", "bar": "#20262d", "field": "#0d1013", "tip": "#2a3139",
    "ink": "#e6eaef", "ink_strong": "#ffffff", "quiet_ink": "#9aa7b4", "section_ink": "#9fb0c0",
    "edge": "#4b5663", "line": "#303944", "grid": "#262d35", "focus": "#6db3f2", "focus_strong": "#ffffff",
    "button": "#2a323b", "button_hover": "#35404b", "off": "#1c2127", "off_ink": "#8a95a1", "closed_ink": "#b9c4cf",
    "chip_ink": "#c9d4de", "no_side": "#39434e", "marked": "#f0e442",
    "chosen": "#2f6fb0", "chosen_edge": "#9fd0ff", "primary_hover": "#3876b8",
    "primary_off": "#1c2b3a", "primary_off_ink": "#8e9cab",
    "chosen_closed": "#23405c", "chosen_closed_ink": "#cfe0f2", "chosen_closed_edge": "#4b6a8a",
    "good": "#12452f", "good_ink": "#b8f2d3", "done_ink": "#9fd8ba", "step_hover": "#222930", "step_now": "#26303a",
    "warn": "#5a3a00", "warn_ink": "#ffe0a8", "warn_edge": "#8a5a00", "amber_ink": "#ffc24a",
    "missing": "#2b2718", "missing_ink": "#ffdf9a", "missing_edge": "#c9a24a",
    "refused": "#4a2415", "refused_ink": "#ffb38a", "refused_edge": "#ff8a5c",
}  # fmt: skip
_LIGHT: Mapping[str, str] = {
    "ground": "#f2f4f6", "panel": "#f8f9fb", "card": "#ffffff", "bar": "#e3e8ed", "field": "#ffffff", "tip": "#ffffff",
    "ink": "#17212b", "ink_strong": "#000000", "quiet_ink": "#4c5966", "section_ink": "#3b5068",
    "edge": "#7f8c99", "line": "#c6ced6", "grid": "#dde3e8", "focus": "#0b5cab", "focus_strong": "#000000",
    "button": "#e1e7ed", "button_hover": "#d2dae2", "off": "#eceff2", "off_ink": "#5f6b77", "closed_ink": "#45525f",
    "chip_ink": "#26323e", "no_side": "#4a5561", "marked": "#b26b00",
    "chosen": "#2a67a6", "chosen_edge": "#0b3f73", "primary_hover": "#235a93",
    "primary_off": "#d3dde7", "primary_off_ink": "#4f5d6b",
    "chosen_closed": "#bcd4eb", "chosen_closed_ink": "#1d3a56", "chosen_closed_edge": "#7fa3c7",
    "good": "#cbecd9", "good_ink": "#0c4429", "done_ink": "#0f5a36", "step_hover": "#e6ebf0", "step_now": "#d8e0e8",
    "warn": "#ffe3ad", "warn_ink": "#553600", "warn_edge": "#b07a14", "amber_ink": "#7a4a00",
    "missing": "#fff3d2", "missing_ink": "#5c3d00", "missing_edge": "#9a6b00",
    "refused": "#ffdfd0", "refused_ink": "#8f3000", "refused_edge": "#c2410c",
}  # fmt: skip
PALETTES: Mapping[Look, Mapping[str, str]] = {"dark": _DARK, "light": _LIGHT}

_GROUNDS = ("ground", "panel", "card", "bar")
INKS: Mapping[str, tuple[str, ...]] = {
    "ink": (*_GROUNDS, "field", "button", "button_hover", "step_hover", "refused", "missing"),
    "ink_strong": ("step_now", "tip", "field"),
    "quiet_ink": (*_GROUNDS, "field"),
    "section_ink": _GROUNDS,
    "refused_ink": (*_GROUNDS, "refused"),
    "amber_ink": _GROUNDS,
    "done_ink": ("panel", "step_hover"),
    "chip_ink": ("button", "field"),
    "closed_ink": ("field", "panel", "card"),
    "good_ink": ("good",),
    "warn_ink": ("warn",),
    "missing_ink": ("missing",),
    "chosen_closed_ink": ("chosen_closed",),
    "off_ink": ("off",),
    "primary_off_ink": ("primary_off",),
}
"""Which ink stands on which grounds."""
WHITE_ON = ("chosen", "no_side", "primary_hover")
"""Grounds on which white stands."""
