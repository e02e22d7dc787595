"""What nobody foresaw, anywhere in the window: one sentence over every page, a clean log, a window that lives."""
from __future__ import annotations

import threading

import pytest
from opened_window import practice_site, wait

from injection_log.site import log_in

PLANTED = "SECRET^NAME 0101010000"


class Faulty:
    """The window on a fresh site as `open_window` runs it, with its log."""

    def __init__(self, app, root) -> None:
        from injection_log_napari.support_log import begin_log, catch_all
        from injection_log_napari.window import make_window

        self.app, self.site = app, practice_site(root)
        self.window = make_window(self.site, session=log_in(self.site, "injector", "practice-injector"), canvas="plain")
        self.handler = begin_log(self.site.home.log_file)
        self.undo = catch_all(self.window.fault.emit)
        self.window.resize(1366, 768)
        self.window.show()
        wait(app, lambda: self.window.zone.canvas is not None)

    def told(self) -> str:
        wait(self.app, lambda: self.window.notices.text)
        return self.window.notices.text

    def log(self) -> str:
        return self.site.home.log_file.read_text("utf-8")

    def close(self) -> None:
        from injection_log_napari.support_log import end_log

        self.undo()
        end_log(self.handler)
        self.window.close()


@pytest.fixture
def faulty(app, tmp_path):
    opened = Faulty(app, tmp_path)
    yield opened
    opened.close()


def fail() -> None:
    raise ValueError(PLANTED)


def check_told_and_alive(faulty) -> None:
    """One sentence that says what to do, no value anywhere, and the work list still opens a visit."""
    assert "what was saved is safe" in faulty.told()
    assert PLANTED not in faulty.told()
    assert "ValueError" in faulty.log()
    assert "SECRET" not in faulty.log()
    faulty.window.work_list.table.selectRow(1)
    faulty.window.work_list.open_chosen()
    assert faulty.window.stack.currentWidget() is faulty.window.room


def test_an_error_in_a_slot_is_one_sentence_and_the_window_works_on(faulty):
    from PySide6.QtCore import QTimer

    QTimer.singleShot(0, fail)
    check_told_and_alive(faulty)


def test_an_error_in_a_thread_is_one_sentence_and_the_window_works_on(faulty):
    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    check_told_and_alive(faulty)


def test_an_error_of_a_worker_reaches_who_asked_and_the_log_has_its_place(faulty):
    came = []
    faulty.window.workers.run(fail, came.append, came.append)
    wait(faulty.app, lambda: came)
    assert isinstance(came[0], ValueError)
    assert "work in the background failed" in faulty.log()
    assert "SECRET" not in faulty.log()
    assert not faulty.window.notices.text


def test_a_visit_that_cannot_be_shown_leaves_the_list_as_it_was(faulty, monkeypatch):
    from injection_log_napari.views import room_page

    with monkeypatch.context() as broken:
        broken.setattr(room_page.RoomPage, "_make_views", lambda _page: fail())
        faulty.window.work_list.table.selectRow(1)
        from PySide6.QtCore import QTimer

        QTimer.singleShot(0, faulty.window.work_list.open_chosen)
        faulty.told()
    assert faulty.window.stack.currentWidget() is faulty.window.work_list
    check_told_and_alive(faulty)


def test_the_sentence_goes_away_after_a_while(faulty, monkeypatch):
    from injection_log_napari.views import guarded_window

    monkeypatch.setattr(guarded_window, "FAULT_SHOWN_MS", 50)
    faulty.window.fault.emit("Something went wrong.")
    faulty.told()
    wait(faulty.app, lambda: not faulty.window.notices.text)


def test_a_person_saves_the_log_for_support_and_nothing_of_a_patient_is_in_it(faulty, tmp_path):
    from PySide6.QtCore import QTimer
    from PySide6.QtTest import QTest

    faulty.window.work_list.table.selectRow(1)
    faulty.window.work_list.open_chosen()
    editor = faulty.window.room.participant.form.fields["kit_code"].editor
    editor.setFocus()
    QTest.keyClicks(editor, "KIT-0417")
    QTimer.singleShot(0, fail)
    faulty.told()
    faulty.window.leave_room()
    faulty.window.show_account()
    page = faulty.window.beside.shown
    page.save_support_to(tmp_path / "support.txt", page._write_support)
    saved = (tmp_path / "support.txt").read_text("utf-8")
    assert "ValueError" in saved
    assert "picture view: plain" in saved
    for planted in ("SECRET", "0101010000", "SMG", "KIT", "injector", "Practice", str(tmp_path)):
        assert planted not in saved, planted
    assert str(tmp_path / "support.txt") in page._said.text()


def test_a_log_that_cannot_be_saved_is_said_with_the_reason(faulty, tmp_path):
    faulty.window.show_account()
    page = faulty.window.beside.shown
    page.save_support_to(tmp_path / "nowhere" / "support.txt", page._write_support)
    assert "was not saved" in page._said.text()
    assert "choose another folder" in page._said.text()
