"""What a person can read in a window: every text of its widgets, those the catalogue lacks, those that are cut."""
from __future__ import annotations

import re
from collections.abc import Iterator

from PySide6.QtWidgets import (
    QAbstractButton,
    QComboBox,
    QLabel,
    QLineEdit,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from injection_log.language import Catalogue
from injection_log_napari.said import ENGLISH_ROLE, Said

VALUES = re.compile(
    r"(Practice (Injector|Operator|Monitor|Investigator|Data Manager|Administrator|Assistant)"  # names and user ids
    r"|injector|operator|monitor|investigator|manager|admin"
    r"|[A-Z]{2,}-\d+|Q-\d+|PRACTICE-SMG( \d\.\d)?|PRACTICE|INJLOG|ORTHANC|[A-Z0-9]+-PRACTICE"  # codes
    r"|PRACTICE PHANTOM|PRACTICE-US|practice|Ultrasound submandibular glands \(practice\)|PRACTICE\d*|English|Dansk"
    r"|\d+ G × \d+ mm|UTC[+-][\d:]+|SHA-256 [0-9a-f]{64}|[0-9a-f]{12,}|[0-9a-f]{2,4}([: ][0-9a-f]{2,4})+"
    r"|[A-Z]|F\d+|Ctrl\+(Shift\+)?\w|Esc|\+[LWD]|[RL]{1,2}|px|fr|C-GET|C-MOVE|CSV|pixels|PixelSpacing)"
)
"""What no language changes: names, codes, digests, keys, what the hospital or the phantom wrote."""


def english_on(root: QWidget) -> Iterator[str]:
    """The English of every text, tip, name and hint that is said in the visible widgets below `root`."""
    for widget in [root, *root.findChildren(QWidget)]:
        if not widget.isVisible():
            continue
        if isinstance(widget, Said):
            yield from widget._english().values()
        if isinstance(widget, QTableWidget):
            yield from (str(item.data(ENGLISH_ROLE)) for item in _cells(widget) if item.data(ENGLISH_ROLE) is not None)
        if isinstance(widget, QComboBox):
            yield from (str(widget.itemData(place, ENGLISH_ROLE)) for place in range(widget.count()))


def plain_on(root: QWidget) -> Iterator[str]:
    """The texts that are shown as they are in every language: they may only be values."""
    for widget in root.findChildren(QWidget):
        if not widget.isVisible():
            continue
        if isinstance(widget, QLabel | QAbstractButton) and not isinstance(widget, Said):
            yield widget.text()
        if isinstance(widget, QLineEdit) and not isinstance(widget, Said):
            yield widget.placeholderText()
        if isinstance(widget, QTableWidget):
            yield from (item.text() for item in _cells(widget) if item.data(ENGLISH_ROLE) is None)


def _cells(table: QTableWidget) -> list[QTableWidgetItem]:
    headings = [table.horizontalHeaderItem(column) for column in range(table.columnCount())]
    cells = [table.item(row, column) for row in range(table.rowCount()) for column in range(table.columnCount())]
    return [item for item in (*headings, *cells) if item is not None]


def lacking(root: QWidget, catalogue: Catalogue, typed: tuple[str, ...] = ()) -> set[str]:
    """The pieces on screen that are neither in the catalogue nor a value nor one of the typed texts."""
    said = {piece for text in english_on(root) for piece in catalogue.lacks(text)}
    plain = {text for text in plain_on(root) if re.search(r"[^\W\d_]", text)}
    pieces = {piece.replace("\u200b", "") for piece in said | plain}  # marks where a long number may be broken
    return {piece for piece in pieces if not VALUES.fullmatch(piece) and piece not in typed}


def cut(root: QWidget) -> set[str]:
    """The labels and buttons whose text has less room than it needs."""
    found = set()
    for widget in root.findChildren(QLabel) + root.findChildren(QAbstractButton):
        if not widget.isVisible() or not re.search(r"[^\W\d_]", widget.text()) or widget.visibleRegion().isEmpty():
            continue
        if isinstance(widget, QLabel) and (widget.minimumSizeHint().width() < widget.sizeHint().width()) and (
            not widget.wordWrap()
        ):
            continue  # gives way on purpose, with its whole text in its tip
        if isinstance(widget, QLabel) and widget.wordWrap():
            is_cut = widget.heightForWidth(widget.width()) > widget.height() + 1
        else:
            widest = max(map(widget.fontMetrics().horizontalAdvance, widget.text().replace("&&", "&").split("\n")))
            is_cut = widest > widget.width() - (6 if isinstance(widget, QAbstractButton) else 0)
        if is_cut:
            found.add(f"{widget.text()} ({widget.width()} x {widget.height()})")
    return found
