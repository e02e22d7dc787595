"""The list of `injection-log --help` is kept apart from the commands: here both are held against each other."""
from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from injection_log import cli
from injection_log.cli.contents import FILES, HIDDEN, PANELS
from injection_log.cli.lazy import Commands

LISTED = {name: words for names in PANELS.values() for name, words in names.items()}
_JOINS = "app: typer.Typer) -> None:"


@pytest.mark.parametrize("name", LISTED)
def test_the_list_says_of_a_command_what_the_command_says_of_itself(name: str) -> None:
    assert Commands()[name].get_short_help_str(500) == LISTED[name]


@pytest.mark.parametrize("file", FILES)
def test_a_file_joins_exactly_the_commands_that_the_list_names(file: str) -> None:
    module, _, function = file.partition(":")
    part = typer.Typer()
    getattr(__import__(f"injection_log.cli.{module}", fromlist=[function]), function)(part)
    assert set(typer.main.get_group(part).commands) == set(FILES[file])


def test_every_file_that_joins_commands_is_in_the_list() -> None:
    joined_by_another = {"pacs_connection", "pacs_worklist", "blanking"}
    there = {file.stem for file in Path(cli.__file__).parent.glob("*.py") if _JOINS in file.read_text("utf-8")}
    assert there - joined_by_another == {name.partition(":")[0] for name in FILES}


def test_every_command_stands_under_one_heading_or_is_hidden() -> None:
    named = [name for names in PANELS.values() for name in names]
    assert len(named) == len(set(named))
    assert set(named) | set(HIDDEN) == set(Commands())


def test_the_help_lists_every_command_in_the_order_of_the_work() -> None:
    said = CliRunner().invoke(cli.assemble(), ["--help"], terminal_width=200).output
    places = [said.index(f"\n  {name} ") for name in LISTED]
    assert places == sorted(places)
    assert [said.index(f"\n{panel}:") for panel in PANELS] == sorted(said.index(f"\n{panel}:") for panel in PANELS)


def test_a_mistyped_command_is_told_the_one_that_was_meant() -> None:
    said = CliRunner().invoke(cli.assemble(), ["verfy"])
    assert said.exit_code == 2
    assert "'verify'" in said.output


def test_the_help_loads_no_file_with_commands() -> None:
    script = (
        "import sys; sys.argv = ['injection-log', '--help']\n"
        "from injection_log.cli import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "ours = [name for name in sys.modules if name.split('.')[0] in ('injection_log', 'dicom_io', 'annotate')]\n"
        "print(sorted(ours)); print([name for name in ('rich', 'sqlalchemy', 'numpy') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60)
    *_, ours, heavy = done.stdout.strip().splitlines()
    assert ours == str(sorted(
        ["injection_log", "injection_log.cli", "injection_log.cli.answers", "injection_log.cli.contents",
         "injection_log.cli.lazy", "injection_log.errors"]
    ))  # fmt: skip
    assert heavy == "[]"
