"""Review & sign: both glands side by side as the sheet prints them, what is missing first and clickable."""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from annotate.marks import Side
from injection_log_napari.presenters.comparison import without_comparison
from injection_log_napari.presenters.next_act import SigningKind, Step
from injection_log_napari.presenters.review import ReviewGland, ReviewState
from injection_log_napari.presenters.wording import side_words
from injection_log_napari.said import Label
from injection_log_napari.views.parts import Flow, button, card, empty, in_tab_order, label, scrolled
from injection_log_napari.views.review_parts import add_sections, differences_view, doubts_view, gland_head, rows_view
from injection_log_napari.views.timeline_card import TimelineCard

PICTURE_WIDTH = 236


@dataclass(frozen=True)
class ReviewActs:
    """What the page reports."""

    complete: Callable[[Step, str], None]
    sign: Callable[[], None]
    go_on: Callable[[], None]
    amend: Callable[[Side], None]


class ReviewPage(QWidget):
    """Shows a ReviewState; reports what is to be completed, and the wish to sign."""

    def __init__(self, acts: ReviewActs) -> None:
        super().__init__()
        self._acts = acts
        self._looked_at: dict[Side, int] = {}
        self._shown: ReviewState | None = None
        self._pictures: dict[Side, tuple[tuple[str, bytes], ...]] = {}
        self._rows: dict[Side, Flow] = {}
        self.missing: list[QWidget] = []
        self._owed = QVBoxLayout()
        self._glands = QHBoxLayout()
        self._glands.setSpacing(12)
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(10)
        column.addLayout(self._owed)
        column.addLayout(self._glands)
        self.timeline = TimelineCard()
        column.addWidget(self.timeline)
        column.addStretch(1)
        self.sign = button("Sign…  ⏎", self._pressed, "primary", "The next act (Enter)")
        self.sign.setMinimumWidth(220)
        foot = QHBoxLayout()
        foot.setContentsMargins(16, 6, 16, 8)
        foot.addStretch(1)
        foot.addWidget(self.sign)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        self._inner, self._area = inner, scrolled(inner, "Both records, as they will be signed")
        outer.addWidget(self._area, 1)
        outer.addLayout(foot)

    def take_pictures(self, side: Side, pictures: tuple[tuple[str, bytes], ...]) -> None:
        """The marked pictures of a gland came from the worker."""
        self._pictures[side] = tuple(sorted(pictures))
        # Only their row is filled: a page that is being read is not built anew under the eyes.
        if side in self._rows:
            self._fill_row(side)

    def forget_pictures(self, side: Side) -> None:
        """The marks of a gland changed: its pictures are no longer true."""
        self._pictures.pop(side, None)
        if side in self._rows:
            self._fill_row(side)

    @property
    def pictures_are_shown(self) -> bool:
        """Whether the marked pictures of every gland on the page have come."""
        return bool(self._rows) and all(side in self._pictures for side in self._rows)

    def show_state(self, state: ReviewState) -> None:
        """Show both glands."""
        if state == self._shown:
            return
        self._shown = state
        before = set(self._inner.findChildren(QPushButton))
        self._rows.clear()
        empty(self._owed)
        empty(self._glands)
        self.missing = []
        if state.missing:
            self._owed.addWidget(self._missing(state))
        if state.to_look_at:
            self._owed.addWidget(doubts_view(state.to_look_at))
        for gland in state.glands:
            self._glands.addWidget(self._gland(gland), 1)
        self.sign.setText(_sign_words(state))
        # What is made anew stands at the end of Qt's chain; Tab goes as the eye does.
        made = [one for one in self._inner.findChildren(QPushButton) if one not in before]
        in_tab_order([self._area, *made, self.sign])

    def _pressed(self) -> None:
        if self._shown is not None and self._shown.to_sign:
            self._acts.sign()
        else:
            self._acts.go_on()

    def _missing(self, state: ReviewState) -> QWidget:
        rows = [
            button(one.sentence, lambda one=one: self._acts.complete(one.step, one.field), "missing")  # type: ignore[misc]
            for one in state.missing
        ]
        self.missing = list(rows)
        holder = QWidget()
        flow = Flow()
        for row in rows:
            flow.addWidget(row)
        holder.setLayout(flow)
        return card(label(f"{len(rows)} still missing: click to complete", "section"), holder)

    def _gland(self, gland: ReviewGland) -> QWidget:
        body = card(gland_head(gland))
        column = body.layout()
        assert isinstance(column, QVBoxLayout)
        looked_at = next((one for one in gland.earlier if one.version == self._looked_at.get(gland.side)), None)
        if gland.to_look_at and looked_at is None:
            column.addWidget(doubts_view(gland.to_look_at))
        if gland.may_amend or gland.earlier:
            column.addWidget(self._ways(gland))
        if looked_at is not None:
            said = f"You look at version {looked_at.version}, which was replaced."
            column.addWidget(label(said, "amber", wraps=True))
            column.addWidget(label(looked_at.words, "value", wraps=True))
            add_sections(column, looked_at.sections)
        else:
            self._fill_current(column, gland)
        column.addStretch(1)
        body.setMinimumWidth(1)
        return body

    def _fill_current(self, column: QVBoxLayout, gland: ReviewGland) -> None:
        if gland.under:
            column.addWidget(label(gland.under, "amber", wraps=True))
        if gland.signed:
            column.addWidget(label(gland.signed, "value", wraps=True))
        if gland.compared_with:
            column.addWidget(label(f"Changed since version {gland.compared_with} was signed", "section"))
            column.addWidget(differences_view(gland.changed, gland.compared_with))
        column.addWidget(rows_view(gland.highlights, strong=True))
        column.addWidget(self._picture_row(gland.side))
        add_sections(column, without_comparison(gland.sections) if gland.compared_with else gland.sections)

    def _ways(self, gland: ReviewGland) -> QWidget:
        """To the amendment, and to the versions that were replaced."""
        holder, flow = QWidget(), Flow()
        if gland.may_amend:
            flow.addWidget(button("Amend…", lambda: self._acts.amend(gland.side)))
        for one in gland.earlier:
            shown = self._looked_at.get(gland.side) == one.version
            made = button(f"Version {one.version}", lambda one=one: self.look_at(gland.side, one.version))  # type: ignore[misc]
            made.setCheckable(True)
            made.setChecked(shown)
            flow.addWidget(made)
        holder.setLayout(flow)
        return holder

    def look_at(self, side: Side, version: int) -> None:
        """Show an earlier version in place of the one that stands; the same again goes back."""
        self._looked_at[side] = 0 if self._looked_at.get(side) == version else version
        state, self._shown = self._shown, None
        if state is not None:
            self.show_state(state)

    def _picture_row(self, side: Side) -> QWidget:
        holder = QWidget()
        self._rows[side] = Flow(8)
        self._fill_row(side)
        holder.setLayout(self._rows[side])
        return holder

    def _fill_row(self, side: Side) -> None:
        row = self._rows[side]
        empty(row)
        for title, png in self._pictures.get(side, ()):
            pixmap = QPixmap()
            pixmap.loadFromData(png)
            shown = Label()
            shown.setPixmap(pixmap.scaledToWidth(PICTURE_WIDTH, Qt.TransformationMode.SmoothTransformation))
            shown.setToolTip(title)
            shown.setAccessibleName(title)
            row.addWidget(shown)


_VERBS: dict[SigningKind, str] = {
    "record": "Sign {glands}…", "addition": "Sign what was added: {glands}…", "review": "Sign as reviewed: {glands}…",
}  # fmt: skip


def _sign_words(state: ReviewState) -> str:
    if not state.to_sign:
        return "Complete what is missing  ⏎" if state.missing else "Back to the list  ⏎"
    kind = state.to_sign[0].kind
    glands = " and ".join(side_words(one.side).lower() for one in state.to_sign if one.kind == kind)
    return f"{_VERBS[kind].format(glands=glands)}  ⏎"
