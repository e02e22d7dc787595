"""What a reader chooses beside the picture: grades with their definitions in sight, and how good the pictures are."""
from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QGridLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget
from typing_extensions import override

from injection_log.reading.grades import WHY_NOT_ADEQUATE, Quality
from injection_log_napari.presenters.reading.read_panel import LEVELS, GradeState, QualityState
from injection_log_napari.views.parts import Flow, button, label
from injection_log_napari.views.style import set_role

DIGITS = {Qt.Key.Key_0: 0, Qt.Key.Key_1: 1, Qt.Key.Key_2: 2, Qt.Key.Key_3: 3}
DIGIT_PX = 40


class GradeChoice(QWidget):
    """One grade: four numbers, each beside what it means. 0 to 3 choose while the focus is in here."""

    def __init__(self, grade: GradeState, give: Callable[[int], None]) -> None:
        super().__init__()
        self._give = give
        self.numbers: list[QPushButton] = []
        self._title = label(grade.title, "section")
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(1, 1)
        for number, meaning in enumerate(grade.definitions):
            made = button(str(number), lambda number=number: give(number))  # type: ignore[misc]
            made.setCheckable(True)
            made.setFixedWidth(DIGIT_PX)
            made.setAccessibleName(f"{number}: {meaning}")
            words = label(meaning, wraps=True)
            self.numbers.append(made)
            grid.addWidget(made, number, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(words, number, 1, Qt.AlignmentFlag.AlignVCenter)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self._title)
        column.addLayout(grid)

    def show_grade(self, grade: GradeState, *, is_open: bool) -> None:
        """Show which is given."""
        for number, made in enumerate(self.numbers):
            made.setChecked(number == grade.given)
            made.setEnabled(is_open)
            set_role(made, "role", "missing" if grade.is_owed else "")

    def focus_it(self) -> None:
        """Put the focus on the number that is given, else on the first."""
        chosen = next((made for made in self.numbers if made.isChecked()), self.numbers[0])
        chosen.setFocus(Qt.FocusReason.TabFocusReason)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        number = DIGITS.get(Qt.Key(event.key()))
        if number is not None and self.numbers[number].isEnabled():
            self._give(number)
        else:
            super().keyPressEvent(event)


class QualityChoice(QWidget):
    """How good the pictures are; where they are not adequate the reasons to choose from stand below."""

    def __init__(self, judge: Callable[[Quality], None], say_why: Callable[[str], None]) -> None:
        super().__init__()
        self.levels: dict[Quality, QPushButton] = {}
        self.reasons: dict[str, QPushButton] = {}
        levels, reasons = Flow(), QVBoxLayout()
        reasons.setContentsMargins(0, 0, 0, 0)
        reasons.setSpacing(4)
        for level, words in LEVELS.items():
            made = button(words, lambda level=level: judge(level))  # type: ignore[misc]
            made.setCheckable(True)
            self.levels[level] = made
            levels.addWidget(made)
        for code, words in WHY_NOT_ADEQUATE.items():
            made = button(words, lambda code=code: say_why(code))  # type: ignore[misc]
            self.reasons[code] = made
            reasons.addWidget(made)
        self._why, self._reason = label("Why not adequate", "quiet"), label("", wraps=True)
        self._holder = QWidget()
        self._holder.setLayout(reasons)
        first = QWidget()
        first.setLayout(levels)
        first.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        for widget in (label("Image quality", "section"), first, self._reason, self._why, self._holder):
            column.addWidget(widget)

    def show_quality(self, quality: QualityState) -> None:
        """Show what is chosen, and the reasons where one is owed."""
        for level, made in self.levels.items():
            made.setChecked(level == quality.shown)
            set_role(made, "role", "missing" if quality.is_owed and not quality.asked else "")
        self._reason.setText(quality.why_words)
        self._reason.setVisible(bool(quality.why_words))
        self._why.setVisible(bool(quality.reasons))
        self._holder.setVisible(bool(quality.reasons))

    def focus_level(self) -> None:
        """Put the focus on the level that is chosen, else on the first."""
        chosen = next((made for made in self.levels.values() if made.isChecked()), next(iter(self.levels.values())))
        chosen.setFocus(Qt.FocusReason.TabFocusReason)

    def focus_why(self) -> None:
        """Put the focus on the first of the reasons."""
        next(iter(self.reasons.values())).setFocus(Qt.FocusReason.TabFocusReason)
