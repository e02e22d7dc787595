"""What stands over a record that is signed, amended, added to or only read: why, and what can be done about it."""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtWidgets import QVBoxLayout, QWidget

from injection_log_napari.presenters.access import Access
from injection_log_napari.views.parts import Flow, button, label
from injection_log_napari.views.style import set_role


@dataclass(frozen=True)
class AccessActs:
    """What the head reports."""

    amend: Callable[[], None]
    end_unchanged: Callable[[], None]
    add: Callable[[], None]
    sign_addition: Callable[[], None]


class AccessHead(QWidget):
    """Shows an Access; hidden while there is nothing to say."""

    def __init__(self, acts: AccessActs) -> None:
        super().__init__()
        self._under, self._why = label("", "amber", wraps=True), label("", "quiet", wraps=True)
        self.amend = button("Amend…", acts.amend, tip="Open the signed record again, with a reason")
        self.end = button("End without a change", acts.end_unchanged, tip="What was signed before holds")
        self.add = button("Add pictures…", acts.add, tip="Pictures that came after the signature, and marks on them")
        self.sign = button("Review and sign the addition", acts.sign_addition, "missing")
        flow = Flow()
        for made in self.stops:
            flow.addWidget(made)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 2, 0, 4)
        column.setSpacing(4)
        column.addWidget(self._under)
        column.addWidget(self._why)
        column.addLayout(flow)

    @property
    def stops(self) -> tuple[QWidget, ...]:
        """What Tab goes through."""
        return self.add, self.sign, self.amend, self.end

    def show_access(self, access: Access) -> None:
        """Show what may be done now."""
        self._under.setText(access.under)
        self._under.setVisible(bool(access.under))
        self._why.setText(access.why)
        self._why.setVisible(bool(access.why))
        self.amend.setVisible(access.may_amend)
        self.end.setVisible(access.may_end)
        self.add.setVisible(access.may_add)
        set_role(self.add, "role", "missing" if access.has_later_pictures else "")
        self.sign.setVisible(access.may_sign_addition)
        self.setVisible(bool(access.under or access.why))
