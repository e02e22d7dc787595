"""Keys in the real window: Enter answers nothing, Tab follows the eye, a refused text stands until it is right."""
from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton

from injection_log.clock import FixedClock
from injection_log.home import Home
from injection_log.people.accounts import NewAccount, add_account
from injection_log.people.passwords import PasswordCost
from injection_log.protocol.reading import practice_protocol_text
from injection_log.site import NOBODY, Site, log_in

ENTER, TAB, SPACE, DOWN = Qt.Key.Key_Return, Qt.Key.Key_Tab, Qt.Key.Key_Space, Qt.Key.Key_Down


class Opened:
    """The real window with the injecting visit just begun."""

    def __init__(self, app, root) -> None:
        from injection_log_napari.window import make_window

        clock = FixedClock(datetime(2026, 11, 22, 9, tzinfo=UTC), timedelta(seconds=1))
        site = Site.create(Home(root / "home"), practice_protocol_text(), "test", clock=clock)
        person = NewAccount("injector", "Practice Injector", "injector", "practice-injector", PasswordCost(1, 8, 1))
        add_account(site.ledger, NOBODY, person, clock=clock, protocol=site.protocol.sha256)
        session = log_in(site, "injector", "practice-injector")
        self.app, self.window = app, make_window(site, session=session, canvas="plain")
        self.window.resize(1366, 768)
        self.window.show()
        self.window.activateWindow()
        QTest.qWait(250)
        self.window.work_list.open_chosen()
        self.room = self.window.room
        QTest.qWait(20)


@pytest.fixture
def opened(app, tmp_path, monkeypatch):
    monkeypatch.setenv("INJECTION_LOG_KEYS", str(tmp_path / "keys"))
    begun = Opened(app, tmp_path)
    yield begun
    begun.window.close()


def typed(field, text: str, end=ENTER) -> None:
    field.editor.setFocus()
    field.editor.clear()
    QTest.keyClicks(field.editor, text)
    QTest.keyClick(field.editor, end)


def test_enter_on_a_choice_or_a_helper_or_the_banner_records_nothing(opened):
    room, form = opened.room, opened.room.participant.form
    fields = form.fields
    before = room.desk.record
    quiet = [made for field in fields.values() for made in (*field.choices.values(), *field.helpers)]
    for made in (*quiet, room.participant.confirm, room.banner.leave, room.banner.lock, room.line.keys):
        made.setFocus()
        QTest.keyClick(made, ENTER)
        assert opened.window.stack.currentWidget() is room
    assert room.desk.record == before
    assert not room.keys.isVisible()


def test_space_answers_where_enter_does_not(opened):
    room = opened.room
    made = room.participant.form.fields["kit_intact"].choices["yes"]
    made.setFocus()
    QTest.keyClick(made, SPACE)
    QTest.keyClick(made, ENTER)
    assert room.desk.record.facts["kit_intact"] == "yes"


def test_a_refused_end_is_tried_again_when_the_start_is_corrected(opened):
    fields = opened.room.participant.form.fields
    facts = lambda: opened.room.desk.record.facts  # noqa: E731
    typed(fields["procedure_start"], "08:50")
    typed(fields["procedure_end"], "08:14")
    assert "procedure_end" not in facts()
    assert fields["procedure_end"].row.refused
    typed(fields["procedure_start"], "08:02")
    assert str(facts()["procedure_end"]).partition("T")[2].startswith("08:14")
    assert not fields["procedure_end"].row.refused


def test_while_a_refused_text_stands_the_room_says_so_and_nothing_is_signed(opened):
    room, page = opened.room.room, opened.room
    typed(page.participant.form.fields["kit_code"], "KIT-1", TAB)
    room.go("review")
    assert not room.review.begin()
    assert "what is typed was not kept" in room.review.state.missing[0].sentence
    room.go("participant")
    assert "not kept" in room.sentence.text
    assert page.participant.form.fields["kit_code"].editor.text() == "KIT-1"
    typed(page.participant.form.fields["kit_code"], "")
    assert room.standing == ()


def test_tab_goes_from_injected_to_the_syringe_code_that_came_with_it(opened):
    opened.room.room.go("right")
    panel = opened.room.panels["right"]
    yes = panel.before.fields["injected"].choices["yes"]
    yes.setFocus()
    QTest.keyClick(yes, SPACE)
    opened.app.processEvents()
    QTest.keyClick(yes, TAB)
    assert QApplication.focusWidget() is panel.before.fields["syringe_code"].editor


def test_next_before_the_identifiers_are_confirmed_goes_to_the_button_and_says_what_confirms(opened):
    page = opened.room.participant
    page.form.fields["kit_code"].editor.setFocus()
    assert opened.room.line.text.endswith("then confirm. Press Enter to go to the button.")
    QTest.mouseClick(page.next, Qt.MouseButton.LeftButton)
    assert page.confirm.hasFocus()
    assert page._area.viewport().visibleRegion().contains(page.confirm.mapTo(page._area.viewport(), QPoint(5, 5)))
    assert opened.room.line.text.endswith("then confirm. Space or a click confirms.")


def test_a_field_that_has_the_focus_says_how_it_is_answered_and_not_how_it_is_reached(opened):
    page, line = opened.room.participant, opened.room.line
    page.confirm.click()
    assert page.form.fields["kit_code"].editor.hasFocus()
    assert line.text.endswith("is missing. Type it, then press Enter.")
    page.next.setFocus()
    assert line.text.endswith("is missing. Press Enter to go to it.")
    QTest.keyClick(page.next, ENTER)
    assert line.text.endswith("is missing. Type it, then press Enter.")


def test_list_leads_to_the_line_of_the_visit_one_came_from(opened):
    opened.window.leave_room()
    page = opened.window.work_list
    page.table.selectRow(2)
    page.open_chosen()
    assert opened.window.room.desk.record.visit == "month_4"
    QTest.mouseClick(opened.window.room.banner.leave, Qt.MouseButton.LeftButton)
    assert page.table.currentRow() == 2
    assert page.line.text.startswith("Press Enter to go on with SMG-07, ")


def test_enter_withdraws_what_the_sentence_of_the_list_says_and_esc_leaves_it(opened):
    opened.window.leave_room()
    page = opened.window.work_list
    page.act_buttons["withdraw"].click()
    assert not page.open.isEnabled()
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Escape)
    assert page.line.text.startswith("Press Enter to go on with SMG-07, Injection visit")
    page.act_buttons["withdraw"].click()
    page.question.choices["twice"].click()
    assert page.line.text == "Press Enter to withdraw SMG-07, Injection visit; Esc leaves it."
    page.table.setFocus()
    QTest.keyClick(page.table, ENTER)
    assert opened.window.work_list is page
    assert "SMG-07, Injection visit is withdrawn" in page.line.text
    assert page.open.isEnabled()


def test_another_participant_that_is_typed_puts_the_question_about_a_line_away(opened):
    opened.window.leave_room()
    page = opened.window.work_list
    page.act_buttons["withdraw"].click()
    page.typed.setFocus()
    QTest.keyClicks(page.typed, "SMG-12")
    assert page.question.isHidden()
    assert page.line.text.startswith("Press Enter to begin SMG-12")


def test_while_a_card_asks_in_the_room_it_alone_carries_the_sign_of_enter(opened):
    page = opened.room.participant
    page.paper.click()
    signs = [made.text() for made in page.findChildren(QPushButton) if made.isVisible() and "⏎" in made.text()]
    assert signs == ["Go on  ⏎"]
    assert opened.room.line.text == "Write it in the line. Press Enter for: Go on; Esc leaves it."
    QTest.keyClick(page.question.words, Qt.Key.Key_Escape)
    assert (page.next.text(), page.next.isEnabled()) == ("Next  ⏎", True)


def test_the_list_has_the_arrows_and_says_what_enter_will_begin(opened):
    opened.window.leave_room()
    page = opened.window.work_list
    assert page.table.item(page.table.currentRow(), 1).text() == "Injection visit"
    page.table.selectRow(0)
    assert page.line.text.startswith("Press Enter to begin SMG-07, Baseline")
    QTest.keyClick(page.table, DOWN)
    assert page.table.currentRow() == 1
    QTest.keyClick(page.table, Qt.Key.Key_S)
    assert page.typed.text().lower() == "s"
