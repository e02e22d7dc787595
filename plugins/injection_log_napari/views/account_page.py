"""The page of one's own account: name, role, standing of the key, another password; an administrator's list."""
from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QTableWidget, QTableWidgetItem, QVBoxLayout, QWidget

from injection_log_napari.presenters.account import AccountPresenter
from injection_log_napari.said import Entry, Table, cell
from injection_log_napari.views.parts import as_list, button, card, label
from injection_log_napari.views.review_parts import rows_view
from injection_log_napari.views.style import set_role

WIDTH = 440
COLUMNS = ("User id", "Printed name", "Role", "State", "Signing key")


class AccountPage(QWidget):
    """Shows an AccountState; reports the wish to leave. `leave_words` is what leaving is called here."""

    def __init__(
        self, presenter: AccountPresenter, leave: Callable[[], None], leave_words: str = "Back",
        language: QWidget | None = None,
    ) -> None:  # fmt: skip
        super().__init__()
        self._presenter = presenter
        self.old, self.new, self.again = self._field("Password now"), self._field("New password"), self._field("Again")
        self._said = label("", "refused", wraps=True)
        self.change = button("Change password", self._change, "primary")
        self.leave = button(leave_words, leave)
        self.people = self._people()
        frame = card(
            label("My account", "title"), rows_view(presenter.state.rows, strong=True),
            label("Another password", "section"), label("Password now"), self.old, label("New password"), self.new,
            label("New password, again"), self.again, self._said, self.change, self.leave,
            *(() if language is None else (language,)),
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
        self._said.setText(state.said)
        set_role(self._said, "role", "refused" if state.is_refusal else "quiet")
        for field in (self.old, self.new, self.again):
            field.clear()

    def _change(self) -> None:
        self._presenter.change(self.old.text(), self.new.text(), self.again.text())
        self.refresh()
