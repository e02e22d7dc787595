"""What can be wrong with a page as it stands on the screen, whoever looks at it: cut, outside, nameless, out of order.

Each function takes a shown page and gives a set of sentences, empty where all is well. It opens no window.
"""
from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QComboBox,
    QLabel,
    QLineEdit,
    QScrollArea,
    QWidget,
)

KEYS_OF = {
    "↶": "Ctrl+Z", "↷": "Ctrl+Shift+Z", "?  keys": "?", "?  taster": "?", "Lock": "Ctrl+L", "Lås": "Ctrl+L",
    "▶": "", "◂": "←", "▸": "→", "Back  (Esc)": "Esc", "Tilbage  (Esc)": "Esc",
}  # fmt: skip
"""Buttons that do what a key does, and the key; the space bar has a name of its own in every language."""
SIDE_WORDS = {"right": ("RIGHT", "HØJRE"), "left": ("LEFT", "VENSTRE")}
CONTROLS = (QAbstractButton, QLineEdit, QComboBox, QLabel, QAbstractScrollArea)


def shown(root: QWidget) -> Iterator[QWidget]:
    """The visible widgets below `root`, in the order in which they were made."""
    return (widget for widget in root.findChildren(QWidget) if widget.isVisibleTo(root) and widget.isVisible())


def called(widget: QWidget) -> str:
    """How a fault names a widget."""
    text = widget.text() if isinstance(widget, QAbstractButton | QLabel) else ""
    return f"{type(widget).__name__} '{text or widget.accessibleName() or widget.objectName()}'"


# ---- place -------------------------------------------------------------------------------------------------
def outside(root: QWidget) -> set[str]:
    """Controls that do not lie wholly within what holds them. What a page scrolls to may lie above or below."""
    return {fault for widget in shown(root) if isinstance(widget, CONTROLS) for fault in _outside(widget, root)}


def _outside(widget: QWidget, root: QWidget) -> Iterator[str]:
    inner, holder = widget, widget.parentWidget()
    while holder is not None and inner is not root:
        place = QRect(widget.mapTo(holder, QPoint(0, 0)), widget.size())
        area = holder.parentWidget()
        if isinstance(area, QAbstractScrollArea) and area.viewport() is holder:
            if not isinstance(area, QScrollArea):
                return  # a table's own parts
            if area.horizontalScrollBar().isVisible() or not _within(place, holder.rect(), across=True):
                yield f"{called(widget)} is {place.width()} wide at {place.x()}, in a page of {holder.width()}"
            return
        if not _within(place, holder.rect()):
            yield f"{called(widget)} at {place.getRect()} is outside {called(holder)} of {holder.size().toTuple()}"
            return
        inner, holder = holder, area


def _within(place: QRect, room: QRect, *, across: bool = False) -> bool:
    beside = place.left() >= room.left() and place.right() <= room.right()
    return beside and (across or (place.top() >= room.top() and place.bottom() <= room.bottom()))


def slits(root: QWidget) -> set[str]:
    """What scrolls and shows less of it than two lines."""
    areas = (one for one in shown(root) if isinstance(one, QScrollArea) and one.widget() is not None)
    return {
        f"{called(one)} shows {one.viewport().height()} of {one.widget().height()}"
        for one in areas
        if one.viewport().height() < min(one.widget().height(), 2 * one.fontMetrics().height())
    }


# ---- colour ------------------------------------------------------------------------------------------------
def colour_alone(root: QWidget) -> set[str]:
    """Widgets whose colour says something that no word and no sign of theirs says."""
    return {f"{called(one)} tells {told} by colour alone" for one in shown(root) for told in _only_coloured(one)}


def _only_coloured(widget: QWidget) -> Iterator[str]:
    tone, side = widget.property("tone") or "", widget.property("side") or ""
    text = widget.text() if isinstance(widget, QAbstractButton | QLabel) else ""
    if isinstance(widget, QAbstractButton):
        if widget.property("current") == "true" and "▸" not in text:
            yield "the step where one is"
        if widget.property("done") == "true" and widget.property("current") != "true" and "✓" not in text:
            yield "a step that is done"
        if tone and text in ("", "⋯"):
            yield tone
        if widget.isChecked() and not QAccessible.queryAccessibleInterface(widget).state().checked:
            yield "what is chosen"
    elif isinstance(widget, QLineEdit) and tone == "refused" and not _said_below(widget.parentWidget()):
        yield "a refused text"
    elif widget.objectName() == "sentence" and tone == "refused" and "▲" not in _words_of(widget):
        yield "a refusal"
    if side in SIDE_WORDS and not any(word in f"{text} {_words_of(widget)}" for word in SIDE_WORDS[side]):
        yield f"the {side} side"


def _said_below(holder: QWidget | None) -> bool:
    labels = holder.findChildren(QLabel) if holder is not None else []
    return any(one.isVisible() and one.property("role") in ("refused", "amber") and one.text() for one in labels)


def _words_of(holder: QWidget) -> str:
    return " ".join(one.text() for one in holder.findChildren(QLabel) if one.isVisible())


# ---- focus -------------------------------------------------------------------------------------------------
def takes_focus(widget: QWidget) -> bool:
    """Whether Tab can come to it."""
    return bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus) and widget.isEnabled() and widget.isVisible()


def nameless(root: QWidget) -> set[str]:
    """What takes the focus or is pressed and has no name for a screen reader; a sign alone is none."""
    pressed_or_reached = (
        one for one in shown(root) if takes_focus(one) or (isinstance(one, QAbstractButton) and one.isEnabled())
    )
    return {f"{called(one)} has no name" for one in pressed_or_reached if not re.search(r"\w", spoken_name(one))}


def spoken_name(widget: QWidget) -> str:
    """What a screen reader is given."""
    seen = QAccessible.queryAccessibleInterface(widget)
    return str(seen.text(QAccessible.Text.Name)) if seen is not None else ""


def keyless(root: QWidget) -> set[str]:
    """Buttons that carry the sign of a key, or do what a key does, whose tip does not name the key."""
    buttons = (one for one in shown(root) if isinstance(one, QAbstractButton))
    return {f"{called(one)} does not say its key ({key})" for one in buttons for key in _keys_of(one)
            if f"({key}" not in one.toolTip()}  # fmt: skip


def _keys_of(made: QAbstractButton) -> Iterator[str]:
    text = made.text()
    if "⏎" in text:
        yield "Enter"
    if made.property("role") == "missing" and (found := re.search(r" ([A-Z])$", text)) is not None:
        yield found[1]
    yield from (key for word, key in KEYS_OF.items() if word in (text, spoken_name(made)))


def focus_chain(root: QWidget) -> list[QWidget]:
    """What Tab comes to below `root`, beginning with what is read first."""
    chain, one = [], root.nextInFocusChain()
    while one is not root:
        if root.isAncestorOf(one) and takes_focus(one) and one.focusProxy() is None:
            chain.append(one)
        one = one.nextInFocusChain()
    if not chain:
        return []
    seen = [place for place, widget in enumerate(chain) if not widget.visibleRegion().isEmpty()]
    first = min(seen or [0], key=lambda place: _corner(chain[place], root))
    return chain[first:] + chain[:first]


def _corner(widget: QWidget, root: QWidget) -> tuple[int, int]:
    place = widget.mapTo(root, QPoint(0, 0))
    return place.y(), place.x()


def out_of_order(root: QWidget) -> set[str]:
    """Steps of Tab that go back: up within a column, or left within a line."""
    chain = focus_chain(root)
    return {fault for one, two in itertools.pairwise(chain) for fault in _goes_back(one, two, root)}


def _goes_back(one: QWidget, two: QWidget, root: QWidget) -> Iterator[str]:
    """Compare the two parts of the page that part them: zones come left to right, lines within one downwards."""
    first, second = _parted(one, two, root)
    a, b = _place(first, root), _place(second, root)
    beside = a.top() <= b.bottom() and b.top() <= a.bottom()
    above = b.bottom() < a.top()
    left = b.right() < a.left() and beside
    if above or left:
        yield f"Tab goes from {called(one)} {'up' if above else 'left'} to {called(two)}"


def _parted(one: QWidget, two: QWidget, root: QWidget) -> tuple[QWidget, QWidget]:
    mine = _line_of(one, root)
    theirs = _line_of(two, root)
    for a, b in zip(mine, theirs, strict=False):
        if a is not b:
            return a, b
    return one, two


def _line_of(widget: QWidget, root: QWidget) -> list[QWidget]:
    line = [widget]
    while line[0] is not root and line[0].parentWidget() is not None:
        line.insert(0, line[0].parentWidget())
    return line


def _place(widget: QWidget, root: QWidget) -> QRect:
    return QRect(widget.mapTo(root, QPoint(0, 0)), widget.size())
