"""The log-in page, which is the lock page too. Reports a session or the wish to leave locked work."""
from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from injection_log_napari.presenters.log_in import LogInPresenter
from injection_log_napari.views.parts import button, card, label

if TYPE_CHECKING:
    from injection_log.site import Session

WIDTH = 420


class LogInPage(QWidget):
    """Asks for user id and password."""

    def __init__(self, presenter: LogInPresenter, entered: Callable[[Session], None]) -> None:
        super().__init__()
        self._presenter, self._entered = presenter, entered
        self.user, self.password = QLineEdit(), QLineEdit()
        self.user.setAccessibleName("User id")
        self.password.setAccessibleName("Password")
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        self.user.returnPressed.connect(self.password.setFocus)
        self.password.returnPressed.connect(self._enter)
        self._title, self._why = label("Injection log", "title"), label("", "refused", wraps=True)
        self._quiet = label("", "quiet", wraps=True)
        self.go = button("Log in", self._enter, "primary")
        frame = card(
            self._title, self._quiet, label("User id"), self.user, label("Password"), self.password,
            self._why, self.go,
        )  # fmt: skip
        frame.setFixedWidth(WIDTH)
        column, row = QVBoxLayout(self), QHBoxLayout()
        row.addStretch(1)
        row.addWidget(frame)
        row.addStretch(1)
        column.addStretch(2)
        column.addLayout(row)
        column.addStretch(3)
        self.refresh()

    def lock(self, user: str) -> None:
        """Be the lock over this person's work; "" is the plain log-in page."""
        self._presenter.lock(user)

    def refresh(self) -> None:
        """Show the presenter's state; the password is never kept."""
        state = self._presenter.state
        locked = bool(state.locked_user)
        self._title.setText("Locked" if locked else "Injection log")
        quiet = "Everything typed and marked is kept. Your password brings it back." if locked else ""
        self._quiet.setText(quiet or ("Practice: not a patient record." if state.practice else "Please log in."))
        self.go.setText("Unlock" if locked else "Log in")
        if self.user.text() != state.user:
            self.user.setText(state.user)
        self._why.setText(state.said)
        self.password.clear()
        target = self.password if state.user else self.user
        target.setFocus(Qt.FocusReason.OtherFocusReason)

    def _enter(self) -> None:
        session = self._presenter.enter(self.user.text(), self.password.text())
        self.refresh()
        if session is not None:
            self._entered(session)
