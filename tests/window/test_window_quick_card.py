"""The `?` page in the real window: its one button saves the quick card, and everything else still puts it away."""
from __future__ import annotations

import pytest
from opened_window import OpenedVisit
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog

from injection_log_napari.presenters.room_state import Wish


@pytest.fixture
def keys(app, tmp_path, phantom_visit):
    """The page, open over a visit."""
    opened = OpenedVisit(app, tmp_path, phantom_visit.visits[0].files[0].parent)
    opened.window.activateWindow()
    opened.page.fulfil(Wish("keys"))
    opened.spin(0.1)
    yield opened.page.keys
    opened.window.close()


def test_the_button_saves_the_card_where_the_person_says(keys, tmp_path, monkeypatch):
    target = tmp_path / "card.pdf"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(target), ""))
    keys.save.click()
    assert target.read_bytes().startswith(b"%PDF")
    assert keys._said.text() == "Saved: card.pdf"
    assert keys.isVisible()


def test_a_folder_that_takes_nothing_is_told_in_the_page(keys, tmp_path):
    keys.save_to(tmp_path / "nowhere" / "card.pdf")
    assert keys._said.text().endswith("choose another folder.")


def test_tab_reaches_the_button_and_any_other_key_puts_the_page_away(keys):
    QTest.keyClick(keys, Qt.Key.Key_Tab)
    assert keys.isVisible()
    QTest.keyClick(keys, Qt.Key.Key_Q)
    assert not keys.isVisible()
