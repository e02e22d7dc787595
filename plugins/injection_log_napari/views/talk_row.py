"""Queries that stand beside no field, and the way to ask about the record as a whole: a row of buttons."""
from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QWidget

from injection_log_napari.presenters.field_talk import TalkElsewhere
from injection_log_napari.views.parts import Flow, button, empty

ASK = "Ask about this record…"


class TalkRow(QWidget):
    """Shows a TalkElsewhere; reports the field that is asked about, "" for the whole record."""

    asked = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._shown = TalkElsewhere()
        self.buttons: dict[str, QPushButton] = {}
        self._flow = Flow()
        self.setLayout(self._flow)
        self.setObjectName("clear")
        self.hide()

    def show_elsewhere(self, state: TalkElsewhere) -> None:
        """Show what waits; built anew only when it is something else."""
        if state == self._shown:
            return
        self._shown = state
        empty(self._flow)
        offered = (*state.waiting, *((("", ASK),) if state.may_ask else ()))
        self.buttons = {field: button(words, lambda field=field: self.asked.emit(field)) for field, words in offered}  # type: ignore[misc]
        for made in self.buttons.values():
            self._flow.addWidget(made)
        self.setVisible(bool(offered))
