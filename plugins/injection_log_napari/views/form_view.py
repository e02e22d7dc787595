"""A form: one row per field. Shows rows, reports what was typed or pressed.

Editors are kept while the same fields are asked, so that no character and no focus is lost when values change.
"""
from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from injection_log_napari.presenters.form import FieldRow
from injection_log_napari.views.field_view import FieldSignals, FieldView


class FormView(FieldSignals):
    """Rows of fields, in order."""

    def __init__(self, *, is_wide: bool = False) -> None:
        super().__init__()
        self._is_wide = is_wide
        self.fields: dict[str, FieldView] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)

    def show_rows(self, rows: tuple[FieldRow, ...], *, enabled: bool = True) -> None:
        """Show rows; editors of fields that stay are kept."""
        names = [row.name for row in rows]
        for name in [name for name in self.fields if name not in names]:
            gone = self.fields.pop(name)
            self._column.removeWidget(gone)
            gone.hide()
            gone.deleteLater()
        for place, row in enumerate(rows):
            if row.name in self.fields:
                was_overtaken = self.fields[row.name].row.is_overtaken
                self.fields[row.name].show_row(row)
                if row.is_overtaken and not was_overtaken:
                    # What is asked stands under the field: it must be seen, once it has its place.
                    QTimer.singleShot(0, self, lambda name=row.name: self.reveal(name))
            else:
                self.fields[row.name] = self._made(row)
                self._column.insertWidget(place, self.fields[row.name])
        for field in self.fields.values():
            field.set_open(is_open=enabled)

    def _made(self, row: FieldRow) -> FieldView:
        field = FieldView(row, is_wide=self._is_wide)
        field.typed.connect(self.typed)
        field.pressed.connect(self.pressed)
        field.now_asked.connect(self.now_asked)
        field.me_asked.connect(self.me_asked)
        field.offer_taken.connect(self.offer_taken)
        field.theirs_taken.connect(self.theirs_taken)
        field.mine_put.connect(self.mine_put)
        field.talk_asked.connect(self.talk_asked)
        field.ticked.connect(self.ticked)
        field.entered.connect(self.entered)
        return field

    def stops(self) -> list[QWidget]:
        """Where Tab can stop in this form, in the order of the fields."""
        in_order = (self._column.itemAt(place) for place in range(self._column.count()))
        fields = (item.widget() for item in in_order if item is not None)
        return [stop for field in fields if isinstance(field, FieldView) for stop in field.stops()]

    def focus_field(self, name: str) -> bool:
        """Put the focus into a field; False when it is not in this form."""
        if name not in self.fields:
            return False
        self.reveal(name)
        self.fields[name].take_focus()
        # The answer that led here may have brought new fields: once more, when all have their places.
        QTimer.singleShot(0, self, lambda: self.reveal(name))
        return True

    def reveal(self, name: str) -> None:
        """Scroll so that a field can be seen."""
        above: QWidget | None = self.parentWidget()
        while above is not None and not isinstance(above, QScrollArea):
            above = above.parentWidget()
        if above is not None and name in self.fields:
            above.ensureWidgetVisible(self.fields[name], 0, 60)

    def commit(self) -> None:
        """Report what is typed and not yet reported (the window closes or locks)."""
        for field in list(self.fields.values()):
            field.commit()
