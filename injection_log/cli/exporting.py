"""`sheet` and `export table`: what leaves the log as files."""
from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from injection_log.cli.answers import answer, wrong_use
from injection_log.cli.options import HomeOption, JsonOption, PasswordStdinOption, UserOption, open_session

OutOption = Annotated[Path, typer.Option("--out", help="Folder to write into; it is made when missing.")]


def add_export_commands(app: typer.Typer) -> None:
    """Join `sheet` and `export` to the command."""
    app.command("sheet")(sheet)
    export = typer.Typer(help="Tables and other forms of the whole log.", no_args_is_help=True)
    export.command("table")(table)
    app.add_typer(export, name="export")


def sheet(
    participant: Annotated[str, typer.Argument(help="Participant id.")],
    visit: Annotated[str, typer.Argument(help="Visit as named in the protocol.")],
    user: UserOption,
    out: OutOption = Path(),
    side: Annotated[str, typer.Option("--side", "--gland", help="right, left or both.")] = "both",
    home: HomeOption = None, as_json: JsonOption = False, password_stdin: PasswordStdinOption = False,
) -> None:
    """Make the signed sheet (PDF), one page a gland."""
    if side not in ("right", "left", "both"):
        wrong_use("--side is right, left or both.", as_json)
    from injection_log.acts.exports import export_sheet, write_files
    from injection_log.acts.visits import find_visit
    from injection_log.record.values import SIDES

    session = open_session(home, user, password_stdin)
    record = find_visit(session, participant, visit)
    wanted = [one for one in SIDES if side in (one, "both")]
    files = [file for one in wanted for file in export_sheet(session, record, one)]
    _written(write_files(tuple(files), out), as_json)


def table(
    user: UserOption, out: OutOption = Path(), home: HomeOption = None, as_json: JsonOption = False,
    password_stdin: PasswordStdinOption = False,
) -> None:
    """Make the table of all glands, one row each, and its data dictionary (CSV)."""
    from injection_log.acts.exports import export_table, write_files

    _written(write_files(export_table(open_session(home, user, password_stdin)), out), as_json)


def _written(paths: tuple[Path, ...], as_json: bool) -> None:
    written = [str(path) for path in paths]
    answer({"written": written}, as_json, lambda: typer.echo("\n".join(written)))
