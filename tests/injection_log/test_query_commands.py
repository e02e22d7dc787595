"""`checks`, `queries`, `query`, `verify-source` and `deviations` as they are typed, in words, JSON and CSV."""
from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from injection_log import cli
from injection_log.acts import facts, visits
from injection_log.record.checks import CHECKS
from injection_log.site import Session, Site

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(
    site: Site, injector: Session, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Run:
    """Run the command as a practice user on a log with one gland in it."""
    record = visits.open_visit(injector, "SMG-07", "injection")
    record = facts.set_fact(injector, record, "left", "injected", "yes")
    facts.set_fact(injector, record, "left", "volume_residual_ul", "0,05")
    monkeypatch.setenv("COLUMNS", "240")
    monkeypatch.setattr("injection_log.site.SystemClock", lambda: site.clock)

    def typed(*words: str, user: str = "monitor") -> tuple[int, str, str]:
        asked = ["--user", user, "--password-stdin", "--home", str(site.home.root)] if user else []
        monkeypatch.setattr(sys, "argv", ["injection-log", *words, *asked])
        monkeypatch.setattr(sys, "stdin", io.StringIO(f"practice-{user}\n"))
        with pytest.raises(SystemExit) as end:
            cli.main()
        out, err = capsys.readouterr()
        return int(end.value.code or 0), out, err

    return typed


ASK = ("query", "open", "SMG-07", "injection", "--gland", "left", "--field", "volume_residual_ul", "--text")


def facts_of(answered: tuple[int, str, str]) -> Any:
    """The facts of an answer that went well."""
    code, out, err = answered
    assert code == 0, err
    return json.loads(out)


def test_a_query_from_asking_to_closing_is_told_in_words(run: Run) -> None:
    assert run(*ASK, "Please compare with the paper form")[0] == 0
    assert run("query", "answer", "Q-0001", "--text", "It is as written", user="injector")[0] == 0
    code, out, _ = run("query", "close", "Q-0001", "--reason", "seen on paper")
    assert code == 0
    for words in (
        "Q-0001, closed: SMG-07, Injection visit, left gland, Residual volume", "Asked about: 0.05 ml; now: 0.05 ml",
        "Practice Monitor, monitor", "Practice Injector, injecting physician", "It is as written", "seen on paper",
        "(UTC+01:00)",
    ):
        assert words in out


def test_the_list_of_queries_is_filtered_and_says_what_changed(run: Run, injector: Session) -> None:
    run(*ASK, "Please compare with the paper form")
    record = visits.find_visit(injector, "SMG-07", "injection")
    facts.set_fact(injector, record, "left", "volume_residual_ul", "0.10")
    [row] = facts_of(run("queries", "--state", "open", "--json"))
    assert (row["value_asked_about"], row["value_now"], row["changed_since"]) == ("0.05 ml", "0.10 ml", "yes")
    assert row["asked_by"] == "Practice Monitor, monitor"
    assert facts_of(run("queries", "--state", "closed", "--json")) == []
    assert facts_of(run("queries", "--mine", "--json", user="manager")) == []
    assert len(facts_of(run("queries", "--participant", "smg-07", "--json", user="injector"))) == 1
    assert run("queries", "--state", "gone")[0] == 2


def test_a_list_leaves_as_a_table_with_its_dictionary_and_an_event(run: Run, site: Site, tmp_path: Path) -> None:
    run(*ASK, "=1+1 is what the paper says")
    written = facts_of(run("queries", "--csv", str(tmp_path / "asked.csv"), "--json"))["written"]
    assert [Path(one).name for one in written] == ["asked.csv", "asked_dictionary.csv"]
    [row] = csv.DictReader(io.StringIO((tmp_path / "asked.csv").read_text("utf-8")))
    assert (row["query"], row["question"]) == ("Q-0001", "'=1+1 is what the paper says")
    assert "ListExported" in {event.kind for event in site.ledger.events()}


def test_the_checks_are_listed_and_asked_about_only_when_told_to(run: Run) -> None:
    found = facts_of(run("checks", "--json"))
    assert {row["check"] for row in found} == {"Missing"}
    assert {row["severity"] for row in found} == {"blocks a signature"}
    assert facts_of(run("queries", "--json")) == []
    assert facts_of(run("checks", "--open-queries", "--json")) == {"opened": [], "closed": []}
    assert facts_of(run("checks", "--participant", "SMG-08", "--json")) == []


def test_the_catalogue_of_checks_needs_no_log_in(run: Run) -> None:
    rows = facts_of(run("checks", "--catalogue", "--json", user=""))
    assert [(row["check"], row["version"]) for row in rows] == [(one.name, one.version) for one in CHECKS.values()]


def test_what_is_verified_is_told_with_its_percentage(run: Run) -> None:
    marked = ("verify-source", "SMG-07", "injection", "--gland", "left", "--field", "volume_residual_ul")
    rows = facts_of(run(*marked, "--json"))
    [row] = [row for row in rows if row["verified"] == "yes"]
    assert (row["field"], row["value"], row["verified_by"]) == ("Residual", "0.05 ml", "Practice Monitor, monitor")
    [record] = facts_of(run("verify-source", "--json"))
    assert (record["values"], record["verified"], record["percent"]) == (3, 1, 33)
    assert "1 of 3 values verified (33 %)" in run("verify-source", "SMG-07", "injection")[1]
    assert run(*marked, user="injector")[0] == 3


def test_a_deviation_is_reported_by_the_site_and_listed(run: Run, tmp_path: Path) -> None:
    report = ("deviation", "report", "SMG-07", "injection", "--gland", "left", "--text", "Too little went in")
    assert "D-0001 reported: volume." in run(*report, "--kind", "volume", user="injector")[1]
    [row] = facts_of(run("deviations", "--json"))
    assert (row["deviation"], row["participant"], row["gland"], row["from"]) == (
        "D-0001", "SMG-07", "left", "reported by a person",
    )
    assert row["by"] == "Practice Injector, injecting physician"
    assert row["known_since"].endswith("(UTC+01:00)")
    code, _, err = run(*report, "--kind", "arm", user="injector")
    assert (code, "visit_window" in err) == (3, True)


@pytest.mark.parametrize(
    "words", [("queries",), ("checks",), ("deviations",), ("verify-source",), ("query", "show", "Q-0001")]
)
def test_an_administrator_sees_none_of_it(run: Run, words: tuple[str, ...]) -> None:
    code, out, err = run(*words, user="admin")
    assert (code, out) == (3, "")
    assert "may not" in err


@pytest.mark.parametrize(
    ("words", "code"),
    [(("query", "answer", "Q-0009", "--text", "It is right"), 3), (("query", "show", "nothing"), 3),
     (("query", "open", "SMG-07", "injection", "--gland", "middle", "--text", "Which?"), 2),
     (("query", "open", "SMG 07", "injection", "--text", "Which one?"), 3),
     (("verify-source", "SMG-07"), 2), (("checks", "--catalogu"), 2)],
)
def test_a_wrong_command_ends_in_a_sentence(run: Run, words: tuple[str, ...], code: int) -> None:
    found, _, err = run(*words, user="injector" if words[1] == "answer" else "monitor")
    assert (found, "Traceback" in err) == (code, False)


def test_a_list_with_nothing_in_it_is_a_sentence(run: Run) -> None:
    assert run("queries") == (0, "There is no query to list.\n", "")
    assert run("deviations")[1] == "No deviation was reported, and the records show none.\n"
    assert facts_of(run("queries", "--json")) == []
