"""What a reader can reach: the acts of a package and no act of a site, no command, no file of a procedure record."""
from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import pytest
import typer
from typer.testing import CliRunner

import injection_log.reading
from injection_log import cli
from injection_log.errors import InjectionLogError
from injection_log.home import Home
from injection_log.people.package_roles import PACKAGE_TABLE, CaseState, PackageCommand, allowed_in_package
from injection_log.people.roles import TABLE, Role
from injection_log.practice.reading_story import BLINDED
from injection_log.reading.package_home import PackageHome
from injection_log.store.snapshot import open_snapshot

if TYPE_CHECKING:
    from conftest import Played

ASKS_NOTHING = {
    "package_home.log_out_reader", "package_home.cover_screen", "reading_acts.known_case", "reading_acts.write",
    "reading_acts.write_open", "reading_acts.require",
}
"""Leaving, covering the screen, and parts of acts that have asked."""
SUBJECTS_OF_A_PACKAGE = {"ledger", "workstation", "user", "image", "case", "read"}


def acts() -> dict[str, Callable[..., Any]]:
    found = {}
    for one in pkgutil.iter_modules(injection_log.reading.__path__):
        module = importlib.import_module(f"injection_log.reading.{one.name}")
        for name, act in vars(module).items():
            is_own = inspect.isfunction(act) and act.__module__ == module.__name__ and not name.startswith("_")
            if is_own and next(iter(inspect.signature(act).parameters), "") == "session":
                found[f"{one.name}.{name}"] = act
    return found


def test_every_command_of_a_package_is_in_its_table_and_only_blinded_roles_have_any() -> None:
    assert set(PACKAGE_TABLE) == set(get_args(PackageCommand))
    assert {role for roles, _ in PACKAGE_TABLE.values() for role in roles} == {Role.READER, Role.ADJUDICATOR}
    assert not [command for command, (roles, _) in TABLE.items() if roles & {Role.READER, Role.ADJUDICATOR}]


@pytest.mark.parametrize("command", get_args(PackageCommand))
def test_nothing_of_a_locked_case_is_open_to_anybody(command: str) -> None:
    assert not [role for role in Role if allowed_in_package(role, command, "locked")]
    assert set(get_args(CaseState)) == {"", "waiting", "open", "locked"}


def test_every_act_of_a_package_asks_its_table() -> None:
    for name, act in acts().items():
        if name not in ASKS_NOTHING:
            asks = inspect.getsource(act)
            assert "require(session" in asks or "_open(session" in asks or "list_cases(session" in asks, name
    assert len(acts()) > 10
    assert set(acts()) >= ASKS_NOTHING


def test_the_log_of_a_package_has_no_subject_of_a_site(played: Played) -> None:
    for package in ("package-1", "package-2"):
        with open_snapshot(Home(played.folder / package).ledger_folder) as snapshot:
            kinds = {str(row[1]).partition(":")[0] for row in snapshot.places()}
        assert kinds <= SUBJECTS_OF_A_PACKAGE


def test_a_package_holds_stills_that_were_asked_for_and_nothing_else(played: Played) -> None:
    opened = PackageHome.open(Home(played.folder / "package-1"))
    for image in opened.ledger.values_of("image:").values():
        assert (image["frames"], image["laterality"]) == (1, "")
        assert image["plane"] in ("transverse", "longitudinal")
    files = {path.relative_to(opened.home.root).parts[0] for path in opened.home.root.rglob("*") if path.is_file()}
    opened.ledger.close()
    assert files == {"ledger", "images"}


def commands() -> dict[str, Any]:
    def walk(group: Any, words: tuple[str, ...] = ()) -> Any:
        for name, found in group.commands.items():
            if hasattr(found, "commands"):
                yield from walk(found, (*words, name))
            else:
                yield " ".join((*words, name)), found

    return dict(walk(typer.main.get_command(cli.assemble())))


OF_A_PACKAGE = {
    f"reading {one}" for one in
    ("begin", "cases", "next", "caliper", "contour", "remove", "grade", "quality", "decide", "lock")
}  # fmt: skip
OF_A_SITE = sorted(
    name for name, command in commands().items()
    if {"--user", "--home"} <= {opt for one in command.params for opt in one.opts}
    and name not in OF_A_PACKAGE | {"open", "restore"}
)  # fmt: skip
TYPED = {
    "sequences": "3", "package_number": "1", "image": "1", "box": "0,0,10,10", "frame": "0", "limit": "1",
    "written_on": "2026-11-22", "side": "right", "about": "right", "at": "2026-11-22 10:00",
}


@pytest.mark.parametrize("name", OF_A_SITE)
def test_no_command_of_a_site_opens_a_package_for_its_reader(name: str, played: Played, tmp_path: Path) -> None:
    words = name.split()
    for parameter in commands()[name].params:
        if parameter.required and "--user" not in parameter.opts:
            typed = TYPED.get(parameter.name, str(tmp_path / "somewhere"))
            words += [typed] if parameter.param_type_name == "argument" else [parameter.opts[0], typed]
    (tmp_path / "somewhere").mkdir()
    words += ["--pacs", "dicom://NOBODY@127.0.0.1:9"] if name == "pacs worklist" else []
    words += ["table", "--out", str(tmp_path / "somewhere")] if name == "export" else []
    words += ["--user", BLINDED[0].user, "--password-stdin", "--home", str(played.folder / "package-1")]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("INJECTION_LOG_KEYS", str(played.keys))
        result = CliRunner().invoke(cli.assemble(), words, input=f"{BLINDED[0].password}\n" * 4)
    assert isinstance(result.exception, InjectionLogError), result.output
    assert "SMG-" not in str(result.exception) + result.output
