"""The window in Danish: every text of every page is in the catalogue or a value, and nothing is cut at 1366 x 768."""
from __future__ import annotations

import time

import pytest
from opened_window import OpenedVisit, practice_site, wait
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from words_on_screen import VALUES, cut, lacking

from injection_log.acts import additions, reviewing
from injection_log.acts.signing import MEANINGS
from injection_log.language import catalogue_of
from injection_log.site import log_in
from injection_log_napari.presenters.history import LineRow
from injection_log_napari.presenters.room_state import Wish
from injection_log_napari.said import speak
from injection_log_napari.tour import Credentials, Tour
from injection_log_napari.views.language_choice import LanguageChoice
from injection_log_napari.window import make_window
from tools import marked_gland, record_states

DANISH = catalogue_of("da")
TYPED = (
    "Who was in the room besides the injector?", "The syringe log of the pharmacy says 0.10 ml; please check.",
    "The pharmacy is right; the record is corrected.", "residual volume read wrongly", "needle and code",
    "answer to a query: residual volume read wrongly", "typing error: needle and code",
    "The syringe log of the pharmacy says 0.10 ml; please check. - The pharmacy is right; the record is corrected.",
    *MEANINGS.values(), additions.MEANING, reviewing.MEANING,
)  # fmt: skip


@pytest.fixture
def danish(app):
    speak("da")
    yield DANISH
    speak("en")


class Seen:
    """What was found on the pages that were passed."""

    def __init__(self, typed: tuple[str, ...] = ()) -> None:
        self._typed = (*TYPED, *typed)
        self.lacking, self.cut, self.pages = set[str](), dict[str, set[str]](), 0

    def look(self, page, name: str) -> None:
        self.pages += 1
        QApplication.processEvents()
        self.lacking |= lacking(page, DANISH, self._typed)
        # A layout takes a few rounds of events; what is still cut a second later is cut.
        end = time.monotonic() + 1.0
        while (found := cut(page)) and time.monotonic() < end:
            QApplication.processEvents()
            time.sleep(0.02)
        if found:
            self.cut[name] = found

    @property
    def faults(self) -> str:
        """What is not Danish and what is cut, a line each; "" when all is well."""
        cut_texts = [f"cut on {name}: {text}" for name, texts in self.cut.items() for text in sorted(texts)]
        return "\n".join([*(f"not Danish: {text}" for text in sorted(self.lacking)), *cut_texts])


class WalkedTour(Tour):
    """The tour, which looks at every page it takes a picture of."""

    def __init__(self, *given) -> None:
        super().__init__(*given)
        self.seen = Seen()

    def picture(self, name: str) -> None:
        super().picture(name)
        self.seen.look(QApplication.activeModalWidget() or self.window, name)


def test_the_whole_way_of_a_visit_is_danish_and_uncut(danish, tmp_path, filled_orthanc, phantom_visit):
    window = make_window(practice_site(tmp_path), user="injector", pacs=filled_orthanc.address, canvas="plain")
    window.resize(1366, 768)
    window.show()
    tour = WalkedTour(window, tmp_path / "pictures", Credentials("injector", "practice-injector", "Practice Injector"))
    tour.play(phantom_visit, "injection")
    window.close()
    assert tour.seen.pages == 19
    assert tour.seen.faults == ""


def test_every_state_after_a_signature_is_danish_and_uncut(danish, tmp_path, monkeypatch):
    seen = Seen()

    class Walking(record_states.Photographer):
        def take(self, name: str) -> None:
            super().take(name)
            seen.look(QApplication.activeModalWidget() or self.window, name)

    monkeypatch.setattr(record_states, "Photographer", Walking)
    record_states.play(practice_site(tmp_path / "site"), (1366, 768), tmp_path)
    assert seen.pages == 36
    assert seen.faults == ""


def test_every_question_and_section_about_marks_is_danish_and_uncut(danish, tmp_path, monkeypatch):
    monkeypatch.setenv("INJECTION_LOG_KEYS", str(tmp_path / "keys"))
    seen, site = Seen(), practice_site(tmp_path / "site")

    class Walking(record_states.Photographer):
        def take(self, name: str) -> None:
            super().take(name)
            seen.look(self.window, name)

    marked_gland.play(site, Walking(site, (1366, 768), tmp_path))
    assert seen.pages == 9
    assert seen.faults == ""


@pytest.fixture
def visit(danish, app, tmp_path, phantom_visit, monkeypatch):
    monkeypatch.setenv("INJECTION_LOG_KEYS", str(tmp_path / "keys"))
    made = OpenedVisit(app, tmp_path, phantom_visit.visits[0].files[0].parent)
    yield made
    made.window.close()


def test_pages_beside_a_visit_are_danish_and_uncut(visit):
    seen, window, page = Seen((visit.site.ledger.workstation,)), visit.window, visit.page
    seen.look(window, "gland")
    for key in "XLNO":
        visit.key(key)
        seen.look(window, f"key {key}")
    page.fulfil(Wish("keys"))
    seen.look(window, "keys")
    page._teach()
    seen.look(window, "tutorial")
    page.column.steps["participant"].click()
    page.participant.paper.click()
    seen.look(window, "paper")
    window.beside.show_history(page.desk, None, "")
    history = window.beside.shown
    for place in range(history.presenter.count):
        history.table.selectRow(place)
        seen.look(window, f"history {place}")
        row = history.presenter.row(place)
        for text in (row.what,) if isinstance(row, LineRow) else (f"{row.title}: {row.detail}",):
            seen.lacking |= {piece for piece in DANISH.lacks(text) if not VALUES.fullmatch(piece)}
    history.who_saw.click()
    seen.look(history.sightings, "who saw")
    history.sightings.close()
    window.show_queries()
    seen.look(window, "queries")
    window.show_account()
    seen.look(window, "account")
    window.lock()
    seen.look(window, "lock")
    assert seen.faults == ""


def test_the_dialog_of_coded_copies_is_danish_and_uncut(visit):
    seen, page = Seen(), visit.page
    page.column.steps["images"].click()
    page.images_page.coded_copy.click()
    wait(visit.app, lambda: QApplication.activeModalWidget() is not None)
    dialog = QApplication.activeModalWidget()
    seen.look(dialog, "copies")
    dialog.choice.rows[0].chosen.click()
    dialog.measure.click()
    wait(visit.app, lambda: not dialog.presenter.state.busy)
    seen.look(dialog, "measured")
    dialog.look.click()
    wait(visit.app, lambda: not dialog.presenter.state.busy)
    seen.look(dialog, "looked through")
    dialog.close()
    assert seen.faults == ""


def test_an_administrator_and_whoever_tests_the_pacs_read_danish(danish, app, tmp_path, filled_orthanc):
    site, seen = practice_site(tmp_path), Seen()
    window = make_window(site, session=log_in(site, "admin", "practice-admin"), canvas="plain")
    window.resize(1366, 768)
    window.show()
    seen.look(window, "administrator")
    window.close()
    session = log_in(site, "injector", "practice-injector")
    window = make_window(site, session=session, pacs=filled_orthanc.address, canvas="plain")
    window.resize(1366, 768)
    window.show()
    wait(app, lambda: window.zone.canvas is not None)
    window.work_list.table.selectRow(1)
    window.work_list.open_chosen()
    window.room.room.go("images")
    window.room.images_page.show_connection()
    connection = window.room.images_page.connection
    connection.ours.button.click()
    wait(app, lambda: connection.presenter.state.ours.outcome not in ("running", "untried"))
    seen.lacking |= {text for text in lacking(window, DANISH) if text not in set(card_words(connection))}
    window.close()
    assert seen.faults == ""


def card_words(connection) -> list[str]:
    """The card is English in every language."""
    sections = connection.presenter.state.sections
    return [text for title, lines in sections for text in (title, *(part for line in lines for part in line))]


def test_another_language_is_spoken_at_once_and_nothing_typed_is_lost(visit, tmp_path):
    page, window = visit.page, visit.window
    panel = page.panels["right"]
    page.desk.set_fact("right", "injected", "yes")
    page.desk.set_fact("right", "volume_loaded_ul", "1,20")
    page.refresh()
    loaded = panel.volume_form.fields["volume_loaded_ul"]
    assert (loaded.editor.text(), panel._title.text()) == ("1,20", "HØJRE KIRTEL")
    page.room.go("participant")
    page.participant.show()
    form = page.participant.form.fields
    form["kit_code"].editor.setFocus()
    QTest.keyClicks(form["kit_code"].editor, "KIT-04")
    window.lock()
    choice = window.findChild(LanguageChoice)
    choice.buttons["en"].click()
    assert (loaded.editor.text(), panel._title.text()) == ("1.20", "RIGHT GLAND")
    assert form["kit_code"].editor.text() == "KIT-04"
    assert (visit.site.home.language_file).read_text() == "en\n"


def test_a_danish_figure_that_was_not_touched_is_not_written_again(visit):
    page = visit.page
    page.desk.set_fact("right", "injected", "yes")
    page.desk.set_fact("right", "volume_loaded_ul", "1.20")
    page.refresh()
    before = visit.site.ledger.head()
    page.panels["right"].volume_form.fields["volume_loaded_ul"].commit(deliberate=True)
    assert visit.site.ledger.head() == before


def test_letters_that_are_keys_stay_letters():
    from injection_log_napari.presenters.keys import KEY_GROUPS

    letters = [row.keys for group in KEY_GROUPS for row in group.rows if all(len(one) == 1 for one in row.keys.split())]
    assert "L  W  D" in letters
    assert [DANISH.say(keys) for keys in letters] == letters
