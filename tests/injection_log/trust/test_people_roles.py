"""The table of command x role x state: every cell against the committed table, and the rules it must keep."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest

from injection_log.people.role_table import golden_text, page_in_words, read_golden
from injection_log.people.roles import TABLE, Command, Role, State, allowed

HERE = Path(__file__).resolve().parent
GOLDEN = read_golden((HERE / "role_table.txt").read_text("utf-8"))

CELLS = [(role, command, state) for role in Role for command in get_args(Command) for state in get_args(State)]
CHANGING = {
    "open_visit", "confirm_identifiers", "link_study", "keep_images", "go_on_without_images",
    "place_mark", "set_scale", "check_scale", "set_fact", "undo_own_act", "sign_gland", "amend_gland", "withdraw_visit",
    "mark_not_done", "reinstate_visit", "add_images", "sign_addition", "flag_transcription", "review_gland",
    "lock_record", "unlock_record", "report_deviation", "answer_query", "record_unblinding",
}  # fmt: skip
ADMINISTRATION = {
    "log_in", "add_user", "list_users", "change_settings", "verify", "show_access_log", "change_own_password",
    "change_role", "close_account", "unlock_account", "reset_password", "back_up",
}  # fmt: skip


@pytest.mark.parametrize("command", get_args(Command))
def test_every_cell_is_as_the_committed_table_has_it(command: Command) -> None:
    for role in Role:
        for state in get_args(State):
            cell = (command, str(role), state)
            assert allowed(role, command, state) is GOLDEN[cell], cell


def test_the_committed_table_has_every_cell_and_no_other() -> None:
    assert set(GOLDEN) == {(command, str(role), state) for role, command, state in CELLS}
    assert golden_text() == (HERE / "role_table.txt").read_text("utf-8")


def test_the_page_for_people_is_made_from_the_table() -> None:
    page = HERE.parents[2] / "docs" / "roles.md"
    assert page.read_text("utf-8") == page_in_words(), "run: python -m tools.role_table"


def test_every_command_is_in_the_table() -> None:
    assert set(TABLE) == set(get_args(Command))


@pytest.mark.parametrize("role", [Role.READER, Role.ADJUDICATOR])
def test_a_blinded_role_may_do_nothing_in_a_site(role: Role) -> None:
    assert not [cell for cell in CELLS if cell[0] == role and allowed(*cell)]


def test_an_administrator_has_no_clinical_data() -> None:
    assert {cell[1] for cell in CELLS if cell[0] == Role.ADMINISTRATOR and allowed(*cell)} == ADMINISTRATION


def test_what_a_record_says_changes_only_by_the_site() -> None:
    site = {Role.INJECTOR, Role.OPERATOR, Role.PRINCIPAL_INVESTIGATOR}
    assert {cell[0] for cell in CELLS if cell[1] in CHANGING and allowed(*cell)} <= site


@pytest.mark.proves("F-11")
def test_who_asks_a_query_does_not_answer_it() -> None:
    asks, answers = ({c[0] for c in CELLS if c[1] == one and allowed(*c)} for one in ("open_query", "answer_query"))
    assert not asks & answers


def test_a_key_is_never_confirmed_by_who_gives_the_codes() -> None:
    assert Role.ADMINISTRATOR not in {c[0] for c in CELLS if c[1].startswith("confirm_") and allowed(*c)}


def test_nothing_of_a_locked_record_changes() -> None:
    kept = CHANGING - {"unlock_record", "answer_query", "report_deviation"}
    assert not [c for c in CELLS if c[1] in kept and c[2] == "locked" and allowed(*c)]


@pytest.mark.parametrize("role", [Role.MONITOR, Role.DATA_MANAGER])
def test_who_looks_on_changes_nothing(role: Role) -> None:
    assert not [cell for cell in CELLS if cell[0] == role and cell[1] in CHANGING and allowed(*cell)]


def test_no_mark_or_fact_changes_once_a_record_is_signed() -> None:
    signed = ("signed", "reviewed", "locked")
    changing = {"place_mark", "set_scale", "check_scale", "set_fact", "flag_transcription"}
    assert not [c for c in CELLS if c[1] in changing and c[2] in signed and allowed(*c)]


def test_only_a_complete_record_is_signed() -> None:
    assert {cell[2] for cell in CELLS if cell[1] == "sign_gland" and allowed(*cell)} == {"complete"}


def test_only_the_principal_investigator_reviews_and_locks() -> None:
    assert {c[0] for c in CELLS if c[1] in {"review_gland", "lock_record"} and allowed(*c)} == {
        Role.PRINCIPAL_INVESTIGATOR
    }


def test_only_the_administrator_adds_people() -> None:
    assert {cell[0] for cell in CELLS if cell[1] == "add_user" and allowed(*cell)} == {Role.ADMINISTRATOR}


@pytest.mark.parametrize(
    ("role", "command", "state"),
    [("boss", "show_record", ""), ("injector", "erase", ""), ("injector", "set_fact", "lost")],
)
def test_what_the_table_does_not_know_is_not_allowed(role: str, command: str, state: str) -> None:
    assert not allowed(role, command, state)
