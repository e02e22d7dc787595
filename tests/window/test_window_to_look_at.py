"""Review and the signature dialog of a record that contradicts itself, in the real window at 1366 x 768."""
from __future__ import annotations

import pytest
from opened_window import practice_site, wait
from PySide6.QtWidgets import QLabel
from words_on_screen import cut

from annotate.marks import Deposit, Microlitres, Needle, Zone
from injection_log.acts import marks, visits
from injection_log.practice.world import INJECTOR
from injection_log.site import log_in
from injection_log_napari.said import speak
from injection_log_napari.views.signature_dialog import SignatureDialog
from injection_log_napari.window import make_window
from tools.marked_gland import visit_with_pictures

SAID = "▲ Right gland: the deposits add up to 5.00 ml, but loaded - residual - spilled is 1.00 ml."
SAID_IN_DANISH = "▲ Højre kirtel: depoterne giver 5,00 ml, men optrukket - rest - spildt er 1,00 ml."


@pytest.fixture
def window(app, tmp_path, monkeypatch):
    """The right gland's deposit holds 5 ml; nothing is missing."""
    monkeypatch.setenv("INJECTION_LOG_KEYS", str(tmp_path / "keys"))
    site = practice_site(tmp_path)
    needle = visit_with_pictures(site, tmp_path / "pictures").glands["right"].needle
    session = log_in(site, INJECTOR.user, INJECTOR.password)
    record, where = visits.find_visit(session, "SMG-07", "injection"), (needle.sop_instance_uid, needle.frame)
    for mark in (
        Needle(needle.entry, needle.tip, "seen", needle.skin_row_px),
        Deposit(needle.tip, Microlitres(5000), Zone("middle", "deep")),
    ):
        record = marks.place(session, record, "right", where, mark)
    made = make_window(site, session=session, canvas="plain")
    made.resize(1366, 768)
    made.show()
    wait(app, lambda: made.zone.canvas is not None, 60.0)
    made.open_record(record)
    made.room.room.go("review")
    made.room.refresh()
    wait(app, lambda: made.room.review.pictures_are_shown, 60.0)
    yield made
    speak("en")
    made.close()


@pytest.fixture
def dialog(window, app):
    assert window.room.room.review.begin()
    made = SignatureDialog(window.room.room.review, window)
    made.show()
    app.processEvents()
    yield made
    made.close()


def amber(page) -> list[QLabel]:
    """What is said in amber, sign and words."""
    found = [one for one in page.findChildren(QLabel) if one.property("role") == "amber" and one.isVisible()]
    return [one for one in found if one.text().startswith("▲")]


def test_review_says_first_above_the_gland_what_contradicts_itself(window):
    (said,) = amber(window.room.review)
    assert SAID in said.text().split("\n")
    below = [one for one in said.parent().findChildren(QLabel) if one.text().startswith("INJECTED")]
    assert below
    assert all(said.mapTo(window, said.rect().topLeft()).y() < one.mapTo(window, one.pos()).y() for one in below)
    assert window.rect().contains(said.mapTo(window, said.rect().bottomRight()))
    assert window.room.room.sentence.text.startswith("2 things to look at (▲), then sign.")


def test_the_dialog_of_that_gland_says_it_and_signs_all_the_same(dialog):
    (said,) = amber(dialog)
    assert SAID in said.text().split("\n")
    dialog.user.setText(INJECTOR.user)
    dialog.password.setText(INJECTOR.password)
    dialog.sign.click()
    assert dialog._title.text().startswith("LEFT")
    assert amber(dialog) == []


def test_both_say_it_in_danish_and_nothing_is_cut(window, dialog, app):
    speak("da")
    pages = (window.room.review, dialog)
    wait(app, lambda: all(SAID_IN_DANISH in amber(page)[0].text().split("\n") for page in pages))
    wait(app, lambda: not any(cut(page) for page in pages))
    assert window.room.line._text.text().startswith("2 ting at se på (▲), så underskrift. Læs")
