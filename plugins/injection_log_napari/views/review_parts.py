"""Parts of the review page: a gland's head, rows of label and value, and what changed since a signed version."""
from __future__ import annotations

import re
from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from injection_log.protocol.fields import TYPED_TITLES
from injection_log.record.rendering import Section
from injection_log_napari.presenters.comparison import Difference
from injection_log_napari.presenters.review import ReviewGland
from injection_log_napari.views.gland_parts import show_doubts
from injection_log_napari.views.parts import label

_LONG_WORD, _BREAK = re.compile(r"\S{25,}"), "\u200b"
TYPED = TYPED_TITLES | {"Participant", "Printed name", "User id", "Reason of the amendment"}
"""Rows whose values are names, codes or a person's own words."""


def gland_head(gland: ReviewGland) -> QWidget:
    """The gland's side and how far its record is."""
    title = label(gland.title)
    title.setObjectName("side")
    title.setProperty("side", gland.side)
    title.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
    state = label(gland.state, "chip")
    if gland.state.startswith(("signed", "reviewed", "locked")):
        state.setProperty("tone", "good")
    head = QWidget()
    row = QHBoxLayout(head)
    row.setContentsMargins(0, 0, 0, 0)
    row.addWidget(title)
    row.addStretch(1)
    row.addWidget(state, 0, Qt.AlignmentFlag.AlignVCenter)
    head.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
    return head


def doubts_view(sentences: Sequence[str]) -> QWidget:
    """What to look at before signing: amber, and each line with its sign."""
    shown = label("", "amber", wraps=True)
    show_doubts(shown, sentences)
    return shown


def add_sections(column: QVBoxLayout, sections: Sequence[Section]) -> None:
    """The record as the sheet prints it."""
    for section in sections:
        column.addWidget(label(section.title, "section"))
        column.addWidget(rows_view(section.rows))


def rows_view(rows: Sequence[tuple[str, str]], *, strong: bool = False) -> QWidget:
    """Rows of label and value; strong ones are what must be read."""
    holder = QWidget()
    grid = QGridLayout(holder)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(12)
    grid.setVerticalSpacing(3)
    grid.setColumnStretch(1, 1)
    for place, (name, value) in enumerate(rows):
        left = label(name, "quiet")
        left.setAlignment(Qt.AlignmentFlag.AlignTop)
        left.setMinimumWidth(110 if strong else 180)
        grid.addWidget(left, place, 0)
        role = "strong" if name == "INJECTED" else "value" if strong else ""
        grid.addWidget(label(_breakable(value), role, wraps=True, typed=name in TYPED), place, 1)
    return holder


def _breakable(value: str) -> str:
    """The same words, with places inside long ones (UIDs, digests) where a line may end; none of them is seen."""
    return _LONG_WORD.sub(lambda found: _BREAK.join(re.findall(r".{1,12}", found[0])), value)


def differences_view(changed: Sequence[Difference], version: int) -> QWidget:
    """What was signed beside what stands now, row by row."""
    if not changed:
        return label(f"Nothing: it reads as version {version} did.", "quiet", wraps=True)
    holder = QWidget()
    grid = QGridLayout(holder)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(12)
    grid.setVerticalSpacing(6)
    for column in (1, 2):
        grid.setColumnStretch(column, 1)
    for column, head in ((1, f"version {version}, signed"), (2, "now")):
        grid.addWidget(label(head, "quiet"), 0, column)
    for place, one in enumerate(changed, start=1):
        typed = one.label in TYPED
        old = label(one.old or "—", wraps=True, typed=typed)
        new = label(one.new or "—", "value", wraps=True, typed=typed)
        cells = (label(one.label, "quiet"), old, new)
        for column, cell in enumerate(cells):
            cell.setAlignment(Qt.AlignmentFlag.AlignTop)
            grid.addWidget(cell, place, column)
    return holder
