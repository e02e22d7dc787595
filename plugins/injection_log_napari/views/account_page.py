"""The page of one's own account: name, role, standing of the key, another password; an administrator's list."""
from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from injection_log_napari.presenters.account import AccountPresenter
from injection_log_napari.said import Entry, Table, cell, say
from injection_log_napari.views.parts import as_list, button, card, label
from injection_log_napari.views.review_parts import rows_view
from injection_log_napari.views.style import set_role

WIDTH = 440
SUPPORT_FILE = "injection-log-support.txt"
COLUMNS = ("User id", "Printed name", "Role", "State", "Signing key")


class AccountPage(QWidget):
    """Shows an AccountState; reports the wish to leave. `leave_words` is what leaving is called here."""

    def __init__(
        self, presenter: AccountPresenter, leave: Callable[[], None], leave_words: str = "Back",
        choices: QWidget | None = None,
    ) -> None:  # fmt: skip
        super().__init__()
        self._presenter = presenter
        self.old, self.new, self.again = self._field("Password now"), self._field("New password"), self._field("Again")
        self._said = label("", "refused", wraps=True)
        self.change = button("Change password", self._change, "primary")
        self.leave = button(leave_words, leave)
        self.support = button("Save the log for support…", self._save_support)
        self.support.hide()
        self._write_support: Callable[[Path], None] | None = None
        self.people = self._people()
        frame = card(
            label("My account", "title"), rows_view(presenter.state.rows, strong=True),
            label("Another password", "section"), label("Password now"), self.old, label("New password"), self.new,
            label("New password, again"), self.again, self._said, self.change, self.support, self.leave,
            *(() if choices is None else (choices,)),
        )  # fmt: skip
        frame.setFixedWidth(WIDTH)
        row = QHBoxLayout(self)
        row.setContentsMargins(28, 20, 28, 20)
        row.setSpacing(20)
        if presenter.state.only_accounts:
            row.addLayout(self._accounts(), 1)
        else:
            row.addStretch(1)
        row.addWidget(frame, 0, Qt.AlignmentFlag.AlignTop)
        if not presenter.state.only_accounts:
            row.addStretch(1)
        self.refresh()

    def _field(self, name: str) -> QLineEdit:
        made = Entry()
        made.setAccessibleName(name)
        made.setEchoMode(QLineEdit.EchoMode.Password)
        made.returnPressed.connect(self._change)
        return made

    def _people(self) -> QTableWidget:
        table = Table()
        as_list(table, COLUMNS, 38, 1)
        table.setAccessibleName("Accounts of this site")
        lines = self._presenter.state.people
        table.setRowCount(len(lines))
        for place, one in enumerate(lines):
            table.setItem(place, 0, QTableWidgetItem(one.user))
            table.setItem(place, 1, QTableWidgetItem(one.printed_name))
            for column, word in enumerate((str(one.role).replace("_", " "), one.state, one.key), start=2):
                table.setItem(place, column, cell(word))
        return table

    def _accounts(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(12)
        column.addWidget(label("Accounts of this site", "title"))
        column.addWidget(
            label("An administrator sees no record and no picture. Accounts are added and changed on the command line: "
                  "injection-log users --help.", "quiet", wraps=True)
        )  # fmt: skip
        column.addWidget(self.people, 1)
        return column

    def refresh(self) -> None:
        """Show what was said; passwords are never kept."""
        state = self._presenter.state
        self._say(state.said, "refused" if state.is_refusal else "quiet")
        for field in (self.old, self.new, self.again):
            field.clear()

    def offer_support_log(self, write: Callable[[Path], None]) -> None:
        """Offer to save the program's log; `write` puts it into a file and raises OSError where it cannot."""
        self._write_support = write
        self.support.show()

    def _save_support(self) -> None:
        chosen, _ = QFileDialog.getSaveFileName(
            self, say("Save the log for support"), str(Path.home() / SUPPORT_FILE), say("Text (*.txt)")
        )
        if chosen and self._write_support is not None:
            self.save_support_to(Path(chosen), self._write_support)

    def save_support_to(self, target: Path, write: Callable[[Path], None]) -> None:
        """Write it there, and say so."""
        try:
            write(target)
        except OSError as error:
            why = error.strerror or "no reason given"
            self._say(f"The log was not saved ({why}); choose another folder.", "refused")
        else:
            self._say(f"Saved: {target}. It holds no patient's value and nothing that was typed; send it as it is.")

    def _say(self, sentence: str, role: str = "quiet") -> None:
        self._said.setText(sentence)
        set_role(self._said, "role", role)

    def _change(self) -> None:
        self._presenter.change(self.old.text(), self.new.text(), self.again.text())
        self.refresh()
