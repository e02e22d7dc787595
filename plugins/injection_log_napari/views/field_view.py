"""One field of a form: its editor by the field's kind, what was refused or found, and the small mark beside it.

It shows a row and reports what was typed or pressed; it knows no rule.
"""
from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, Signal, SignalInstance
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget
from typing_extensions import override

from injection_log_napari.presenters.form import CHOICE_KINDS, FieldMark, FieldRow
from injection_log_napari.said import Entry, Said, say
from injection_log_napari.views.parts import ENTER, Flow, button, label
from injection_log_napari.views.style import set_role

NARROW, TIME, SMALL = 100, 112, 26
TALK_KEY = Qt.Key.Key_F2
TITLE_WIDTH, WIDE_TITLE = 128, 236
ARROWS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Up: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Down: 1}


def small_button(sign: str, pressed: Callable[[], None]) -> QPushButton:
    """A button beside a value, as narrow as its sign; hidden until there is something to show."""
    made = button(sign, pressed, "small")
    made.setFixedWidth(SMALL)
    made.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
    made.hide()
    return made


def show_mark(made: QPushButton, title: str, mark: FieldMark) -> None:
    """Show what is asked about a value on the button beside it."""
    made.setText(mark.sign)
    made.setToolTip(f"{mark.words} (F2)")
    made.setAccessibleName(f"{title}: {mark.words}")
    set_role(made, "tone", mark.tone)


def keep_place(widget: QWidget) -> None:
    """Let a widget keep its place once it was shown: what stands below does not move when it goes."""
    policy = widget.sizePolicy()
    policy.setRetainSizeWhenHidden(True)
    widget.setSizePolicy(policy)


class FieldSignals(QWidget):
    """What a field tells, and a form of its fields."""

    typed = Signal(str, str)
    pressed = Signal(str, str)
    now_asked = Signal(str)
    me_asked = Signal(str)
    offer_taken = Signal(str)
    theirs_taken = Signal(str)
    mine_put = Signal(str)
    talk_asked = Signal(str)
    ticked = Signal(str)
    entered = Signal(bool)


class FieldView(Said, FieldSignals):
    """One field."""

    def __init__(self, row: FieldRow, *, is_wide: bool) -> None:
        super().__init__()
        self.row = row
        self.editor: QLineEdit | None = None
        self.choices: dict[str, QPushButton] = {}
        self.helpers: list[QPushButton] = []
        self._title = label(row.title, wraps=True)
        self._why = label("", "refused", wraps=True)
        self._why.hide()
        self._found = label("", "amber", wraps=True)
        self._found.hide()
        self._hint = label("", "quiet", wraps=True)
        self.offer = button("", lambda: self.offer_taken.emit(self.row.name), tip="Records these answers as yours")
        for made in (self._hint, self.offer):
            made.hide()
        self.theirs = button("Take theirs", lambda: self.theirs_taken.emit(self.row.name))
        self.mine = button("Put mine again", lambda: self.mine_put.emit(self.row.name))
        self.tick, self.mark = self._small("○", self.ticked), self._small("⋯", self.talk_asked)
        self.tick.setCheckable(True)
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
        elif row.kind in CHOICE_KINDS:
            line = QHBoxLayout()
            line.setSpacing(4)
            line.addWidget(self._title, 1)
        else:
            line = self._line()
        line.addWidget(self.tick, 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(self.mark, 0, Qt.AlignmentFlag.AlignTop)
        column.addLayout(line)
        if row.kind in CHOICE_KINDS and not is_wide:
            column.addLayout(self._choice_buttons())
        column.addWidget(self._hint)
        column.addWidget(self.offer, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self._why)
        column.addWidget(self._whose())
        column.addWidget(self._found)
        self.show_row(row)

    def _small(self, sign: str, signal: SignalInstance) -> QPushButton:
        return small_button(sign, lambda: signal.emit(self.row.name))

    def _whose(self) -> QWidget:
        """The two ways out of a conflict, in place."""
        self._ways = QWidget()
        row = QHBoxLayout(self._ways)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.theirs)
        row.addWidget(self.mine)
        row.addStretch(1)
        self._ways.hide()
        return self._ways

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
        line.setSpacing(4)
        self.editor = Entry()
        self.editor.setAccessibleName(self.row.title)
        self.editor.setMinimumHeight(34)
        self._title.setBuddy(self.editor)
        line.addWidget(self._title)
        line.addWidget(self.editor, 1)
        if self.row.kind in ("volume", "length", "integer", "time"):
            self.editor.setFixedWidth(TIME if self.row.kind == "time" else NARROW)
            line.addStretch(1)
        if self.row.kind == "volume":
            self.editor.setAlignment(Qt.AlignmentFlag.AlignRight)
        if self.row.unit:
            line.insertWidget(2, label(self.row.unit, "quiet"))
        if self.row.kind == "time":
            self.helpers.append(button("now", lambda: self.now_asked.emit(self.row.name), tip="the time now"))
            self.helpers[-1].setAccessibleName(f"{self.row.title}: the time now")
            line.insertWidget(2, self.helpers[0])
        if self.row.kind == "person":
            self.helpers.append(button("me", lambda: self.me_asked.emit(self.row.name), tip="the person logged in"))
            self.helpers[-1].setAccessibleName(f"{self.row.title}: the person logged in")
            line.addWidget(self.helpers[0])
        self.editor.editingFinished.connect(self.commit)
        self.editor.installEventFilter(self)
        return line

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.MouseButtonDblClick and watched is not self.editor:
            # An answer leads on, and what it leads to is scrolled into sight: a second click would answer that.
            return True
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() == TALK_KEY and self.row.mark is not None:
                self.talk_asked.emit(self.row.name)
                return True
            used = self._editor_key(event) if watched is self.editor else self._choice_key(event)
            if used:
                return True
        return super().eventFilter(watched, event)

    def _editor_key(self, event: QKeyEvent) -> bool:
        """Enter commits, and goes on where the text was kept; Esc gives back what is recorded."""
        assert self.editor is not None
        if event.key() in ENTER:
            if not event.isAutoRepeat():
                was_recorded = self.editor.text() == _written(self.row, self.row.text) and not self.row.refused
                self.commit(deliberate=True)
                if not self.row.refused:
                    self._show_recorded()
                    self.entered.emit(not was_recorded)
            return True
        if event.key() == Qt.Key.Key_Escape and self.editor.text() != _written(self.row, self.row.stored):
            self.editor.setText(_written(self.row, self.row.stored))
            if self.row.refused:
                self.commit()
            return True
        return self._turning_key(event)

    def _show_recorded(self) -> None:
        """What was typed is kept: it stands as it was read, also where it was a line that answered several fields."""
        assert self.editor is not None
        if self.editor.text() != _written(self.row, self.row.text):
            self.editor.setText(_written(self.row, self.row.text))

    def _turning_key(self, event: QKeyEvent) -> bool:
        """Undo and redo are the field's own while it holds what is not recorded; else they are the room's."""
        assert self.editor is not None
        undoes, redoes = (event.matches(one) for one in (QKeySequence.StandardKey.Undo, QKeySequence.StandardKey.Redo))
        own = self.editor.isRedoAvailable() if redoes else self.editor.isUndoAvailable()
        if not (undoes or redoes) or (own and (redoes or self.editor.text() != self.row.text)):
            return False
        event.ignore()  # it goes on to the page
        return True

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

    def commit(self, *, deliberate: bool = False) -> None:
        """Report what is typed and not yet reported; `deliberate` where Enter was pressed."""
        if self.editor is None or not self.editor.isEnabled():
            return
        # A refused text is sent again whenever it is committed: what stood against it may be corrected by now.
        again = bool(self.row.refused) and (deliberate or not self.row.is_overtaken)
        if again or self.editor.text() != _written(self.row, self.row.text):
            self.typed.emit(self.row.name, self.editor.text())

    def _press(self, value: str) -> None:
        # The record answers; until then the button shows what is recorded.
        self.choices[value].setChecked(value in self.row.chosen)
        self.pressed.emit(self.row.name, value)

    def show_row(self, row: FieldRow) -> None:
        """Show a row's new state; a text that is being typed stays."""
        was = _written(self.row, self.row.text)
        typing = self.editor is not None and self.editor.hasFocus() and self.editor.text() != was
        refused_now = bool(row.refused) and row != self.row
        self.row = row
        self._title.setText(row.title)
        tone = "refused" if row.refused else "missing" if row.is_missing else ""
        if self.editor is not None:
            text = _written(row, row.text)
            if self.editor.text() != text and (refused_now or not typing):
                self.editor.setText(text)
            set_role(self.editor, "tone", tone)
        for value, made in self.choices.items():
            made.setChecked(value in row.chosen)
            set_role(made, "role", "missing" if row.is_missing else "")
        self._one_stop()
        self._show_remarks(row)

    @override
    def say_again(self) -> None:
        """Write a recorded figure as the language does; what is being typed stays."""
        recorded = self.row.text
        if self.editor is not None and self.editor.text() in (recorded, recorded.replace(".", ",")):
            self.editor.setText(_written(self.row, recorded))

    def _show_remarks(self, row: FieldRow) -> None:
        self._hint.setText(row.hint)
        self._hint.setVisible(bool(row.hint))
        if row.offer:
            self.offer.setText(row.offer)
            keep_place(self.offer)
        self.offer.setVisible(bool(row.offer))
        pressed = f" You pressed: {row.mine}." if row.mine else ""
        self._why.setText(row.refused + pressed if row.refused else row.note)
        self._why.setVisible(bool(row.refused or row.note))
        self._ways.setVisible(row.is_overtaken)
        self._found.setText("\n".join(f"▲ {sentence}" for sentence in row.findings))
        self._found.setVisible(bool(row.findings))
        mark = row.mark
        self.mark.setVisible(mark is not None)
        self.tick.setVisible(mark is not None and (mark.may_verify or bool(mark.verified)))
        if mark is None:
            return
        show_mark(self.mark, row.title, mark)
        # Another sign, not only another colour: an empty ring is no mark yet.
        self.tick.setText("✓" if mark.verified else "○")
        self.tick.setChecked(bool(mark.verified))
        self.tick.setEnabled(mark.may_verify or mark.may_take_back)
        back = "; press to take it back" if mark.may_take_back else ""
        words = mark.verified + back if mark.verified else "Compare with the source, then press: it is verified"
        self.tick.setToolTip(words)
        self.tick.setAccessibleName(f"{row.title}: {words}")

    def set_open(self, *, is_open: bool) -> None:
        """Let the value be changed or only be read; the marks beside it can always be reached."""
        for widget in (*([self.editor] if self.editor else []), *self.helpers, *self.choices.values()):
            widget.setEnabled(is_open)
        # While a field is open its mark is F2 away, and Tab goes from value to value.
        policy = Qt.FocusPolicy.ClickFocus if is_open else Qt.FocusPolicy.StrongFocus
        for small in (self.tick, self.mark):
            small.setFocusPolicy(policy)

    def take_focus(self) -> None:
        """Put the focus into the field."""
        reachable = (
            stop for stop in self.stops()
            if stop.isEnabled() and not stop.isHidden() and stop.focusPolicy() & Qt.FocusPolicy.TabFocus
        )
        target = next(reachable, None)
        if target is not None:
            target.setFocus(Qt.FocusReason.OtherFocusReason)

    def stops(self) -> list[QWidget]:
        """Where Tab can stop in this field, in order."""
        values = [*([self.editor] if self.editor else []), *self.helpers, *self.choices.values(), self.offer]
        return [*values, self.theirs, self.mine, self.tick, self.mark]


def _written(row: FieldRow, text: str) -> str:
    """A text as the editor shows it: a volume with the decimal sign of the language, all else as it was typed."""
    return say(text) if row.kind == "volume" and not row.refused else text
