"""Visits that do not count, were not done, came from paper; and that somebody was unblinded."""
from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from signed_visits import filled_visit, signed_visit

from injection_log.acts import amending, exports, facts, signing, transcription, unblinding, visits, withdrawing
from injection_log.errors import Refused
from injection_log.practice.story import sign
from injection_log.record.values import SIDES
from injection_log.site import Session, Site, log_in
from injection_log.verify import verify

WHY = "the wrong participant was opened"


def test_a_withdrawn_visit_keeps_everything_and_changes_no_more(injector: Session) -> None:
    signed = signed_visit(injector)
    record = withdrawing.withdraw_visit(injector, signed, WHY)
    assert record.withdrawn is not None
    assert (record.withdrawn.reason, record.withdrawn.by, record.glands) == (WHY, "Practice Injector", signed.glands)
    for act in (
        lambda: facts.set_fact(injector, record, "right", "gland_remark", "late"),
        lambda: amending.open_amendment(injector, record, "right", WHY),
        lambda: withdrawing.withdraw_visit(injector, record, WHY),
    ):
        with pytest.raises(Refused, match="withdrawn"):
            act()
    assert verify(injector.site.home).first_wrong is None


def test_a_withdrawn_visit_is_reinstated_with_a_reason_and_goes_on(injector: Session) -> None:
    filled = filled_visit(injector)
    record = withdrawing.withdraw_visit(injector, filled, WHY)
    with pytest.raises(Refused, match="reason to reinstate"):
        withdrawing.reinstate_visit(injector, record, " ")
    record = withdrawing.reinstate_visit(injector, record, "it was the right one after all")
    assert record == filled
    assert sign(injector, record, "right").glands["right"].state == "signed"


def test_a_sheet_of_a_withdrawn_visit_says_so(site: Site, injector: Session) -> None:
    record = withdrawing.withdraw_visit(injector, signed_visit(injector), WHY)
    monitor = log_in(site, "monitor", "practice-monitor")
    assert any("WITHDRAWN" in notice and WHY in notice for notice in exports.sheet_content(
        monitor, record, "right").notices)


@pytest.mark.parametrize("begun", [True, False])
def test_a_visit_that_did_not_take_place_is_recorded_as_not_done(injector: Session, begun: bool) -> None:
    if begun:
        visits.open_visit(injector, "SMG-07", "month_4")
    record = withdrawing.mark_not_done(injector, "SMG-07", "month_4", "did not come")
    assert record.not_done is not None
    assert record.not_done.reason == "did not come"
    states = {row.visit.name: row.state for row in visits.list_visits(injector)}
    assert states == {"baseline": "not begun", "injection": "not begun", "month_4": "not done"}
    with pytest.raises(Refused, match="not done"):
        visits.confirm_identifiers(injector, record)
    assert withdrawing.reinstate_visit(injector, record, "came a day later").not_done is None


def test_a_signed_visit_was_done_and_can_only_be_withdrawn(injector: Session) -> None:
    record = signed_visit(injector)
    for side in SIDES:
        record = amending.open_amendment(injector, record, side, WHY)
    with pytest.raises(Refused, match="withdraw the visit"):
        withdrawing.mark_not_done(injector, "SMG-07", "injection", "did not come")


@pytest.mark.proves("G-05")
def test_what_came_from_paper_is_of_the_day_and_by_the_person_of_the_paper_in_what_is_signed(
    injector: Session
) -> None:
    record = visits.open_visit(injector, "SMG-07", "injection")
    record = transcription.flag_transcription(injector, record, date(2026, 11, 10), "Dr Paper", "the program was down")
    record = facts.set_fact(injector, record, "right", "injection_start", "23:40")
    assert str(record.glands["right"].facts["injection_start"]).startswith("2026-11-10T23:40")
    assert record.glands["right"].late_minutes == {}
    *_, last = injector.site.ledger.events()
    assert last.claimed_at == "2026-11-10T23:40:00+01:00"
    text = signing.render(injector, record, "right").text
    assert "Transcribed from paper: written 2026-11-10 by Dr Paper" in text
    assert "Typed in by: Practice Injector" in text


def test_a_transcription_is_of_a_day_gone_by_and_flagged_before_the_times(injector: Session) -> None:
    record = filled_visit(injector)
    with pytest.raises(Refused, match="day to come"):
        transcription.flag_transcription(injector, record, date(2026, 11, 23), "Dr Paper")
    with pytest.raises(Refused, match="clear them"):
        transcription.flag_transcription(injector, record, date(2026, 11, 10), "Dr Paper")
    with pytest.raises(Refused, match="name of the person"):
        transcription.flag_transcription(injector, record, date(2026, 11, 22), " ")


def unblinded(**changed: object) -> unblinding.UnblindingFact:
    """An unblinding as it is reported."""
    usual = {
        "unblinded_at": datetime(2026, 11, 21, 20, 0, tzinfo=UTC), "unblinded_by": "Dr Emergency",
        "reason": "serious adverse event", "planned": False,
    }
    return unblinding.UnblindingFact(**{**usual, **changed})  # type: ignore[arg-type]


def test_an_unblinding_is_a_fact_with_who_when_and_why(site: Site) -> None:
    investigator = log_in(site, "investigator", "practice-investigator")
    unblinding.record_unblinding(investigator, "smg-07", unblinded())
    (known,) = unblinding.list_unblindings(investigator, "SMG-07")
    assert (known.unblinded_by, known.planned, known.reason) == ("Dr Emergency", False, "serious adverse event")
    *_, last = site.ledger.events()
    assert (last.kind, last.subject.key, last.reason) == (
        "UnblindingRecorded", "participant:SMG-07", "serious adverse event"
    )


@pytest.mark.parametrize(("changed", "why"), [
    ({"reason": "she got the placebo"}, "could hint"),
    ({"unblinded_by": "the active arm"}, "could hint"),
    ({"unblinded_at": datetime(2026, 11, 23, tzinfo=UTC)}, "time to come"),
])
def test_an_unblinding_never_tells_the_arm_and_is_not_to_come(site: Site, changed: dict[str, object], why: str) -> None:
    investigator = log_in(site, "investigator", "practice-investigator")
    with pytest.raises(Refused, match=why):
        unblinding.record_unblinding(investigator, "SMG-07", unblinded(**changed))
    assert unblinding.list_unblindings(investigator, "SMG-07") == ()


def test_only_the_investigator_records_an_unblinding(injector: Session) -> None:
    with pytest.raises(Refused, match="may not record unblinding"):
        unblinding.record_unblinding(injector, "SMG-07", unblinded())
