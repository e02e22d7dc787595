"""The right panel of a gland: sizes, needle, facts, volumes. Values live; a missing one is a button that starts it."""
from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from annotate.marks import Axis
from injection_log_napari.presenters.gland import GlandState, VolumeLines
from injection_log_napari.presenters.gland_marks import MarkRow
from injection_log_napari.presenters.ruler import NO_RULER, RulerShown
from injection_log_napari.presenters.taking_back import NOTHING, TakingBackState
from injection_log_napari.presenters.unanswered import MarkQuestion
from injection_log_napari.views.access_head import AccessHead
from injection_log_napari.views.form_view import FormView
from injection_log_napari.views.gland_parts import BesideLine, GlandActs, NeedleHead, SizeLine, pair, show_doubts
from injection_log_napari.views.mark_question import MarkQuestionCard
from injection_log_napari.views.mark_sections import MarkSections, buttons_in, mark_view
from injection_log_napari.views.parts import Flow, button, empty, in_tab_order, label, scrolled
from injection_log_napari.views.question_card import QuestionCard
from injection_log_napari.views.ruler_card import RulerCard, ScaleOffers
from injection_log_napari.views.style import set_role
from injection_log_napari.views.taking_back_card import TakingBackCard
from injection_log_napari.views.talk_row import TalkRow

WIDTH = 396


class GlandPanel(QFrame):
    """Shows a GlandState."""

    def __init__(self, acts: GlandActs, question: QuestionCard) -> None:
        super().__init__()
        self.setObjectName("panel")
        self.setFixedWidth(WIDTH)
        self._acts = acts
        self._title, self._state = label("", "big"), label("", "chip")
        self.before, self.volume_form, self.reason, self.after = (FormView() for _ in range(4))
        self.sizes: dict[Axis, SizeLine] = {}
        self._size_box, self._needle_box = QVBoxLayout(), QVBoxLayout()
        self._volume, self.volume_beside = label("", "value"), BesideLine()
        self._scale_words, self._found = label("", "amber", wraps=True), label("", "amber", wraps=True)
        self.again = button("measure again", self._measure_again, "missing", "With the scale that stands now")
        self._stale_mark = ""
        self.ask, self.ruler = MarkQuestionCard(acts.answer), RulerCard(acts.ruler)
        self.taking_back = TakingBackCard(acts.ruler.taking_back, acts.ruler.leave_it)
        self.take_back = button(
            "take back a scale or check…", acts.ruler.ask_what_to_take_back, tip="One of this picture, with a reason"
        )
        self.needle_buttons: list[QPushButton] = []
        self._needles_shown: tuple[tuple[MarkRow, ...], bool] | None = None
        self.next = button("Next  ⏎", acts.go_on, "primary", "The next act (Enter in the picture)")
        self._planned, self._injected = label("", "value"), label("", "big")
        self._outside = label("", "amber", wraps=True)
        self._volume_head, self._volume_foot = self._volume_rows()
        self.needle_head, self.marks = NeedleHead(acts), MarkSections(acts)
        self.access, self.question, self.talk = AccessHead(acts.access), question, TalkRow()
        self._stops: list[QWidget] = []
        self._compose()

    @property
    def forms(self) -> tuple[FormView, ...]:
        """All forms, in order."""
        return self.before, self.volume_form, self.reason, self.after

    def _compose(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self._title)
        head.addStretch(1)
        head.addWidget(self._state)
        self._size_box.setSpacing(4)
        self._needle_box.setSpacing(4)
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(14, 6, 14, 10)
        column.setSpacing(8)
        self.offers = ScaleOffers(self._acts.ruler.take)
        sizes = QHBoxLayout()
        sizes.addWidget(label("Size", "section"), 1)
        sizes.addWidget(self.offers)
        column.addLayout(sizes)
        column.addLayout(self._size_box)
        column.addLayout(pair(label("volume"), self._volume))
        column.addWidget(self.volume_beside)
        column.addWidget(self._found)
        column.addWidget(self._scale_words)
        column.addWidget(self.again)
        column.addWidget(self.take_back)
        column.addWidget(self.needle_head)
        column.addLayout(self._needle_box)
        column.addWidget(self.marks)
        self._facts_head = label("Facts", "section")
        column.addWidget(self._facts_head)
        column.addWidget(self.before)
        column.addWidget(self._volume_head)
        column.addWidget(self.volume_form)
        column.addWidget(self._volume_foot)
        column.addWidget(self.reason)
        column.addWidget(self.after)
        column.addStretch(1)
        self._compose_around(head, scrolled(inner))

    def _compose_around(self, head: QHBoxLayout, area: QScrollArea) -> None:
        """The head and the foot that stay in their places, and what scrolls between them."""
        self.area = area
        # Always there: rows must not shift when one more value makes the panel longer than the window.
        self.area.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 6, 0, 10)
        top = QVBoxLayout()
        top.setContentsMargins(14, 0, 14, 0)
        top.addLayout(head)
        top.addWidget(self.access)
        top.addWidget(self.talk)
        outer.addLayout(top)
        outer.addWidget(self.area, 1)
        foot = QVBoxLayout()
        foot.setContentsMargins(14, 4, 14, 0)
        foot.setSpacing(8)
        foot.addWidget(self.question)
        foot.addWidget(self.ask)
        foot.addWidget(self.ruler)
        foot.addWidget(self.taking_back)
        foot.addWidget(self.next)
        outer.addLayout(foot)

    def _volume_rows(self) -> tuple[QWidget, QWidget]:
        head, foot = QWidget(), QWidget()
        column = QVBoxLayout(head)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(label("Volume", "section"))
        column.addLayout(pair(label("Planned"), self._planned))
        lines = QVBoxLayout(foot)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(2)
        lines.addLayout(pair(label("INJECTED", "value"), self._injected))
        lines.addWidget(self._outside)
        return head, foot

    def show_state(
        self, state: GlandState, asked: MarkQuestion | None, *, ruler: RulerShown = NO_RULER,
        back: TakingBackState = NOTHING,
    ) -> None:
        """Show the gland as it is now, and what is asked about the ruler in the hand."""
        set_role(self, "side", state.side)
        self._title.setText(state.title)
        self._state.setText(state.access.standing.partition(",")[0])
        set_role(self._state, "tone", "" if state.access.standing.startswith("draft") else "good")
        self.access.show_access(state.access)
        self._show_sizes(state)
        self._volume.setText(state.volume)
        self.volume_beside.show_beside(state.volume_beside)
        self._scale_words.setText(state.scale_words)
        self._scale_words.setVisible(bool(state.scale_words))
        self._stale_mark = state.stale_mark if state.is_open else ""
        self.again.setVisible(bool(self._stale_mark))
        self.next.setEnabled(ruler.asked is None)
        self.ruler.show_state(ruler.asked)
        self.offers.show_offers(ruler.offers if state.access.takes_marks else ())
        self.take_back.setVisible(back.is_offered and state.is_open and not back.items)
        self.taking_back.show_state(back)
        self.needle_head.setVisible(state.asks_needle)
        self.needle_head.show_mark(state.needle_mark, is_open=state.access.takes_marks)
        if (state.needles, state.access.takes_marks) != self._needles_shown:
            self._show_needles(state)
        for made in self.needle_buttons:
            made.setVisible(state.asks_needle and state.access.takes_marks)
            set_role(made, "role", "missing" if state.needle_missing else "")
        self.marks.show_sections(state.sections, is_open=state.access.takes_marks, injecting=state.asks_needle)
        self.ask.show_question(asked)
        self._facts_head.setVisible(bool(state.before) or bool(state.after))
        self.before.show_rows(state.before, enabled=state.is_open)
        reason = tuple(row for row in state.volume_rows if row.kind != "volume")
        self.volume_form.show_rows(tuple(row for row in state.volume_rows if row not in reason), enabled=state.is_open)
        self.reason.show_rows(reason, enabled=state.is_open)
        self.after.show_rows(state.after, enabled=state.is_open)
        self._volume_head.setVisible(state.volumes is not None)
        self._volume_foot.setVisible(state.volumes is not None)
        if state.volumes is not None:
            self._planned.setText(state.volumes.planned)
            self._show_injected(state.volumes)
        self.talk.show_elsewhere(state.elsewhere)
        show_doubts(self._found, state.findings)
        self._order_tabs()

    def _measure_again(self) -> None:
        self._acts.measure_again(self._stale_mark)

    def _order_tabs(self) -> None:
        # A form that grew has its new fields at the end of Qt's chain; Tab goes as the eye does.
        sizes = [stop for line in self.sizes.values() for stop in line.stops]
        fields = [stop for form in self.forms for stop in form.stops()]
        asked = [*self.question.stops, *self.ask.stops, *self.ruler.stops, *self.taking_back.stops]
        stops = [*self.access.stops, *self.talk.buttons.values(), *self.offers.buttons.values(), *sizes]
        stops += [self.again, self.take_back, self.needle_head.mark]
        stops += [*buttons_in(self._needle_box), *self.needle_buttons, *self.marks.stops, *fields, *asked, self.next]
        if stops != self._stops:
            self._stops = stops
            in_tab_order(stops)

    def _show_injected(self, volumes: VolumeLines) -> None:
        # Amber with a word, never amber alone.
        injected, outside = volumes.injected, volumes.is_outside_soft
        sign = "▲ " if outside else "✓ " if injected else ""
        self._injected.setText(f"{sign}{injected}" if injected else "—")
        self._outside.setText(volumes.outside)
        set_role(self._injected, "tone", "amber" if outside else "")
        self._outside.setVisible(outside)

    def _show_sizes(self, state: GlandState) -> None:
        for axis in [axis for axis in self.sizes if axis not in {row.axis for row in state.sizes}]:
            gone = self.sizes.pop(axis)
            self._size_box.removeWidget(gone)
            gone.deleteLater()
        for row in state.sizes:
            if row.axis not in self.sizes:
                self.sizes[row.axis] = SizeLine(row.axis, self._acts)
                self._size_box.addWidget(self.sizes[row.axis])
            self.sizes[row.axis].show_row(row, is_open=state.access.takes_marks)

    def _show_needles(self, state: GlandState) -> None:
        self._needles_shown = (state.needles, state.access.takes_marks)
        empty(self._needle_box)
        for row in state.needles:
            self._needle_box.addWidget(mark_view(row, self._acts, is_open=state.access.takes_marks))
        again = "pass" if state.needles else "place"
        in_plane = button(f"{again}: in plane  N", lambda: self._acts.needle(True), tip="Click entry, then tip (N)")
        out = button("out of plane  O", lambda: self._acts.needle(False), tip="Click the tip (O)")
        self.needle_buttons = [in_plane, out]
        flow = Flow()
        for made in self.needle_buttons:
            made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            flow.addWidget(made)
        self._needle_box.addLayout(flow)

    def reveal_marks(self) -> None:
        """Scroll to the outlines, deposits and structures."""
        self.area.ensureWidgetVisible(self.marks)

    def focus_field(self, name: str) -> bool:
        """Put the focus into a field of this panel."""
        return any(form.focus_field(name) for form in self.forms)

    def commit(self) -> None:
        """Report what is typed and not yet reported."""
        for form in self.forms:
            form.commit()
