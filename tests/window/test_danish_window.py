"""The window in Danish: every text of every page is in the catalogue or a value, and nothing is cut at 1366 x 768."""
from __future__ import annotations

import pytest
from opened_window import practice_site
from PySide6.QtWidgets import QApplication
from words_on_screen import cut, lacking

from injection_log.language import catalogue_of
from injection_log_napari.said import speak
from injection_log_napari.tour import Credentials, Tour
from injection_log_napari.window import make_window
from tools import record_states

DANISH = catalogue_of("da")
TYPED = (
    "Who was in the room besides the injector?", "The syringe log of the pharmacy says 0.10 ml; please check.",
    "The pharmacy is right; the record is corrected.", "residual volume read wrongly", "needle and code",
)  # fmt: skip


@pytest.fixture
def danish(app):
    speak("da")
    yield DANISH
    speak("en")


class Seen:
    """What was found on the pages that were passed."""

    def __init__(self) -> None:
        self.lacking, self.cut, self.pages = set[str](), dict[str, set[str]](), 0

    def look(self, page, name: str) -> None:
        self.pages += 1
        self.lacking |= lacking(page, DANISH, TYPED)
        if found := cut(page):
            self.cut[name] = found


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
    assert sorted(tour.seen.lacking) == []
    assert tour.seen.cut == {}


def test_every_state_after_a_signature_is_danish_and_uncut(danish, tmp_path, monkeypatch):
    seen = Seen()

    class Walking(record_states.Photographer):
        def take(self, name: str) -> None:
            super().take(name)
            seen.look(QApplication.activeModalWidget() or self.window, name)

    monkeypatch.setattr(record_states, "Photographer", Walking)
    record_states.play(practice_site(tmp_path / "site"), (1366, 768), tmp_path)
    assert seen.pages == 36
    assert sorted(seen.lacking) == []
    assert seen.cut == {}
