"""In the real window: a line that answers several fields, an answer that is clicked twice, an offer that is taken."""
from __future__ import annotations

import pytest
from opened_window import OpenedVisit
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

LEFT, ENTER = Qt.MouseButton.LeftButton, Qt.Key.Key_Return


@pytest.fixture
def visit(app, tmp_path, phantom_visit, monkeypatch):
    monkeypatch.setenv("INJECTION_LOG_KEYS", str(tmp_path / "keys"))
    made = OpenedVisit(app, tmp_path, phantom_visit.visits[0].files[0].parent)
    made.window.activateWindow()
    yield made
    made.window.close()


def answered(visit, side="right") -> dict:
    facts = visit.page.desk.record.glands[side].facts
    return {name: value for name, value in facts.items() if value not in (None, "", [])}


def events(visit) -> list[str]:
    return [event.kind for event in visit.site.ledger.events(after=0) if event.kind == "GlandFactSet"]


def test_three_volumes_in_one_line_are_read_back_in_their_fields_and_written_once(visit):
    page = visit.page
    page.desk.set_fact("right", "injected", "yes")
    page.refresh()
    fields, before = page.panels["right"].volume_form.fields, len(events(visit))
    loaded = fields["volume_loaded_ul"].editor
    loaded.setFocus()
    QTest.keyClicks(loaded, "1,10 0,05 0")
    QTest.keyClick(loaded, ENTER)
    visit.spin(0.1)
    page.commit()
    assert [field.editor.text() for field in fields.values()] == ["1.10", "0.05", "0.00"]
    assert page.panels["right"]._injected.text() == "✓ 1.05 ml"
    assert len(events(visit)) == before + 3


def test_an_answer_that_is_clicked_twice_is_given_once_and_answers_nothing_else(visit):
    yes = visit.page.panels["right"].before.fields["injected"].choices["yes"]
    QTest.mouseClick(yes, LEFT)
    QTest.mouseDClick(yes, LEFT)  # the second press of a double click, as Qt tells it
    visit.spin(0.1)
    assert answered(visit) == {"injected": "yes"}


def test_what_stands_below_an_offer_stays_where_it_is_when_the_offer_is_taken(visit):
    page = visit.page
    for name, text in (("injected", "yes"), ("volume_loaded_ul", "1.10"), ("needle", "25G-40mm")):
        page.desk.set_fact("right", name, text)
    page.desk.set_fact("left", "injected", "yes")
    page.room.go("left")
    visit.spin(0.5)  # until every line of the panel has its place
    panel = page.panels["left"]
    loaded, residual = (panel.volume_form.fields[f"volume_{part}_ul"] for part in ("loaded", "residual"))
    before = residual.mapTo(panel.area.widget(), QPoint(0, 0))
    QTest.mouseClick(loaded.offer, LEFT)
    visit.spin(0.5)
    assert answered(visit, "left") == {"injected": "yes", "volume_loaded_ul": 1100, "needle": "25G-40mm"}
    assert residual.mapTo(panel.area.widget(), QPoint(0, 0)) == before


def test_an_offer_answers_to_space_and_not_to_enter(visit):
    page = visit.page
    page.room.go("participant")
    visit.spin(0.1)
    offer = page.participant.form.fields["injector"].offer
    offer.setFocus()
    QTest.keyClick(offer, ENTER)
    assert dict(page.desk.record.facts) == {}
    offer.setFocus()
    assert QApplication.focusWidget() is offer
    QTest.keyClick(offer, Qt.Key.Key_Space)
    assert set(page.desk.record.facts) == {"injector", "ultrasound_operator"}
