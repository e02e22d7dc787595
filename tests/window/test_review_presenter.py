"""Review and signature: id and password first, the password again for the second gland, one course."""
from __future__ import annotations

import pytest

from annotate.marks import Caliper, Deposit, Microlitres, Needle, Zone
from dicom_io.calibration import Point
from injection_log_napari.presenters.next_act import signing_act
from injection_log_napari.presenters.review import ReviewPresenter
from injection_log_napari.presenters.room import RoomPresenter

FACTS = {
    "injected": "yes", "volume_loaded_ul": "1,05", "volume_residual_ul": "0.05", "volume_spilled_ul": "0",
    "needle": "25G-40mm", "injection_start": "10:05", "injection_end": "10:07", "tip_in_gland": "yes",
    "complications": "none",
}  # fmt: skip
VISIT = {"kit_code": "kit-0417", "injector": "A", "ultrasound_operator": "B", "local_anaesthetic": "none"}


@pytest.fixture
def complete(checked_desk):
    desk = checked_desk
    desk.confirm_identifiers()
    for name, text in VISIT.items():
        desk.set_fact(None, name, text)
    for side, uids, code in (("right", ("1.2.1", "1.2.3", "1.2.5"), "1"), ("left", ("1.2.2", "1.2.4", "1.2.6"), "2")):
        for name, text in {**FACTS, "syringe_code": f"SYR-203{code}"}.items():
            desk.set_fact(side, name, text)
        for axis, uid in (("length", uids[0]), ("depth", uids[0]), ("width", uids[1])):
            desk.place(side, (uid, 0), Caliper(axis, Point(100, 50), Point(150, 250)))
        desk.place(side, (uids[2], 34), Needle(Point(10, 60), Point(150, 250), "seen", 10.0))
    return desk


def test_an_unfinished_record_cannot_be_signed_and_says_what_is_missing(desk_with_images):
    presenter = ReviewPresenter(desk_with_images, lambda: None)
    assert not presenter.begin()
    assert "Confirm the participant" in presenter.state.missing[0].sentence


def test_both_glands_are_signed_with_one_user_id_and_two_passwords(complete):
    presenter = ReviewPresenter(complete, lambda: None)
    assert presenter.begin()
    assert presenter.signing.asks_user
    assert presenter.sign("injector", "right password")
    assert (presenter.signing.side, presenter.signing.asks_user) == ("left", False)
    assert not presenter.sign("", "")
    assert presenter.sign("", "right password")
    assert presenter.signing.side is None
    assert [act[1] for act in complete.acts if act[0] == "sign"] == ["right", "left"]


def test_what_is_signed_is_the_digest_of_what_was_shown(complete):
    presenter = ReviewPresenter(complete, lambda: None)
    presenter.begin()
    shown = presenter.signing.text
    presenter.sign("injector", "right password")
    assert complete.acts[-1][3] == complete.render("right").sha256
    assert "RIGHT" in shown


def test_a_wrong_password_stays_in_the_dialog_with_its_sentence(complete):
    presenter = ReviewPresenter(complete, lambda: None)
    presenter.begin()
    assert not presenter.sign("injector", "wrong")
    assert "wrong" in presenter.signing.said
    assert presenter.signing.side == "right"


def test_the_injected_volume_is_read_back_in_figures_and_words(complete):
    presenter = ReviewPresenter(complete, lambda: None)
    presenter.begin()
    assert ("INJECTED", "1.00 ml (one point zero zero millilitres)") in presenter.signing.highlights


DEPOSIT_OF_FIVE = Deposit(Point(100, 100), Microlitres(5000), Zone("middle", "deep"))


def test_what_contradicts_itself_stands_above_its_gland_and_in_its_dialog_and_blocks_nothing(complete):
    complete.place("right", ("1.2.5", 3), DEPOSIT_OF_FIVE)
    presenter = ReviewPresenter(complete, lambda: None)
    right, left = presenter.state.glands
    said = "Right gland: the deposits add up to 5.00 ml, but loaded - residual - spilled is 1.00 ml."
    assert said in right.to_look_at
    assert left.to_look_at == ()
    assert presenter.begin()
    assert presenter.signing.to_look_at == right.to_look_at
    assert presenter.sign("injector", "right password")
    assert (presenter.signing.side, presenter.signing.to_look_at) == ("left", ())


def test_what_is_about_the_whole_visit_stands_over_both_glands_and_in_the_dialog_of_each(complete):
    length = next(one for one in complete.record.glands["left"].marks if one.mark.axis == "length")
    complete.move("left", length.mark_id, Caliper("length", Point(20, 25), Point(270, 385)))
    presenter = ReviewPresenter(complete, lambda: None)
    (said,) = presenter.state.to_look_at
    assert said.startswith("The glands are of unlike size")
    presenter.begin()
    assert presenter.signing.to_look_at[0] == said


def test_a_volume_outside_the_planned_range_is_read_at_review_although_its_reason_is_given(complete):
    complete.set_fact("left", "volume_loaded_ul", "1.35")
    complete.set_fact("left", "volume_reason", "backflow")
    presenter = ReviewPresenter(complete, lambda: None)
    said = "Left gland: 1.30 ml injected is outside the planned range 0.90 to 1.10 ml."
    assert [gland.to_look_at for gland in presenter.state.glands] == [(), (said,)]


BEGINNINGS = [(0, "Read both"), (1, "1 thing to look at (▲), then sign. Read both")]


@pytest.mark.parametrize(("deposits", "begins"), BEGINNINGS)
def test_the_sentence_at_review_says_how_many_things_there_are_to_look_at(complete, deposits, begins):
    for _ in range(deposits):
        complete.place("right", ("1.2.5", 3), Deposit(Point(100, 100), Microlitres(700), Zone("middle", "deep")))
    room = RoomPresenter(complete, lambda _wish: None, lambda: None, lambda: None)
    room.go("review")
    assert room.sentence.text.startswith(begins)


def test_the_things_to_look_at_are_counted_over_both_glands(complete):
    for side, clip in (("right", "1.2.5"), ("left", "1.2.6")):
        complete.place(side, (clip, 3), Deposit(Point(100, 100), Microlitres(700), Zone("middle", "deep")))
    assert ReviewPresenter(complete, lambda: None).things_to_look_at == 2
    assert signing_act("record", 2).sentence.startswith("2 things to look at (▲), then sign. ")
