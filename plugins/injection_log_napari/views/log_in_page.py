"""The log-in page, which is the lock page too. Reports a session or the wish to leave locked work."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from injection_log_napari.presenters.log_in import LogInPresenter
from injection_log_napari.said import Entry
from injection_log_napari.views.parts import button, card, label
from injection_log_napari.views.style import set_role

WIDTH = 420


class LogInPage(QWidget):
    """Asks for user id and password; after a one-time code, for a password of one's own."""

    def __init__(
        self, presenter: LogInPresenter[Any], entered: Callable[[Any], None], choices: QWidget | None = None
    ) -> None:
        super().__init__()
        self._presenter, self._entered = presenter, entered
        self.user, self.password = Entry(), Entry()
        self.user.setAccessibleName("User id")
        self.password.setAccessibleName("Password")
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        self.user.returnPressed.connect(self.password.setFocus)
        self.password.returnPressed.connect(self._enter)
        self.new, self.again = Entry(), Entry()
        for field, name in ((self.new, "New password"), (self.again, "New password, again")):
            field.setAccessibleName(name)
            field.setEchoMode(QLineEdit.EchoMode.Password)
        self.new.returnPressed.connect(self.again.setFocus)
        self.again.returnPressed.connect(self._enter)
        self._for_code = (label("New password"), self.new, label("New password, again"), self.again)
        self._password_title = label("Password")
        self.back = button("Not now", self._give_up)
        self._title, self._why = label("Injection log", "title"), label("", "refused", wraps=True)
        self._quiet = label("", "quiet", wraps=True)
        self.go = button("Log in", self._enter, "primary")
        frame = card(
            self._title, self._quiet, label("User id"), self.user, self._password_title, self.password,
            *self._for_code, self._why, self.go, self.back, *(() if choices is None else (choices,)),
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
        locked, owes = bool(state.locked_user), state.owes_password
        self._title.setText("A password of your own" if owes else "Locked" if locked else "Injection log")
        self._quiet.setText(self._quiet_words())
        self.go.setText("Choose it and log in" if owes else "Unlock" if locked else "Log in")
        self._password_title.setText("One-time code" if owes else "Password")
        for widget in (*self._for_code, self.back):
            widget.setVisible(owes)
        self.user.setReadOnly(owes)
        self.password.setReadOnly(owes)
        if self.user.text() != state.user:
            self.user.setText(state.user)
        self._why.setText(state.said)
        set_role(self._why, "role", "quiet" if owes and state.said.startswith("Your one-time") else "refused")
        for field in (self.new, self.again, *(() if owes else (self.password,))):
            field.clear()
        target = self.new if owes else self.password if state.user else self.user
        target.setFocus(Qt.FocusReason.OtherFocusReason)

    def _quiet_words(self) -> str:
        state = self._presenter.state
        if state.owes_password:
            good = "At least ten characters; three or four words make a good one."
            return f"{good} You get a new signing key with it." if state.makes_key else good
        if state.locked_user:
            return "Everything typed and marked is kept. Your password brings it back."
        return "Practice: not a patient record." if state.practice else "Please log in."

    def _give_up(self) -> None:
        self._presenter.give_up_code()
        self.refresh()

    def _enter(self) -> None:
        if self._presenter.state.owes_password:
            session = self._presenter.choose(self.password.text(), self.new.text(), self.again.text())
        else:
            session = self._presenter.enter(self.user.text(), self.password.text())
        self.refresh()
        if session is not None:
            self._entered(session)
