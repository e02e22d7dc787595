"""Help from the picture in the real window, on the phantom: proposed, taken, stored as assisted, never waited for."""
from __future__ import annotations

import math
import threading
import time

import pytest
from opened_window import OpenedVisit, wait
from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtTest import QTest
from words_on_screen import VALUES, cut, lacking

import annotate.assist
from annotate.marks import AXES, Caliper, Contour, Needle
from dicom_io.calibration import Point
from injection_log.language import catalogue_of
from injection_log.record.assisted import Assisted
from injection_log.verify import verify
from injection_log_napari.said import speak

LEFT = Qt.MouseButton.LeftButton


class Helped(OpenedVisit):
    """The visit, with a hand that drags and waits for what the picture proposes."""

    def __init__(self, app, root, phantom, canvas) -> None:
        super().__init__(app, root, phantom.visits[0].files[0].parent, canvas=canvas)
        self.truth = phantom.visits[0].glands["right"]

    @property
    def help(self):
        return self.picture.help

    @property
    def gland(self):
        return self.page.desk.record.glands["right"]

    @property
    def assisted(self) -> list[Assisted]:
        return [*self.gland.assisted.values()]

    def show(self, uid: str, frame: int = 0) -> None:
        self.page.room.picture_chosen(uid)
        self.picture.go(frame)
        wait(self.app, lambda: self.window.zone._on_glass == (uid, frame))

    def at(self, point: Point) -> QPoint:
        x, y = self.window.zone.canvas.image_to_widget(point)
        return QPoint(round(x), round(y))

    def drag(self, start: Point, end: Point) -> None:
        QTest.mousePress(self.surface, LEFT, pos=self.at(start))
        for part in (0.3, 0.7, 1.0):
            row, column = (a + part * (b - a) for a, b in ((start.row, end.row), (start.column, end.column)))
            QTest.mouseMove(self.surface, self.at(Point(row, column)))
            self.spin(0.02)
        QTest.mouseRelease(self.surface, LEFT, pos=self.at(end))
        self.spin(0.02)

    def drag_needle(self) -> None:
        """Roughly along the phantom's needle."""
        needle = self.truth.needle
        self.show(needle.sop_instance_uid, needle.frame)
        self.key("N")
        entry, tip = needle.entry, needle.tip
        self.drag(Point(entry.row + 10, entry.column + 4), Point(tip.row - 8, tip.column - 9))

    def seed_outline(self) -> None:
        """A click inside the gland on its longitudinal picture."""
        line = self.truth.calipers["length"]
        self.show(line.sop_instance_uid)
        self.key("V")
        self.click(Point((line.start.row + line.end.row) / 2, (line.start.column + line.end.column) / 2))
        wait(self.app, lambda: self.help.seed.contour is not None)


@pytest.fixture(params=["plain", "napari"])
def helped(app, tmp_path, phantom_visit, monkeypatch, request):
    monkeypatch.setenv("INJECTION_LOG_KEYS", str(tmp_path / "keys"))
    if request.param == "napari":
        pytest.importorskip("napari.qt")  # loading it takes long on a busy machine, and is not what is waited for
    made = Helped(app, tmp_path, phantom_visit, request.param)
    if made.window.zone.canvas.name != request.param:
        made.window.close()
        pytest.skip("this canvas cannot be made here")
    yield made
    made.window.close()


@pytest.fixture
def plain(app, tmp_path, phantom_visit, monkeypatch):
    monkeypatch.setenv("INJECTION_LOG_KEYS", str(tmp_path / "keys"))
    made = Helped(app, tmp_path, phantom_visit, "plain")
    yield made
    made.window.close()


class Held:
    """The work of the picture's help, held until it is let go."""

    def __init__(self, monkeypatch) -> None:
        self.began, self.may_go, self.threads = threading.Event(), threading.Event(), set[int]()
        true = annotate.assist.propose_needle

        def held(*given):
            self.threads.add(threading.get_ident())
            self.began.set()
            assert self.may_go.wait(20)
            return true(*given)

        monkeypatch.setattr(annotate.assist, "propose_needle", held)


def test_a_dragged_needle_snaps_to_the_shaft_only_when_it_is_taken(helped):
    helped.drag_needle()
    wait(helped.app, lambda: helped.help.needle.needle is not None)
    assert "A takes it" in helped.page.room.sentence.text
    assert helped.gland.marks == ()
    helped.key("A")
    helped.key("1")
    (placed,) = helped.gland.marks
    assert isinstance(placed.mark, Needle)
    truth = helped.truth.needle
    assert math.dist((placed.mark.tip.row, placed.mark.tip.column), (truth.tip.row, truth.tip.column)) < 8
    assert [(one.method, one.is_changed) for one in helped.assisted] == [("shaft_in_corridor", False)]
    helped.key("E")
    QTest.keyClick(helped.surface, Qt.Key.Key_Up)
    assert [one.is_changed for one in helped.assisted] == [True]
    assert verify(helped.site.home).first_wrong is None


def test_answering_for_the_tip_keeps_the_own_line_beside_the_proposed_one(helped):
    helped.drag_needle()
    wait(helped.app, lambda: helped.help.needle.needle is not None)
    proposed = helped.help.needle.needle
    helped.key("1")
    (placed,) = helped.gland.marks
    assert placed.mark.tip != proposed.tip
    assert helped.assisted == []


def test_a_line_where_no_needle_is_says_so_in_words(helped):
    helped.show(helped.truth.images["transverse"])
    helped.key("N")
    helped.drag(Point(200, 300), Point(330, 420))
    wait(helped.app, lambda: "No needle is seen along your line" in helped.page.room.sentence.text)
    assert helped.gland.marks == ()


def test_an_outline_from_one_click_and_its_calipers_are_taken_one_by_one_and_undone_one_by_one(helped):
    helped.seed_outline()
    for _ in range(3):
        helped.key("A")
        wait(helped.app, lambda: helped.help.axes.offered or len(helped.gland.marks) == 3)
    assert [type(one.mark) for one in helped.gland.marks] == [Contour, Caliper, Caliper]
    length, depth = (one.mark.axis for one in helped.gland.marks[1:])
    assert (length, depth) == ("length", "depth")
    assert {one.method for one in helped.assisted} == {"outline_from_seed", "axes_of_contour"}
    means = helped.gland.size.means_um
    assert means["length"] / 1000 == pytest.approx(helped.truth.length_mm, rel=0.15)
    for left in (2, 1, 0):
        helped.page.room.undo()
        assert (len(helped.gland.marks), len(helped.assisted)) == (left, left)
    assert verify(helped.site.home).first_wrong is None


def on_the_capsule(helped: Helped, clicks: int) -> list[Point]:
    """Places on the true outline of the phantom's gland, from its true axes on the longitudinal picture."""
    length, depth = (helped.truth.calipers[axis] for axis in ("length", "depth"))
    middle = Point((length.start.row + length.end.row) / 2, (length.start.column + length.end.column) / 2)
    half = [((one.end.row - one.start.row) / 2, (one.end.column - one.start.column) / 2) for one in (length, depth)]
    turns = [2 * math.pi * number / clicks for number in range(clicks)]
    return [
        Point(*(
            m + math.cos(turn) * along + math.sin(turn) * across
            for m, along, across in zip((middle.row, middle.column), *half, strict=True)
        ))
        for turn in turns
    ]  # fmt: skip


def test_eight_clicks_along_the_capsule_give_a_smooth_outline_that_stays_editable(helped):
    helped.show(helped.truth.images["longitudinal"])
    helped.key("C")
    clicks = on_the_capsule(helped, 8)
    for point in clicks:
        helped.click(point)
    wait(helped.app, lambda: helped.help.wire.outline(helped.picture.hand.placing.points) != "not_yet")
    QTest.keyClick(helped.surface, Qt.Key.Key_Return)
    (placed,) = helped.gland.marks
    assert len(placed.mark.points) > 30
    assert [(one.method, one.is_changed) for one in helped.assisted] == [("live_wire", False)]
    area_mm2 = helped.gland.measured[placed.mark_id]["area_um2"] / 1e6
    assert area_mm2 == pytest.approx(math.pi / 4 * helped.truth.length_mm * helped.truth.depth_mm, rel=0.06)
    helped.key("E")
    helped.drag(placed.mark.points[0], Point(placed.mark.points[0].row - 12, placed.mark.points[0].column))
    moved = helped.gland.marks[0].mark.points
    assert moved[1] != placed.mark.points[1]
    assert [one.is_changed for one in helped.assisted] == [True]
    assert verify(helped.site.home).first_wrong is None


def test_straight_sides_are_the_persons_own(helped):
    helped.show(helped.truth.images["longitudinal"])
    helped.key("C")
    helped.key("C")
    for point in on_the_capsule(helped, 4):
        helped.click(point)
    QTest.keyClick(helped.surface, Qt.Key.Key_Return)
    (placed,) = helped.gland.marks
    assert (len(placed.mark.points), helped.assisted) == (4, [])


def test_the_event_loop_keeps_turning_while_the_picture_is_looked_at(plain, monkeypatch):
    held, turns, timer = Held(monkeypatch), list[float](), QTimer()
    plain.drag_needle()
    wait(plain.app, held.began.is_set)
    timer.timeout.connect(lambda: turns.append(time.monotonic()))
    timer.start(5)
    wait(plain.app, lambda: len(turns) > 40)
    assert not held.may_go.is_set()
    assert held.threads.isdisjoint({threading.get_ident()})
    assert plain.help.needle.needle is None
    held.may_go.set()
    wait(plain.app, lambda: plain.help.needle.needle is not None)
    timer.stop()


def test_a_result_for_another_frame_is_dropped(plain, monkeypatch):
    held = Held(monkeypatch)
    plain.drag_needle()
    wait(plain.app, held.began.is_set)
    QTest.keyClick(plain.surface, Qt.Key.Key_Right)
    held.may_go.set()
    wait(plain.app, lambda: plain.window.zone.lookers.is_idle)
    assert plain.help.needle.needle is None
    plain.key("A")
    assert "Nothing is proposed here" in plain.page.room.sentence.text


def test_closing_the_window_while_the_picture_is_looked_at_ends_cleanly(plain, monkeypatch, caplog):
    held = Held(monkeypatch)
    plain.drag_needle()
    wait(plain.app, held.began.is_set)
    threading.Timer(0.3, held.may_go.set).start()
    plain.window.close()
    plain.spin(0.2)
    assert plain.window.zone.lookers.is_idle
    assert caplog.text == ""


def test_a_visit_that_was_left_gets_no_answer(plain, monkeypatch):
    held = Held(monkeypatch)
    plain.drag_needle()
    wait(plain.app, held.began.is_set)
    help_before = plain.help
    plain.page.leave()
    held.may_go.set()
    wait(plain.app, lambda: plain.window.zone.lookers.is_idle)
    assert help_before.needle.needle is None


def test_every_state_of_it_is_danish_and_uncut(plain):
    danish, pages = catalogue_of("da"), {}
    speak("da")
    try:
        plain.drag_needle()
        wait(plain.app, lambda: plain.help.needle.needle is not None)
        pages["proposed"] = look(plain, danish)
        plain.key("A")
        pages["taken"] = look(plain, danish)
        plain.key("1")
        plain.seed_outline()
        pages["outline"] = look(plain, danish)
        plain.key("A")
        wait(plain.app, lambda: plain.help.axes.offered)
        pages["calipers"] = look(plain, danish)
        plain.key("A")
        pages["assisted"] = look(plain, danish)
        plain.page.room.go("review")
        plain.spin(0.5)
        pages["review"] = look(plain, danish)
    finally:
        speak("en")
    assert {name: found for name, found in pages.items() if found} == {}


def look(helped: Helped, danish) -> set[str]:
    """What is not Danish, or cut, in the window and over the picture."""
    helped.spin(0.3)
    over = [one.text for one in helped.picture.primitives() if hasattr(one, "text") and "mm" not in one.text]
    unsaid = {piece for one in over for piece in danish.lacks(one) if not VALUES.fullmatch(piece)}
    return lacking(helped.window, danish) | cut(helped.window) | unsaid


def test_the_figures_of_all_three_axes_can_come_from_the_picture_and_the_record_says_so(plain):
    plain.seed_outline()
    for _ in range(3):
        plain.key("A")
        plain.spin(0.3)
    plain.show(plain.truth.images["transverse"])
    line = plain.truth.calipers["width"]
    plain.key("V")
    plain.click(Point((line.start.row + line.end.row) / 2, (line.start.column + line.end.column) / 2))
    wait(plain.app, lambda: plain.help.seed.contour is not None)
    plain.key("A")
    wait(plain.app, lambda: plain.help.axes.offered)
    plain.key("A")
    text = plain.page.desk.render("right").text
    for axis in AXES:
        assert any(line.startswith(f"  {axis.capitalize()}: ") and line.endswith("; assisted")
                   for line in text.split("\n"))
    assert text.count("(confirmed by the person)") == 5
