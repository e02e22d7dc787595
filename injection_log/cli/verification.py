"""`verify`: check the log without trusting the program, and say what that does not cover.

Needs no log-in, and answers also when the database cannot be opened. The check itself is
`injection_log.verify`.
"""

from __future__ import annotations

import typer

from injection_log.cli.answers import DONE, FAILED, answer, fail, say
from injection_log.cli.options import HomeOption, JsonOption
from injection_log.home import Home
from injection_log.verify import VerifyReport, verify

_TOLD_EVERY = 10_000


def add_verify_command(app: typer.Typer) -> None:
    """Join `verify` to the command."""
    app.command("verify")(verify_log)


def verify_log(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Re-hash the whole log, rebuild what follows from it, and name the first thing that is wrong."""
    place = Home.locate(home)
    report = verify(place, progress=_tell)
    if not as_json and not place.has_ledger():
        fail(f"There is no log in {place.root}: check the folder given with --home.")
    answer(report.to_json(), as_json, lambda: _print(report))
    raise typer.Exit(DONE if report.ok else FAILED)


def _tell(done: int, of: int) -> None:
    if done % _TOLD_EVERY == 0:
        say(f"{done} of {of} events checked")


def _print(report: VerifyReport) -> None:
    wrong = report.first_wrong
    if wrong is None:
        typer.echo(f"The log holds: {report.events} events, and everything that follows from them.")
    else:
        typer.echo(f"The log does NOT hold. First wrong ({wrong.what}): {wrong.why}")
        typer.echo("Keep the home folder as it is, and tell the data manager and the monitor.")
    if report.checkpoint:
        typer.echo("\nLast checkpoint, to compare with one on paper or in an export:\n")
        typer.echo(report.checkpoint)
    typer.echo("Not covered:")
    for sentence in report.not_covered:
        typer.echo(f"- {sentence}")
