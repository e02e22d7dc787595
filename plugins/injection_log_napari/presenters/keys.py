"""The one table of keys: what a key means while the picture has the focus, and the words for the `?` page.

Ours alone: what is not in this table does nothing. Keys in text fields are letters and never come here.
"""
from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

KeyAct = Literal[
    "length", "width", "depth", "needle", "out_of_plane", "contour", "seed", "take", "deposit", "structure",
    "skin", "scale", "check_scale", "edit", "remove", "undo", "redo", "escape",
    "previous_frame", "next_frame", "ten_back", "ten_on", "first_frame", "last_frame", "play", "play_mode",
    "up", "down", "up_fine", "down_fine",
    "previous_image", "next_image", "next", "next_field", "fit", "actual", "keys", "lock",
]  # fmt: skip


@dataclass(frozen=True)
class KeyRow:
    """One line of the `?` page."""

    keys: str
    words: str


@dataclass(frozen=True)
class KeyGroup:
    """Keys of one purpose."""

    title: str
    rows: tuple[KeyRow, ...]


# (name, shift, control) -> act
KEY_ACTS: dict[tuple[str, bool, bool], KeyAct] = {
    ("L", False, False): "length",
    ("W", False, False): "width",
    ("D", False, False): "depth",
    ("N", False, False): "needle",
    ("O", False, False): "out_of_plane",
    ("C", False, False): "contour",
    ("B", False, False): "deposit",
    ("T", False, False): "structure",
    ("V", False, False): "seed",
    ("A", False, False): "take",
    ("K", False, False): "skin",
    ("S", False, False): "scale",
    ("X", False, False): "check_scale",
    ("E", False, False): "edit",
    ("Backspace", False, False): "remove",
    ("Z", False, True): "undo",
    ("Z", True, True): "redo",
    ("Escape", False, False): "escape",
    ("Left", False, False): "previous_frame",
    ("Right", False, False): "next_frame",
    ("Left", True, False): "ten_back",
    ("Right", True, False): "ten_on",
    ("Up", False, False): "up",
    ("Down", False, False): "down",
    ("Up", True, False): "up_fine",
    ("Down", True, False): "down_fine",
    ("Home", False, False): "first_frame",
    ("End", False, False): "last_frame",
    ("Space", False, False): "play",
    ("M", False, False): "play_mode",
    (",", False, False): "previous_image",
    (".", False, False): "next_image",
    ("Enter", False, False): "next",
    ("Tab", False, False): "next_field",
    ("F", False, False): "fit",
    ("1", False, False): "actual",
    ("?", False, False): "keys",
    ("?", True, False): "keys",
    ("L", False, True): "lock",
}

KEY_GROUPS = (
    KeyGroup("Marks", (
        KeyRow("L  W  D", "place length, width, depth: click both sides, or drag"),
        KeyRow("N", "needle in the picture's plane: click entry, then tip"),
        KeyRow("O", "needle out of plane: click the tip"),
        KeyRow("C", "outline of the gland: click along the capsule, Enter closes it"),
        KeyRow("V", "outline from one click inside the gland"),
        KeyRow("A", "take what the picture proposes in white"),
        KeyRow("B", "deposit: click the fluid, then say its zone and its volume"),
        KeyRow("T", "structure to stay away from (artery, vein, duct): click it, then say which"),
        KeyRow("K", "skin line of the needle, at the pointer's height"),
        KeyRow("S", "set the scale along the burned-in ruler, where the picture has none"),
        KeyRow("X", "check the scale: lay a line on the ruler and type what is printed there"),
        KeyRow("E", "edit a mark: drag a handle, or arrows (Shift: a tenth); again: the next mark"),
        KeyRow("1 to 9", "while something is asked about a mark: the answer with that number"),
        KeyRow("Backspace", "remove the mark being edited, or take back the last click"),
        KeyRow("Esc", "put the tool away"),
    )),
    KeyGroup("Clip", (
        KeyRow("← →", "one frame back, on (with Shift: ten)"),
        KeyRow("Home  End", "first, last frame"),
        KeyRow("Space", "play, stop"),
        KeyRow("M", "real time (may skip frames), or every frame (may be slower)"),
        KeyRow(",  .", "previous, next picture"),
        KeyRow("F  1", "fit the window, actual pixels"),
        KeyRow("wheel, right drag", "zoom, move the picture"),
    )),
    KeyGroup("Program", (
        KeyRow("Space  ← →", "in a form: press the button in focus, go to its neighbours"),
        KeyRow("Enter", "the next act (the sentence below says which)"),
        KeyRow("Ctrl+Z", "undo: the last click of a half-made mark, else your last mark, value or scale of this visit"),
        KeyRow("Ctrl+Shift+Z", "do again what was undone; in a field both are the field's own until it is recorded"),
        KeyRow("Tab  Esc", "to the next missing field, back to the picture"),
        KeyRow("F2", "in a form: what is asked about this value, and its history"),
        KeyRow("?", "these keys"),
        KeyRow("Ctrl+L", "lock"),
    )),
)  # fmt: skip


def act_of(name: str, *, shift: bool = False, control: bool = False) -> KeyAct | None:
    """What a key means, None for a key that is not ours."""
    return KEY_ACTS.get((name, shift, control))
