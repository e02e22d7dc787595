"""Outline, deposits and structures placed by mouse and keys in the real window, on both canvases, at 1366 x 768."""
from __future__ import annotations

import pytest
from opened_window import OpenedVisit, wait
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFrame, QLabel

from annotate.marks import Deposit, Microlitres, Structure, VolumeUnknown, Zone
from dicom_io.calibration import Point
from injection_log_napari.said import speak


class Marked(OpenedVisit):
    """The right gland's step on its injection clip, at the frame where the needle rests."""

    def begin(self, needle) -> None:
        self.page.room.picture_chosen(needle.sop_instance_uid)
        self.page.room.picture.go(needle.frame)
        wait(self.app, lambda: self.picture.where == (needle.sop_instance_uid, needle.frame))
        wait(self.app, lambda: not self.picture.turning.is_waiting)
        self.spin(0.2)

    @property
    def panel(self):
        return self.page.panels["right"]

    @property
    def marks(self) -> list:
        return [one.mark for one in self.page.desk.record.glands["right"].marks]

    @property
    def words(self) -> set[str]:
        """What stands in the panel's sections."""
        return {one.text() for one in self.panel.marks.findChildren(QLabel) if one.isVisible()}

    def type_volume(self, text: str) -> None:
        QTest.keyClicks(self.panel.ask.typed, text)
        QTest.keyClick(self.panel.ask.typed, Qt.Key.Key_Return)
        self.spin(0.05)


@pytest.fixture(params=["plain", "napari"])
def visit(app, tmp_path, phantom_visit, monkeypatch, request):
    monkeypatch.setenv("INJECTION_LOG_KEYS", str(tmp_path / "keys"))
    truth = phantom_visit.visits[0]
    made = Marked(app, tmp_path, truth.files[0].parent, canvas=request.param)
    if made.window.zone.canvas.name != request.param:
        made.window.close()
        pytest.skip("this canvas cannot be made here")
    made.needle = truth.glands["right"].needle
    made.begin(made.needle)
    yield made
    made.window.close()


def test_a_deposit_is_a_click_a_key_a_figure_and_enter(visit):
    tip = visit.needle.tip
    visit.key("B")
    visit.click(tip)
    visit.key("4")
    visit.key("0")  # over the picture still: the figure goes into the line
    assert visit.panel.ask.typed.text() == "0"
    visit.type_volume(",25")
    (deposit,) = visit.marks
    assert (deposit.volume, deposit.zone) == (Microlitres(250), Zone("middle", "deep"))
    assert abs(deposit.at.row - tip.row) < 1.5
    assert {"middle, deep", "0.25 ml"} <= visit.words
    assert not visit.panel.ask.isVisible()


def test_an_unknown_volume_is_a_button_and_a_wrong_one_is_said_and_kept(visit):
    visit.key("B")
    visit.click(visit.needle.tip)
    visit.panel.ask.answers["posterior, superficial"].click()
    visit.type_volume("abc")
    assert visit.panel.ask.typed.text() == "abc"
    assert "not a volume" in visit.page.line.findChildren(QLabel)[0].text()
    visit.panel.ask.answers["unknown"].click()
    assert [one.volume for one in visit.marks] == [VolumeUnknown()]


def test_a_structure_is_edited_removed_and_brought_back_by_keys(visit):
    visit.key("T")
    visit.click(visit.needle.tip)
    visit.key("2")
    (structure,) = visit.marks
    assert structure.kind == "facial_vein"
    visit.key("E")
    QTest.keyClick(visit.surface, Qt.Key.Key_Right)
    assert visit.marks[0].at.column == pytest.approx(structure.at.column + 1)
    QTest.keyClick(visit.surface, Qt.Key.Key_Backspace)
    assert visit.marks == []
    QTest.keyClick(visit.surface, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert [type(one) for one in visit.marks] == [Structure]


def test_a_tip_outside_the_outline_stands_in_the_panel_and_at_the_foot(visit):
    tip = visit.needle.tip
    visit.key("C")
    visit.key("C")  # straight sides, not the capsule
    for rows, columns in ((20, -60), (20, 60), (90, 60), (90, -60)):
        visit.click(Point(tip.row + rows, tip.column + columns))
    QTest.keyClick(visit.surface, Qt.Key.Key_Return)
    visit.key("N")
    visit.click(visit.needle.entry)
    visit.click(tip)
    visit.key("1")
    wait(visit.app, lambda: visit.page.room.sentence.tone == "refused")
    assert "outside the contour" in visit.page.room.sentence.text
    in_panel = [one.text() for one in visit.panel.findChildren(QLabel) if "outside the contour" in one.text()]
    assert len([one for one in in_panel if one.startswith("▲")]) == 1
    assert not [one for one in visit.page.desk.missing("right") if "mark" in one.field]


def test_a_deposit_that_was_said_wrongly_is_said_again_from_its_row(visit):
    visit.key("B")
    visit.click(visit.needle.tip)
    visit.key("1")
    visit.type_volume("0.5")
    again = next(one for one in visit.panel.marks.stops if one.accessibleName() == "Deposit 1: say it otherwise")
    again.setFocus()
    again.click()
    assert visit.window.focusWidget() is visit.surface
    visit.key("6")
    assert visit.window.focusWidget() is visit.panel.ask.typed
    visit.type_volume("0.75")
    assert visit.marks == [Deposit(visit.marks[0].at, Microlitres(750), Zone("posterior", "deep"))]


def test_nothing_of_the_panel_moves_when_a_repeat_comes(visit):
    def places() -> list[int]:
        QApplication.processEvents()
        lines = visit.panel.sizes.values()
        return [one.mapTo(visit.panel, one.rect().topLeft()).y() for one in (*lines, visit.panel.needle_head)]

    before = places()
    row, column = round(visit.needle.tip.row), round(visit.needle.tip.column)
    for end in (column + 60, column + 61):
        visit.key("L")
        visit.click(Point(row, column - 60))
        visit.click(Point(row, end))
    assert visit.panel.sizes["length"].beside.repeats.text()
    assert places() == before


@pytest.mark.parametrize("language", ["en", "da"])
def test_the_page_of_all_keys_fits_the_smallest_window(visit, language):
    speak(language)
    try:
        visit.page.keys.open()
        visit.spin(0.3)
        sheet = next(one for one in visit.page.keys.findChildren(QFrame) if one.objectName() == "card")
        assert visit.page.keys.rect().contains(sheet.geometry())
    finally:
        speak("en")
