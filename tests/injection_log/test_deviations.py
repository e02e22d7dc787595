"""Deviations as one list: what people report, and what the records show, each with where it is and since when."""
from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from injection_log.acts import facts, studies, visits
from injection_log.acts.deviations import Deviation, list_deviations, report_deviation
from injection_log.acts.unblinding import UnblindingFact, record_unblinding
from injection_log.acts.withdrawing import mark_not_done, withdraw_visit
from injection_log.acts.writing import write
from injection_log.clock import FixedClock
from injection_log.errors import Refused
from injection_log.practice.story import GLANDS, VISIT_FACTS, set_facts, sign
from injection_log.record.reading import visit_subject
from injection_log.record.values import VisitRecord
from injection_log.site import Session, Site, log_in
from injection_log.verify import verify


@pytest.fixture
def record(injector: Session) -> VisitRecord:
    """An injection visit with every fact, nothing wrong, its images pending."""
    opened = visits.confirm_identifiers(injector, visits.open_visit(injector, "SMG-07", "injection"))
    opened = studies.go_on_without_images(injector, opened, "pacs_down")
    opened = set_facts(injector, opened, None, VISIT_FACTS)
    for side, story in GLANDS.items():
        opened = set_facts(injector, opened, side, story.facts())
    return opened


def kinds(session: Session) -> list[tuple[str, str]]:
    """What is on the list: kind and gland."""
    return [(one.kind, one.about.gland if one.about else "") for one in list_deviations(session)]


def one_of(session: Session, kind: str) -> Deviation:
    """The only deviation of a kind."""
    [found] = [one for one in list_deviations(session) if one.kind == kind]
    return found


def test_a_record_as_planned_is_not_on_the_list(injector: Session, record: VisitRecord) -> None:
    assert kinds(injector) == []


@pytest.mark.parametrize(
    ("typed", "kind", "words"),
    [
        (("volume_residual_ul", "0.30"), "volume_outside",
         "Left gland: 0.80 ml injected, planned is 0.90 ml to 1.10 ml; no reason given yet."),
        (("tip_in_gland", "no"), "tip_outside", "Left gland: the tip was not in the gland."),
        (("injected", "no"), "not_injected", "Left gland: not injected; no reason given yet."),
    ],
)
def test_what_a_gland_shows_is_on_the_list(
    injector: Session, record: VisitRecord, typed: tuple[str, str], kind: str, words: str
) -> None:
    facts.set_fact(injector, record, "left", *typed)
    assert kinds(injector) == [(kind, "left")]
    found = one_of(injector, kind)
    assert (found.sentence, found.source, found.id) == (words, "derived", "")
    assert found.about is not None
    assert (found.about.participant, found.about.visit) == ("SMG-07", "injection")


def test_a_volume_on_its_limit_is_not_on_the_list(injector: Session, record: VisitRecord) -> None:
    facts.set_fact(injector, record, "left", "volume_residual_ul", "0.20")
    assert kinds(injector) == []


def test_a_reason_stands_beside_the_deviation_and_does_not_undo_it(injector: Session, record: VisitRecord) -> None:
    record = facts.set_fact(injector, record, "left", "volume_residual_ul", "0.30")
    before = one_of(injector, "volume_outside")
    facts.set_fact(injector, record, "left", "volume_reason", "backflow")
    after = one_of(injector, "volume_outside")
    assert after.sentence.endswith("; reason: backflow or spill.")
    assert after.known.at > before.known.at
    assert (after.known.printed_name, after.known.offset_minutes) == ("Practice Injector", 60)


def test_a_kit_that_was_not_intact_and_one_used_twice_are_kit_problems(injector: Session, record: VisitRecord) -> None:
    facts.set_fact(injector, record, None, "kit_intact", "no")
    other = visits.open_visit(injector, "SMG-08", "injection")
    facts.set_fact(injector, other, None, "kit_code", VISIT_FACTS["kit_code"])
    assert kinds(injector) == [("kit_problem", "")] * 3
    assert {one.about.participant for one in list_deviations(injector) if one.about} == {"SMG-07", "SMG-08"}
    assert len(list_deviations(injector, "smg-08")) == 1


def test_a_gland_signed_without_its_images_is_signed_by_exception(injector: Session, record: VisitRecord) -> None:
    sign(injector, record, "right")
    assert kinds(injector) == [("signed_by_exception", "right")]


def test_images_that_never_came_are_on_the_list_once_the_day_is_long_over(
    site: Site, injector: Session, record: VisitRecord
) -> None:
    assert isinstance(site.clock, FixedClock)
    site.clock.advance(timedelta(hours=36))
    assert kinds(injector) == []
    site.clock.advance(timedelta(hours=6))
    assert one_of(injector, "images_missing").sentence == "The images have not come (pacs down)."


def test_an_entry_that_was_late_is_on_the_list_with_how_late(site: Site, injector: Session) -> None:
    opened = visits.open_visit(injector, "SMG-07", "injection")
    assert isinstance(site.clock, FixedClock)
    site.clock.advance(timedelta(hours=30))
    opened = facts.set_fact(injector, opened, "left", "injected", "yes")
    opened = facts.set_fact(injector, opened, "left", "injection_start", "10:00")
    assert one_of(injector, "late_entry").sentence == (
        "Left gland: Injection start was entered 30 h 0 min after it; no reason given yet."
    )
    facts.set_fact(injector, opened, "left", "late_reason", "forgotten")
    assert one_of(injector, "late_entry").sentence.endswith("; reason: forgotten.")


def test_withdrawn_and_not_done_are_on_the_list_with_their_reason(injector: Session, record: VisitRecord) -> None:
    record = facts.set_fact(injector, record, "left", "tip_in_gland", "no")
    withdraw_visit(injector, record, "opened for the wrong participant")
    mark_not_done(injector, "SMG-08", "injection", "participant did not come")
    assert [one.sentence for one in list_deviations(injector)] == [
        "The visit was withdrawn: opened for the wrong participant", "The visit was not done: participant did not come",
    ]


@pytest.mark.proves("G-03")
def test_an_unblinding_that_was_not_planned_is_on_the_list(site: Site, record: VisitRecord) -> None:
    investigator = log_in(site, "investigator", "practice-investigator")
    at = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
    record_unblinding(investigator, "SMG-07", UnblindingFact(at, "Doctor Emergency", "allergic reaction", planned=True))
    assert kinds(investigator) == []
    record_unblinding(investigator, "SMG-07", UnblindingFact(at, "Doctor Emergency", "wrong list", planned=False))
    assert one_of(investigator, "unblinding").sentence == "The participant was unblinded, not as planned: wrong list"


def test_a_report_has_a_number_a_kind_a_place_and_who_reported_it(
    site: Site, injector: Session, record: VisitRecord
) -> None:
    first = report_deviation(injector, record, "procedure", "The left gland was injected first", side="left")
    second = report_deviation(injector, None, "timing", "The clock on the wall was slow")
    assert (first.id, second.id) == ("D-0001", "D-0002")
    assert [(one.id, one.source) for one in list_deviations(injector)] == [
        ("D-0001", "reported"), ("D-0002", "reported"),
    ]
    assert first.about is not None
    assert (first.about.gland, first.known.printed_name, second.about) == ("left", "Practice Injector", None)
    assert verify(site.home).ok


def test_two_who_report_at_once_get_a_number_each(site: Site, injector: Session) -> None:
    operator = log_in(site, "operator", "practice-operator")

    def report(session: Session) -> list[str]:
        return [report_deviation(session, None, "other", "Something else happened").id for _ in range(4)]

    with ThreadPoolExecutor(2) as both:
        first, second = both.map(report, (injector, operator))
    assert sorted(first + second) == [f"D-{number:04d}" for number in range(1, 9)]


@pytest.mark.parametrize(
    ("said", "why"),
    [(("arm", "The left one first"), "Choose what kind"), (("volume", "zebra was cloudy"), "not kept"),
     (("volume", ".."), "in words"), (("volume", "zebra " * 90), "at most 400")],
)
def test_a_report_that_may_not_be_kept_is_in_no_file(
    site: Site, injector: Session, said: tuple[str, str], why: str
) -> None:
    with pytest.raises(Refused, match=why):
        report_deviation(injector, None, *said)
    assert site.ledger.subjects("deviation:") == []
    for path in site.home.root.rglob("*"):
        assert not path.is_file() or b"zebra" not in path.read_bytes()


@pytest.mark.parametrize("user", ["monitor", "manager", "admin"])
def test_the_site_reports_and_who_looks_on_does_not(site: Site, user: str) -> None:
    with pytest.raises(Refused, match="may not report deviation"):
        report_deviation(log_in(site, user, f"practice-{user}"), None, "volume", "Too little went in")


def test_a_deviation_that_is_said_in_the_record_owes_its_description(
    site: Site, injector: Session, record: VisitRecord
) -> None:
    write(injector, "VisitFactSet", visit_subject("SMG-07", "injection"), {"fact.deviation_reported": "yes"})
    assert kinds(injector) == [("not_described", "")]
    report_deviation(injector, record, "volume", "Too little went in")
    assert kinds(injector) == [("volume", "")]
