"""The participant step: who it is, the two-identifier check, and the facts of the visit."""
from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from injection_log_napari.presenters.form import FieldRow
from injection_log_napari.views.form_view import FormView
from injection_log_napari.views.parts import button, card, in_tab_order, label, scrolled

WIDTH = 620


class ParticipantPage(QWidget):
    """Shows the visit's facts; reports the check and the way on."""

    def __init__(self, confirm: Callable[[], None], go_on: Callable[[], None]) -> None:
        super().__init__()
        self._code, self._visit = label("", "title"), label("", "quiet")
        words = "Two identifiers compared: this is the participant"
        self.confirm = button(words, confirm, "missing", "Space or a click")
        self._confirmed = label("✓ Two identifiers compared", "chip")
        self._confirmed.setProperty("tone", "good")
        self._confirmed.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.form = FormView(is_wide=True)
        self._stops: list[QWidget] = []
        self.next = button("Next  ⏎", go_on, "primary", "The next act (Enter)")
        self.next.setMinimumWidth(160)
        who = card(self._code, self._visit, self.confirm, self._confirmed)
        facts = card(label("Facts of the visit", "section"), self.form)
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(20, 16, 20, 16)
        column.setSpacing(12)
        column.addWidget(who)
        column.addWidget(facts)
        column.addStretch(1)
        inner.setMaximumWidth(WIDTH + 120)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        area = scrolled(inner)
        area.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        outer.addWidget(area, 1)
        foot = QHBoxLayout()
        foot.setContentsMargins(16, 6, 16, 8)
        foot.addStretch(1)
        foot.addWidget(self.next)
        outer.addLayout(foot)

    def show_visit(self, words: tuple[str, str], rows: tuple[FieldRow, ...], *, confirmed: bool, is_open: bool) -> None:
        """Show who and what."""
        self._code.setText(words[0])
        self._visit.setText(words[1])
        self.confirm.setVisible(not confirmed)
        self._confirmed.setVisible(confirmed)
        self.form.show_rows(rows, enabled=is_open)
        stops = [self.confirm, *self.form.stops(), self.next]
        if stops != self._stops:
            self._stops = stops
            in_tab_order(stops)
