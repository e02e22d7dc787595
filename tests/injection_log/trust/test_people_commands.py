"""Accounts on the command line: the commands as a person or a script gives them, in a process of the tests."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from injection_log import cli
from injection_log.errors import Refused
from injection_log.people.accounts import account_of
from injection_log.people.key_standing import fingerprint
from injection_log.site import Site

NEW = "four yellow plums"
Run = Callable[..., Result]


@pytest.fixture
def run(site: Site) -> Run:
    """Runs a command on the practice site; `lines` are what is typed or piped in."""
    runner, app = CliRunner(), cli.assemble()

    def command(*words: str, lines: tuple[str, ...] = (), user: str = "admin") -> Result:
        typed = "".join(f"{line}\n" for line in (lines or (f"practice-{user}",)))
        options = ["--user", user, "--home", str(site.home.root), "--password-stdin"]
        return runner.invoke(app, [*words, *options], input=typed)

    return command


def refused(result: Result) -> Refused:
    assert isinstance(result.exception, Refused), result.output
    return result.exception


def kinds(site: Site) -> list[str]:
    return [event.kind for event in site.ledger.events()]


def test_a_lost_password_comes_back_by_a_code_and_a_second_person(site: Site, run: Run) -> None:
    code = run("users", "reset", "injector", "--reason", "forgot the password").stdout.splitlines()[0]
    chosen = run("password", "--code", lines=(code, NEW), user="injector")
    assert chosen.exit_code == 0, chosen.output
    shown = fingerprint(account_of(site.ledger, "injector").public_key)
    assert shown in chosen.stdout
    assert "not yet confirmed" in chosen.output
    assert refused(run("confirm-key", "injector", user="admin")).code == "not_allowed"
    assert run("confirm-key", "injector", "--fingerprint", shown, user="investigator").exit_code == 0
    assert account_of(site.ledger, "injector").key_standing == ""


def test_a_new_person_may_be_given_a_code_instead_of_a_password(site: Site, run: Run) -> None:
    made = run("user", "add", "berta", "--printed-name", "Berta C", "--role", "operator", "--code")
    code = made.stdout.splitlines()[0]
    assert len(code) == 19
    assert run("password", "--code", lines=(code, NEW), user="berta").exit_code == 0
    assert run("list", lines=(NEW,), user="berta").exit_code == 0


def test_a_password_is_changed_by_who_knows_the_old_one(site: Site, run: Run) -> None:
    assert run("password", lines=("practice-monitor", NEW), user="monitor").exit_code == 0
    assert refused(run("list", user="monitor")).code == "wrong_password"
    assert run("list", lines=(NEW,), user="monitor").exit_code == 0


def test_roles_closing_and_unlocking_go_through_with_their_reasons(site: Site, run: Run) -> None:
    why = ("--reason", "changed clinic in November")
    for words, kind in (
        (("users", "role", "operator", "injector", *why), "RoleChanged"),
        (("users", "close", "operator", *why), "AccountClosed"),
        (("users", "reopen", "operator", *why), "AccountReopened"),
    ):
        assert run(*words).exit_code == 0
        (event,) = [one for one in site.ledger.events() if one.kind == kind]
        assert (event.reason, event.actor.user) == ("changed clinic in November", "admin")
    for _ in range(5):
        refused(run("list", lines=("wrong",), user="operator"))
    assert refused(run("list", user="operator")).code == "account_locked"
    assert run("users", "unlock", "operator").exit_code == 0
    assert run("list", user="operator").exit_code == 0


@pytest.mark.parametrize("reason", ["", "..", "12345"])
def test_a_change_without_a_reason_in_words_is_refused(site: Site, run: Run, reason: str) -> None:
    assert refused(run("users", "close", "operator", "--reason", reason)).code == "reason_owed"
    assert "AccountClosed" not in kinds(site)


def test_the_list_tells_state_and_key_of_everybody(site: Site, run: Run) -> None:
    run("users", "close", "operator", "--reason", "left the trial")
    run("users", "reset", "monitor", "--reason", "forgot the password")
    listed: list[dict[str, Any]] = json.loads(run("users", "list", "--json").stdout)
    by_user = {one["user"]: one for one in listed}
    assert by_user["operator"]["state"] == "closed"
    assert by_user["monitor"]["state"].startswith("one-time code, until ")
    assert by_user["injector"] | {"fingerprint": ""} == {
        "user": "injector", "printed_name": "Practice Injector", "role": "injector", "state": "open",
        "key": "confirmed", "fingerprint": "",
    }  # fmt: skip


def test_a_workstation_that_joined_is_listed_and_confirmed(site: Site, run: Run, monkeypatch, tmp_path: Path) -> None:
    from injection_log.keys import KeyFolder

    with monkeypatch.context() as patch:
        patch.setenv("INJECTION_LOG_KEYS", str(tmp_path / "other"))
        assert run("list", user="monitor").exit_code == 0
    other = KeyFolder(tmp_path / "other").workstation()
    assert f"{other} is not yet confirmed" in run("users", "list").output
    assert refused(run("confirm-workstation", other)).code == "not_allowed"
    assert run("confirm-workstation", other, user="manager").exit_code == 0
    assert "not yet confirmed (confirm-workstation)" not in run("users", "list").output


@pytest.mark.parametrize("words", [
    ("users", "role", "operator", "injector", "--reason", "a good reason"),
    ("users", "reset", "operator", "--reason", "lost it"),
    ("users", "close", "operator", "--reason", "a good reason"), ("users", "unlock", "operator"),
])  # fmt: skip
def test_nobody_but_an_administrator_changes_accounts(site: Site, run: Run, words: tuple[str, ...]) -> None:
    for user in ("injector", "investigator", "manager", "monitor"):
        assert refused(run(*words, user=user)).code == "not_allowed"
    assert kinds(site).count("AccessDenied") == 4


def test_no_password_or_code_is_ever_in_the_log(site: Site, run: Run) -> None:
    code = run("users", "reset", "injector", "--reason", "forgot the password").stdout.splitlines()[0]
    run("password", "--code", lines=(code, NEW), user="injector")
    bodies = b"".join(event.body for event in site.ledger.events())
    secrets = (code, code.replace("-", ""), NEW, "practice-admin", "argon2")
    assert not any(secret.encode() in bodies for secret in secrets)
