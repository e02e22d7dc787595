"""The table of command x role x state, cell by cell against the rules it must keep."""

from __future__ import annotations

from typing import get_args

import pytest

from injection_log.people.roles import TABLE, Command, Role, State, allowed

CELLS = [(role, command, state) for role in Role for command in get_args(Command) for state in get_args(State)]
CLINICAL = {"list_records", "show_record", "export_sheet", "export_table"}
CHANGING = {
    "open_visit", "confirm_identifiers", "link_study", "keep_images", "go_on_without_images",
    "place_mark", "set_scale", "check_scale", "set_fact", "sign_gland", "review_gland", "lock_record",
}  # fmt: skip


def test_every_command_is_in_the_table() -> None:
    assert set(TABLE) == set(get_args(Command))


@pytest.mark.parametrize("role", [Role.READER, Role.ADJUDICATOR])
def test_a_blinded_role_may_do_nothing_in_a_site(role: Role) -> None:
    assert not [cell for cell in CELLS if cell[0] == role and allowed(*cell)]


def test_an_administrator_has_no_clinical_data() -> None:
    assert not [c for c in CELLS if c[0] == Role.ADMINISTRATOR and c[1] in CLINICAL | CHANGING and allowed(*c)]


@pytest.mark.parametrize("role", [Role.MONITOR, Role.DATA_MANAGER])
def test_who_looks_on_changes_nothing(role: Role) -> None:
    assert not [cell for cell in CELLS if cell[0] == role and cell[1] in CHANGING and allowed(*cell)]


def test_no_mark_or_fact_changes_once_a_record_is_signed() -> None:
    signed = ("signed", "reviewed", "locked")
    changing = {"place_mark", "set_scale", "check_scale", "set_fact"}
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
