"""The checks at work on a real log: at entry, as a list, and how what they need is typed and kept."""
from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from injection_log.acts import facts, studies, visits
from injection_log.acts.checking import all_findings, findings_of
from injection_log.acts.withdrawing import withdraw_visit
from injection_log.errors import ProtocolRefused, Refused
from injection_log.practice.story import GLANDS, VISIT_FACTS, set_facts
from injection_log.protocol.check_limits import USUAL, CheckLimits
from injection_log.protocol.fields import CATALOGUE
from injection_log.protocol.reading import practice_protocol_text, read_protocol
from injection_log.protocol.typed import TypedIn, value_of
from injection_log.record.checks import CHECKS
from injection_log.record.values import VisitRecord
from injection_log.site import Session, Site, log_in

PRACTICE = practice_protocol_text()
FIELD = CATALOGUE["deposit_volumes_ul"]
PLACE = TypedIn(read_protocol(PRACTICE), date(2026, 11, 22), 60)


@pytest.fixture
def record(injector: Session) -> VisitRecord:
    """An injection visit with every fact, without images."""
    opened = visits.confirm_identifiers(injector, visits.open_visit(injector, "SMG-07", "injection"))
    opened = studies.go_on_without_images(injector, opened, "pacs_down")
    opened = set_facts(injector, opened, None, VISIT_FACTS)
    for side, story in GLANDS.items():
        opened = set_facts(injector, opened, side, story.facts())
    return opened


@pytest.mark.parametrize(
    ("typed", "stored"),
    [("0,5 0,65", [500, 650]), ("0.5 + 0.65", [500, 650]), ("0,5+0,65", [500, 650]), ("1", [1000]),
     ("0.65; 0,50", [650, 500]), ("0,5  0.5", [500, 500]), ("  ", None)],
)
def test_volumes_of_deposits_are_typed_with_comma_or_point_in_their_order(typed: str, stored: list[int] | None) -> None:
    assert value_of(FIELD, typed, PLACE) == stored


@pytest.mark.parametrize(
    "typed", ["0,5,0,65", "0,5 -0,1", "0.5 0", "0,125", "a", "0.5 ml", " ".join(["0.1"] * 11), "+0,5"]
)
def test_volumes_that_could_be_read_in_two_ways_are_refused(typed: str) -> None:
    with pytest.raises(Refused, match="Volumes of the deposits"):
        value_of(FIELD, typed, PLACE)


def test_a_finding_stands_beside_the_field_at_entry_and_blocks_nothing(injector: Session, record: VisitRecord) -> None:
    record = facts.set_fact(injector, record, "left", "deposit_volumes_ul", "0,5 0,65")
    found = findings_of(injector, record)
    [one] = [one for one in found if one.field == "deposit_volumes_ul"]
    assert (one.check, one.severity, one.version) == ("deposit_sum", "soft", CHECKS["deposit_sum"].version)
    assert one.sentence == (
        "Left gland: the deposits add up to 1.15 ml, but loaded - residual - spilled is 1.05 ml."
    )
    assert record.glands["left"].state == "complete"


def test_the_images_that_have_not_come_are_all_that_a_good_record_lacks(injector: Session, record: VisitRecord) -> None:
    assert [one.check for one in findings_of(injector, record)] == ["images_pending"]


def test_the_list_finds_one_kit_and_one_syringe_at_two_participants(injector: Session, record: VisitRecord) -> None:
    assert not [one for one in all_findings(injector) if one.check.endswith("reuse")]
    other = visits.open_visit(injector, "SMG-08", "injection")
    other = facts.set_fact(injector, other, None, "kit_code", VISIT_FACTS["kit_code"])
    other = set_facts(injector, other, "left", {"injected": "yes", "syringe_code": GLANDS["right"].syringe_code})
    reused = {(one.check, one.subject.key) for one in all_findings(injector) if one.check.endswith("reuse")}
    assert reused == {
        ("kit_reuse", "visit:SMG-07/injection"), ("kit_reuse", "visit:SMG-08/injection"),
        ("syringe_reuse", "gland:SMG-07/injection/right"), ("syringe_reuse", "gland:SMG-08/injection/left"),
    }
    assert {one.place for one in findings_of(injector, other)} == {
        one.place for one in all_findings(injector) if one.subject.participant == "SMG-08"
    }


def test_a_visit_that_was_withdrawn_is_not_checked(injector: Session, record: VisitRecord) -> None:
    withdrawn = withdraw_visit(injector, record, "opened for the wrong participant")
    assert findings_of(injector, withdrawn) == all_findings(injector) == ()


def test_an_administrator_runs_no_checks(site: Site, record: VisitRecord) -> None:
    with pytest.raises(Refused, match="may not run checks"):
        findings_of(log_in(site, "admin", "practice-admin"), record)


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("late_entry_hours = 0", "late_entry_hours must be a whole number from 1"),
        ("late_entry_hours = 24.5", "late_entry_hours"), ("late_entry_hours = true", "late_entry_hours"),
        ("balance_tolerance_ul = -1", "balance_tolerance_ul"), ("side_ratio_percent = 99", "side_ratio_percent"),
        ("injection_minutes = [15, 0]", "must begin with the lower"), ("injection_minutes = 15", "two whole numbers"),
        ("gland_volume_ul = [1.5, 3]", "gland_volume_ul must be two whole numbers"),
        ("late_hours = 24", "'late_hours'"),
    ],
)
def test_a_wrong_limit_is_refused_by_its_name(line: str, named: str) -> None:
    with pytest.raises(ProtocolRefused, match=named):
        read_protocol(f"{_without_checks()}\n[checks]\n{line}\n")


def test_a_file_of_an_earlier_version_has_the_usual_limits_and_keeps_its_digest() -> None:
    before = read_protocol(_without_checks())
    assert before.checks == USUAL == CheckLimits(24, 50, 150, (0, 15), None)
    assert before.sha256 != read_protocol(PRACTICE).sha256
    partly = read_protocol(f"{_without_checks()}\n[checks]\nlate_entry_hours = 6\n")
    assert partly.checks == replace(USUAL, late_entry_hours=6)


@pytest.mark.parametrize("field", ["late_reason", "visit_late_reason"])
def test_the_reason_of_a_late_entry_is_asked_by_itself(field: str) -> None:
    with pytest.raises(ProtocolRefused, match="asked by itself"):
        read_protocol(PRACTICE.replace('"complications", "pain_nrs"', f'"complications", "{field}"', 1))
    protocol = read_protocol(PRACTICE)
    names = {one.name for level in ("visit", "gland") for one in protocol.fields_for("month_4", level)}
    assert field in names


def test_volumes_that_are_compared_with_the_balance_cannot_be_asked_for_without_it() -> None:
    volumes = '"volume_loaded_ul", "volume_residual_ul", "volume_spilled_ul",'
    without = PRACTICE.replace(volumes, "").replace('"volume_reason", ', "")
    with pytest.raises(ProtocolRefused, match="asks for a volume but not for"):
        read_protocol(without)


def _without_checks() -> str:
    return PRACTICE[: PRACTICE.index("[checks]")] + PRACTICE[PRACTICE.index("[[needle]]") :]
