"""Where a retrieval is, the way to stop it, and what did not come. Shows; decides nothing."""
from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from injection_log_napari.presenters.images_state import ImagesState, LeftOut
from injection_log_napari.presenters.wording import sentence_case
from injection_log_napari.views.parts import button, card, empty, label, scrolled

_LIST_HEIGHT, _LINE_HEIGHT = 132, 24


class FetchPanel(QWidget):
    """Progress with Cancel; afterwards the list of what is missing with "Fetch the missing ones"."""

    def __init__(self, cancel: Callable[[], None], fetch_missing: Callable[[], None]) -> None:
        super().__init__()
        self._shown: tuple[LeftOut, ...] = ()
        self.offers_more = False
        self.words = label("", "value")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.cancel = button("Cancel", cancel)
        self.fetch_missing = button("Fetch the missing ones", fetch_missing, "primary")
        self._title = label("", "section")
        inner = QWidget()
        self._list = QGridLayout(inner)
        self._list.setContentsMargins(0, 0, 8, 0)
        self._list.setHorizontalSpacing(18)
        self._list.setVerticalSpacing(2)
        self._list.setColumnStretch(1, 1)
        self._area = area = scrolled(inner, "Pictures that were left out")
        acts = QWidget()
        row = QHBoxLayout(acts)
        row.setContentsMargins(0, 0, 0, 0)
        row.addStretch(1)
        row.addWidget(self.fetch_missing)
        self.missing = card(self._title, area, acts)
        self._progress = QWidget()
        progress = QGridLayout(self._progress)
        progress.setContentsMargins(0, 0, 0, 0)
        progress.addWidget(self.words, 0, 0)
        progress.addWidget(self.bar, 1, 0)
        progress.addWidget(self.cancel, 0, 1, 2, 1, Qt.AlignmentFlag.AlignBottom)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._progress)
        column.addWidget(self.missing)

    def show_state(self, state: ImagesState) -> None:
        """Show where it is."""
        self._progress.setVisible(bool(state.busy))
        self.cancel.setVisible(state.fetch is not None)
        fetch = state.fetch
        if fetch is not None and fetch.asked:
            self.bar.setRange(0, fetch.asked)
            self.bar.setValue(fetch.here)
        else:
            self.bar.setRange(0, 0)
        self.words.setText(sentence_case(fetch.words if fetch is not None else state.busy))
        self._show_left_out(state)

    def _show_left_out(self, state: ImagesState) -> None:
        self.missing.setVisible(bool(state.left_out) and not state.busy)
        self.fetch_missing.setVisible(any(one.uid for one in state.left_out))
        self.offers_more = any(one.uid for one in state.left_out) and not state.busy
        if state.left_out == self._shown:
            return
        self._shown = state.left_out
        self._title.setText("Not here" if any(one.uid for one in state.left_out) else "Not taken from the folder")
        empty(self._list)
        for place, one in enumerate(state.left_out):
            name, why = label(one.name, "value"), label(one.why, wraps=True)
            name.setToolTip(one.uid)
            name.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            self._list.addWidget(name, place, 0, Qt.AlignmentFlag.AlignTop)
            self._list.addWidget(why, place, 1, Qt.AlignmentFlag.AlignTop)
        self._list.setRowStretch(len(state.left_out), 1)
        self._area.setFixedHeight(min(_LIST_HEIGHT, _LINE_HEIGHT * len(state.left_out) + 4))
