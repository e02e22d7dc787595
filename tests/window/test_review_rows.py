"""Rows of the review page show the whole of what is signed, also identifiers longer than the column."""
from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QLabel

from injection_log_napari.views.parts import scrolled
from injection_log_napari.views.review_parts import rows_view

UID = "2.25.260293710276810415702760882686037164736"


def test_a_picture_longer_than_the_column_is_shown_to_its_last_word(app: Any) -> None:
    words = f"image {UID}, frame 1, pixel data 2b224412416dd3fa; scanner region 1, 0.06550 mm per row"
    rows = rows_view([("Picture 1", words), ("Length", "(250.5, 154.1) to (318.9, 608.0) on picture 1")])
    area = scrolled(rows)
    area.resize(500, 300)
    area.show()
    app.processEvents()
    values = [one for one in rows.findChildren(QLabel) if one.wordWrap()]
    assert len(values) == 2
    for value in values:
        assert value.height() >= value.heightForWidth(value.width()), value.text()
        assert value.geometry().right() <= area.viewport().width()
    assert values[0].text().replace("\u200b", "") == words
    area.close()
