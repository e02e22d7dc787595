"""The images step: studies of the PACS, the identity to compare, progress, a folder, or going on without.

Searching and reading a folder run in the pool, the retrieval in its own process that is polled; nothing waits. What
is between us and the PACS has a page of its own over this one.
"""
from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QFileDialog, QFrame, QHBoxLayout, QLabel, QStackedLayout, QVBoxLayout, QWidget
from typing_extensions import override

from injection_log.acts.studies import WITHOUT_IMAGES
from injection_log_napari.presenters.images import ImagesPresenter
from injection_log_napari.presenters.images_state import ImagesState, Search
from injection_log_napari.said import say
from injection_log_napari.views.connection_page import ConnectionPage
from injection_log_napari.views.fetch_panel import FetchPanel
from injection_log_napari.views.fetch_runner import FetchRunner
from injection_log_napari.views.parts import Flow, button, card, label, scrolled
from injection_log_napari.views.study_table import SearchRow, StudyTable
from injection_log_napari.views.style import set_role

if TYPE_CHECKING:
    from dicom_io.pacs.answers import Found
    from dicom_io.pacs.find import StudySummary
    from injection_log_napari.retrieval import Retrieval
    from injection_log_napari.views.workers import Workers


class ImagesPage(QWidget):
    """One visit's images. `retrieval` is None where no PACS is configured."""

    def __init__(
        self, presenter: ImagesPresenter, workers: Workers, retrieval: Retrieval | None, go_on: Callable[[], None]
    ) -> None:
        super().__init__()
        self._presenter, self._workers, self._retrieval = presenter, workers, retrieval
        self.runner = FetchRunner(presenter, retrieval, self)
        self.connection = None if retrieval is None else ConnectionPage(retrieval.connection, workers, self.show_images)
        self._only_looks = False
        self.setAcceptDrops(True)
        self._build(go_on)
        self.refresh()

    def _build(self, go_on: Callable[[], None]) -> None:
        self.searching = SearchRow(self._retrieval.day.isoformat() if self._retrieval else "")
        self.searching.asked.connect(self.search_for)
        self.searching.by_chosen.connect(self._presenter.search_by)
        self.table = StudyTable()
        self.table.chosen.connect(self._presenter.choose)
        self._remarks = label("", "quiet", wraps=True)
        self._card, self._card_lines = self._identity_card()
        self.fetching = FetchPanel(self.runner.cancel, self._fetch_missing)
        self.cancel = self.fetching.cancel
        self._without = self._without_row()
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(20, 16, 20, 16)
        column.setSpacing(10)
        column.addWidget(label("Images of this visit", "title"))
        column.addWidget(self.searching)
        column.addWidget(self.table, 1)
        for part in (self._remarks, self._card, self.fetching):
            column.addWidget(part)
        column.addLayout(self._acts_row(go_on))
        column.addWidget(self._without)
        self._images = scrolled(inner)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self._images)
        if self.connection is not None:
            self._stack.addWidget(self.connection)

    def _acts_row(self, go_on: Callable[[], None]) -> QHBoxLayout:
        self.folder = button("Import a folder…", self._choose_folder)
        self.retrieve = button("Retrieve", self._link, "primary")
        self.next = button("Next  ⏎", go_on, "primary", "The next act (Enter)")
        self.to_connection = button("Connection…", self.show_connection, tip="What the PACS must know, and its test")
        self.coded_copy = button("Coded copy…", tip="Copies without name, number or date, for readers and for sharing")
        acts = QHBoxLayout()
        acts.addWidget(self.folder)
        acts.addWidget(self.to_connection)
        acts.addWidget(self.coded_copy)
        acts.addStretch(1)
        acts.addWidget(self.retrieve)
        acts.addWidget(self.next)
        return acts

    def _identity_card(self) -> tuple[QFrame, tuple[QLabel, ...]]:
        lines = tuple(label("", role, typed=role == "big") for role in ("big", "value", "value", "quiet"))
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

    def take_no_pictures(self) -> None:
        """The person at work only looks: nothing is searched, imported or dropped here."""
        self.setAcceptDrops(False)
        self._only_looks = True
        self.refresh()

    # ---- showing -------------------------------------------------------------------------------------------
    def refresh(self) -> None:
        """Show the presenter's state."""
        state = self._presenter.state
        busy = bool(state.busy)
        self.searching.show_state(state)
        self.table.show_state(state)
        self._remarks.setText("  ".join(state.remarks))
        self._remarks.setVisible(bool(state.remarks))
        self._show_card(state)
        self.fetching.show_state(state)
        chosen_is_own = any(row.uid == state.chosen and row.is_own for row in state.rows)
        self.retrieve.setVisible(chosen_is_own and not busy and not state.left_out)
        self.retrieve.setText("Retrieve again" if state.kept else "Retrieve")
        self.folder.setEnabled(not busy)
        for widget in (self.searching, self.folder):
            widget.setVisible(not self._only_looks)
        self.to_connection.setVisible(state.has_pacs)
        set_role(self.to_connection, "role", "missing" if state.failed_at_pacs else "")
        self.coded_copy.setVisible(bool(state.kept) and not busy)
        self.next.setVisible(bool(state.kept or state.pending) and not busy)
        has_none = not (state.kept or state.pending or state.card)
        self._without.setVisible(state.may_go_without and has_none and not busy)
        set_role(self.next, "role", "" if self.fetching.offers_more else "primary")

    def _show_card(self, state: ImagesState) -> None:
        shown = state.card
        self._card.setVisible(shown is not None)
        texts = (shown.name, f"id {shown.patient_id}", f"born {shown.birth_date}", shown.what) if shown else ("",) * 4
        for line, text in zip(self._card_lines, texts, strict=True):
            line.setText(text)

    def show_connection(self) -> None:
        """Show the connection instead of the images."""
        if self.connection is not None:
            self._stack.setCurrentWidget(self.connection)
            self._presenter.at_connection(shown=True)
            self.connection.arrive()

    def show_images(self) -> None:
        """Back from the connection."""
        if self.connection is not None:
            self.connection.stop()
        self._stack.setCurrentWidget(self._images)
        self._presenter.at_connection(shown=False)
        self.to_connection.setFocus(Qt.FocusReason.OtherFocusReason)

    # ---- reporting -----------------------------------------------------------------------------------------
    def search_for(self, search: Search) -> None:
        """Search in the pool."""
        retrieval = self._retrieval
        if retrieval is not None and self._presenter.search(search):
            self._workers.run(lambda: retrieval.find(search), self._found, self._presenter.failed)

    def _found(self, found: Found[StudySummary]) -> None:
        self._presenter.found(found, found.remarks)

    def arrive(self) -> None:
        """The step was opened: the day's list is fetched without a click."""
        state = self._presenter.state
        if self._retrieval is not None and not state.rows and not state.busy and not state.kept:
            self.searching.search()
            self._workers.run(self._retrieval.prepare, lambda _none: None, lambda _error: None)

    def take_focus(self) -> None:
        """Put the focus where the images come from: the identity to compare, else the list of studies."""
        offered = (self.link, self.fetching.fetch_missing, self.retrieve, self.table)
        target = next((one for one in offered if one.isVisible() and one.isEnabled()), self)
        target.setFocus(Qt.FocusReason.OtherFocusReason)

    def _link(self) -> None:
        state = self._presenter.state
        if state.card is not None and not state.chosen:
            self._presenter.take_folder()
            return
        self.runner.start(self._presenter.link())

    def _fetch_missing(self) -> None:
        self.runner.start(self._presenter.fetch_missing())

    def _choose_folder(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, say("Folder with ultrasound pictures"))
        if folder:
            self.import_folder(Path(folder))

    def import_folder(self, folder: Path) -> None:
        """Read a folder in the pool."""
        examine = self._presenter.examine
        if self._presenter.examining():
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
        """Stop what runs; what has arrived stays in the visit."""
        self.runner.cancel()
        if self.connection is not None:
            self.connection.stop()
        if self._retrieval is not None:
            self._retrieval.dismiss()
