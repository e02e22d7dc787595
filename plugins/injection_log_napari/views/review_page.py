"""Review & sign: both glands side by side as the sheet prints them, what is missing first and clickable."""
from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from annotate.marks import Side
from injection_log_napari.presenters.next_act import Step
from injection_log_napari.presenters.review import ReviewGland, ReviewState
from injection_log_napari.views.parts import Flow, button, card, empty, label, scrolled

PICTURE_WIDTH = 236


class ReviewPage(QWidget):
    """Shows a ReviewState; reports what is to be completed, and the wish to sign."""

    def __init__(
        self, complete: Callable[[Step, str], None], sign: Callable[[], None], go_on: Callable[[], None]
    ) -> None:
        super().__init__()
        self._begin_signing, self._go_on = sign, go_on
        self._complete = complete
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
        column.addStretch(1)
        self.sign = button("Sign…  ⏎", self._pressed, "primary")
        self.sign.setMinimumWidth(220)
        foot = QHBoxLayout()
        foot.setContentsMargins(16, 6, 16, 8)
        foot.addStretch(1)
        foot.addWidget(self.sign)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scrolled(inner), 1)
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
        self._rows.clear()
        empty(self._owed)
        empty(self._glands)
        self.missing = []
        if state.missing:
            self._owed.addWidget(self._missing(state))
        for caution in state.cautions:
            self._owed.addWidget(label(f"▲ {caution.sentence}", "amber", wraps=True))
        for gland in state.glands:
            self._glands.addWidget(self._gland(gland), 1)
        self.sign.setText(_sign_words(state))

    def _pressed(self) -> None:
        if self._shown is not None and self._shown.to_sign:
            self._begin_signing()
        else:
            self._go_on()

    def _missing(self, state: ReviewState) -> QWidget:
        rows = [
            button(one.sentence, lambda one=one: self._complete(one.step, one.field), "missing")  # type: ignore[misc]
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
        title = label(gland.title)
        title.setObjectName("side")
        title.setProperty("side", gland.side)
        title.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        state = label(gland.state, "chip")
        if gland.state in ("signed", "reviewed", "locked"):
            state.setProperty("tone", "good")
        head = QWidget()
        row = QHBoxLayout(head)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(title)
        row.addStretch(1)
        row.addWidget(state, 0, Qt.AlignmentFlag.AlignVCenter)
        head.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        body = card(head)
        column = body.layout()
        assert column is not None
        if gland.signed:
            column.addWidget(label(gland.signed, "value", wraps=True))
        column.addWidget(rows_view(gland.highlights, strong=True))
        column.addWidget(self._picture_row(gland.side))
        for section in gland.sections:
            column.addWidget(label(section.title, "section"))
            column.addWidget(rows_view(section.rows))
        column.addStretch(1)  # type: ignore[attr-defined]
        body.setMinimumWidth(1)
        return body

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
            shown = QLabel()
            shown.setPixmap(pixmap.scaledToWidth(PICTURE_WIDTH, Qt.TransformationMode.SmoothTransformation))
            shown.setToolTip(title)
            shown.setAccessibleName(title)
            row.addWidget(shown)


def rows_view(rows: tuple[tuple[str, str], ...], *, strong: bool = False) -> QWidget:
    """Rows of label and value; strong ones are what must be read."""
    holder = QWidget()
    grid = QGridLayout(holder)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(12)
    grid.setVerticalSpacing(3)
    grid.setColumnStretch(1, 1)
    for place, (name, value) in enumerate(rows):
        left = label(name, "quiet")
        left.setAlignment(Qt.AlignmentFlag.AlignTop)
        left.setMinimumWidth(110 if strong else 180)
        grid.addWidget(left, place, 0)
        role = "strong" if name == "INJECTED" else "value" if strong else ""
        grid.addWidget(label(value, role, wraps=True), place, 1)
    return holder


def _sign_words(state: ReviewState) -> str:
    sides = [gland.title.lower() for gland in state.glands if gland.side in state.to_sign]
    if sides:
        return f"Sign {' and '.join(sides)}…  ⏎"
    return "Complete what is missing  ⏎" if state.missing else "Back to the list  ⏎"
