"""The gland panel's sections by values: outlines, deposits, structures, repeats, published range; news at the foot."""
from __future__ import annotations

import pytest

from annotate.marks import Caliper, Contour, Deposit, Microlitres, Needle, Structure, VolumeUnknown, Zone
from dicom_io.calibration import Point
from injection_log_napari.canvas.interface import KeyEvent, PointerEvent
from injection_log_napari.presenters.room import RoomPresenter

CLIP, STILL, SWEEP = "1.2.5", "1.2.1", "1.2.6"
BOX = (Point(60, 80), Point(60, 240), Point(180, 240), Point(180, 80))
MIDDLE_DEEP = Zone("middle", "deep")


def box(half: int, row: int = 120) -> Contour:
    return Contour((Point(row - half, 100), Point(row - half, 200), Point(row + half, 200), Point(row + half, 100)))


class Room:
    """The right gland of a checked record, its marks placed through the desk."""

    def __init__(self, desk) -> None:
        self.desk, self.room = desk, RoomPresenter(desk, lambda _wish: None, lambda: None, lambda: None)
        self.room.go("right")

    def place(self, mark, uid: str = CLIP, frame: int = 3) -> None:
        self.desk.place("right", (uid, frame), mark)

    def by_hand(self, *points: Point, key: str, uid: str = CLIP) -> None:
        self.room.picture_chosen(uid)
        assert self.room.key(KeyEvent(key))
        for point in points:
            self.room.pointer(PointerEvent("press", point, 3.0))
            self.room.pointer(PointerEvent("release", point, 3.0))

    def injected(self, loaded: str = "1.20", residual: str = "0.20") -> None:
        for field, text in (
            ("injected", "yes"), ("volume_loaded_ul", loaded), ("volume_residual_ul", residual),
            ("volume_spilled_ul", "0"),
        ):  # fmt: skip
            self.desk.set_fact("right", field, text)

    @property
    def state(self):
        return self.room.glands["right"].state

    def section(self, title: str):
        return next(one for one in self.state.sections if one.title == title)


@pytest.fixture
def work(checked_desk) -> Room:
    return Room(checked_desk)


def test_a_gland_without_such_marks_has_no_sections(work):
    assert work.state.sections == ()


def test_an_outline_shows_area_length_and_width_and_where_it_lies(work):
    work.place(Contour(BOX))
    (row,) = work.section("Outline").rows
    assert (row.title, row.place) == ("Outline", "injection, frame 4")
    assert dict(row.lines) == {"area": "153.6 mm²", "length": "17.5 mm", "across": "16.4 mm"}


def test_a_tip_inside_the_outline_says_how_far_and_nothing_else(work):
    work.place(Contour(BOX))
    work.place(Needle(Point(20, 60), Point(120, 160), "seen", 10.0))
    (needle,) = work.state.needles
    assert dict(needle.lines)["tip and outline"] == "6.0 mm inside"
    assert needle.doubts == ()


def test_a_tip_outside_the_outline_is_said_in_its_row_and_nowhere_twice(work):
    work.place(Contour(BOX))
    work.place(Needle(Point(20, 60), Point(200, 160), "seen", 10.0))
    (needle,) = work.state.needles
    assert dict(needle.lines)["tip and outline"] == "2.0 mm OUTSIDE"
    assert len(needle.doubts) == 1
    assert "outside the contour" in needle.doubts[0]
    assert not any("contour" in sentence for sentence in work.state.findings)


def test_a_tip_placed_outside_the_outline_is_said_at_once_until_the_next_act(work):
    work.place(Contour(BOX), frame=0)
    work.by_hand(Point(20, 60), Point(200, 160), key="N")
    assert work.room.answer("seen")
    assert "outside the contour" in work.room.sentence.text
    assert work.room.sentence.tone == "refused"
    work.room.key(KeyEvent("F"))
    assert "outside the contour" not in work.room.sentence.text
    assert work.state.needles[0].doubts


def test_what_was_found_before_a_visit_was_opened_is_not_told_as_new(work):
    work.place(Contour(BOX))
    work.place(Needle(Point(20, 60), Point(200, 160), "seen", 10.0))
    assert "outside" not in Room(work.desk).room.sentence.text


def test_deposits_are_listed_with_volume_zone_and_their_sum_beside_what_was_injected(work):
    work.injected()
    work.place(Deposit(Point(100, 100), Microlitres(250), MIDDLE_DEEP))
    work.place(Deposit(Point(110, 120), Microlitres(750), Zone("posterior", "superficial")))
    section = work.section("Deposits")
    assert [(row.title, row.place, row.lines) for row in section.rows] == [
        ("Deposit 1", "injection, frame 4", (("middle, deep", "0.25 ml"),)),
        ("Deposit 2", "injection, frame 4", (("posterior, superficial", "0.75 ml"),)),
    ]
    assert section.sums == (("together", "1.00 ml of 1.00 ml"),)
    assert section.doubts == ()


def test_deposits_that_are_not_what_was_injected_are_said_in_their_section_and_at_once(work):
    work.injected()
    work.by_hand(Point(100, 100), key="B")
    work.room.key(KeyEvent("4"))
    assert work.room.answer("0.5")
    (doubt,) = work.section("Deposits").doubts
    assert "0.50 ml" in doubt
    assert work.room.sentence.text == doubt


def test_a_deposit_of_unknown_volume_is_counted_beside_the_sum_and_never_as_nothing(work):
    work.place(Deposit(Point(100, 100), Microlitres(250), MIDDLE_DEEP))
    work.place(Deposit(Point(110, 120), VolumeUnknown(), MIDDLE_DEEP))
    assert work.section("Deposits").sums == (("together", "0.25 ml + 1 unknown"),)


def test_structures_are_listed_by_name_and_place(work):
    work.place(Structure("facial_vein", Point(100, 100)))
    assert [(one.title, one.place) for one in work.section("Structures").rows] == [
        ("Facial vein", "injection, frame 4")
    ]


def traced(work: Room, halves: tuple[int, ...], every: int = 5) -> None:
    for place, half in enumerate(halves):
        work.place(box(half), SWEEP, place * every)


def test_a_sweep_that_is_begun_says_what_its_volume_needs(work):
    traced(work, (20, 30))
    assert work.section("Outline").notes == ("Trace the gland on at least three evenly spaced frames of one sweep.",)


def test_the_volume_of_a_sweep_stands_with_its_spacing_and_that_it_is_assumed(measuring_desk):
    measuring_desk.add_images()
    work = Room(measuring_desk)
    traced(work, (15, 30, 40, 30, 15))
    work.desk.set_fact("right", "sweep_spacing_um", "2")
    section = work.section("Outline")
    assert section.sums == (("Contour stack (discs)", "0.42 ml"),)
    assert section.notes == ("5 contours, 2 mm apart, spacing assumed",)
    assert [(row.title, dict(row.lines)) for row in section.rows] == [
        ("Outlines", {"outlines": "5", "frames": "1 to 21"})
    ]


def test_a_sweep_that_is_cut_off_is_warned_about_beside_its_volume(checked_desk, monkeypatch):
    work = Room(checked_desk)
    fields = checked_desk.protocol.fields_for("baseline", "gland")
    monkeypatch.setattr(checked_desk, "fields", lambda level: fields)
    traced(work, (30, 40, 30))
    work.desk.set_fact("right", "sweep_spacing_um", "2")
    (doubt,) = work.section("Outline").doubts
    assert "cut off" in doubt


def test_repeats_show_mean_difference_and_spread_and_a_flag_when_they_lie_far_apart(work):
    for end in (200, 300):
        work.place(Caliper("length", Point(100, 100), Point(100, end)), STILL, 0)
    row = next(one for one in work.state.sizes if one.axis == "length")
    assert (row.value, row.repeats) == ("12.0 ± 4.0 mm", "②")
    assert row.beside.repeats == "diff. 8.0 mm, CV 47.1 %"
    assert len(row.doubts) == 1
    assert work.state.findings == ()


def test_the_published_range_stands_beside_every_value_from_the_beginning_and_never_as_a_doubt(work):
    before = {row.axis: row.beside.published for row in work.state.sizes}
    assert before["length"] == "published 25.8–39.4 mm"
    work.place(Caliper("length", Point(100, 100), Point(100, 200)), STILL, 0)
    row = next(one for one in work.state.sizes if one.axis == "length")
    assert row.beside.published == "outside publ. 25.8–39.4 mm"
    assert row.doubts == ()
    assert "100 healthy adults" in row.beside.source
    assert work.state.volume_beside.published == "published 2.0–12.1 ml"


def test_a_deposit_larger_than_the_syringe_is_said_at_once_and_in_its_section_before_anything_is_loaded(work):
    work.by_hand(Point(100, 100), key="B")
    work.room.key(KeyEvent("4"))
    assert work.room.answer("5")
    said = "Right gland: a deposit of 5.00 ml is more than the syringe holds (2.50 ml); correct its volume."
    assert work.room.sentence.text == said
    assert work.section("Deposits").doubts == (said,)
