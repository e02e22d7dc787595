"""The keys of the reading room, for its `?` page: those of a visit's room that act here, and the few of its own."""
from __future__ import annotations

from injection_log_napari.presenters.keys import KEY_GROUPS, KeyGroup, KeyRow

_AS_IN_A_VISIT = frozenset({
    "L  W  D", "C", "E", "Backspace", "Esc", "← →", "Home  End", "Space", "M", ",  .", "F  1", "wheel, right drag",
    "Space  ← →", "Enter", "?", "Ctrl+L",
})  # fmt: skip
_OWN = {
    "Marks": (KeyRow("Ctrl+Z", "take back the last click of a half-made mark, else the newest mark of this case"),),
    "Program": (
        KeyRow("Tab", "to the next grade or choice that is owed"),
        KeyRow("0  1  2  3", "while a grade has the focus: give it"),
    ),
}
READING_KEYS = tuple(
    KeyGroup(group.title, (*(row for row in group.rows if row.keys in _AS_IN_A_VISIT), *_OWN.get(group.title, ())))
    for group in KEY_GROUPS
)
DECISION_KEYS = (
    KeyGroup("Choice", (
        KeyRow("A  B", "choose reading A or reading B of this gland"),
        KeyRow(",  .", "to the other gland"),
    )),
    KeyGroup("Program", (
        *(row for group in KEY_GROUPS for row in group.rows if row.keys in ("Enter", "?", "Ctrl+L")),
    )),
)  # fmt: skip
