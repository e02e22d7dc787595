"""Amending, reviewing, locking and the rest on the command line: a person's way through, and how it refuses."""
from __future__ import annotations

import io
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from signed_visits import signed_visit

from injection_log.cli import main
from injection_log.site import Session
from injection_log.verify import verify

RIGHT = ("SMG-07", "injection", "right")


@dataclass(frozen=True)
class Done:
    """How a command ended."""

    exit_code: int
    stdout: str
    stderr: str


@pytest.fixture
def run(injector: Session, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    """Run a command as a person of the practice site, whose SMG-07 is signed."""
    signed_visit(injector)

    def call(user: str, *words: str) -> Done:
        given = (*words, "--user", user, "--password-stdin", "--home", str(injector.site.home.root))
        monkeypatch.setattr(sys, "argv", ["injection-log", *given])
        monkeypatch.setattr(sys, "stdin", io.StringIO(f"practice-{user}\n"))
        with pytest.raises(SystemExit) as ended:
            main()
        return Done(int(ended.value.code or 0), *capsys.readouterr())

    return call


def facts_of(run: Any) -> dict[str, Any]:
    """What `show --json` says of the right gland."""
    shown: dict[str, Any] = json.loads(run("monitor", "show", *RIGHT[:2], "--json").stdout)
    return shown["glands"]["right"]


def test_a_record_is_amended_signed_again_reviewed_and_locked(run: Any, injector: Session) -> None:
    for user, *words in (
        ("injector", "amend", *RIGHT, "--reason", "the wrong syringe was read"),
        ("injector", "set", *RIGHT, "volume_residual_ul", "0.10"),
        ("injector", "sign", *RIGHT),
        ("investigator", "review", *RIGHT),
        ("investigator", "lock", *RIGHT),
    ):
        assert run(user, *words).exit_code == 0, words
    gland = facts_of(run)
    assert (gland["state"], gland["version"], gland["signed_by"], gland["reviewed_by"]) == (
        "locked", 2, "Practice Injector", "Practice Investigator"
    )
    assert "the wrong syringe was read" in gland["earlier"][0]
    assert gland["record"]["Changed since version 1"]["Residual"] == "0.05 ml -> 0.10 ml"
    assert verify(injector.site.home).first_wrong is None


def test_what_is_signed_is_shown_before_it_is_signed(run: Any) -> None:
    said = run("investigator", "review", *RIGHT).stderr
    assert "review of a gland record, form 1" in said
    assert "Residual: 0.05 ml" in said
    assert "Signed by Practice Investigator, meaning: I reviewed this record" in said


def test_show_says_in_words_who_signed_reviewed_and_amended(run: Any) -> None:
    run("investigator", "review", *RIGHT)
    run("injector", "amend", *RIGHT, "--reason", "the wrong syringe was read")
    words = run("monitor", "show", *RIGHT[:2]).stdout
    assert "State: complete, version 2" in words
    assert "Version 1 was signed by Practice Injector, injector, 2026-11-22" in words
    assert "reviewed by Practice Investigator, principal investigator, " in words
    assert "Amendment open since" in words


def test_a_visit_is_withdrawn_reinstated_or_not_done(run: Any) -> None:
    assert run("injector", "withdraw", *RIGHT[:2], "--reason", "the wrong person").exit_code == 0
    assert run("injector", "set", *RIGHT, "gland_remark", "late").exit_code == 3
    assert run("injector", "reinstate", *RIGHT[:2], "--reason", "the right one").exit_code == 0
    assert run("injector", "not-done", "SMG-07", "month_4", "--reason", "did not come").exit_code == 0
    rows = json.loads(run("monitor", "list", "--json").stdout)
    assert [row["visit_state"] for row in rows] == ["not_begun", "counts", "not_done"]


def test_pictures_that_came_later_are_signed_for(run: Any, phantom_visit: Any, tmp_path: Path) -> None:
    still = min(phantom_visit.visits[0].files, key=lambda path: path.stat().st_size)
    (tmp_path / "late").mkdir()
    (tmp_path / "late" / "still.dcm").write_bytes(still.read_bytes())
    opened = run("injector", "add-images", *RIGHT, "--reason", "the PACS is back", "--folder", str(tmp_path / "late"))
    assert "came after the signature: 1" in opened.stdout
    assert run("injector", "sign-addition", *RIGHT).exit_code == 0
    assert "the PACS is back" in facts_of(run)["after_signature"]["Addition 1"]


def test_the_study_is_locked_and_unlocked_with_a_reason(run: Any) -> None:
    assert run("investigator", "lock").exit_code == 3
    run("injector", "withdraw", *RIGHT[:2], "--reason", "the wrong person")
    assert "the study is locked" in run("investigator", "lock").stdout
    assert run("injector", "reinstate", *RIGHT[:2], "--reason", "the right one").exit_code == 3
    assert run("investigator", "unlock", "--reason", "one more visit").exit_code == 0


def test_paper_and_unblinding_are_recorded_as_facts(run: Any) -> None:
    paper = ("transcribed", "SMG-08", "injection", "--written-on", "2020-11-20", "--written-by", "Dr Paper")
    assert run("injector", *paper).exit_code == 0
    words = ("--reason", "serious event", "--at", "2020-11-21 20:00", "--by", "Dr Emergency", "--json")
    known = json.loads(run("investigator", "unblinding", "SMG-07", *words).stdout)
    assert (known["by"], known["planned"], known["at"][:16]) == ("Dr Emergency", False, "2020-11-21T20:00")


@pytest.mark.parametrize(("words", "code"), [
    (("amend", *RIGHT, "--reason", "x"), 3), (("amend", *RIGHT[:2], "both", "--reason", "a reason"), 2),
    (("lock", "SMG-07", "injection"), 2), (("review", *RIGHT), 3), (("sign", *RIGHT), 3),
    (("transcribed", *RIGHT[:2], "--written-on", "yesterday", "--written-by", "Dr Paper"), 2),
])
def test_what_cannot_be_done_is_refused_in_a_sentence(run: Any, words: tuple[str, ...], code: int) -> None:
    done = run("injector", *words)
    assert done.exit_code == code
    assert done.stderr.strip()
    assert "Traceback" not in done.stderr + done.stdout


def test_a_gland_is_named_in_its_place_or_by_an_option_never_two(run: Any) -> None:
    reason = ("--reason", "a wrong line was read")
    assert run("injector", "amend", *RIGHT, "--gland", "left", *reason).exit_code == 2
    assert run("injector", "amend", *RIGHT[:2], *reason).exit_code == 2
    assert run("injector", "amend", *RIGHT[:2], "--side", "right", *reason).exit_code == 0
    assert run("injector", "close-amendment", *RIGHT[:2], "--gland", "right").exit_code == 0
    assert "review" in run("investigator", "review", *RIGHT[:2], "--gland", "right").stdout


def test_a_denied_command_says_who_may_or_in_which_state_it_is_done(run: Any) -> None:
    role = run("manager", "lock", "SMG-07").stderr
    assert role == "Refused: A data manager may not lock record; a principal investigator may.\n"
    state = run("injector", "not-done", *RIGHT[:2], "--reason", "did not come").stderr
    assert "while the record is signed; it is done by an injector, an operator" in state
    assert "while the record is draft or complete." in state
