"""`doctor`: is this workstation fit? Each line says what was looked at, what is wrong, and what to do."""
from __future__ import annotations

import typer

from injection_log.cli.answers import FAILED, answer
from injection_log.cli.options import HomeOption, JsonOption
from injection_log.home import Home


def add_doctor_command(app: typer.Typer) -> None:
    """Join `doctor` to the command."""
    app.command("doctor")(doctor)


def doctor(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Check display and OpenGL, PACS, database, clock and disk."""
    from injection_log.doctor import examine

    findings = examine(Home.locate(home))
    rows = [{"check": one.check, "ok": one.ok, "found": one.found, "do": one.do} for one in findings]

    def words() -> None:
        for one in findings:
            typer.echo(f"{'ok   ' if one.ok else 'WRONG'} {one.check}: {one.found}")
            if one.do:
                typer.echo(f"      -> {one.do}")

    answer(rows, as_json, words)
    if not all(one.ok for one in findings):
        raise typer.Exit(FAILED)
