"""The connection to the PACS: the card for its administrator, and the test in both directions. Lies over the images.

Asking runs in the pool, waiting on a thread that is polled; nothing here waits.
"""
from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QFileDialog, QFrame, QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget
from typing_extensions import override

from injection_log_napari.presenters.connection import WAIT_SECONDS, ConnectionPresenter, Trial
from injection_log_napari.said import say
from injection_log_napari.views.parts import button, card, empty, label, scrolled
from injection_log_napari.views.style import set_role

if TYPE_CHECKING:
    from injection_log.connection_card import Section
    from injection_log_napari.connection import Connection, EchoWait
    from injection_log_napari.views.workers import Workers

POLL_MS = 150
_SIGNS = {"untried": "○", "running": "…", "good": "✓", "bad": "▲"}
_LABEL_WIDTH = 250


class TrialRow(QWidget):
    """One direction of the test: its sign, its sentence, its button."""

    def __init__(self, title: str, act: str, pressed: Callable[[], None]) -> None:
        super().__init__()
        self._act = act
        self._sign, self.sentence = label("", "strong"), label("", wraps=True)
        self._sign.setFixedWidth(28)
        self.button = button(act, pressed)
        self.button.setFixedWidth(210)
        row = QGridLayout(self)
        row.setContentsMargins(0, 4, 0, 4)
        row.setColumnStretch(1, 1)
        row.addWidget(self._sign, 0, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(label(title, "value"), 0, 1)
        row.addWidget(self.sentence, 1, 1)
        row.addWidget(self.button, 0, 2, 2, 1, Qt.AlignmentFlag.AlignTop)

    def show_trial(self, trial: Trial) -> None:
        """Show how it stands."""
        self._sign.setText(_SIGNS[trial.outcome])
        self.sentence.setText(trial.sentence)
        set_role(self.sentence, "role", "refused" if trial.outcome == "bad" else "")


class ConnectionPage(QWidget):
    """One PACS and us; `back` leads to the images."""

    def __init__(self, connection: Connection, workers: Workers, back: Callable[[], None]) -> None:
        super().__init__()
        self._connection, self._workers, self._back = connection, workers, back
        self.presenter = ConnectionPresenter(connection.address, self.refresh)
        self._wait: EchoWait | None = None
        self._sections: tuple[Section, ...] | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(POLL_MS)
        self._timer.timeout.connect(self._poll)
        self._build()
        self.refresh()

    def _build(self) -> None:
        self.ours = TrialRow("From here to the PACS", "Test now", self.test_ours)
        self.theirs = TrialRow("From the PACS to here", f"Wait {WAIT_SECONDS} s for it", self.test_theirs)
        self.back = button("Back to the images", self._back)
        self.copy = button("Copy", self.copy_card)
        self.save = button("Save as PDF, to print…", self._choose_folder)
        self._said = label("", "quiet", wraps=True)
        inner = QWidget()
        self._column = QVBoxLayout(inner)
        self._column.setContentsMargins(0, 0, 10, 0)
        self._column.setSpacing(4)
        top, acts = QHBoxLayout(), QHBoxLayout()
        top.addWidget(label("Connection to the PACS", "title"))
        top.addStretch(1)
        top.addWidget(self.back)
        acts.addWidget(self._said, 1)
        acts.addWidget(self.copy)
        acts.addWidget(self.save)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 16)
        column.setSpacing(10)
        column.addLayout(top)
        column.addWidget(self._tests())
        column.addWidget(label("What the PACS administrator must know", "section"))
        column.addWidget(scrolled(inner, "What the PACS administrator must know"), 1)
        column.addLayout(acts)

    def _tests(self) -> QFrame:
        return card(label("Test the connection", "section"), self.ours, self.theirs)

    # ---- showing -------------------------------------------------------------------------------------------
    def arrive(self) -> None:
        """The page is shown: the card is made, off this thread."""
        self.ours.button.setFocus(Qt.FocusReason.OtherFocusReason)
        self._workers.run(self._connection.card, self.presenter.take_card, self.presenter.card_failed)

    def refresh(self) -> None:
        """Show the presenter's state."""
        state = self.presenter.state
        self.ours.show_trial(state.ours)
        self.theirs.show_trial(state.theirs)
        self.ours.button.setEnabled(state.ours.outcome != "running")
        self.theirs.button.setText("Stop" if self.presenter.is_waiting else f"Wait {WAIT_SECONDS} s for it")
        self._said.setText(state.said)
        set_role(self._said, "role", "refused" if state.is_refusal else "quiet")
        self.copy.setEnabled(bool(state.text))
        self.save.setEnabled(bool(state.text))
        if state.sections != self._sections:
            self._sections = state.sections
            self._show_sections(state.sections)

    def _show_sections(self, sections: tuple[Section, ...]) -> None:
        empty(self._column)
        for title, lines in sections:
            # The card is read by the administrator of a PACS: it is English in every language.
            self._column.addWidget(label(title, "section", typed=True))
            holder = QWidget()
            grid = QGridLayout(holder)
            grid.setContentsMargins(0, 0, 0, 4)
            grid.setHorizontalSpacing(16)
            grid.setVerticalSpacing(2)
            grid.setColumnStretch(1, 1)
            for place, (name, value) in enumerate(lines):
                about = label(name, "quiet", wraps=True, typed=True)
                about.setFixedWidth(_LABEL_WIDTH)
                grid.addWidget(about, place, 0, Qt.AlignmentFlag.AlignTop)
                grid.addWidget(_value(value), place, 1, Qt.AlignmentFlag.AlignTop)
            self._column.addWidget(holder)
        self._column.addStretch(1)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self._back()
        else:
            super().keyPressEvent(event)

    # ---- the card ------------------------------------------------------------------------------------------
    def copy_card(self) -> None:
        """Put the card's text into the clipboard."""
        QGuiApplication.clipboard().setText(self.presenter.state.text)
        self.presenter.copied()

    def _choose_folder(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, say("Folder for the connection card"))
        if folder:
            self.save_card(Path(folder))

    def save_card(self, folder: Path) -> None:
        """Write the card's page, off this thread."""
        made = self.presenter.card
        if made is not None:
            self._workers.run(partial(self._connection.save, made, folder), self._saved, self.presenter.card_failed)

    def _saved(self, paths: tuple[Path, ...]) -> None:
        self.presenter.saved([str(path) for path in paths])

    # ---- the tests -----------------------------------------------------------------------------------------
    def test_ours(self) -> None:
        """Our echo, in the pool."""
        if self.presenter.asking():
            self._workers.run(
                self._connection.echo, lambda _none: self.presenter.answered(), self.presenter.not_answered
            )

    def test_theirs(self) -> None:
        """Wait for the PACS's echo, or stop waiting."""
        if self.presenter.is_waiting:
            self.stop()
            self.presenter.stopped()
            return
        self._wait = self._connection.wait(WAIT_SECONDS)
        self.presenter.opening()
        self._timer.start()

    def _poll(self) -> None:
        wait = self._wait
        if wait is None:
            return
        is_over = wait.finished  # before the callers are read: none is missed
        if any([self.presenter.called(caller) for caller in wait.callers()]):
            self.stop()
        elif not is_over:
            if wait.seconds_left is not None:
                self.presenter.waiting(wait.seconds_left)
        else:
            self.stop()
            if wait.error is not None:
                self.presenter.not_waited(wait.error)
            else:
                self.presenter.waited()

    def stop(self) -> None:
        """Close our port, if it is open."""
        self._timer.stop()
        wait, self._wait = self._wait, None
        if wait is not None:
            wait.stop()


def _value(text: str) -> QLabel:
    """A value that can be marked and copied by itself."""
    made = label(text, wraps=True, typed=True)
    made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return made
