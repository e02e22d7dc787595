"""A form: one row per field, an editor by the field's kind. Shows rows, reports what was typed or pressed.

Editors are kept while the same fields are asked, so that no character and no focus is lost when values change.
"""
from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QScrollArea, QVBoxLayout, QWidget
from typing_extensions import override

from injection_log_napari.presenters.form import CHOICE_KINDS, FieldRow
from injection_log_napari.views.parts import ENTER, Flow, button, label
from injection_log_napari.views.style import set_role

NARROW = 110
TITLE_WIDTH, WIDE_TITLE = 132, 236
ARROWS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Up: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Down: 1}


class FieldView(QWidget):
    """One field."""

    typed = Signal(str, str)
    pressed = Signal(str, str)
    now_asked = Signal(str)
    me_asked = Signal(str)
    entered = Signal(bool)

    def __init__(self, row: FieldRow, *, is_wide: bool) -> None:
        super().__init__()
        self.row = row
        self.editor: QLineEdit | None = None
        self.choices: dict[str, QPushButton] = {}
        self.helpers: list[QPushButton] = []
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
            made.installEventFilter(self)
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
            self.helpers.append(button("now", lambda: self.now_asked.emit(self.row.name), tip="the time now"))
            line.insertWidget(2, self.helpers[0])
        if self.row.kind == "person":
            self.helpers.append(button("me", lambda: self.me_asked.emit(self.row.name), tip="the person logged in"))
            line.addWidget(self.helpers[0])
        self.editor.editingFinished.connect(self._commit)
        self.editor.installEventFilter(self)
        return line

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            used = self._editor_key(event) if watched is self.editor else self._choice_key(event)
            if used:
                return True
        return super().eventFilter(watched, event)

    def _editor_key(self, event: QKeyEvent) -> bool:
        """Enter commits, and goes on where the text was kept; Esc gives back what is recorded."""
        assert self.editor is not None
        if event.key() in ENTER:
            if not event.isAutoRepeat():
                was_recorded = self.editor.text() == self.row.text and not self.row.refused
                self._commit(deliberate=True)
                if not self.row.refused:
                    self.entered.emit(not was_recorded)
            return True
        if event.key() == Qt.Key.Key_Escape and self.editor.text() != self.row.stored:
            self.editor.setText(self.row.stored)
            if self.row.refused:
                self._commit()
            return True
        return False

    def _choice_key(self, event: QKeyEvent) -> bool:
        """Choices are one stop of Tab; arrows go from one to its neighbour and choose nothing."""
        by = ARROWS.get(Qt.Key(event.key()))
        made = list(self.choices.values())
        here = next((n for n, one in enumerate(made) if one.hasFocus()), None)
        if by is None or here is None:
            return False
        made[(here + by) % len(made)].setFocus(Qt.FocusReason.TabFocusReason)
        self._one_stop()
        return True

    def _one_stop(self) -> None:
        """Let Tab stop at one of the choices: the one in focus, else the chosen one, else the first."""
        made = list(self.choices.values())
        stop = next((one for one in made if one.hasFocus()), None)
        stop = stop or next((one for one in made if one.isChecked()), None) or next(iter(made), None)
        for one in made:
            one.setFocusPolicy(Qt.FocusPolicy.StrongFocus if one is stop else Qt.FocusPolicy.ClickFocus)

    def _commit(self, *, deliberate: bool = False) -> None:
        if self.editor is None:
            return
        # A refused text is sent again whenever it is committed: what stood against it may be corrected by now.
        again = bool(self.row.refused) and (deliberate or not self.row.is_overtaken)
        if again or self.editor.text() != self.row.text:
            self.typed.emit(self.row.name, self.editor.text())

    def _press(self, value: str) -> None:
        # The record answers; until then the button shows what is recorded.
        self.choices[value].setChecked(value in self.row.chosen)
        self.pressed.emit(self.row.name, value)

    def show_row(self, row: FieldRow) -> None:
        """Show a row's new state; a text that is being typed stays."""
        typing = self.editor is not None and self.editor.hasFocus() and self.editor.text() != self.row.text
        refused_now = bool(row.refused) and row != self.row
        self.row = row
        self._title.setText(row.title)
        tone = "refused" if row.refused else "missing" if row.is_missing else ""
        if self.editor is not None:
            if self.editor.text() != row.text and (refused_now or not typing):
                self.editor.setText(row.text)
            set_role(self.editor, "tone", tone)
        for value, made in self.choices.items():
            made.setChecked(value in row.chosen)
            set_role(made, "role", "missing" if row.is_missing else "")
        self._one_stop()
        self._why.setText(row.refused or row.note)
        self._why.setVisible(bool(row.refused or row.note))

    def take_focus(self) -> None:
        """Put the focus into the field."""
        reachable = (stop for stop in self.stops() if stop.focusPolicy() & Qt.FocusPolicy.TabFocus)
        target = next(reachable, None)
        if target is not None:
            target.setFocus(Qt.FocusReason.OtherFocusReason)

    def stops(self) -> list[QWidget]:
        """Where Tab can stop in this field, in order."""
        return [*([self.editor] if self.editor else []), *self.helpers, *self.choices.values()]


class FormView(QWidget):
    """Rows of fields, in order."""

    typed = Signal(str, str)
    pressed = Signal(str, str)
    now_asked = Signal(str)
    me_asked = Signal(str)
    entered = Signal(bool)

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
        field.entered.connect(self.entered)
        return field

    def stops(self) -> list[QWidget]:
        """Where Tab can stop in this form, in the order of the fields."""
        in_order = (self._column.itemAt(place) for place in range(self._column.count()))
        fields = (item.widget() for item in in_order if item is not None)
        return [stop for field in fields if isinstance(field, FieldView) for stop in field.stops()]

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
