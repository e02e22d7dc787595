"""Amending what was signed: a new version, the old one visible, a reason on every event, a new signature."""
from __future__ import annotations

import pytest
from signed_visits import reviewed, signed_visit

from injection_log.acts import amending, facts, signing, visits
from injection_log.errors import Refused
from injection_log.ledger.event import Change, EventDraft
from injection_log.practice.story import sign
from injection_log.record.reading import gland_subject, visit_subject
from injection_log.record.rendering import RENDERING, sections_of
from injection_log.record.values import VisitRecord
from injection_log.site import Session, Site, log_in
from injection_log.verify import verify

REASON = "the residual was read from the wrong syringe"


@pytest.fixture
def signed(injector: Session) -> VisitRecord:
    """Both glands signed."""
    return signed_visit(injector)


@pytest.fixture
def amended(injector: Session, signed: VisitRecord) -> VisitRecord:
    """The right gland amended, one value changed, signed again."""
    record = amending.open_amendment(injector, signed, "right", REASON)
    return sign(injector, facts.set_fact(injector, record, "right", "volume_residual_ul", "0.10"), "right")


@pytest.mark.proves("F-09")
def test_an_amendment_opens_the_next_version_as_a_draft_and_drops_the_signature(
    injector: Session, signed: VisitRecord
) -> None:
    gland = amending.open_amendment(injector, signed, "right", REASON).glands["right"]
    assert (gland.state, gland.version, gland.signature, gland.review) == ("complete", 2, None, None)
    assert gland.amendment is not None
    assert (gland.amendment.reason, gland.amendment.by, gland.amendment.of_version) == (REASON, "Practice Injector", 1)
    assert gland.earlier[0].signature == signed.glands["right"].signature


def test_the_other_gland_keeps_its_signature(injector: Session, signed: VisitRecord) -> None:
    record = amending.open_amendment(injector, signed, "right", REASON)
    assert record.glands["left"] == signed.glands["left"]


def test_every_event_while_it_is_open_carries_its_reason_and_both_values(
    injector: Session, amended: VisitRecord
) -> None:
    last = {event.kind: event for event in injector.site.ledger.events()}
    assert {last[kind].reason for kind in ("AmendmentOpened", "GlandFactSet", "GlandSigned")} == {REASON}
    assert [(change.old, change.new) for change in last["GlandFactSet"].changes] == [(50, 100)]
    del amended


def test_the_new_version_names_its_reason_and_what_changed_and_the_old_text_stays(
    injector: Session, signed: VisitRecord, amended: VisitRecord
) -> None:
    gland, before = amended.glands["right"], signed.glands["right"].signature
    assert gland.signature is not None
    assert gland.signature.rendering == signing.render(injector, amended, "right").text
    sections = {section.title: dict(section.rows) for section in sections_of(gland.signature.rendering)}
    assert sections["Record"]["Version of this record"] == "2"
    assert sections["Record"]["Reason of the amendment"] == REASON
    assert sections["Changed since version 1"]["Residual"] == "0.05 ml -> 0.10 ml"
    assert [(one.version, one.signature, one.replaced_by.reason) for one in gland.earlier] == [(1, before, REASON)]


def test_a_log_with_an_amended_record_verifies(injector: Session, amended: VisitRecord) -> None:
    again = amending.open_amendment(injector, amended, "right", "a second look at the syringe")
    sign(injector, facts.set_fact(injector, again, "right", "volume_residual_ul", "0.05"), "right")
    assert verify(injector.site.home).first_wrong is None


def test_closed_without_a_change_the_old_signature_and_its_review_hold_again(
    site: Site, injector: Session, signed: VisitRecord
) -> None:
    seen = reviewed(log_in(site, "investigator", "practice-investigator"), signed, "right")
    record = amending.open_amendment(injector, seen, "right", REASON)
    record = facts.set_fact(injector, record, "right", "volume_residual_ul", "0.10")
    with pytest.raises(Refused, match="differs from what was signed"):
        amending.close_amendment(injector, record, "right")
    record = facts.set_fact(injector, record, "right", "volume_residual_ul", "0.05")
    assert amending.close_amendment(injector, record, "right").glands["right"] == seen.glands["right"]
    assert verify(site.home).first_wrong is None


def test_an_amendment_signed_again_puts_the_review_aside_under_its_version(
    site: Site, injector: Session, signed: VisitRecord
) -> None:
    seen = reviewed(log_in(site, "investigator", "practice-investigator"), signed, "right")
    record = amending.open_amendment(injector, seen, "right", REASON)
    gland = sign(injector, facts.set_fact(injector, record, "right", "gland_remark", "looked"), "right").glands["right"]
    assert (gland.state, gland.review) == ("signed", None)
    assert gland.earlier[0].review == seen.glands["right"].review


def test_a_fact_of_the_visit_needs_every_signed_gland_under_amendment(
    injector: Session, signed: VisitRecord
) -> None:
    record = amending.open_amendment(injector, signed, "right", REASON)
    with pytest.raises(Refused, match="amend every signed gland"):
        facts.set_fact(injector, record, None, "assistant", "Somebody Else")
    record = amending.open_amendment(injector, record, "left", REASON)
    assert facts.set_fact(injector, record, None, "assistant", "Somebody Else").facts["assistant"] == "Somebody Else"


@pytest.mark.parametrize("reason", ["", "ab", "12 34", "  .  ", "it was the placebo", "two\nlines of it"])
def test_an_amendment_owes_a_reason_in_words_that_give_nothing_away(
    injector: Session, signed: VisitRecord, reason: str
) -> None:
    head = injector.site.ledger.head()
    with pytest.raises(Refused):
        amending.open_amendment(injector, signed, "right", reason)
    assert injector.site.ledger.head() == head


def test_a_draft_is_not_amended_and_an_open_amendment_not_opened_twice(
    injector: Session, signed: VisitRecord
) -> None:
    opened = amending.open_amendment(injector, signed, "right", REASON)
    with pytest.raises(Refused, match=r"open since .* by Practice Injector"):
        amending.open_amendment(injector, opened, "right", REASON)
    other = visits.open_visit(injector, "SMG-08", "injection")
    with pytest.raises(Refused, match="not signed"):
        amending.open_amendment(injector, other, "right", REASON)


def test_a_mark_that_says_a_value_was_compared_with_its_source_falls_with_the_value(
    injector: Session, signed: VisitRecord
) -> None:
    subject = gland_subject("SMG-07", "injection", "right")
    kept = [Change(f"verified.{name}", None, True) for name in ("fact.volume_residual_ul", "volume_spilled_ul")]
    injector.site.ledger.append(injector.actor, [EventDraft("ValueCompared", subject, tuple(kept))], protocol="")
    record = amending.open_amendment(injector, signed, "right", REASON)
    facts.set_fact(injector, record, "right", "volume_residual_ul", "0.10")
    *_, last = injector.site.ledger.events()
    assert [change.field for change in last.changes] == ["fact.volume_residual_ul", "verified.fact.volume_residual_ul"]
    assert injector.site.ledger.values(subject.key)["verified.volume_spilled_ul"] is True


def test_the_form_of_the_text_has_a_number_of_its_own() -> None:
    assert RENDERING == "gland record, form 3"


@pytest.mark.parametrize(("subject", "changes", "said"), [
    ("right", {"fact.volume_residual_ul": (50, 100)}, "without an amendment"),
    ("right", {"state": ("signed", None)}, "opened without an amendment"),
    ("", {"fact.assistant": ("Practice Assistant", "Somebody")}, "while a gland of it was signed"),
])
def test_a_program_that_changes_what_is_signed_is_named_by_verify(
    injector: Session, signed: VisitRecord, subject: str, changes: dict[str, tuple], said: str
) -> None:
    place = gland_subject("SMG-07", "injection", "right") if subject else visit_subject("SMG-07", "injection")
    forged = tuple(Change(field, old, new) for field, (old, new) in changes.items())
    injector.site.ledger.append(injector.actor, [EventDraft("GlandFactSet", place, forged)], protocol="")
    wrong = verify(injector.site.home).first_wrong
    assert wrong is not None
    assert said in wrong.why
    del signed


def test_a_signature_that_is_said_to_hold_again_over_a_changed_record_is_named(
    injector: Session, signed: VisitRecord
) -> None:
    record = amending.open_amendment(injector, signed, "right", REASON)
    facts.set_fact(injector, record, "right", "volume_residual_ul", "0.10")
    place = gland_subject("SMG-07", "injection", "right")
    stored = injector.site.ledger.values(place.key)
    back = (Change("state", "draft", "signed"), Change("version", 2, 1), Change("amendment", stored["amendment"], None))
    injector.site.ledger.append(injector.actor, [EventDraft("AmendmentClosed", place, back)], protocol="")
    wrong = verify(injector.site.home).first_wrong
    assert wrong is not None
    assert "hold again" in wrong.why
