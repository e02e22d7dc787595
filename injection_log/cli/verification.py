"""`verify` and `export-log`: check the log without trusting the program, and hand it to somebody who trusts neither.

`verify` needs no log-in, and answers also when the database cannot be opened. The check itself is
`injection_log.verify`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from injection_log.cli.answers import DONE, FAILED, answer, fail, say, wrong_use
from injection_log.cli.blanking import add_blank_command
from injection_log.cli.options import HomeOption, JsonOption, PasswordStdinOption, UserOption, open_session
from injection_log.home import Home
from injection_log.ledger.errors import CheckpointMalformed
from injection_log.verify import Outside, VerifyReport, read_outside, verify

_TOLD_EVERY = 10_000


def add_verify_command(app: typer.Typer) -> None:
    """Join `verify`, `export-log` and `blank` to the command."""
    app.command("verify")(verify_log)
    app.command("export-log")(export_log)
    add_blank_command(app)


def verify_log(
    home: HomeOption = None,
    since: Annotated[
        list[Path] | None,
        typer.Option("--since", help="A checkpoint that left the machine: the log must extend it. Repeatable."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Re-hash the whole log, rebuild what follows from it, and name the first thing that is wrong."""
    place = Home.locate(home)
    outside = [_outside(path, as_json) for path in since or []]
    report = verify(place, since=outside, progress=_progress())
    if not as_json and not place.has_ledger():
        fail(f"There is no log in {place.root}: check the folder given with --home.")
    answer(report.to_json(), as_json, lambda: _print(report, outside))
    raise typer.Exit(DONE if report.ok else FAILED)


def export_log(
    user: UserOption,
    out: Annotated[Path, typer.Option("--out", help="New or empty folder to write into.")],
    home: HomeOption = None,
    as_json: JsonOption = False,
    password_stdin: PasswordStdinOption = False,
) -> None:
    """Write the whole log as files that an inspector checks without this program (check_log.py is among them)."""
    from injection_log.acts.log_export import export_log as export

    paths = [str(path) for path in export(open_session(home, user, password_stdin), out)]
    answer({"written": paths}, as_json, lambda: typer.echo("\n".join([*paths, f"\nCheck it: {_check_words(out)}"])))


def _check_words(out: Path) -> str:
    return f"python {out / 'check_log.py'} {out}"


def _outside(path: Path, as_json: bool) -> Outside:
    try:
        return read_outside(path)
    except OSError as error:
        wrong_use(f"{path} cannot be read ({error.strerror}); give a file with a checkpoint to --since.", as_json)
    except CheckpointMalformed as malformed:
        wrong_use(f"{path}: {malformed}", as_json)


def _progress() -> Callable[[int, int], None]:
    """On a terminal one line that is written over; elsewhere a line every ten thousand events."""
    if not sys.stderr.isatty():
        return _tell

    def show(done: int, of: int) -> None:
        sys.stderr.write(f"\r{done} of {of} events checked" + ("\n" if done >= of else ""))
        sys.stderr.flush()

    return show


def _tell(done: int, of: int) -> None:
    if done % _TOLD_EVERY == 0:
        say(f"{done} of {of} events checked")


def _print(report: VerifyReport, outside: list[Outside]) -> None:
    wrong = report.first_wrong
    if wrong is None:
        typer.echo(f"The log holds: {report.events} events, and everything that follows from them.")
        for one in outside:
            typer.echo(f"It extends the checkpoint in {one.name} ({one.checkpoint.size} events).")
    else:
        typer.echo(f"The log does NOT hold. First wrong ({wrong.what}): {wrong.why}")
        typer.echo("Keep the home folder as it is, and tell the data manager and the monitor.")
    if report.checkpoint:
        typer.echo("\nLast checkpoint, to compare with one on paper or in an export:\n")
        typer.echo(report.checkpoint)
    typer.echo("Not covered:")
    for sentence in report.not_covered:
        typer.echo(f"- {sentence}")
