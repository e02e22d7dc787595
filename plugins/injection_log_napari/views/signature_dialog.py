"""The one modal box: the record's text, who signs, what it means, and the password. Both glands in one course."""
from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from injection_log.language import ENGLISH
from injection_log_napari.presenters.review import ReviewPresenter, SignState
from injection_log_napari.said import Entry, Said, spoken
from injection_log_napari.views.gland_parts import show_doubts
from injection_log_napari.views.parts import button, empty, label
from injection_log_napari.views.review_parts import rows_view
from injection_log_napari.views.style import set_role


class SignatureDialog(Said, QDialog):
    """Signs what the presenter has in its queue; closes by itself when all is signed."""

    def __init__(self, presenter: ReviewPresenter, parent: QWidget) -> None:
        super().__init__(parent)
        self._presenter = presenter
        self.setWindowTitle("Sign")
        self.setModal(True)
        self.resize(min(1120, parent.width() - 60), min(820, parent.height() - 40))
        self._title = label()
        self._title.setObjectName("side")
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        font.setPointSizeF(11.0)
        self.text.setFont(font)
        self._read_back = QVBoxLayout()
        self._done = label("", "chip", wraps=True)
        self._done.setProperty("tone", "good")
        self._who, self._when = label("", "value", typed=True), label("", "quiet")
        # What is signed is English; in another language it stands below what it means in that.
        self._meaning, self._as_signed = label("", wraps=True), label("", "quiet", wraps=True, typed=True)
        self._doubts = label("", "amber", wraps=True)
        self._is_english = label("This text is signed as it stands, in English.", "quiet", wraps=True)
        self._user_title = label("User id")
        self.user, self.password = Entry(), Entry()
        self.user.setAccessibleName("User id")
        self.password.setAccessibleName("Password")
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        self._why = label("", "refused", wraps=True)
        self.sign = button("", self._sign, "primary")
        self.cancel = button("Not now", self.reject, takes_enter=True)
        self.user.returnPressed.connect(self.password.setFocus)
        self.password.returnPressed.connect(self._sign)
        self._compose()
        self.refresh()
        self.user.setFocus()

    def _compose(self) -> None:
        right = QWidget()
        right.setFixedWidth(400)
        column = QVBoxLayout(right)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        self._read_back.setContentsMargins(0, 0, 0, 0)
        column.addLayout(self._read_back)
        for widget in (
            self._done, label("Signed as", "section"), self._who, self._when, label("Meaning", "section"),
            self._meaning, self._as_signed, self._user_title, self.user, label("Password"),
            self.password, self._why,
        ):  # fmt: skip
            column.addWidget(widget)
        column.addStretch(1)
        column.addWidget(self.sign)
        column.addWidget(self.cancel)
        left = QVBoxLayout()
        left.addWidget(self._title)
        left.addWidget(self._doubts)
        left.addWidget(self._is_english)
        left.addWidget(self.text, 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(18, 16, 18, 16)
        row.setSpacing(18)
        row.addLayout(left, 1)
        row.addWidget(right)

    def refresh(self) -> None:
        """Show the gland to be signed now; passwords are never kept."""
        state = self._presenter.signing
        self.password.clear()
        if state.side is None:
            self.accept()
            return
        self._show(state)

    def _show(self, state: SignState) -> None:
        self._title.setText(state.title)
        set_role(self._title, "side", state.side or "")
        if self.text.toPlainText() != state.text:
            self.text.setPlainText(state.text)
            empty(self._read_back)
            self._read_back.addWidget(rows_view(state.highlights, strong=True))
        show_doubts(self._doubts, state.to_look_at)
        self._done.setText("\n".join(state.done))
        self._done.setVisible(bool(state.done))
        self._who.setText(state.printed_name)
        self._when.setText(state.when)
        self._meaning.setText(state.meaning)
        self._as_signed.setText(state.meaning)
        for widget in (self._as_signed, self._is_english):
            widget.setVisible(spoken() != ENGLISH)
        self._user_title.setVisible(state.asks_user)
        self.user.setVisible(state.asks_user)
        self._why.setText(state.said)
        self.sign.setText(state.button)
        self.password.setFocus(Qt.FocusReason.OtherFocusReason)

    def _sign(self) -> None:
        self._presenter.sign(self.user.text(), self.password.text())
        self.refresh()
