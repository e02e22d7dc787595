"""Scales in the real window: set along the ruler of a picture without one and signed with, checked, refused."""
from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from opened_window import OpenedVisit, rewritten, wait

from dicom_io.calibration import Point
from dicom_io.phantom import screen
from injection_log.protocol.reading import practice_protocol_text

RULER = screen.RULER_COLUMN + 2
TICKS = {depth_mm: Point(row, RULER) for depth_mm, row in screen.ruler_rows()}
ACROSS_PX = 400
VISIT_FACTS = {
    "kit_code": "KIT-0417", "injector": "Practice Injector", "ultrasound_operator": "Practice Operator",
    "local_anaesthetic": "none",
}  # fmt: skip
RIGHT_FACTS = {"injected": "no", "not_done_reason": "unsafe"}


@dataclass
class Scaled:
    """The window, with the right gland's longitudinal picture on the glass; its header has no scale."""

    visit: OpenedVisit
    truth: object

    @property
    def card(self):
        return self.visit.page.panels["right"].ruler

    @property
    def image(self):
        return self.visit.page.desk.record.image(self.visit.picture.uid)

    def draw(self, key: str, start: Point, end: Point) -> None:
        self.visit.key(key)
        if self.card.isVisible():  # the program found the ruler; these tests draw their own line
            self.card.again.click()
        self.visit.click(start)
        self.visit.click(end)

    def type(self, text: str, reason: str = "") -> None:
        from PySide6.QtCore import Qt
        from PySide6.QtTest import QTest

        QTest.keyClicks(self.card.reason, reason)
        QTest.keyClicks(self.card.length, text)
        QTest.keyClick(self.card.length, Qt.Key.Key_Return)
        self.visit.spin(0.05)

    def set_both_ways(self) -> None:
        """The phantom's pixels are not square: a line down the ruler, and one of known length across."""
        from PySide6.QtTest import QTest

        self.draw("S", TICKS[0], TICKS[30])
        QTest.keyClicks(self.card.length, "3 cm")
        self.card.second.click()
        row = (screen.TOP + screen.BOTTOM) / 2
        self.visit.click(Point(row, screen.LEFT))
        self.visit.click(Point(row, screen.LEFT + ACROSS_PX))
        self.type(f"{ACROSS_PX * float(screen.MM_PER_COLUMN):.2f} mm")


@pytest.fixture
def opened(app, tmp_path, phantom_visit, monkeypatch):
    made = []

    def open_it(protocol: str = "") -> Scaled:
        monkeypatch.setenv("INJECTION_LOG_KEYS", str(tmp_path / "keys"))
        truth = phantom_visit.visits[0]
        line = truth.glands["right"].calipers["length"]

        def lose_regions(header) -> None:
            if line.sop_instance_uid == header.SOPInstanceUID:
                del header.SequenceOfUltrasoundRegions

        visit = OpenedVisit(app, tmp_path, rewritten(truth.files[:2], tmp_path / "files", lose_regions), protocol)
        made.append(visit)
        visit.page.room.picture_chosen(line.sop_instance_uid)
        wait(app, lambda: visit.window.zone._on_glass[0] == line.sop_instance_uid)
        return Scaled(visit, truth)

    yield open_it
    for visit in made:
        visit.window.close()


def sign_right(visit: OpenedVisit, folder) -> None:
    """Everything else that the right gland owes, written at once, and the signature by the dialog."""
    from injection_log_napari.tour import Credentials, Tour

    room = visit.page.room
    room.confirm_identifiers()
    for field, text in VISIT_FACTS.items():
        assert room.set_fact_of(None, field, text), visit.page.line.text
    for field, text in RIGHT_FACTS.items():
        assert room.set_fact_of("right", field, text), visit.page.line.text
    tour = Tour(visit.window, folder, Credentials("injector", "practice-injector", "Practice Injector"))
    room.go("review")
    assert [one.side for one in visit.page.room.review.to_sign] == ["right"], visit.page.desk.missing("right")
    visit.page.wishes.during_dialog(tour._sign)
    tour.click(visit.page.review.sign)


def test_a_scale_set_along_the_ruler_is_measured_and_signed_with_and_flagged_everywhere(opened, tmp_path):
    from injection_log.verify import verify

    scaled = opened()
    scaled.set_both_ways()
    visit, truth = scaled.visit, scaled.truth.glands["right"]
    for axis in ("length", "width", "depth"):
        line = truth.calipers[axis]
        visit.page.room.picture_chosen(line.sop_instance_uid)
        visit.spin(0.05)
        visit.key(axis[0].upper())
        visit.click(line.start)
        visit.click(line.end)
    assert visit.page.room.glands["right"].state.scale_words == "✎ SCALE SET BY HAND."
    sign_right(visit, tmp_path / "pictures")
    signed = visit.page.desk.record.glands["right"]
    assert signed.state == "signed"
    assert signed.size.length_um / 1000 == pytest.approx(truth.length_mm, abs=0.4)
    assert "SCALE SET BY HAND" in signed.signature.rendering
    report = verify(visit.site.home)
    assert report.ok, report.first_wrong


def test_a_wrong_unit_is_refused_where_it_was_typed_and_enter_does_nothing_else(opened):
    scaled = opened()
    scaled.draw("S", TICKS[0], TICKS[30])
    scaled.type("30")
    assert scaled.visit.page.line.text == "▲ Say the unit too: 30 mm or 30 cm."
    assert scaled.card.isVisible()
    assert scaled.card.length.text() == "30"
    assert scaled.image.hand_scale is None


def test_a_scale_set_again_asks_why_and_the_marks_are_measured_again(opened):
    scaled = opened()
    scaled.set_both_ways()
    line = scaled.truth.glands["right"].calipers["length"]
    for _ in range(2):
        scaled.visit.key("L")
        scaled.visit.click(line.start)
        scaled.visit.click(line.end)
    panel = scaled.visit.page.panels["right"]
    assert " mm ✎ ②" in panel.sizes["length"]._figure.text()
    assert panel.area.widget().width() <= panel.area.viewport().width()  # nothing of the widest row is cut off
    before = scaled.visit.page.desk.record.glands["right"].marks[0].scale
    scaled.draw("S", TICKS[0], TICKS[20])
    scaled.type("2 cm")
    assert "Say why" in scaled.visit.page.line.text
    scaled.card.length.clear()
    scaled.type("2 cm", "read at another mark")
    assert scaled.visit.page.panels["right"].again.isVisible()
    scaled.visit.page.panels["right"].again.click()
    after = scaled.visit.page.desk.record.glands["right"].marks[0].scale
    assert after != before
    assert after == scaled.image.hand_scale.scale


def test_a_cross_check_that_differs_is_said_at_once(opened):
    scaled = opened()
    scaled.set_both_ways()
    scaled.draw("X", TICKS[0], TICKS[30])
    scaled.type("28 mm")
    assert "The scale may be wrong: burned-in ruler printed 28.0 mm" in scaled.visit.page.line.text
    assert len(scaled.image.scale_checks) == 1
    assert "a cross-check of the scale differs" in scaled.visit.page.column.thumbs[scaled.visit.picture.uid].toolTip()


def test_a_check_typed_wrongly_and_the_scale_are_taken_back_with_a_reason(opened):
    from PySide6.QtCore import Qt
    from PySide6.QtTest import QTest

    scaled = opened()
    scaled.set_both_ways()
    scaled.draw("X", TICKS[0], TICKS[30])
    scaled.type("28 mm")
    panel = scaled.visit.page.panels["right"]
    panel.take_back.click()
    panel.taking_back.choices[scaled.image.scale_checks[0].check_id].click()
    QTest.keyClick(panel.taking_back.reason, Qt.Key.Key_Return)
    assert "Say why the cross-check is withdrawn" in scaled.visit.page.line.text
    QTest.keyClicks(panel.taking_back.reason, "typed 28 for 30")
    QTest.keyClick(panel.taking_back.reason, Qt.Key.Key_Return)
    assert scaled.image.scale_checks == ()
    panel.take_back.click()
    QTest.keyClicks(panel.taking_back.reason, "another ruler")
    panel.taking_back.keep.click()
    assert scaled.image.hand_scale is None
    assert not panel.take_back.isVisible()


def test_a_protocol_that_forbids_it_offers_nothing_and_says_why(opened):
    scaled = opened(practice_protocol_text().replace('hand_scale = "allowed"', 'hand_scale = "forbidden"'))
    scaled.visit.key("S")
    assert "The protocol does not allow a scale set by hand" in scaled.visit.page.line.text
    assert not scaled.visit.page.panels["right"].offers.buttons["scale"].isVisible()


def test_a_clip_of_one_frame_is_said_in_words_and_offers_no_play(app, tmp_path, phantom_visit, monkeypatch):
    monkeypatch.setenv("INJECTION_LOG_KEYS", str(tmp_path / "keys"))
    line = phantom_visit.visits[0].glands["right"].calipers["length"]

    def as_clip(header) -> None:
        if line.sop_instance_uid == header.SOPInstanceUID:
            header.SOPClassUID = header.file_meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.3.1"
            header.NumberOfFrames = 1

    folder = rewritten(phantom_visit.visits[0].files[:2], tmp_path / "files", as_clip)
    visit = OpenedVisit(app, tmp_path, folder)
    try:
        visit.page.room.picture_chosen(line.sop_instance_uid)
        visit.spin(0.1)
        thumb = visit.page.column.thumbs[line.sop_instance_uid]
        assert visit.bar._frame.text() == "a still stored as a clip of one frame"
        assert "a still stored as a clip of one frame" in thumb.toolTip()
        assert not any(made.isVisible() for made in (visit.bar.play, visit.bar.on, visit.bar.back))
        visit.bar.toggle()
        assert not visit.bar.is_playing
        assert np.ptp(visit.window.zone.canvas.snapshot()) > 100
    finally:
        visit.window.close()
