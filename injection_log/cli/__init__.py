"""The command `injection-log`: one small file for each group of commands, and how it ends when something is wrong.

Nothing heavy is imported here: `--help`, `--version`, `list` and `verify` load neither pydicom nor napari.
"""
from __future__ import annotations

import sys
from importlib.metadata import entry_points
from typing import Annotated

import typer

from injection_log import __version__
from injection_log.cli import answers
from injection_log.cli.accounts import add_account_commands
from injection_log.cli.demo import add_demo_command
from injection_log.cli.doctor import add_doctor_command
from injection_log.cli.exporting import add_export_commands
from injection_log.cli.importing import add_import_command
from injection_log.cli.pacs import add_pacs_commands
from injection_log.cli.picture import add_picture_commands
from injection_log.cli.records import add_record_commands
from injection_log.cli.verification import add_verify_command
from injection_log.errors import HomeMissing, InjectionLogError, Refused

app = typer.Typer(
    no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False,
    help="Signed records of ultrasound-guided submandibular gland injections.",
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"injection-log {__version__}")
        raise typer.Exit


@app.callback()
def _top(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and end.")
    ] = False,
) -> None:
    del version  # the callback has answered


def assemble() -> typer.Typer:
    """Give the command with all its parts, those of installed plugins too."""
    if not app.registered_commands:
        for add in (
            add_demo_command, add_account_commands, add_pacs_commands, add_import_command, add_record_commands,
            add_export_commands, add_verify_command, add_picture_commands, add_doctor_command,
        ):
            add(app)
        for point in entry_points(group="injection_log.commands"):
            point.load()(app)
    return app


def main() -> None:
    """Run the command; whatever this program can foresee ends in one sentence and an exit code."""
    as_json = "--json" in sys.argv
    try:
        try:
            assemble()()
        except Refused as refused:
            answers.refuse(refused.code, refused.why, as_json)
        except HomeMissing as missing:
            answers.wrong_use(str(missing), as_json)
        except InjectionLogError as error:
            answers.fail(str(error), as_json)
    except typer.Exit as end:
        sys.exit(end.exit_code)
