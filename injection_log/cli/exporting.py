"""`sheet` and `export`: what leaves the log as files."""
from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from injection_log.cli.answers import answer, wrong_use
from injection_log.cli.options import HomeOption, JsonOption, PasswordStdinOption, UserOption, open_session
from injection_log.cli.tables import print_table

OutOption = Annotated[Path, typer.Option("--out", help="Folder to write into; it is made when missing.")]


def add_export_commands(app: typer.Typer) -> None:
    """Join `sheet` and `export` to the command."""
    app.command("sheet")(sheet)
    app.command("export")(export)


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


def export(
    kind: Annotated[str, typer.Argument(help="What to make; --list says what there is.")] = "",
    user: Annotated[str, typer.Option("--user", help="Your user id; the password is asked for.")] = "",
    out: Annotated[Path | None, typer.Option("--out", help="A new or empty folder to write into.")] = None,
    list_kinds: Annotated[bool, typer.Option("--list", help="List what can be made here.")] = False,
    home: HomeOption = None, as_json: JsonOption = False, password_stdin: PasswordStdinOption = False,
) -> None:
    """Make one kind of output of the whole log, with a manifest of what it is made of."""
    from injection_log.acts.outputs import export_kind, offered_kinds

    if list_kinds:
        rows = [asdict(one) | {"roles": ", ".join(one.roles)} for one in offered_kinds()]
        answer(rows, as_json, lambda: print_table(("kind", "title", "roles"), rows))
        return
    if not kind or not user or out is None:
        wrong_use("Name what to make, --user and --out; `injection-log export --list` says what can be made.", as_json)
    _written(export_kind(open_session(home, user, password_stdin), kind, out), as_json)


def _written(paths: tuple[Path, ...], as_json: bool) -> None:
    written = [str(path) for path in paths]
    answer({"written": written}, as_json, lambda: typer.echo("\n".join(written)))
