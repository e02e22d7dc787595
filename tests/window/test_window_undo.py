"""Undo and redo in the real window: in fields, by the buttons, across pictures, and after a restart of the program."""
from __future__ import annotations

import pytest
from opened_window import OpenedVisit, rewritten, wait
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from annotate.marks import Caliper
from dicom_io.calibration import Point
from injection_log.site import Site, log_in
from injection_log_napari.left_off import MOST, keep_place, read_place
from injection_log_napari.presenters.left_at import LeftAt

CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
Z = Qt.Key.Key_Z


@pytest.fixture
def visit(app, tmp_path, phantom_visit, monkeypatch):
    monkeypatch.setenv("INJECTION_LOG_KEYS", str(tmp_path / "keys"))
    files = sorted(phantom_visit.visits[0].files, key=lambda path: path.stat().st_size)
    made = OpenedVisit(app, tmp_path, rewritten([files[0], files[-1]], tmp_path / "files", lambda _: None))
    yield made
    made.window.close()


def remark(visit):
    return visit.page.participant.form.fields["visit_remark"].editor


def typed(visit, text: str) -> None:
    visit.page.room.go("participant")
    remark(visit).setFocus()
    QTest.keyClicks(remark(visit), text)


def recorded(visit):
    return visit.page.desk.record.facts.get("visit_remark")


def test_in_a_field_undo_is_the_fields_own_until_its_text_is_recorded(visit):
    typed(visit, "quiet")
    QTest.keyClick(remark(visit), Z, CONTROL)
    assert (remark(visit).text(), recorded(visit)) == ("", None)
    QTest.keyClick(remark(visit), Z, CONTROL | SHIFT)
    assert remark(visit).text() == "quiet"
    QTest.keyClick(remark(visit), Qt.Key.Key_Return)
    remark(visit).setFocus()
    QTest.keyClick(remark(visit), Z, CONTROL)
    assert (remark(visit).text(), recorded(visit)) == ("", None)
    assert visit.page.line.text == "Undone: remark of the visit. Ctrl+Shift+Z brings it back."
    QTest.keyClick(remark(visit), Z, CONTROL | SHIFT)
    assert (remark(visit).text(), recorded(visit)) == ("quiet", "quiet")


def test_the_mouse_reaches_undo_and_redo(visit):
    visit.page.desk.set_fact("left", "gland_remark", "quiet")
    facts = lambda: visit.page.desk.record.glands["left"].facts  # noqa: E731
    QTest.mouseClick(visit.page.line.undo, Qt.MouseButton.LeftButton)
    assert "gland_remark" not in facts()
    assert visit.page.room.step == "left"
    QTest.mouseClick(visit.page.line.redo, Qt.MouseButton.LeftButton)
    assert facts()["gland_remark"] == "quiet"


def test_after_a_restart_the_window_is_where_it_was_and_still_undoes_on_the_frame_of_the_mark(app, visit):
    from injection_log_napari.window import make_window

    room, home = visit.page.room, visit.site.home
    clip = next(one.sop_instance_uid for one in visit.page.desk.record.images if one.frames > 1)
    visit.page.desk.place("left", (clip, 23), Caliper("depth", Point(200, 200), Point(300, 300)))
    room.go("left")
    room.picture.show(clip, 41)
    visit.window.close()
    visit.site.ledger.close()
    session = log_in(Site.open(home), "injector", "practice-injector")
    visit.window = window = make_window(session.site, session=session, canvas="plain")
    window.show()
    wait(app, lambda: window.zone.canvas is not None)
    window.work_list.table.selectRow(1)
    window.work_list.open_chosen()
    page = window.room
    assert (page.room.step, page.room.picture.where) == ("left", (clip, 41))
    wait(app, lambda: page.clips.all_opened(page.room.uids))
    assert page.room.picture.where == (clip, 41)
    QTest.keyClick(window.zone.canvas.surface, Z, CONTROL)
    assert page.desk.record.glands["left"].marks == ()
    assert page.room.picture.where == (clip, 23)
    assert window.zone.bar.strip is not None
    assert page.line.text.startswith("Undone: depth caliper of the left gland")


def test_what_is_kept_of_a_place_names_nobody_and_no_picture(visit):
    visit.page.room.go("left")
    kept = visit.site.home.left_off_file.read_text("ascii")
    record = visit.page.desk.record
    for name in ("SMG", "injector", "injection", *(image.sop_instance_uid for image in record.images)):
        assert name not in kept
    assert '"left"' in kept


BROKEN = ("", "[]", "{", '{"k": [1, 2]}', '{"k": ["left", "", -1]}', '{"k": ["nowhere", "", 0]}', "[" * 100_000)


@pytest.mark.parametrize("text", BROKEN, ids=range(len(BROKEN)))
def test_a_file_of_places_that_cannot_be_read_keeps_nobody_from_working(tmp_path, text):
    path, place = tmp_path / "left-off.json", LeftAt("right", "1.2.3", 7)
    path.write_text(text, "ascii")
    assert read_place(path, "k", {}) is None
    keep_place(path, "k", place, {"1.2.3": "a" * 64})
    assert read_place(path, "k", {"1.2.4": "b" * 64, "1.2.3": "a" * 64}) == place
    assert read_place(path, "k", {"1.2.4": "b" * 64}) == LeftAt("right")
    keep_place(tmp_path / "missing" / "file", "k", place, {})


def test_the_visit_that_was_left_longest_ago_is_forgotten_first(tmp_path):
    path = tmp_path / "left-off.json"
    for number in (*range(MOST), 0, MOST):
        keep_place(path, str(number), LeftAt("left"), {})
    assert read_place(path, "0", {}) == LeftAt("left")
    assert read_place(path, "1", {}) is None
