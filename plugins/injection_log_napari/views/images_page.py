"""The images step: studies of the PACS, the identity to compare, progress, a folder, or going on without.

Searching and reading a folder run in the pool, the retrieval in its own process that is polled; nothing waits.
"""
from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QProgressBar,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from injection_log.acts.studies import WITHOUT_IMAGES
from injection_log_napari.presenters.images import SEARCH_TITLES, ImagesPresenter, ImagesState, Search, SearchBy
from injection_log_napari.views.parts import ENTER, Flow, button, card, label, scrolled

if TYPE_CHECKING:
    from injection_log_napari.retrieval import Retrieval
    from injection_log_napari.views.workers import Workers

POLL_MS = 60
COLUMNS = ("When", "Study", "Pictures", "Whose")


class SearchField(QLineEdit):
    """Enter searches here, and is not the next act of the page as well."""

    def __init__(self, search: Callable[[], None]) -> None:
        super().__init__()
        self._search = search

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in ENTER:
            self._search()
        else:
            super().keyPressEvent(event)


class ImagesPage(QWidget):
    """One visit's images. `retrieval` is None where no PACS is configured."""

    def __init__(
        self, presenter: ImagesPresenter, workers: Workers, retrieval: Retrieval | None, go_on: Callable[[], None]
    ) -> None:
        super().__init__()
        self._presenter, self._workers, self._retrieval = presenter, workers, retrieval
        self._pull: Any = None
        self._timer = QTimer(self)
        self._timer.setInterval(POLL_MS)
        self._timer.timeout.connect(self._poll)
        self._shown: ImagesState | None = None
        self.setAcceptDrops(True)
        self._build(go_on)
        self.refresh()

    def _build(self, go_on: Callable[[], None]) -> None:
        self.table = self._table()
        self._bar = QProgressBar()
        self.cancel = button("Cancel", self._cancel)
        self._card, self._card_lines = self._identity_card()
        self.retrieve = button("Retrieve", self._link, "primary")
        self.folder = button("Import a folder…", self._choose_folder)
        self.next = button("Next  ⏎", go_on, "primary")
        self._without = self._without_row()
        progress = QHBoxLayout()
        progress.addWidget(self._bar, 1)
        progress.addWidget(self.cancel)
        acts = QHBoxLayout()
        acts.addWidget(self.folder)
        acts.addStretch(1)
        acts.addWidget(self.retrieve)
        acts.addWidget(self.next)
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(20, 16, 20, 16)
        column.setSpacing(10)
        column.addWidget(label("Images of this visit", "title"))
        column.addLayout(self._search_row())
        column.addWidget(self.table, 1)
        column.addWidget(self._card)
        column.addLayout(progress)
        column.addLayout(acts)
        column.addWidget(self._without)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scrolled(inner))

    def _search_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        self.by = {}
        for by, title in SEARCH_TITLES.items():
            made = button(title, lambda one=by: self._by(one))  # type: ignore[misc]
            made.setCheckable(True)
            self.by[by] = made
            row.addWidget(made)
        self.text = SearchField(self.search)
        self.text.setAccessibleName("Patient id or accession number")
        self.text.setMinimumHeight(34)
        self.find_now = button("Search", self.search)
        row.addWidget(self.text, 1)
        row.addWidget(self.find_now)
        return row

    def _table(self) -> QTableWidget:
        table = QTableWidget(0, len(COLUMNS))
        table.setHorizontalHeaderLabels(COLUMNS)
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(38)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setShowGrid(False)
        table.setTabKeyNavigation(False)
        table.setMinimumHeight(150)
        header = table.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        table.itemSelectionChanged.connect(self._choose)
        return table

    def _identity_card(self) -> tuple[QFrame, tuple[Any, ...]]:
        lines = tuple(label("", role) for role in ("big", "value", "value", "quiet"))
        self.link = button("These identify the participant: link and retrieve", self._link, "primary")
        self.not_this = button("Not this person", self._presenter.put_aside)
        acts = QWidget()
        row = QHBoxLayout(acts)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.link)
        row.addWidget(self.not_this)
        row.addStretch(1)
        title = label("Whose pictures are these? Shown once, kept nowhere.", "section")
        return card(title, *lines, acts), lines

    def _without_row(self) -> QWidget:
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 6, 0, 0)
        column.addWidget(label("No images now? Go on without, and say why:", "quiet"))
        flow = Flow()
        for reason, words in WITHOUT_IMAGES.items():
            flow.addWidget(button(words, lambda one=reason: self._presenter.go_without(one)))  # type: ignore[misc]
        column.addLayout(flow)
        return holder

    # ---- showing -------------------------------------------------------------------------------------------
    def refresh(self) -> None:
        """Show the presenter's state."""
        state = self._presenter.state
        busy = bool(state.busy)
        for by, made in self.by.items():
            made.setChecked(by == state.search.by)
            made.setEnabled(state.has_pacs and not busy)
        self.text.setVisible(state.search.by != "day")
        self.find_now.setEnabled(state.has_pacs and not busy)
        self._show_rows(state)
        self._show_card(state)
        self._show_progress(state)
        chosen_is_own = any(row.uid == state.chosen and row.is_own for row in state.rows)
        self.retrieve.setVisible(chosen_is_own and not busy)
        self.retrieve.setText("Retrieve again" if state.kept else "Retrieve")
        self.folder.setEnabled(not busy)
        self.next.setVisible(bool(state.kept or state.pending) and not busy)
        self._without.setVisible(state.may_go_without and not state.kept and not state.pending and not busy)
        self._shown = state

    def _show_rows(self, state: ImagesState) -> None:
        self.table.setVisible(state.has_pacs)
        if self._shown is None or state.rows != self._shown.rows:
            self.table.blockSignals(True)
            self.table.setRowCount(len(state.rows))
            for place, row in enumerate(state.rows):
                for column, text in enumerate((row.when, row.description, row.images, row.belongs)):
                    self.table.setItem(place, column, QTableWidgetItem(text))
            self.table.blockSignals(False)
        chosen = next((n for n, row in enumerate(state.rows) if row.uid == state.chosen), -1)
        if chosen != self.table.currentRow():
            self.table.blockSignals(True)
            self.table.selectRow(chosen) if chosen >= 0 else self.table.clearSelection()
            self.table.blockSignals(False)
        self.table.setEnabled(not state.busy)

    def _show_card(self, state: ImagesState) -> None:
        shown = state.card
        self._card.setVisible(shown is not None)
        texts = (shown.name, f"id {shown.patient_id}", f"born {shown.birth_date}", shown.what) if shown else ("",) * 4
        for line, text in zip(self._card_lines, texts, strict=True):
            line.setText(text)

    def _show_progress(self, state: ImagesState) -> None:
        pull = state.pull
        self._bar.setVisible(bool(state.busy))
        self.cancel.setVisible(pull is not None)
        if pull is not None and pull.asked:
            self._bar.setRange(0, pull.asked)
            self._bar.setValue(pull.received)
            self._bar.setFormat(f"{pull.received} of {pull.asked} pictures, {pull.megabytes:.1f} MB")
        else:
            self._bar.setRange(0, 0)
            self._bar.setFormat(state.busy)

    # ---- reporting -----------------------------------------------------------------------------------------
    def _by(self, by: SearchBy) -> None:
        self.text.clear()
        if by == "day":
            self.search_for(Search())
        else:
            self._presenter.search_by(by)
            self.text.setFocus(Qt.FocusReason.OtherFocusReason)

    def search(self) -> None:
        """Search for what is chosen and typed."""
        self.search_for(Search(self._presenter.state.search.by, self.text.text()))

    def search_for(self, search: Search) -> None:
        """Search in the pool."""
        retrieval = self._retrieval
        if retrieval is not None and self._presenter.search(search):
            self._workers.run(lambda: retrieval.find(search), self._presenter.found, self._presenter.failed)

    def arrive(self) -> None:
        """The step was opened: the day's list is fetched without a click."""
        state = self._presenter.state
        if self._retrieval is not None and not state.rows and not state.busy and not state.kept:
            self.search_for(Search())

    def take_focus(self) -> None:
        """Put the focus where the images come from: the identity to compare, else the list of studies."""
        offered = (self.link, self.retrieve, self.table)
        target = next((one for one in offered if one.isVisible() and one.isEnabled()), self)
        target.setFocus(Qt.FocusReason.OtherFocusReason)

    def _choose(self) -> None:
        place, rows = self.table.currentRow(), self._presenter.state.rows
        if 0 <= place < len(rows):
            self._presenter.choose(rows[place].uid)

    def _link(self) -> None:
        state = self._presenter.state
        if state.card is not None and not state.chosen:
            self._presenter.take_folder()
            return
        uid = self._presenter.link()
        if uid and self._retrieval is not None:
            try:
                self._pull = self._retrieval.start(uid)
            except OSError as error:
                self._presenter.failed(error)
                return
            self._timer.start()

    def _poll(self) -> None:
        pull = self._pull
        if pull is None:
            self._timer.stop()
            return
        self._presenter.progress(pull.poll())
        if not pull.finished:
            return
        self._timer.stop()
        self._pull = None
        try:
            result = pull.result()
        # PacsError and its leaves have their sentence; anything else gets the general one.
        except Exception as error:  # noqa: BLE001
            self._presenter.failed(error)
            return
        self._presenter.pulled(result)

    def _cancel(self) -> None:
        pull, self._pull = self._pull, None
        self._timer.stop()
        if pull is not None:
            pull.cancel()
        self._presenter.cancelled()

    def _choose_folder(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, "Folder with ultrasound pictures")
        if folder:
            self.import_folder(Path(folder))

    def import_folder(self, folder: Path) -> None:
        """Read a folder in the pool."""
        examine = self._presenter.examine
        self._presenter.examining()
        self._workers.run(lambda: examine(folder), self._presenter.examined, self._presenter.failed)

    @override
    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    @override
    def dropEvent(self, event: QDropEvent) -> None:
        """A dropped folder is imported; dropped files mean the folder they lie in."""
        paths = {Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()}
        folders = {path if path.is_dir() else path.parent for path in paths}
        if len(folders) == 1:
            event.acceptProposedAction()
            self.import_folder(folders.pop())
        else:
            self._presenter.refuse("Drop one folder with the pictures of this visit.")

    def close_down(self) -> None:
        """Stop what runs."""
        if self._pull is not None:
            self._cancel()
