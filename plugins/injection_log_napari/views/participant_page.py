"""The participant step: who it is, the two-identifier check, and the facts of the visit."""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from injection_log_napari.presenters.visit_shown import VisitShown
from injection_log_napari.views.form_view import FormView
from injection_log_napari.views.parts import button, card, in_tab_order, label, scrolled
from injection_log_napari.views.question_card import QuestionCard
from injection_log_napari.views.talk_row import TalkRow

WIDTH = 620


@dataclass(frozen=True)
class ParticipantActs:
    """What the page reports."""

    confirm: Callable[[], None]
    ask_for_paper: Callable[[], None]
    go_on: Callable[[], None]


class ParticipantPage(QWidget):
    """Shows the visit's facts; reports the check and the way on."""

    def __init__(self, acts: ParticipantActs, question: QuestionCard) -> None:
        super().__init__()
        self.question = question
        self._code, self._visit = label("", "title"), label("", "quiet")
        words = "Two identifiers compared: this is the participant"
        self.confirm = button(words, acts.confirm, "missing", "Space or a click")
        self._confirmed = label("✓ Two identifiers compared", "chip")
        self._confirmed.setProperty("tone", "good")
        self._confirmed.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.form = FormView(is_wide=True)
        self._stops: list[QWidget] = []
        self.next = button("Next  ⏎", acts.go_on, "primary", "The next act (Enter)")
        self.next.setMinimumWidth(160)
        self._why, self._paper = label("", "amber", wraps=True), label("", wraps=True)
        self.paper = button("Copied from paper…", acts.ask_for_paper, tip="The visit was written on paper first")
        self.paper.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        who = card(self._code, self._visit, self.confirm, self._confirmed, self._paper, self.paper)
        self._found, self.talk = label("", "amber", wraps=True), TalkRow()
        facts = card(label("Facts of the visit", "section"), self._why, self.talk, self._found, self.form)
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(20, 16, 20, 16)
        column.setSpacing(12)
        column.addWidget(who)
        column.addWidget(facts)
        column.addStretch(1)
        question.setMaximumWidth(WIDTH + 120)
        inner.setMaximumWidth(WIDTH + 120)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        area = self._area = scrolled(inner)
        area.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        outer.addWidget(area, 1)
        asked = QHBoxLayout()
        asked.setContentsMargins(20, 0, 20, 0)
        asked.addWidget(question, 1)
        outer.addLayout(asked)
        foot = QHBoxLayout()
        foot.setContentsMargins(16, 6, 16, 8)
        foot.addStretch(1)
        foot.addWidget(self.next)
        outer.addLayout(foot)

    def focus_confirm(self) -> None:
        """Put the focus on the check of identifiers, and bring it in sight."""
        self.confirm.setFocus(Qt.FocusReason.OtherFocusReason)
        self._area.ensureWidgetVisible(self.confirm)

    def show_visit(self, shown: VisitShown) -> None:
        """Show who and what."""
        self._code.setText(shown.code)
        self._visit.setText(shown.visit)
        self.confirm.setVisible(not shown.is_confirmed and not shown.why_closed)
        self._confirmed.setVisible(shown.is_confirmed)
        self._why.setText(shown.why_closed)
        self._why.setVisible(bool(shown.why_closed))
        self._paper.setText(shown.paper)
        self._paper.setVisible(bool(shown.paper))
        self.paper.setVisible(shown.may_flag_paper)
        self.talk.show_elsewhere(shown.elsewhere)
        self._found.setText("\n".join(f"▲ {sentence}" for sentence in shown.findings))
        self._found.setVisible(bool(shown.findings))
        self.form.show_rows(shown.rows, enabled=not shown.why_closed)
        stops = [self.confirm, self.paper, *self.talk.buttons.values(), *self.form.stops()]
        stops += [*self.question.stops, self.next]
        if stops != self._stops:
            self._stops = stops
            in_tab_order(stops)
