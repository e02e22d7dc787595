"""Times claimed for an act, apart from the time of entry: never to come, and late ones with a reason."""
from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from signed_visits import filled_visit, signed_visit

from injection_log.acts import amending, facts, signing, visits
from injection_log.acts.claimed_times import minutes_late
from injection_log.clock import FixedClock
from injection_log.errors import Refused
from injection_log.record.origins import span_in_words
from injection_log.record.values import VisitRecord
from injection_log.site import Session


def later(session: Session, by: timedelta) -> None:
    """Let time pass at the site."""
    clock = session.site.clock
    assert isinstance(clock, FixedClock)
    clock.advance(by)


@pytest.fixture
def opened(injector: Session) -> VisitRecord:
    """An injection visit, opened at ten in the morning."""
    return visits.open_visit(injector, "SMG-07", "injection")


@pytest.mark.parametrize(("side", "field"), [("right", "injection_start"), (None, "procedure_end")])
def test_a_time_that_is_still_to_come_is_refused(injector: Session, opened: VisitRecord, side, field) -> None:
    head = injector.site.ledger.head()
    with pytest.raises(Refused, match="still to come"):
        facts.set_fact(injector, opened, side, field, "10:30")
    assert injector.site.ledger.head() == head
    later(injector, timedelta(minutes=31))
    facts.set_fact(injector, opened, side, field, "10:30")


@pytest.mark.proves("F-07")
def test_the_time_of_the_act_stands_beside_the_time_of_entry(injector: Session, opened: VisitRecord) -> None:
    facts.set_fact(injector, opened, "right", "injection_start", "09:40")
    *_, last = injector.site.ledger.events()
    assert (last.claimed_at, last.recorded_at[:16]) == ("2026-11-22T09:40:00+01:00", "2026-11-22T09:00")


@pytest.mark.proves("F-07")
def test_an_entry_later_than_the_protocol_allows_owes_a_reason_that_is_signed(injector: Session) -> None:
    record = filled_visit(injector)
    later(injector, timedelta(days=2, hours=3))
    record = facts.set_fact(injector, record, "right", "injection_end", "")
    record = facts.set_fact(injector, record, "right", "injection_end", "10:00")
    assert [one.field for one in signing.missing(injector, record)] == ["late_reason"]
    record = facts.set_fact(injector, record, "right", "late_reason", "no_workstation")
    text = signing.render(injector, record, "right").text
    assert "Entered late: Injection end, 2 days 3 h after it" in text
    assert "Reason for the late entry: no workstation at hand" in text
    assert signing.missing(injector, record) == ()


def test_a_late_time_that_is_cleared_owes_nothing(injector: Session, opened: VisitRecord) -> None:
    later(injector, timedelta(days=2))
    record = facts.set_fact(injector, opened, None, "procedure_start", "09:00")
    assert record.facts["entered_late"] == "yes"
    assert "entered_late" not in facts.set_fact(injector, record, None, "procedure_start", "").facts


def test_a_time_corrected_by_an_amendment_has_the_amendments_reason(injector: Session) -> None:
    record = signed_visit(injector)
    later(injector, timedelta(days=9))
    record = amending.open_amendment(injector, record, "right", "the clock on the wall was wrong")
    record = facts.set_fact(injector, record, "right", "injection_end", "10:00")
    assert record.glands["right"].late_minutes == {}
    assert signing.missing(injector, record, "right") == ()


def test_an_end_before_its_start_is_refused_whichever_comes_first(injector: Session, opened: VisitRecord) -> None:
    record = facts.set_fact(injector, opened, "right", "injection_end", "09:10")
    with pytest.raises(Refused, match="before the start"):
        facts.set_fact(injector, record, "right", "injection_start", "09:20")


def test_exactly_the_limit_is_not_late() -> None:
    now = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
    assert minutes_late("2026-11-22T11:00:00+01:00", now, 24) is None
    assert minutes_late("2026-11-22T10:59:00+01:00", now, 24) == 24 * 60 + 1


@pytest.mark.parametrize(
    ("minutes", "words"), [(45, "45 min"), (125, "2 h 5 min"), (1500, "1 day 1 h"), (4320, "3 days 0 h")]
)
def test_a_span_is_said_in_words(minutes: int, words: str) -> None:
    assert span_in_words(minutes) == words
