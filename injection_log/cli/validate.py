"""`validate`: is this installation fit for use? Checks it, and writes a report to sign (PDF and JSON)."""
from __future__ import annotations

import platform
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import orjson
import typer

from injection_log.cli.answers import FAILED, answer, say
from injection_log.cli.options import HomeOption, JsonOption
from injection_log.home import Home

if TYPE_CHECKING:
    from injection_log.validation.report import ValidationReport


def add_validate_command(app: typer.Typer) -> None:
    """Join `validate` to the command."""
    app.command("validate")(validate)


def validate(
    out: Annotated[Path, typer.Option("--out", help="Folder for the report (PDF and JSON).")],
    home: HomeOption = None, as_json: JsonOption = False,
) -> None:
    """Check this installation and its operation on practice data, and write a report to sign."""
    from injection_log.acts.exports import write_files
    from injection_log.outputs import OutputFile, output_of

    report = _report(Home.locate(home))
    facts = asdict(report) | {"passed": report.passed}
    as_data = OutputFile("validation.json", "application/json", orjson.dumps(facts, option=orjson.OPT_INDENT_2) + b"\n")
    written = write_files((*output_of("validation_report").files(report), as_data), out)

    def words() -> None:
        for one in report.checks:
            typer.echo(f"{one.outcome.replace('_', ' '):8} {one.id} {one.title}: {one.observed}")
        typer.echo("\n".join(map(str, written)))

    answer(facts, as_json, words)
    if not report.passed:
        raise typer.Exit(FAILED)


def _report(home: Home) -> ValidationReport:
    from injection_log import __version__
    from injection_log.acts.exports import local_time
    from injection_log.clock import SystemClock
    from injection_log.validation.installation import installation_checks
    from injection_log.validation.operation import operation_checks
    from injection_log.validation.report import ValidationReport

    clock = SystemClock()

    def now() -> str:
        return local_time(clock.now(), clock.utc_offset_minutes())

    began = now()
    say("Looking at the installation")
    checks = list(installation_checks(home))
    say("Trying the operation on practice data (about a minute)")
    checks += operation_checks(home)
    return ValidationReport(__version__, platform.node(), platform.platform(), began, now(), tuple(checks))
