"""The real window, driven by mouse and keyboard through steps 1 to 6 against Orthanc, closed and opened again."""
from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest
from opened_window import practice_site, wait

from injection_log.site import log_in


@pytest.fixture(scope="module")
def keys_of_this_story(app, tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("INJECTION_LOG_KEYS", str(tmp_path_factory.mktemp("story-keys")))
        yield


@pytest.fixture(scope="module", params=["napari", "plain"])
def story(request, tmp_path_factory, keys_of_this_story, filled_orthanc, phantom_visit):
    """The whole way played once on each canvas: the site, the pictures taken, the record at its end.

    The plain one is not asked for: the self-test of OpenGL fails, as on a remote desktop.
    """
    from injection_log_napari.canvas import choice

    request.getfixturevalue("app")
    with pytest.MonkeyPatch.context() as patch:
        if request.param == "plain":
            patch.setattr(choice, "opengl_trouble", lambda: "OpenGL is not available")
        said = listening(patch)
        story = played(tmp_path_factory.mktemp("story"), filled_orthanc, phantom_visit)
    return {**story, "said": said, "wanted": request.param}


def played(root, filled_orthanc, phantom_visit) -> dict:
    from injection_log_napari.tour import Credentials, Tour
    from injection_log_napari.window import make_window

    site = practice_site(root)
    window = make_window(site, user="injector", pacs=filled_orthanc.address, canvas="auto")
    window.resize(1366, 768)
    window.show()
    tour = Tour(window, root / "pictures", Credentials("injector", "practice-injector", "Practice Injector"))
    tour.play(phantom_visit, "injection")
    record, title = window.room.desk.record, window.windowTitle()
    canvas = window.zone.canvas.name
    looks = before_and_after_other_steps(tour)
    tour.click(tour.room.column.steps["review"])  # where it is left is where it opens again
    window.close()
    return {
        "site": site, "record": record, "pictures": tour.pictures, "title": title, "canvas": canvas, "root": root,
        "looks": looks, "about": window._about()["picture view"],
    }  # fmt: skip


def listening(patch) -> list[str]:
    """What every line at the bottom says from now on, as it comes."""
    from injection_log_napari.views.sentence_line import SentenceLine

    said: list[str] = []
    shown = SentenceLine.show_sentence

    def tell(line, sentence) -> None:
        said.append(sentence.text)
        shown(line, sentence)

    patch.setattr(SentenceLine, "show_sentence", tell)
    return said


def before_and_after_other_steps(tour) -> list:
    """How a gland's first picture looks on arrival, and each time after a visit to another step."""
    from PySide6.QtCore import Qt

    column, canvas, looks = tour.room.column, tour.window.zone.canvas, []
    tour.click(column.steps["right"])
    tour.spin(0.3)
    tour.key(tour.surface, Qt.Key.Key_F)
    for step in ("review", "participant", ""):
        tour.spin(0.3)
        looks.append((canvas.snapshot(), canvas.surface.view))
        if step:
            tour.click(column.steps[step])
            tour.spin(0.2)
            tour.click(column.steps["right"])
    return looks


def test_the_canvas_is_the_one_that_this_machine_can_show(story):
    assert story["canvas"] == story["wanted"]


def test_the_plain_canvas_says_why_it_is_there(story):
    why = "OpenGL is not available: the plain picture view is used instead."
    assert (why in " ".join(story["said"])) == (story["canvas"] == "plain")
    assert (why in story["about"]) == (story["canvas"] == "plain")


def test_both_glands_are_signed_at_the_end(story):
    assert {gland.state for gland in story["record"].glands.values()} == {"signed"}
    assert len(story["pictures"]) == 19


def test_marks_placed_by_hand_measure_what_the_phantom_is(story, phantom_visit):
    truth = phantom_visit.visits[0]
    for side, gland in story["record"].glands.items():
        meant = truth.glands[side]
        assert gland.size.length_um / 1000 == pytest.approx(meant.length_mm, abs=0.25)
        needle = next(m for m in gland.measured.values() if "depth_um" in m)
        assert needle["depth_um"] / 1000 == pytest.approx(meant.needle.depth_mm, abs=0.2)
        assert needle["angle_mdeg"] / 1000 == pytest.approx(meant.needle.angle_deg, abs=0.5)


def test_picture_and_marks_look_the_same_after_review_and_back(story):
    (first, view), *others = story["looks"]
    assert first.max() > 100
    for look, its_view in others:
        assert its_view == view
        assert np.abs(look.astype(int) - first).mean() < 1.0


def test_the_log_verifies_after_it(story, monkeypatch, keys_of_this_story):
    from injection_log.verify import verify

    report = verify(story["site"].home)
    assert report.ok, report.first_wrong


def test_no_name_of_the_patient_is_in_the_title_or_anywhere_in_the_home_but_the_originals(story, phantom_visit):
    words = [part.encode() for part in (phantom_visit.patient_id, "PRACTICE^PHANTOM")]
    assert "SMG" not in story["title"]
    for path in story["site"].home.root.rglob("*"):
        if path.is_file() and "images" not in path.relative_to(story["site"].home.root).parts:
            content = path.read_bytes()
            assert not any(word in content for word in words), path.name


def test_the_program_opened_again_finds_everything_and_lands_at_the_end(app, story):
    from injection_log_napari.window import make_window

    session = log_in(story["site"], "injector", "practice-injector")
    window = make_window(story["site"], session=session, canvas="plain")
    window.resize(1366, 768)
    window.show()
    wait(app, lambda: window.zone.canvas is not None)
    window.work_list.table.selectRow(1)
    window.work_list.open_chosen()
    try:
        assert window.room.room.step == "review"
        assert window.room.desk.record.glands == story["record"].glands
    finally:
        window.close()


class Begun:
    """A window with a visit that was just begun, without a PACS."""

    def __init__(self, app, root) -> None:
        from injection_log_napari.window import make_window

        self.app, self.site = app, practice_site(root)
        session = log_in(self.site, "injector", "practice-injector")
        self.window = make_window(self.site, session=session, canvas="plain")
        self.window.resize(1366, 768)
        self.window.show()
        wait(app, lambda: self.window.zone.canvas is not None)
        self.window.work_list.table.selectRow(1)
        self.window.work_list.open_chosen()
        self.room = self.window.room


@pytest.fixture
def begun(app, tmp_path):
    opened = Begun(app, tmp_path)
    yield opened
    opened.window.close()


def test_the_lock_keeps_every_character_that_was_typed(begun):
    from PySide6.QtTest import QTest

    editor = begun.room.participant.form.fields["kit_code"].editor
    editor.setFocus()
    QTest.keyClicks(editor, "KIT-04")
    begun.window.lock()
    assert begun.window.stack.currentWidget() is begun.window.log_in
    QTest.keyClicks(begun.window.log_in.password, "practice-injector")
    begun.window.log_in.go.click()
    wait(begun.app, lambda: begun.window.stack.currentWidget() is begun.room)
    assert editor.text() == "KIT-04"


def test_another_person_at_the_lock_gets_the_list_and_not_the_work(begun):
    from PySide6.QtTest import QTest

    begun.window.lock()
    begun.window.log_in.user.setText("monitor")
    QTest.keyClicks(begun.window.log_in.password, "practice-monitor")
    begun.window.log_in.go.click()
    wait(begun.app, lambda: begun.window.stack.currentWidget() is begun.window.work_list)
    assert begun.window.room is None


def test_a_letter_in_a_text_field_is_a_letter(begun):
    from PySide6.QtTest import QTest

    begun.room.room.go("right")
    editor = begun.room.panels["right"].before.fields["gland_remark"].editor
    editor.setFocus()
    QTest.keyClicks(editor, "LWDN")
    assert editor.text() == "LWDN"
    assert begun.room.room.picture.hand.tool is None


def test_a_refused_code_is_said_in_its_place_and_at_the_bottom(begun):
    from PySide6.QtCore import Qt
    from PySide6.QtTest import QTest

    field = begun.room.participant.form.fields["kit_code"]
    field.editor.setFocus()
    QTest.keyClicks(field.editor, "KIT-1")
    QTest.keyClick(field.editor, Qt.Key.Key_Return)
    assert field.editor.text() == "KIT-1"
    assert "not a code of this trial" in begun.room.line.text
    assert begun.room.banner._saved.text() == ""


def test_a_half_typed_fact_is_recorded_when_the_window_closes(begun):
    from PySide6.QtTest import QTest

    editor = begun.room.participant.form.fields["kit_code"].editor
    editor.setFocus()
    QTest.keyClicks(editor, "kit-0417")
    begun.window.close()
    stored = begun.site.ledger.values("visit:SMG-07/injection")
    assert stored["fact.kit_code"] == "KIT-0417"


def test_a_value_that_somebody_else_set_meanwhile_is_shown_and_not_overwritten(begun):
    from injection_log.acts import facts

    session = log_in(begun.site, "operator", "practice-operator")
    facts.set_fact(session, begun.room.desk.record, None, "kit_code", "KIT-0001")
    assert not begun.room.room.set_visit_fact("kit_code", "KIT-0002")
    assert begun.room.desk.record.facts["kit_code"] == "KIT-0001"
    assert begun.room.line.text.startswith("▲")
    assert begun.room.room.set_visit_fact("kit_code", "KIT-0002")


def test_without_opengl_the_plain_view_is_chosen_and_said(app, monkeypatch):
    from injection_log_napari.canvas import choice

    monkeypatch.setattr(choice, "opengl_trouble", lambda: "OpenGL is not available")
    chosen = choice.choose_canvas("auto")
    assert chosen.canvas.name == "plain"
    assert chosen.why == "OpenGL is not available: the plain picture view is used instead."


def test_where_qt_finds_no_opengl_the_self_test_says_so(display):
    words = [sys.executable, "-m", "injection_log_napari.opengl_check"]
    environment = {**os.environ, "QT_XCB_GL_INTEGRATION": "none"}
    done = subprocess.run(words, check=False, capture_output=True, text=True, timeout=120, env=environment)
    assert (done.returncode, done.stdout) == (1, "OpenGL is not available\n")
