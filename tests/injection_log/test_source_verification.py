"""What a monitor compared with its source: marked, listed, and gone in the event in which the value changes."""
from __future__ import annotations

import pytest

from injection_log.acts import facts, visits
from injection_log.acts.source_verification import (
    SourceVerification,
    Verifiable,
    list_verification,
    mark_verified,
    take_back,
    verification_of,
)
from injection_log.errors import Refused
from injection_log.ledger.errors import ChangedMeanwhile
from injection_log.record.values import VisitRecord
from injection_log.site import Session, Site, log_in
from injection_log.verify import verify


@pytest.fixture
def record(injector: Session) -> VisitRecord:
    """An injection visit with a kit, and one gland with two facts."""
    opened = visits.confirm_identifiers(injector, visits.open_visit(injector, "SMG-07", "injection"))
    opened = facts.set_fact(injector, opened, None, "kit_code", "KIT-0417")
    opened = facts.set_fact(injector, opened, "left", "injected", "yes")
    return facts.set_fact(injector, opened, "left", "volume_residual_ul", "0,05")


@pytest.fixture
def monitor(site: Site, record: VisitRecord) -> Session:
    """The practice monitor at work, after the record was written."""
    return log_in(site, "monitor", "practice-monitor")


def of(state: SourceVerification, field: str) -> Verifiable:
    """One value of a record."""
    return next(one for one in state.values if one.field == field)


def test_every_recorded_value_is_listed_with_its_words_and_none_that_is_empty(
    monitor: Session, record: VisitRecord
) -> None:
    state = verification_of(monitor, record)
    assert [(one.side, one.title, one.words) for one in state.values] == [
        (None, "Day of the visit", "2026-11-22"), (None, "Two identifiers compared", "yes"),
        (None, "Kit code", "KIT-0417"), ("left", "Injected", "yes"), ("left", "Residual", "0.05 ml"),
    ]
    assert (state.verified, state.percent) == (0, 0)


def test_a_mark_says_who_when_and_in_which_role(monitor: Session, record: VisitRecord) -> None:
    mark = of(mark_verified(monitor, record, "left", "volume_residual_ul"), "volume_residual_ul").verified
    assert mark is not None
    assert (mark.user, mark.printed_name, mark.role, mark.offset_minutes) == (
        "monitor", "Practice Monitor", "monitor", 60,
    )
    assert mark.at.startswith("2026-11-22T09:")


def test_the_percentage_is_of_the_recorded_values_and_rounded_down(monitor: Session, record: VisitRecord) -> None:
    for side, field, percent in (
        (None, "opened_on", 20), (None, "identifiers_confirmed", 40), (None, "kit_code", 60), ("left", "injected", 80),
        ("left", "volume_residual_ul", 100),
    ):
        assert mark_verified(monitor, record, side, field).percent == percent
    [listed] = list_verification(monitor)
    assert (listed.participant, listed.visit, listed.verified, listed.percent) == ("SMG-07", "injection", 5, 100)


def test_a_mark_falls_in_the_event_in_which_its_value_changes(
    site: Site, monitor: Session, injector: Session, record: VisitRecord
) -> None:
    mark_verified(monitor, record, "left", "volume_residual_ul")
    mark_verified(monitor, record, "left", "injected")
    facts.set_fact(injector, record, "left", "volume_residual_ul", "0.10")
    *_, last = site.ledger.events()
    assert [change.field for change in last.changes] == [
        "fact.volume_residual_ul", "verified.fact.volume_residual_ul",
    ]
    assert last.changes[1].new is None
    state = verification_of(monitor, visits.find_visit(monitor, "SMG-07", "injection"))
    assert of(state, "volume_residual_ul").verified is None
    assert of(state, "injected").verified is not None
    assert verify(site.home).ok


def test_a_value_that_came_back_is_not_verified_again(monitor: Session, injector: Session, record: VisitRecord) -> None:
    mark_verified(monitor, record, "left", "volume_residual_ul")
    changed = facts.set_fact(injector, record, "left", "volume_residual_ul", "0.10")
    back = facts.set_fact(injector, changed, "left", "volume_residual_ul", "0.05")
    assert of(verification_of(monitor, back), "volume_residual_ul").verified is None


def test_a_value_that_is_not_the_one_that_was_shown_is_not_verified(
    site: Site, monitor: Session, injector: Session, record: VisitRecord
) -> None:
    facts.set_fact(injector, record, "left", "volume_residual_ul", "0.10")
    with pytest.raises(ChangedMeanwhile):
        mark_verified(monitor, record, "left", "volume_residual_ul")
    assert not [name for name in site.ledger.values("gland:SMG-07/injection/left") if name.startswith("verified.")]


@pytest.mark.parametrize("field", ["needle", "kit_code", "nothing", "state"])
def test_nothing_recorded_is_nothing_to_verify(monitor: Session, record: VisitRecord, field: str) -> None:
    with pytest.raises(Refused, match="nothing to compare"):
        mark_verified(monitor, record, "left", field)


@pytest.mark.parametrize("user", ["injector", "operator", "investigator", "manager", "admin"])
def test_only_a_monitor_verifies(site: Site, record: VisitRecord, user: str) -> None:
    with pytest.raises(Refused, match="may not mark source verified"):
        mark_verified(log_in(site, user, f"practice-{user}"), record, "left", "injected")


def test_a_mark_changes_nothing_of_what_was_recorded(site: Site, monitor: Session, record: VisitRecord) -> None:
    mark_verified(monitor, record, "left", "injected")
    assert visits.find_visit(monitor, "SMG-07", "injection") == record


def test_marking_twice_is_one_event_and_a_mark_can_be_taken_back(
    site: Site, monitor: Session, record: VisitRecord
) -> None:
    mark_verified(monitor, record, "left", "injected")
    head = site.ledger.head()
    mark_verified(monitor, record, "left", "injected")
    assert site.ledger.head() == head
    assert take_back(monitor, record, "left", "injected").verified == 0
    *_, last = site.ledger.events()
    assert last.kind == "SourceVerificationTakenBack"
