"""Review and signature: id and password first, the password again for the second gland, one course."""
from __future__ import annotations

import pytest

from annotate.marks import Caliper, Needle
from dicom_io.calibration import Point
from injection_log_napari.presenters.review import ReviewPresenter

FACTS = {
    "injected": "yes", "volume_loaded_ul": "1,05", "volume_residual_ul": "0.05", "volume_spilled_ul": "0",
    "needle": "25G-40mm", "injection_start": "10:05", "injection_end": "10:07", "tip_in_gland": "yes",
    "complications": "none",
}  # fmt: skip
VISIT = {"kit_code": "kit-0417", "injector": "A", "ultrasound_operator": "B", "local_anaesthetic": "none"}


@pytest.fixture
def complete(desk_with_images):
    desk = desk_with_images
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
