"""The audit trail: pages, filters, what a role may see of it, hints, and that looking is an event; the command too."""
from __future__ import annotations

import csv
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from injection_log import cli
from injection_log.acts import amending, facts, studies, visits
from injection_log.acts.audit import AuditFilter, audit_lines, audit_page, groups_for
from injection_log.acts.audit_hints import FAILURES_IN_A_ROW, MANY_EDITS, audit_hints
from injection_log.errors import Refused
from injection_log.people.errors import WrongPassword
from injection_log.practice.story import GLANDS, VISIT_FACTS, set_facts, sign
from injection_log.record.values import VisitRecord
from injection_log.site import Session, Site, log_in


@pytest.fixture
def monitor(site: Site) -> Session:
    return log_in(site, "monitor", "practice-monitor")


@pytest.fixture
def admin(site: Site) -> Session:
    return log_in(site, "admin", "practice-admin")


@pytest.fixture
def amended(injector: Session) -> VisitRecord:
    """A visit whose left gland was signed and then amended in one volume."""
    record = visits.confirm_identifiers(injector, visits.open_visit(injector, "SMG-07", "injection"))
    record = set_facts(injector, studies.go_on_without_images(injector, record, "pacs_down"), None, VISIT_FACTS)
    record = sign(injector, set_facts(injector, record, "left", GLANDS["left"].facts()), "left")
    record = amending.open_amendment(injector, record, "left", "read at the wrong line")
    return facts.set_fact(injector, record, "left", "volume_residual_ul", "0.10")


def kinds(session: Session, **asked: Any) -> list[str]:
    return [line.kind for line in audit_page(session, AuditFilter(**asked), limit=500).lines]


def test_pages_go_on_where_the_one_before_ended_and_lose_nothing(monitor: Session, amended: VisitRecord) -> None:
    whole = [line.sequence for line in audit_page(monitor, limit=500).lines]
    first = audit_page(monitor, limit=7)
    second = audit_page(monitor, before=first.before, limit=500)
    assert [line.sequence for line in (*first.lines, *second.lines)] == whole
    assert whole == sorted(whole, reverse=True)
    assert second.before is None


def test_the_trail_has_every_event_of_the_log(monitor: Session, amended: VisitRecord) -> None:
    lines = tuple(audit_lines(monitor))
    assert {line.sequence for line in lines} == set(range(1, monitor.site.ledger.head()[0] + 1))


@pytest.mark.proves("U-01")
def test_the_trail_is_filtered_by_person_role_kind_group_participant_and_day(
    monitor: Session, amended: VisitRecord
) -> None:
    assert set(kinds(monitor, user="monitor")) <= {"LoggedIn", "AuditSeen", "CheckpointMade"}
    assert set(kinds(monitor, role="injector", group="signature")) == {"GlandSigned"}
    assert kinds(monitor, kind="GlandSigned") == ["GlandSigned"]
    assert kinds(monitor, participant="smg-07")[-1] == "VisitOpened"
    assert "LoggedIn" not in kinds(monitor, participant="SMG-07")
    assert kinds(monitor, since=date(2026, 11, 23)) == []


def test_only_what_was_changed_after_a_signature_is_found(monitor: Session, amended: VisitRecord) -> None:
    found = audit_page(monitor, AuditFilter(only_after_signing=True)).lines
    assert [line.kind for line in found] == ["GlandFactSet", "AmendmentOpened"]
    assert found[0].sentence == "Residual volume of the left gland changed from 0.05 ml to 0.10 ml"
    assert found[0].about == "SMG-07, Injection visit, left gland"


def test_looking_at_the_trail_is_an_event_once_for_what_was_asked(monitor: Session) -> None:
    for _ in range(3):
        audit_page(monitor, AuditFilter(user="injector"))
    seen = [event for event in monitor.site.ledger.events() if event.kind == "AuditSeen"]
    assert [(event.actor.user, event.reason) for event in seen] == [("monitor", "person injector")]


def test_an_administrator_sees_accounts_and_log_ins_and_nothing_of_a_record(
    admin: Session, amended: VisitRecord
) -> None:
    lines = tuple(audit_lines(admin))
    assert groups_for(admin) == ("people",)
    assert {line.group for line in lines} == {"people"}
    assert "LoggedIn" in {line.kind for line in lines}
    assert not [line for line in lines if "SMG-07" in line.about + line.sentence + line.reason]


@pytest.mark.parametrize("asked", [
    {"group": "facts"}, {"kind": "GlandSigned"}, {"participant": "SMG-07"}, {"only_after_signing": True},
])  # fmt: skip
def test_an_administrator_who_asks_for_clinical_data_is_refused(admin: Session, asked: dict[str, Any]) -> None:
    with pytest.raises(Refused) as refused:
        audit_page(admin, AuditFilter(**asked))
    assert refused.value.code == "not_allowed"


def test_an_injector_sees_no_audit_trail(injector: Session) -> None:
    with pytest.raises(Refused, match="may not show access log"):
        audit_page(injector)


@pytest.mark.parametrize("asked", [
    {"group": "secrets"}, {"kind": "NoSuchThing"}, {"participant": "XX"},
    {"since": date(2026, 11, 23), "until": date(2026, 11, 22)},
])  # fmt: skip
def test_a_filter_that_names_what_there_is_not_is_refused_in_words(monitor: Session, asked: dict[str, Any]) -> None:
    with pytest.raises(Refused):
        audit_page(monitor, AuditFilter(**asked))


# ---- hints --------------------------------------------------------------------------------------------------------
def test_failed_log_ins_in_a_row_are_told_and_a_right_one_ends_the_row(site: Site, monitor: Session) -> None:
    for _ in range(FAILURES_IN_A_ROW):
        with pytest.raises(WrongPassword):
            log_in(site, "operator", "wrong password")
    log_in(site, "operator", "practice-operator")
    with pytest.raises(WrongPassword):
        log_in(site, "operator", "wrong password")
    (hint,) = [one for one in audit_hints(monitor) if one.kind == "failed_log_ins"]
    assert hint.sentence.startswith(f"{FAILURES_IN_A_ROW} wrong passwords in a row for Practice Operator")
    assert len(hint.events) == FAILURES_IN_A_ROW


def test_changes_after_signing_are_told_one_by_one(monitor: Session, amended: VisitRecord) -> None:
    told = [one.sentence for one in audit_hints(monitor) if one.kind == "edit_after_signing"]
    assert len(told) == 2
    assert "Residual volume of the left gland changed from 0.05 ml to 0.10 ml" in told[1]


@pytest.mark.proves("F-05")
def test_many_changes_by_one_person_are_told_and_first_entries_are_none(
    monitor: Session, injector: Session, amended: VisitRecord
) -> None:
    record = amended
    for number in range(MANY_EDITS - 1):  # one was changed by the amendment
        assert not [one for one in audit_hints(monitor) if one.kind == "many_edits"]
        record = facts.set_fact(injector, record, "left", "approach_from", ("posterior", "lateral")[number % 2])
    (hint,) = [one for one in audit_hints(monitor) if one.kind == "many_edits"]
    assert hint.sentence.startswith("Practice Injector changed ")
    assert "SMG-07, Injection visit, left gland" in hint.sentence


def test_an_administrator_has_hints_about_log_ins_only(admin: Session, amended: VisitRecord) -> None:
    assert {one.kind for one in audit_hints(admin)} <= {"failed_log_ins"}


# ---- on the command line ------------------------------------------------------------------------------------------
def run(site: Site, *arguments: str, user: str = "monitor") -> Any:
    asked = [*arguments, "--home", str(site.home.root), "--user", user, "--password-stdin"]
    return CliRunner().invoke(cli.assemble(), asked, input=f"practice-{user}\n", catch_exceptions=True)


def test_the_command_history_tells_a_record_in_words_and_as_facts(site: Site, amended: VisitRecord) -> None:
    words = run(site, "history", "SMG-07", "injection", "--gland", "left", "--field", "volume_residual_ul")
    assert "Residual volume of the left gland changed from 0.05 ml to 0.10 ml." in words.stdout
    assert "Reason: read at the wrong line" in words.stdout
    assert "Version 2 of the record" in words.stdout
    found = json.loads(run(site, "history", "smg-07", "injection", "--after-signing", "--json").stdout)
    assert [one["kind"] for one in found] == ["AmendmentOpened", "GlandFactSet"]
    assert found[1]["changes"] == [{"field": "Residual volume", "before": "0.05 ml", "after": "0.10 ml"}]


def test_the_command_audit_pages_and_writes_a_table(site: Site, amended: VisitRecord, tmp_path: Path) -> None:
    page = json.loads(run(site, "audit", "--limit", "3", "--json").stdout)
    assert len(page["events"]) == 3
    assert page["before"] == page["events"][-1]["event"]
    file = tmp_path / "out" / "audit.csv"
    assert run(site, "audit", "--participant", "SMG-07", "--csv", str(file)).exit_code == 0
    rows = list(csv.DictReader(file.read_text("utf-8").splitlines()))
    assert {row["about"].partition(",")[0] for row in rows} == {"SMG-07"}
    assert file.with_name("audit_dictionary.csv").is_file()


def test_the_command_audit_tells_hints_and_kinds(site: Site, amended: VisitRecord) -> None:
    assert "Changed after signing" in run(site, "audit", "--hints").stdout
    assert "GlandSigned" in run(site, "audit", "--kinds").stdout
    assert run(site, "audit", "--since", "yesterday").exit_code != 0


def test_the_command_history_tells_who_saw_the_record(site: Site, amended: VisitRecord) -> None:
    saw = json.loads(run(site, "history", "SMG-07", "injection", "--who-saw", "--json").stdout)
    assert [(one["person"], one["what"]) for one in saw] == [
        ("Practice Injector", "Visit begun"), ("Practice Monitor", "History looked at"),
    ]


def test_the_command_audit_says_nothing_twice_and_sets_one_full_stop(site: Site, amended: VisitRecord) -> None:
    told = run(site, "audit").stdout
    assert "of it is true and complete.\n" in told
    assert ".." not in told
    assert "        Practice Injector logged in.\n" in told
    assert "nobody logged in (" not in told
    assert "The log of the trial PRACTICE-SMG at the site test was begun." in told
    assert "Asked for: everything" in told


@pytest.mark.parametrize("asked", [("--person", "nobody"), ("--group", "none"), ("--kind", "None")])
def test_a_filter_by_something_that_there_is_not_is_refused(
    site: Site, amended: VisitRecord, asked: tuple[str, str]
) -> None:
    for command in (("audit",), ("history", "SMG-07", "injection")):
        done = run(site, *command, *asked)
        assert (done.exit_code, type(done.exception).__name__, done.stdout) == (1, "Refused", "")


def test_a_history_without_a_line_that_was_asked_for_says_so(site: Site, amended: VisitRecord) -> None:
    told = run(site, "history", "SMG-07", "injection", "--until", "2020-01-01").stdout
    assert told == "Nothing of what is asked for stands in the log.\n"
