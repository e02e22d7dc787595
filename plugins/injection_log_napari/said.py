"""The edge where texts become the language of the window: widgets that are given English and show what is spoken.

A widget keeps its English, so that another language is shown at once and nothing typed is touched. What is typed
(the text of a field, a table of values) does not pass here. English costs nothing: it is shown as it is given.
"""
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QLibraryInfo, Qt, QTranslator
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QTableView,
    QTableWidget,
    QTableWidgetItem,
    QToolButton,
    QWidget,
)
from typing_extensions import override

from injection_log.language import ENGLISH, Catalogue, catalogue_of

ENGLISH_ROLE = Qt.ItemDataRole.UserRole + 77
"""Where an item of a table or a box keeps its English."""


class _Spoken:
    """The language of this process's windows, and the words of Qt's own dialogs in it."""

    catalogue: Catalogue = catalogue_of(ENGLISH)
    dialogs: QTranslator | None = None


def say(text: str) -> str:
    """A finished English text in the language that is spoken."""
    return _Spoken.catalogue.say(text)


def spoken() -> str:
    """The code of the language that is spoken."""
    return _Spoken.catalogue.language


def speak(language: str) -> None:
    """Speak another language from now on, in every window that is open. Raises KeyError for one there is not."""
    if language == spoken():
        return
    _Spoken.catalogue = catalogue_of(language)
    _speak_in_dialogs(language)
    for widget in QApplication.allWidgets():
        if isinstance(widget, Said):
            widget.say_again()
        if isinstance(widget, QTableWidget):
            _say_cells_again(widget)
        elif isinstance(widget, QTableView):
            widget.viewport().update()
            widget.horizontalHeader().viewport().update()


def _speak_in_dialogs(language: str) -> None:
    if _Spoken.dialogs is not None:
        QApplication.removeTranslator(_Spoken.dialogs)
        _Spoken.dialogs = None
    if language == ENGLISH:
        return
    translator = QTranslator()
    if translator.load(f"qtbase_{language}", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)):
        QApplication.installTranslator(translator)
        _Spoken.dialogs = translator


if TYPE_CHECKING:
    _Mixed = QWidget
else:
    _Mixed = object


class Said(_Mixed):
    """Mixed in before a widget's class: tip, name and title are given in English and shown in what is spoken."""

    def say_again(self) -> None:
        """Show every word in the language that is spoken now."""
        for setter, english in list(self._english().items()):
            getattr(self, setter)(english)

    def _english(self) -> dict[str, str]:
        kept: dict[str, str] = self.__dict__.setdefault("_words_in_english", {})
        return kept

    def _say(self, setter: str, english: str) -> str:
        self._english()[setter] = english
        return say(english)

    @override
    def setToolTip(self, text: str) -> None:
        """Set the tip."""
        super().setToolTip(self._say("setToolTip", text))

    @override
    def setAccessibleName(self, text: str) -> None:
        """Set what a screen reader calls it."""
        super().setAccessibleName(self._say("setAccessibleName", text))

    @override
    def setWindowTitle(self, text: str) -> None:
        """Set the title of a window."""
        super().setWindowTitle(self._say("setWindowTitle", text))


class SaidText(Said):
    """The same for widgets whose text is the program's."""

    def setText(self, text: str) -> None:  # noqa: N802 - Qt's own name
        """Show a text."""
        super().setText(self._say("setText", text))  # type: ignore[misc]

    def english(self) -> str:
        """The text as it was given."""
        return self._english().get("setText", "")


class SaidOnButton(SaidText):
    """The same for buttons, whose "&" is doubled so that it makes no shortcut."""

    @override
    def setText(self, text: str) -> None:
        shown = self._say("setText", text.replace("&&", "&")).replace("&", "&&")
        super(SaidText, self).setText(shown)  # type: ignore[misc]


class Label(SaidText, QLabel):
    """A label in the language that is spoken."""


class Check(SaidOnButton, QCheckBox):
    """A check box in the language that is spoken."""


class Tool(SaidOnButton, QToolButton):
    """A tool button in the language that is spoken."""


class Table(Said, QTableWidget):
    """A table whose name is said; its cells are made by `cell`."""


class Entry(Said, QLineEdit):
    """A field: its text is the person's, its hint and name are said."""

    @override
    def setPlaceholderText(self, text: str) -> None:
        super().setPlaceholderText(self._say("setPlaceholderText", text))


class Box(Said, QComboBox):
    """A box of choices in the language that is spoken."""

    @override
    def addItem(self, text: str, value: Any = None) -> None:  # type: ignore[override]
        super().addItem(say(text), value)
        self.setItemData(self.count() - 1, text, ENGLISH_ROLE)

    @override
    def say_again(self) -> None:
        super().say_again()
        for place in range(self.count()):
            self.setItemText(place, say(str(self.itemData(place, ENGLISH_ROLE))))


def cell(text: str) -> QTableWidgetItem:
    """A cell or heading with a text of the program; what a person typed is a plain QTableWidgetItem."""
    made = QTableWidgetItem(say(text))
    made.setData(ENGLISH_ROLE, text)
    return made


def english_of(item: QTableWidgetItem) -> str:
    """The text of a cell as it was given."""
    english = item.data(ENGLISH_ROLE)
    return item.text() if english is None else str(english)


def _say_cells_again(table: QTableWidget) -> None:
    silent = table.blockSignals(True)
    headings = [table.horizontalHeaderItem(column) for column in range(table.columnCount())]
    cells = [table.item(row, column) for row in range(table.rowCount()) for column in range(table.columnCount())]
    for one in (*headings, *cells):
        # Qt's binding says that there always is one; a table may have empty places.
        if isinstance(one, QTableWidgetItem) and one.data(ENGLISH_ROLE) is not None:
            said = say(str(one.data(ENGLISH_ROLE)))
            if one.toolTip() == one.text():
                one.setToolTip(said)
            one.setText(said)
    table.blockSignals(silent)
    table.viewport().update()
