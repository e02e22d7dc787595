"""The dialog "Coded copy": choosing, the contact sheet page by page, drawing what stays, writing into a folder.

Measuring, looking through and writing run in the pool; nothing waits. The presenter says what is allowed.
"""
from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QPixmap
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from injection_log_napari.presenters.coded_copy import CodedCopyPresenter
from injection_log_napari.presenters.coded_copy_state import CopyState
from injection_log_napari.said import Label, Said, say
from injection_log_napari.views.copy_choice import CopyChoice
from injection_log_napari.views.kept_area_view import KeptAreaView
from injection_log_napari.views.parts import ENTER, Area, button, label
from injection_log_napari.views.style import set_role

if TYPE_CHECKING:
    from injection_log_napari.copies_desk import SessionCopiesDesk
    from injection_log_napari.views.workers import Came, Work, Workers

_STAYS, _INSTEAD = "This stays, the rest is blanked", "This stays, instead of the scanner's region"


class CodedCopyDialog(Said, QDialog):
    """One visit's coded copies. Modal: the visit stays as it is meanwhile."""

    def __init__(self, desk: SessionCopiesDesk, workers: Workers, parent: QWidget) -> None:
        super().__init__(parent)
        self._desk, self._workers = desk, workers
        self._is_ready = self._is_closed = False
        self.presenter = CodedCopyPresenter(desk, self.refresh)
        self.setWindowTitle("Coded copy")
        self.setModal(True)
        self.resize(min(1330, parent.width() - 24), min(900, parent.height() - 24))
        self.choice = CopyChoice(self.presenter)
        self._make_buttons()
        self._said = label("", wraps=True)
        self._pages = QStackedWidget()
        self._views: dict[str, QWidget] = {
            "choose": self.choice, "area": self._area_page(), "look": self._sheet_page(), "done": self._done_page(),
        }  # fmt: skip
        for page in self._views.values():
            self._pages.addWidget(page)
        self._compose()
        self._is_ready = True
        self.refresh()

    def _make_buttons(self) -> None:
        self.measure = button("Measure the size", self._measure)
        self.look = button("Look through the frames", self._look, "primary", takes_enter=True)
        self.closer = button("Closer", self.refresh, tip="The page at full size, to read small letters")
        self.closer.setCheckable(True)
        self.previous = button("← Previous page", lambda: self._turn(-1))
        self.following = button("Next page →", lambda: self._turn(1), "primary", takes_enter=True)
        self.confirm = button("Nothing here says who it is: confirm", self.presenter.confirm, "primary")
        self.write = button("Write into a folder…", self._choose_folder, "primary")
        self.keep_area = button(_STAYS, self._keep_area, "primary")
        self.take_back = button(
            "Take back what was drawn", self.presenter.take_back_area, tip="The scanner's own regions count again"
        )
        self.agree = button("I agree, as the second person", self.presenter.agree_to_area, "primary")
        self.back = button("Back", self.presenter.back)
        self.close_it = button("Close", self.reject)

    def _compose(self) -> None:
        acts = QHBoxLayout()
        acts.addWidget(self.back)
        acts.addWidget(self.close_it)
        acts.addStretch(1)
        for one in (self.measure, self.look, self.closer, self.previous, self.following):
            acts.addWidget(one)
        for one in (self.take_back, self.keep_area, self.agree, self.confirm, self.write):
            acts.addWidget(one)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(8)
        column.addWidget(self._pages, 1)
        column.addWidget(self._said)
        column.addLayout(acts)

    def _sheet_page(self) -> QWidget:
        self._sheet = Label()
        self._sheet.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._sheet.setAccessibleName("Contact sheet: the frames as they would leave")
        self._sheet_area = Area()
        self._sheet_area.setAccessibleName("Contact sheet: the frames as they would leave")
        self._sheet_area.setWidgetResizable(True)
        self._sheet_area.setFrameShape(QFrame.Shape.NoFrame)
        self._sheet_area.setWidget(self._sheet)
        return self._sheet_area

    def _area_page(self) -> QWidget:
        self.area = KeptAreaView()
        self.area.drawn.connect(self.refresh)
        return self.area

    def _done_page(self) -> QWidget:
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.addWidget(label("Written", "title"))
        self._files = label("", "value", wraps=True)
        self._files.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        column.addWidget(self._files)
        column.addStretch(1)
        return holder

    # ---- showing -------------------------------------------------------------------------------------------
    def refresh(self) -> None:
        """Show the presenter's state."""
        if not self._is_ready:
            return
        state = self.presenter.state
        self._show_area(state)
        self._pages.setCurrentWidget(self._views[state.page])
        self.choice.show_state(state)
        self._said.setText(state.said if not state.busy else f"{state.said} …")
        set_role(self._said, "role", "refused" if state.is_refusal else "value")
        self._show_sheet(state)
        self._files.setText("\n".join(state.files))
        self._show_buttons(state)

    def _show_sheet(self, state: CopyState) -> None:
        if state.page != "look":
            self._sheet.clear()
            return
        shown = QPixmap()
        shown.loadFromData(state.sheet)
        if not self.closer.isChecked():
            room = self._sheet_area.viewport().size()
            way = Qt.TransformationMode.SmoothTransformation
            shown = shown.scaled(room, Qt.AspectRatioMode.KeepAspectRatio, way)
        self._sheet.setPixmap(shown)

    def _show_area(self, state: CopyState) -> None:
        if state.page != "area":
            self.area.clear()
        elif self._pages.currentWidget() is not self._views["area"]:
            image, boxes = self.presenter.area_image, self.presenter.area_boxes()
            self._run(lambda: self._desk.first_frame(image), lambda frame: self.area.show_frame(frame, boxes))

    def _show_buttons(self, state: CopyState) -> None:
        choosing, looking, area = (state.page == page for page in ("choose", "look", "area"))
        last = state.sheet_at == state.sheet_pages - 1
        for one, shown in (
            (self.measure, choosing and not state.size), (self.look, choosing and bool(state.size)),
            (self.closer, looking), (self.previous, looking and state.sheet_pages > 1),
            (self.following, looking and not last),
            (self.confirm, looking and last and not state.is_confirmed), (self.write, looking and state.is_confirmed),
            (self.keep_area, area), (self.agree, state.may_agree),
            (self.take_back, state.may_take_back), (self.back, state.page != "choose"),
        ):  # fmt: skip
            one.setVisible(shown)
        self.measure.setEnabled(state.may_measure)
        self.look.setEnabled(state.may_measure)
        self.previous.setEnabled(state.sheet_at > 0)
        self.confirm.setEnabled(state.may_confirm)
        self.write.setEnabled(state.may_write)
        self.keep_area.setEnabled(bool(self.area.boxes))
        self.keep_area.setText(_INSTEAD if state.is_instead_of_region else _STAYS)
        self.back.setEnabled(not state.busy)
        self.close_it.setEnabled(state.busy != "writing")

    # ---- reporting -----------------------------------------------------------------------------------------
    def _measure(self) -> None:
        choices = self.presenter.choices()
        if choices is not None:
            self.presenter.measuring()
            self._run(lambda: self._desk.plan(choices), self.presenter.measured)

    def _look(self) -> None:
        plan = self.presenter.plan
        if plan is not None:
            self.presenter.looking()
            self._run(lambda: self._desk.look(plan), self.presenter.looked)

    def _turn(self, step: int) -> None:
        self.presenter.turn_to(self.presenter.state.sheet_at + step)

    def _keep_area(self) -> None:
        self.presenter.draw_area(self.area.boxes)

    def _choose_folder(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, say("Folder for the coded copies"))
        if folder:
            self.write_into(Path(folder))

    def write_into(self, folder: Path) -> None:
        """Write the copies, in the pool."""
        asked = self.presenter.order()
        if asked is not None:
            look, order = asked
            self.presenter.writing()
            self._run(lambda: self._desk.write(look, order, folder), self.presenter.written)

    def _failed(self, error: BaseException) -> None:
        if not self._is_closed:
            self.presenter.failed(error)

    def _run(self, work: Work, came: Came) -> None:
        """Do slow work in the pool; its answer is for this dialog only while it is open."""
        self._workers.run(work, lambda value: None if self._is_closed else came(value), self._failed)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        # Enter that no button took does nothing here: it must not press a button that happens to be the default.
        writes = self.presenter.state.busy == "writing"
        if event.key() in ENTER or (writes and event.key() == Qt.Key.Key_Escape):
            return
        if self.presenter.state.page == "look" and event.key() in (Qt.Key.Key_PageDown, Qt.Key.Key_Right):
            self._turn(1)
        elif self.presenter.state.page == "look" and event.key() in (Qt.Key.Key_PageUp, Qt.Key.Key_Left):
            self._turn(-1)
        else:
            super().keyPressEvent(event)

    @override
    def reject(self) -> None:
        self.close_down()

    def close_down(self) -> None:
        """Close whatever runs: the visit is put away, or the screen is locked. What is being written is finished."""
        self._is_closed = True
        self.area.clear()
        self._sheet.clear()
        super().reject()
