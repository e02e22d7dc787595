"""A form: one row per field, an editor by the field's kind. Shows rows, reports what was typed or pressed.

Editors are kept while the same fields are asked, so that no character and no focus is lost when values change.
"""
from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QScrollArea, QVBoxLayout, QWidget
from typing_extensions import override

from injection_log_napari.presenters.form import FieldRow
from injection_log_napari.views.parts import Flow, button, label
from injection_log_napari.views.style import set_role

NARROW = 110
TITLE_WIDTH, WIDE_TITLE = 132, 236
CHOICE_KINDS = ("choice", "choices", "yes_no")


class FieldView(QWidget):
    """One field."""

    typed = Signal(str, str)
    pressed = Signal(str, str)
    now_asked = Signal(str)
    me_asked = Signal(str)

    def __init__(self, row: FieldRow, *, is_wide: bool) -> None:
        super().__init__()
        self.row = row
        self.editor: QLineEdit | None = None
        self.choices: dict[str, QPushButton] = {}
        self._title = label(row.title, wraps=True)
        self._why = label("", "refused", wraps=True)
        self._why.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3)
        if is_wide or row.kind not in CHOICE_KINDS:
            self._title.setFixedWidth(WIDE_TITLE if is_wide else TITLE_WIDTH)
        if row.kind in CHOICE_KINDS and is_wide:
            line = QHBoxLayout()
            line.setSpacing(6)
            line.addWidget(self._title)
            line.addLayout(self._choice_buttons(), 1)
            column.addLayout(line)
        elif row.kind in CHOICE_KINDS:
            column.addWidget(self._title)
            column.addLayout(self._choice_buttons())
        else:
            column.addLayout(self._line())
        column.addWidget(self._why)
        self.show_row(row)

    def _choice_buttons(self) -> Flow:
        flow = Flow()
        for choice in self.row.choices:
            made = button(choice.title)
            made.setCheckable(True)
            made.setAccessibleName(f"{self.row.title}: {choice.title}")
            made.clicked.connect(lambda _checked=False, value=choice.value: self._press(value))
            self.choices[choice.value] = made
            flow.addWidget(made)
        return flow

    def _line(self) -> QHBoxLayout:
        line = QHBoxLayout()
        line.setSpacing(6)
        self.editor = QLineEdit()
        self.editor.setAccessibleName(self.row.title)
        self.editor.setMinimumHeight(34)
        self._title.setBuddy(self.editor)
        line.addWidget(self._title)
        line.addWidget(self.editor, 1)
        if self.row.kind in ("volume", "integer", "time"):
            self.editor.setFixedWidth(NARROW)
            line.addStretch(1)
        if self.row.kind == "volume":
            self.editor.setAlignment(Qt.AlignmentFlag.AlignRight)
        if self.row.unit:
            line.insertWidget(2, label(self.row.unit, "quiet"))
        if self.row.kind == "time":
            line.insertWidget(2, button("now", lambda: self.now_asked.emit(self.row.name)))
        if self.row.kind == "person":
            line.addWidget(button("me", lambda: self.me_asked.emit(self.row.name), tip="the person logged in"))
        self.editor.editingFinished.connect(self._commit)
        self.editor.installEventFilter(self)
        return line

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # Enter commits and goes on to the next field; Esc gives back what is stored.
        if watched is self.editor and event.type() == QEvent.Type.KeyPress:
            key = event.key()  # type: ignore[attr-defined]
            if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._commit()
                self.focusNextChild()
                return True
            if key == Qt.Key.Key_Escape and self.editor is not None and self.editor.text() != self.row.text:
                self.editor.setText(self.row.text)
                return True
        return super().eventFilter(watched, event)

    def _commit(self) -> None:
        if self.editor is not None and self.editor.text() != self.row.text:
            self.typed.emit(self.row.name, self.editor.text())

    def _press(self, value: str) -> None:
        # The record answers; until then the button shows what is recorded.
        self.choices[value].setChecked(value in self.row.chosen)
        self.pressed.emit(self.row.name, value)

    def show_row(self, row: FieldRow) -> None:
        """Show a row's new state; a text that is being typed stays."""
        typing = self.editor is not None and self.editor.hasFocus() and self.editor.text() != self.row.text
        self.row = row
        self._title.setText(row.title)
        tone = "refused" if row.refused else "missing" if row.is_missing else ""
        if self.editor is not None:
            if self.editor.text() != row.text and (row.refused or not typing):
                self.editor.setText(row.text)
            set_role(self.editor, "tone", tone)
        for value, made in self.choices.items():
            made.setChecked(value in row.chosen)
            set_role(made, "role", "missing" if row.is_missing else "")
        self._why.setText(row.refused or row.note)
        self._why.setVisible(bool(row.refused or row.note))

    def take_focus(self) -> None:
        """Put the focus into the field."""
        target = self.editor or next(iter(self.choices.values()), None)
        if target is not None:
            target.setFocus(Qt.FocusReason.OtherFocusReason)


class FormView(QWidget):
    """Rows of fields, in order."""

    typed = Signal(str, str)
    pressed = Signal(str, str)
    now_asked = Signal(str)
    me_asked = Signal(str)

    def __init__(self, *, is_wide: bool = False) -> None:
        super().__init__()
        self._is_wide = is_wide
        self.fields: dict[str, FieldView] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)

    def show_rows(self, rows: tuple[FieldRow, ...], *, enabled: bool = True) -> None:
        """Show rows; editors of fields that stay are kept."""
        names = [row.name for row in rows]
        for name in [name for name in self.fields if name not in names]:
            gone = self.fields.pop(name)
            self._column.removeWidget(gone)
            gone.hide()
            gone.deleteLater()
        for place, row in enumerate(rows):
            if row.name in self.fields:
                self.fields[row.name].show_row(row)
            else:
                self.fields[row.name] = self._made(row)
                self._column.insertWidget(place, self.fields[row.name])
        self.setEnabled(enabled)

    def _made(self, row: FieldRow) -> FieldView:
        field = FieldView(row, is_wide=self._is_wide)
        field.typed.connect(self.typed)
        field.pressed.connect(self.pressed)
        field.now_asked.connect(self.now_asked)
        field.me_asked.connect(self.me_asked)
        return field

    def focus_field(self, name: str) -> bool:
        """Put the focus into a field; False when it is not in this form."""
        if name not in self.fields:
            return False
        self.reveal(name)
        self.fields[name].take_focus()
        return True

    def reveal(self, name: str) -> None:
        """Scroll so that a field can be seen."""
        above: QWidget | None = self.parentWidget()
        while above is not None and not isinstance(above, QScrollArea):
            above = above.parentWidget()
        if above is not None:
            above.ensureWidgetVisible(self.fields[name], 20, 60)

    def commit(self) -> None:
        """Report what is typed and not yet reported (the window closes or locks)."""
        for field in list(self.fields.values()):
            field._commit()
