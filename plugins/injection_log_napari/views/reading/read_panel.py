"""The right panel of a case: the gland at work with its measures, grades and quality, the next act and the lock."""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from annotate.marks import Axis, Side
from injection_log.protocol.reading_design import GradeKind
from injection_log.reading.grades import Quality
from injection_log_napari.presenters.reading.read_panel import PanelState
from injection_log_napari.views.gland_panel import WIDTH
from injection_log_napari.views.gland_parts import SizeLine, pair
from injection_log_napari.views.parts import button, empty, label, scrolled
from injection_log_napari.views.question_card import QuestionCard
from injection_log_napari.views.reading.choices import GradeChoice, QualityChoice


@dataclass(frozen=True)
class ReadActs:
    """What the panel reports; `talk` is nobody's here, as a blinded reader is asked nothing."""

    caliper: Callable[[Axis], None]
    show_mark: Callable[[str], None]
    contour: Callable[[], None]
    grade: Callable[[GradeKind, int], None]
    judge: Callable[[Quality], None]
    say_why: Callable[[str], None]
    go: Callable[[Side], None]
    go_on: Callable[[], None]
    lock: Callable[[], None]
    talk: Callable[[str], None] = lambda _field: None


class SideTabs(QWidget):
    """The glands of a case, each a button with its sign."""

    def __init__(self, go: Callable[[Side], None]) -> None:
        super().__init__()
        self._go = go
        self.tabs: dict[Side, QPushButton] = {}
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(6)

    def show_tabs(self, tabs: tuple[tuple[Side, str], ...], at: Side) -> None:
        """Show them, with the one at work."""
        for side, words in tabs:
            if side not in self.tabs:
                made = button("", lambda side=side: self._go(side))  # type: ignore[misc]
                made.setCheckable(True)
                self.tabs[side] = made
                self._row.addWidget(made, 1)
            self.tabs[side].setText(words)
            self.tabs[side].setChecked(side == at)


class PanelFrame(QFrame):
    """What the panels of reader and adjudicator have: a head that stays, what scrolls, and a foot that stays."""

    def __init__(self, question: QuestionCard, go_on: Callable[[], None], lock: Callable[[], None]) -> None:
        super().__init__()
        self.setObjectName("panel")
        self.setFixedWidth(WIDTH)
        self.question = question
        self.next = button("Next  ⏎", go_on, "primary", "The next act (Enter)")
        self.lock = button("Lock case…", lock, tip="Lists what is still owed, or asks before it locks for good")

    def show_foot(self, *, may_lock: bool) -> None:
        """Show what comes next; while a card asks, Enter is its answer and no other button carries the sign."""
        asks = not self.question.isHidden()
        words = "Lock case…" if may_lock else "Next"
        self.lock.setVisible(not may_lock)
        self.next.setText(words if asks else f"{words}  ⏎")
        self.next.setEnabled(not asks)

    def compose(self, head: QLayout, inner: QWidget) -> None:
        """Lay everything out."""
        self.area: QScrollArea = scrolled(inner)
        self.area.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        top, foot, buttons = QVBoxLayout(), QVBoxLayout(), QHBoxLayout()
        top.setContentsMargins(14, 0, 14, 0)
        top.addLayout(head)
        buttons.addWidget(self.lock)
        buttons.addStretch(1)
        buttons.addWidget(self.next)
        foot.setContentsMargins(14, 4, 14, 0)
        foot.addWidget(self.question)
        foot.addLayout(buttons)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 6, 0, 10)
        outer.addLayout(top)
        outer.addWidget(self.area, 1)
        outer.addLayout(foot)


class ReadPanel(PanelFrame):
    """Shows a PanelState."""

    def __init__(self, acts: ReadActs, question: QuestionCard) -> None:
        super().__init__(question, acts.go_on, acts.lock)
        self._acts = acts
        self.tabs = SideTabs(acts.go)
        self._often, self._volume = label("", "quiet"), label("", "value")
        self.sizes: dict[Axis, SizeLine] = {}
        self.grades: dict[GradeKind, GradeChoice] = {}
        self.quality = QualityChoice(acts.judge, acts.say_why)
        self.contour = button("outline C", acts.contour, tip="Click along the capsule; Enter closes it (C)")
        self._outlines = QVBoxLayout()
        self._outlines_shown: tuple[tuple[str, str], ...] = ()
        self._size_box, self._grade_box = QVBoxLayout(), QVBoxLayout()
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(14, 6, 14, 10)
        column.setSpacing(8)
        sizes, outline = QHBoxLayout(), QHBoxLayout()
        sizes.addWidget(label("Size", "section"), 1)
        sizes.addWidget(self._often)
        outline.addWidget(label("Outline", "section"), 1)
        outline.addWidget(self.contour)
        column.addWidget(self.quality)
        column.addLayout(sizes)
        column.addLayout(self._size_box)
        column.addLayout(pair(label("volume"), self._volume))
        column.addLayout(outline)
        column.addLayout(self._outlines)
        column.addLayout(self._grade_box)
        column.addStretch(1)
        head = QVBoxLayout()
        head.addWidget(self.tabs)
        self.compose(head, inner)

    def show_state(self, state: PanelState) -> None:
        """Show the gland at work."""
        self.tabs.show_tabs(state.tabs, state.side)
        self._often.setText(state.asked_often)
        self._volume.setText(state.volume)
        self.quality.show_quality(state.quality)
        for row in state.sizes:
            if row.axis not in self.sizes:
                self.sizes[row.axis] = SizeLine(row.axis, self._acts)
                self.sizes[row.axis].beside.hide()
                self._size_box.addWidget(self.sizes[row.axis])
            self.sizes[row.axis].show_row(row, is_open=not state.is_unreadable)
        self.contour.setVisible(not state.is_unreadable)
        self._show_outlines(state.outlines)
        for grade in state.grades:
            if grade.kind not in self.grades:
                made = GradeChoice(grade, lambda value, kind=grade.kind: self._acts.grade(kind, value))  # type: ignore[misc]
                self.grades[grade.kind] = made
                self._grade_box.addWidget(made)
            self.grades[grade.kind].show_grade(grade, is_open=not state.is_unreadable)
        self.show_foot(may_lock=state.may_lock)

    def _show_outlines(self, outlines: tuple[tuple[str, str], ...]) -> None:
        if outlines != self._outlines_shown:
            self._outlines_shown = outlines
            empty(self._outlines)
            for name, value in outlines:
                self._outlines.addLayout(pair(label(name), label(value, "value")))

    def focus_field(self, name: str) -> None:
        """Put the focus on a choice: a grade by its kind, the quality, or why it is not adequate."""
        grade = next((choice for kind, choice in self.grades.items() if kind == name), None)
        if grade is not None:
            grade.focus_it()
        elif name == "why":
            self.quality.focus_why()
        else:
            self.quality.focus_level()
        # Once what came into sight by this very act has its place.
        QTimer.singleShot(0, self, lambda: self.area.ensureWidgetVisible(grade or self.quality, 0, 12))
