"""What people may do, one behaviour each: facts, limits, missing, signatures."""
from __future__ import annotations

from typing import Any

import pytest

from injection_log.acts import facts, people, signing, studies, visits
from injection_log.errors import Refused
from injection_log.people.accounts import NewAccount
from injection_log.people.errors import AccountRefused, WrongPassword
from injection_log.practice.story import GLANDS, VISIT_FACTS, set_facts, sign
from injection_log.record.rendering import sections_of
from injection_log.record.values import SIDES, VisitRecord
from injection_log.site import Session, Site, log_in
from injection_log.verify import verify


@pytest.fixture
def opened(injector: Session) -> VisitRecord:
    """An injection visit that goes on without images."""
    record = visits.open_visit(injector, "smg-07", "injection")
    record = visits.confirm_identifiers(injector, record)
    return studies.go_on_without_images(injector, record, "pacs_down")


@pytest.fixture
def filled(injector: Session, opened: VisitRecord) -> VisitRecord:
    """The same with every fact typed in."""
    record = set_facts(injector, opened, None, VISIT_FACTS)
    for side in SIDES:
        record = set_facts(injector, record, side, GLANDS[side].facts())
    return record


@pytest.mark.parametrize("wrong", ["", "SMG07", "SMG-7", "XXX-07", "SMG-07 ' OR 1", "SMG-٠٧"])
def test_a_participant_id_of_another_form_opens_nothing(injector: Session, wrong: str) -> None:
    with pytest.raises(Refused, match="not a participant id"):
        visits.open_visit(injector, wrong, "injection")
    assert injector.site.ledger.subjects("visit:") == []


def test_a_visit_that_is_none_is_answered_with_the_visits_there_are(injector: Session) -> None:
    with pytest.raises(Refused, match=", ".join(injector.site.protocol.visits)):
        visits.open_visit(injector, "SMG-07", "gone")


def test_opening_a_visit_again_writes_nothing(injector: Session, opened: VisitRecord) -> None:
    head = injector.site.ledger.head()
    assert visits.open_visit(injector, "SMG-07", "injection") == opened
    assert injector.site.ledger.head() == head


@pytest.mark.proves("F-01")
def test_every_typed_fact_is_one_event_with_old_and_new_value(injector: Session, opened: VisitRecord) -> None:
    record = facts.set_fact(injector, opened, "left", "volume_loaded_ul", "1,10")
    facts.set_fact(injector, record, "left", "volume_loaded_ul", "1.15")
    *_, last = injector.site.ledger.events()
    assert (last.kind, last.subject.key) == ("GlandFactSet", "gland:SMG-07/injection/left")
    assert [(change.field, change.old, change.new) for change in last.changes] == [
        ("fact.volume_loaded_ul", 1100, 1150)
    ]


def test_typing_the_same_value_again_is_no_event(injector: Session, opened: VisitRecord) -> None:
    record = facts.set_fact(injector, opened, "left", "volume_loaded_ul", "1,10")
    head = injector.site.ledger.head()
    facts.set_fact(injector, record, "left", "volume_loaded_ul", "1.1")
    assert injector.site.ledger.head() == head


@pytest.mark.proves("F-13")
def test_the_injected_volume_is_loaded_less_residual_and_spilled(injector: Session, opened: VisitRecord) -> None:
    typed = {"injected": "yes", "volume_loaded_ul": "1.20", "volume_residual_ul": "0,05", "volume_spilled_ul": "0"}
    volumes = set_facts(injector, opened, "right", typed).glands["right"].volumes
    assert volumes is not None
    assert volumes.injected_ul == 1150


@pytest.mark.proves("F-12")
@pytest.mark.parametrize(
    ("loaded", "residual", "why"),
    [("2.60", "0", "syringe holds"), ("1.00", "1.20", "More is left"), ("2.40", "0.1", "protocol allows")],
)
def test_a_volume_beyond_a_hard_limit_is_refused_and_nothing_is_kept(
    injector: Session, opened: VisitRecord, loaded: str, residual: str, why: str
) -> None:
    record = set_facts(injector, opened, "right", {"injected": "yes", "volume_spilled_ul": "0"})
    with pytest.raises(Refused, match=why):
        set_facts(injector, record, "right", {"volume_loaded_ul": loaded, "volume_residual_ul": residual})


def test_the_reason_for_a_volume_is_owed_right_behind_the_volumes(injector: Session, opened: VisitRecord) -> None:
    typed = {"injected": "yes", "volume_loaded_ul": "1.50", "volume_residual_ul": "0"}
    record = set_facts(injector, opened, "right", {**typed, "volume_spilled_ul": "0"})
    owed = [one.field for one in signing.missing(injector, record, "right") if one.step == "right"]
    assert owed[:3] == ["syringe_code", "volume_reason", "needle"]


@pytest.mark.proves("F-12")
def test_a_volume_beyond_the_soft_limit_owes_a_reason(injector: Session, filled: VisitRecord) -> None:
    record = facts.set_fact(injector, filled, "right", "volume_residual_ul", "0.40")
    assert [one.field for one in signing.missing(injector, record, "right")] == ["volume_reason"]
    record = facts.set_fact(injector, record, "right", "volume_reason", "backflow")
    assert signing.missing(injector, record, "right") == ()


def test_one_syringe_cannot_serve_both_glands(injector: Session, filled: VisitRecord) -> None:
    with pytest.raises(Refused, match="other gland"):
        facts.set_fact(injector, filled, "left", "syringe_code", GLANDS["right"].syringe_code)


def test_an_end_before_the_start_is_refused(injector: Session, filled: VisitRecord) -> None:
    with pytest.raises(Refused, match="before the start"):
        facts.set_fact(injector, filled, "left", "injection_end", "09:00")


def test_a_gland_that_was_not_injected_owes_a_reason_and_no_volumes(injector: Session, opened: VisitRecord) -> None:
    record = set_facts(injector, opened, None, VISIT_FACTS)
    record = facts.set_fact(injector, record, "left", "injected", "no")
    assert [one.field for one in signing.missing(injector, record, "left")] == ["not_done_reason"]


def test_a_gland_that_was_not_injected_is_signed_as_not_injected(injector: Session, filled: VisitRecord) -> None:
    record = set_facts(injector, filled, "left", {"injected": "no", "not_done_reason": "unsafe"})
    signature = sign(injector, record, "left").glands["left"].signature
    assert signature is not None
    assert signature.meaning.startswith("I did not inject this gland")


def test_a_refused_remark_is_in_no_file_of_the_home(injector: Session, opened: VisitRecord) -> None:
    with pytest.raises(Refused, match="not kept"):
        facts.set_fact(injector, opened, "left", "gland_remark", "zebra smelled of DMSO")
    for path in injector.site.home.root.rglob("*"):
        assert not path.is_file() or b"zebra" not in path.read_bytes()


@pytest.mark.parametrize("word", ["\uff24\uff2d\uff33\uff2f", "dm\u200bso", "DMSO2", "garlic-like", "M\u00c6LKET"])
def test_a_refused_word_is_found_however_it_is_typed(injector: Session, opened: VisitRecord, word: str) -> None:
    with pytest.raises(Refused):
        facts.set_fact(injector, opened, "left", "gland_remark", f"it was {word} today")


def test_an_incomplete_gland_cannot_be_signed(injector: Session, opened: VisitRecord) -> None:
    with pytest.raises(Refused, match="not"):
        sign(injector, opened, "left")


@pytest.mark.proves("U-02")
def test_each_gland_is_signed_by_an_event_of_its_own_under_a_checkpoint(
    injector: Session, filled: VisitRecord
) -> None:
    for side in SIDES:
        filled = sign(injector, filled, side)
    kinds = [(event.kind, event.subject.gland) for event in injector.site.ledger.events()]
    assert [kind for kind in kinds if kind[0] in ("GlandSigned", "CheckpointMade")][-4:] == [
        ("GlandSigned", "right"), ("CheckpointMade", ""), ("GlandSigned", "left"), ("CheckpointMade", ""),
    ]
    assert verify(injector.site.home).ok


def test_what_was_signed_is_the_text_that_was_shown(injector: Session, filled: VisitRecord) -> None:
    shown = signing.render(injector, filled, "right")
    signature = sign(injector, filled, "right").glands["right"].signature
    assert signature is not None
    assert (signature.rendering, signature.record_sha256) == (shown.text, shown.sha256)


def test_the_sections_of_a_signed_text_can_be_read_back(injector: Session, filled: VisitRecord) -> None:
    shown = signing.render(injector, filled, "right")
    assert sections_of(shown.text) == shown.sections


def test_a_record_that_changed_after_it_was_shown_is_not_signed(injector: Session, filled: VisitRecord) -> None:
    shown = signing.render(injector, filled, "right").sha256
    facts.set_fact(injector, filled, "right", "volume_residual_ul", "0.10")
    proof = signing.Proof("injector", "practice-injector", shown)
    with pytest.raises(Refused, match=r"changed Residual volume .* from 0.05 ml to 0.10 ml at"):
        signing.sign_gland(injector, filled, "right", proof, "performed")


@pytest.mark.proves("F-08")
def test_a_wrong_password_signs_nothing(injector: Session, filled: VisitRecord) -> None:
    shown = signing.render(injector, filled, "right").sha256
    with pytest.raises(WrongPassword):
        signing.sign_gland(injector, filled, "right", signing.Proof("injector", "guess", shown), "performed")
    assert visits.find_visit(injector, "SMG-07", "injection").glands["right"].signature is None


@pytest.mark.proves("F-08")
def test_somebody_else_cannot_sign_in_the_session_of_the_injector(injector: Session, filled: VisitRecord) -> None:
    shown = signing.render(injector, filled, "right").sha256
    proof = signing.Proof("operator", "practice-operator", shown)
    with pytest.raises(Refused, match="logged in"):
        signing.sign_gland(injector, filled, "right", proof, "performed")


def test_the_operator_cannot_sign_that_an_injection_was_performed(site: Site, filled: VisitRecord) -> None:
    operator = log_in(site, "operator", "practice-operator")
    shown = signing.render(operator, filled, "right").sha256
    proof = signing.Proof("operator", "practice-operator", shown)
    with pytest.raises(Refused, match="injecting physician"):
        signing.sign_gland(operator, filled, "right", proof, "performed")


def test_an_injection_visit_is_not_signed_as_a_mere_measurement(site: Site, filled: VisitRecord) -> None:
    operator = log_in(site, "operator", "practice-operator")
    shown = signing.render(operator, filled, "right").sha256
    proof = signing.Proof("operator", "practice-operator", shown)
    with pytest.raises(Refused, match="not what a signature of this gland means"):
        signing.sign_gland(operator, filled, "right", proof, "measured")


def test_volumes_typed_before_it_was_not_injected_owe_no_reason(injector: Session, filled: VisitRecord) -> None:
    record = facts.set_fact(injector, filled, "left", "volume_residual_ul", "0.60")
    record = facts.set_fact(injector, record, "left", "injected", "no")
    assert [one.field for one in signing.missing(injector, record, "left")] == ["not_done_reason"]


def test_a_signed_gland_can_no_longer_be_changed(injector: Session, filled: VisitRecord) -> None:
    signed = sign(injector, filled, "right")
    with pytest.raises(Refused, match="signed"):
        facts.set_fact(injector, signed, "right", "volume_residual_ul", "0.10")


@pytest.mark.parametrize("user", ["monitor", "admin"])
def test_who_looks_on_can_change_nothing(site: Site, opened: VisitRecord, user: str) -> None:
    session = log_in(site, user, f"practice-{user}")
    with pytest.raises(Refused, match="may not"):
        facts.set_fact(session, opened, "left", "injected", "yes")


def test_an_administrator_sees_no_record(site: Site, opened: VisitRecord) -> None:
    session = log_in(site, "admin", "practice-admin")
    with pytest.raises(Refused, match="may not"):
        visits.find_visit(session, opened.participant, opened.visit)


@pytest.mark.parametrize("when", ["before the password", "after it"])
def test_a_role_taken_away_while_somebody_signs_leaves_no_signature_that_cannot_hold(
    site: Site, injector: Session, filled: VisitRecord, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    admin, prove = log_in(site, "admin", "practice-admin"), signing.prove

    def taken_away(*given: Any) -> Any:
        if when == "before the password":
            people.change_role(admin, "injector", "operator", "another task from now on")
        key = prove(*given)
        if when == "after it":
            people.change_role(admin, "injector", "operator", "another task from now on")
        return key

    monkeypatch.setattr(signing, "prove", taken_away)
    with pytest.raises(Refused, match="given another role"):
        sign(injector, filled, "right")
    assert verify(site.home).first_wrong is None


def test_no_user_id_is_a_refused_word(site: Site) -> None:
    admin = log_in(site, "admin", "practice-admin")
    with pytest.raises(AccountRefused, match="choose another"):
        people.add_person(admin, NewAccount("cell", "Anna B.", "monitor", "a long password here"))
    assert "user:cell" not in site.ledger.subjects("user:")


def test_a_person_is_called_what_they_are_called(site: Site) -> None:
    admin = log_in(site, "admin", "practice-admin")
    people.add_person(admin, NewAccount("joe", "Joe Klar", "monitor", "a long password here"))
    assert "Joe Klar" in {one.printed_name for one in people.list_people(admin)}
