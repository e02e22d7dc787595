"""The dialog "Coded copy" over a real visit: real clicks, a real picture drawn on, real files at the end."""
from __future__ import annotations

from pathlib import Path

import numpy as np
import pydicom
import pytest
from opened_window import OpenedVisit, practice_site, rewritten, wait

from injection_log.acts import studies, visits
from injection_log.site import log_in
from injection_log.verify import verify


@pytest.fixture(autouse=True)
def dressed(app):
    """The program's own type and style: without them everything is narrower than a person sees it."""
    from injection_log_napari.views.style import dress

    dress(app)


@pytest.fixture
def dialog(app, tmp_path: Path, phantom_visit):
    """The dialog over a visit with a still, a sweep and a still without regions, 1366 x 768."""
    from PySide6.QtWidgets import QWidget

    from injection_log_napari.copies_desk import SessionCopiesDesk
    from injection_log_napari.views.coded_copy_dialog import CodedCopyDialog
    from injection_log_napari.views.workers import Workers

    session = log_in(practice_site(tmp_path), "injector", "practice-injector")
    record = visits.open_visit(session, "SMG-07", "injection")
    files = phantom_visit.visits[0].files
    as_they_are = rewritten([files[0], files[2]], tmp_path / "as-they-are", lambda _: None)
    for folder in (as_they_are, rewritten(files[:1], tmp_path / "without-regions", _without_regions)):
        record = studies.import_findings(session, record, studies.examine_folder(session, folder))
    window, workers = QWidget(), Workers()
    window.resize(1366, 768)
    window.show()
    made = CodedCopyDialog(SessionCopiesDesk(session, record), workers, window)
    made.show()
    yield made
    made.close_down()
    workers.close()
    window.close()
    session.site.ledger.close()


@pytest.fixture
def danish(app):
    from injection_log_napari.said import speak

    speak("da")
    yield
    speak("en")


def _without_regions(picture: pydicom.Dataset) -> None:
    del picture.SequenceOfUltrasoundRegions
    picture.SOPInstanceUID = picture.file_meta.MediaStorageSOPInstanceUID = picture.SOPInstanceUID + "9"


def settled(dialog) -> None:
    from PySide6.QtWidgets import QApplication

    wait(QApplication.instance(), lambda: dialog._workers.is_idle and not dialog.presenter.state.busy, 60)


def choose(dialog, title: str) -> int:
    """Click the first picture with this word."""
    place = next(n for n, row in enumerate(dialog.presenter.state.rows) if title in row.title and row.area == "scanner")
    dialog.choice.rows[place].chosen.click()
    return place


def test_chosen_frames_are_measured_looked_through_page_by_page_confirmed_and_written(dialog, tmp_path: Path) -> None:
    place = choose(dialog, "sweep")
    choose(dialog, "transverse")
    frames = dialog.choice.rows[place].frames
    frames.selectAll()
    frames.textEdited.emit("1-9")
    dialog.measure.click()
    settled(dialog)
    assert dialog.choice.size_line.text().startswith("10 frames, about ")
    dialog.look.click()
    settled(dialog)
    assert dialog._sheet.pixmap().height() > 400
    assert not dialog.confirm.isVisible()
    dialog.following.click()
    dialog.confirm.click()
    dialog.write_into(tmp_path / "out")
    settled(dialog)
    assert dialog.presenter.state.page == "done"
    made = [pydicom.dcmread(path) for path in sorted((tmp_path / "out").iterdir())]
    assert sorted(int(one.get("NumberOfFrames", 1)) for one in made) == [1, 9]
    assert verify(dialog._desk._session.site.home).ok


def test_an_area_dragged_on_the_picture_is_recorded_in_its_pixels(dialog) -> None:
    from PySide6.QtCore import QPoint, Qt
    from PySide6.QtTest import QTest

    number = next(row.number for row in dialog.presenter.state.rows if row.area == "owed")
    dialog.choice.rows[number - 1].chosen.click()
    settled(dialog)
    view = dialog.area
    zoom, left, top = view._place()
    corners = [QPoint(round(left + zoom * column), round(top + zoom * row)) for row, column in ((50, 100), (500, 700))]
    QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=corners[0])
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=corners[1])
    assert np.abs(np.array(view.boxes[0]) - (50, 100, 500, 700)).max() <= 1
    dialog.keep_area.click()
    row = dialog.presenter.state.rows[number - 1]
    assert (row.area, row.may_agree) == ("waiting", False)
    assert "Somebody else" in dialog._said.text()
    assert dialog.area.boxes == ()  # the picture that is not blanked is gone from the screen
    dialog.presenter.show_area(number)
    settled(dialog)
    dialog.take_back.click()
    assert dialog.presenter.state.rows[number - 1].area == "owed"
    assert dialog._said.text().startswith("Taken back.")


def test_nothing_is_wider_than_the_smallest_screen(dialog) -> None:
    assert dialog.width() <= 1366
    assert dialog.height() <= 768
    assert dialog.minimumSizeHint().width() <= 1342
    assert dialog.windowTitle() == "Coded copy"


def test_nothing_is_wider_than_the_smallest_screen_in_danish_either(danish, dialog) -> None:
    assert dialog.windowTitle() == "Kodet kopi"
    assert dialog.minimumSizeHint().width() <= 1342


def test_the_numbers_of_the_pictures_stand_under_each_other(dialog) -> None:
    starts = []
    for row in dialog.choice.rows:
        shot = row.chosen.grab().toImage().convertToFormat(row.chosen.grab().toImage().Format.Format_Grayscale8)
        grey = np.frombuffer(shot.constBits(), np.uint8).reshape(shot.height(), shot.bytesPerLine())
        inner = grey[8:-8, 6 : shot.width() - 6].astype(int)
        starts.append(int(np.flatnonzero(np.abs(inner - inner[0, 0]).max(axis=0) > 60)[0]))
    assert max(starts) - min(starts) <= 4
    assert max(starts) < 40


def test_the_images_step_opens_it_and_leaving_the_visit_closes_it(app, tmp_path: Path, phantom_visit) -> None:
    files = phantom_visit.visits[0].files
    opened = OpenedVisit(app, tmp_path, rewritten(files[:1], tmp_path / "one", lambda _: None))
    page = opened.page
    page._go("images")
    assert page.images_page.coded_copy.isVisible()
    page.images_page.coded_copy.click()
    assert page.coded_copy.isVisible()
    assert [row.area for row in page.coded_copy.presenter.state.rows] == ["scanner"]
    opened.window.leave_room()
    assert not page.coded_copy.isVisible()
    opened.window.close()


def test_the_lock_closes_a_choice_of_folder_and_the_pictures_under_it(app, tmp_path: Path, phantom_visit) -> None:
    from PySide6.QtWidgets import QApplication, QDialog

    files = phantom_visit.visits[0].files
    opened = OpenedVisit(app, tmp_path, rewritten(files[:1], tmp_path / "one", lambda _: None))
    opened.page._go("images")
    opened.page.images_page.coded_copy.click()
    folder = QDialog(opened.page.coded_copy)
    folder.setModal(True)
    folder.show()
    assert QApplication.activeModalWidget() is folder
    opened.window.lock()
    assert QApplication.activeModalWidget() is None
    assert not opened.page.coded_copy.isVisible()
    opened.window.close()
