"""A signed record in the real window, by mouse and keyboard: asked about, answered, amended, reviewed and locked.

One window and one record for all: people log out and in as they do at a workstation, and what was seen on the way is
kept for the tests.
"""
from __future__ import annotations

from typing import Any

import pytest
from opened_window import practice_site, wait
from signed_visits import signed_visit

from injection_log.acts import facts, queries, visits
from injection_log.practice.world import USERS
from injection_log.site import log_in

WHO = {one.user: one for one in USERS}
RESIDUAL = "volume_residual_ul"


class Workstation:
    """One window, and whoever sits at it."""

    def __init__(self, app: Any, site: Any) -> None:
        from injection_log_napari.window import make_window

        self.app, self.site = app, site
        self.window = make_window(site, canvas="plain")
        self.window.resize(1366, 768)
        self.window.show()
        wait(app, lambda: self.window.zone.canvas is not None)

    def log_in(self, user: str) -> None:
        """Log whoever is there out, and this person in at the page; open the injection visit by its line."""
        from PySide6.QtCore import Qt
        from PySide6.QtTest import QTest

        if self.window.session is not None:
            self.window.leave_room()
            self.click(self.window.work_list.log_out)
        page = self.window.log_in
        page.user.clear()
        QTest.keyClicks(page.user, user)
        QTest.keyClicks(page.password, WHO[user].password)
        QTest.keyClick(page.password, Qt.Key.Key_Return)
        wait(self.app, lambda: self.window.stack.currentWidget() is self.window.work_list)
        self.window.work_list.table.selectRow(1)
        QTest.keyClick(self.window.work_list.table, Qt.Key.Key_Return)
        wait(self.app, lambda: self.window.room is not None)

    @property
    def room(self) -> Any:
        """The room that is open."""
        return self.window.room

    def panel(self, side: str) -> Any:
        """The panel of a gland, on its step."""
        self.click(self.room.column.steps[side])
        return self.room.panels[side]

    def click(self, widget: Any) -> None:
        """Click a widget that can be seen."""
        from PySide6.QtCore import Qt
        from PySide6.QtTest import QTest

        assert not widget.isHidden(), widget.text()
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton)
        self.app.processEvents()

    def type(self, editor: Any, text: str) -> None:
        """Type over what stands in a field, and press Enter."""
        from PySide6.QtCore import Qt
        from PySide6.QtTest import QTest

        editor.setFocus()
        editor.selectAll()
        QTest.keyClicks(editor, text)
        QTest.keyClick(editor, Qt.Key.Key_Return)
        self.app.processEvents()

    def sign(self, user: str) -> None:
        """Go to review, press its button, and sign all that the dialog shows."""
        self.click(self.room.column.steps["review"])

        def signs(dialog: Any) -> None:
            dialog.user.setText(user)
            while dialog.isVisible():
                self.type(dialog.password, WHO[user].password)

        self.room.wishes.during_dialog(signs)
        self.click(self.room.review.sign)
        wait(self.app, lambda: not self.room.room.review.to_sign)

    def record(self) -> Any:
        """The visit as the log has it now."""
        return visits.find_visit(log_in(self.site, "monitor", WHO["monitor"].password), "SMG-07", "injection")

    def query(self) -> Any:
        """The one query there is."""
        return queries.list_queries(log_in(self.site, "monitor", WHO["monitor"].password))[0]


def ask(at: Workstation, seen: dict[str, Any]) -> None:
    """The monitor asks about a value that cannot be changed by anybody there."""
    at.log_in("monitor")
    panel = at.panel("right")
    field = panel.volume_form.fields[RESIDUAL]
    seen["monitor_may_type"] = field.editor.isEnabled()
    at.click(field.mark)
    at.type(panel.question.words, "please compare with the pharmacy")
    seen["asked"] = (at.query().state, field.mark.text())


def answer(at: Workstation, seen: dict[str, Any]) -> None:
    """The site answers in place."""
    at.log_in("injector")
    panel = at.panel("right")
    at.click(panel.volume_form.fields[RESIDUAL].mark)
    at.type(panel.question.words, "it was read wrongly")
    seen["answered"] = at.query().state
    seen["signed_may_type"] = panel.volume_form.fields[RESIDUAL].editor.isEnabled()
    seen["why_closed"] = panel.access._why.text()


def amend(at: Workstation, seen: dict[str, Any]) -> None:
    """The gland is amended with a reason given in the page, and signed again."""
    panel = at.panel("right")
    at.click(panel.access.amend)
    at.type(panel.question.words, "residual read wrongly")
    seen["without_choice"] = panel.question._why.text()
    at.click(panel.question.choices["query"])
    at.type(panel.question.words, "residual read wrongly")
    seen["under"] = panel.access._under.text()
    at.type(panel.volume_form.fields[RESIDUAL].editor, "0,10")
    at.click(at.room.column.steps["review"])
    seen["changed"] = [(one.label, one.old, one.new) for one in at.room.room.review.state.glands[0].changed]
    at.sign("injector")
    seen["amended"] = at.record().glands["right"]


def disagree(at: Workstation, seen: dict[str, Any]) -> None:
    """Somebody else changes the same field first; the own draft is kept and put again."""
    panel = at.panel("left")
    at.click(panel.access.amend)
    at.click(panel.question.choices["typing"])
    at.type(panel.question.words, "the code of the syringe")
    operator = log_in(at.site, "operator", WHO["operator"].password)
    facts.set_fact(operator, at.record(), "left", "syringe_code", "SYR-2040")
    field = panel.before.fields["syringe_code"]
    at.type(field.editor, "SYR-2041")
    seen["draft"] = (field.editor.text(), at.record().glands["left"].facts["syringe_code"])
    seen["who_changed"] = field._why.text()
    at.click(field.mine)
    seen["mine"] = at.record().glands["left"].facts["syringe_code"]
    at.sign("injector")


def close_query(at: Workstation, seen: dict[str, Any]) -> None:
    """The opener finds the answered query in the list, opens the record from there and closes it."""
    at.log_in("monitor")
    at.window.leave_room()
    at.click(at.window.work_list.other_ways["Queries and checks"])
    page = at.window.beside.shown
    at.click(page.kinds["answered"])
    at.click(page.open)
    card = at.room.panels["right"].question
    at.click(card.choices["close"])
    at.click(card.keep)
    seen["closed"] = at.query().state
    at.click(at.room.panels["right"].volume_form.fields[RESIDUAL].mark)
    at.click(card.history)
    history = at.window.beside.shown
    seen["history"] = (history.presenter.state.side, history.presenter.state.wanted.field)
    at.click(history.back)
    seen["back_in_the_room"] = at.window.stack.currentWidget() is at.room


def review_and_lock(at: Workstation, seen: dict[str, Any]) -> None:
    """The principal investigator signs both as reviewed and locks them from the list."""
    at.log_in("investigator")
    at.sign("investigator")
    seen["reviewed"] = {gland.state for gland in at.record().glands.values()}
    at.window.leave_room()
    page = at.window.work_list
    page.table.selectRow(1)
    at.click(page.act_buttons["lock"])
    at.click(page.question.choices["both"])
    at.click(page.question.keep)
    seen["locked"] = {gland.state for gland in at.record().glands.values()}
    at.log_in("injector")
    access = at.panel("right").access
    seen["why_locked"], seen["may_amend_locked"] = access._why.text(), not access.amend.isHidden()


@pytest.fixture(scope="module")
def keys_of_this_record(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("INJECTION_LOG_KEYS", str(tmp_path_factory.mktemp("changes-keys")))
        yield


@pytest.fixture(scope="module")
def seen(app, tmp_path_factory, keys_of_this_record) -> dict[str, Any]:
    """What was seen while the whole course was played once."""
    site = practice_site(tmp_path_factory.mktemp("changes"))
    signed_visit(log_in(site, "injector", WHO["injector"].password))
    at, seen = Workstation(app, site), dict[str, Any]()
    try:
        for act in (ask, answer, amend, disagree, close_query, review_and_lock):
            act(at, seen)
    finally:
        at.window.close()
    return seen


def test_a_query_is_opened_answered_and_closed_over_three_log_ins(seen):
    assert (seen["asked"], seen["answered"], seen["closed"]) == (("open", "?"), "answered", "closed")


def test_the_history_of_a_value_opens_beside_it_and_leads_back(seen):
    assert seen["history"] == ("right", RESIDUAL)
    assert seen["back_in_the_room"]


def test_nobody_types_in_a_signed_record_and_the_page_says_what_to_do(seen):
    assert (seen["monitor_may_type"], seen["signed_may_type"]) == (False, False)
    assert "press Amend…" in seen["why_closed"]


def test_an_amendment_owes_a_reason_and_stays_in_sight_while_it_is_open(seen):
    assert seen["without_choice"] == "Choose one of the answers first."
    assert seen["under"] == "amending version 1: answer to a query: residual read wrongly"


def test_before_signing_again_old_and_new_stand_side_by_side(seen):
    assert ("Residual", "0.05 ml", "0.10 ml") in seen["changed"]


def test_signing_again_makes_version_2_and_keeps_version_1(seen):
    gland = seen["amended"]
    assert (gland.state, gland.version, [one.version for one in gland.earlier]) == ("signed", 2, [1])


def test_the_loser_of_a_conflict_keeps_the_draft_and_is_told_who_changed_what(seen):
    assert seen["draft"] == ("SYR-2041", "SYR-2040")
    assert seen["who_changed"].startswith("Practice Operator changed it from SYR-2032 to SYR-2040")


def test_the_loser_may_put_the_own_value_again(seen):
    assert seen["mine"] == "SYR-2041"


def test_the_investigator_reviews_both_glands_and_locks_them_from_the_list(seen):
    assert (seen["reviewed"], seen["locked"]) == ({"reviewed"}, {"locked"})


def test_what_is_locked_cannot_be_amended_and_says_who_unlocks_it(seen):
    assert not seen["may_amend_locked"]
    assert "principal investigator unlocks it" in seen["why_locked"]
