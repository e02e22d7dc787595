"""The tables of agreement of a reading, printed for a person: one reason once, under a number, below its table."""
from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import typer

from injection_log.cli.tables import print_table

if TYPE_CHECKING:
    from injection_log.acts.campaign_agreement import AgreementTable


def print_agreement(tables: Sequence[AgreementTable]) -> None:
    """Print every table under its title; a gap has a number, and its reason stands below the table."""
    for table in tables:
        typer.echo(f"\n{table.title}")
        reasons: list[str] = []
        lines = [_numbered(line, reasons) for line in table.lines]
        print_table([*table.columns[:-1], "note"], lines)
        for number, reason in enumerate(reasons, start=1):
            typer.echo(f"  ({number}) {reason}")
    if tables:
        typer.echo("Intervals are of 95 %. Volumes are of first reads; first reader less second.\n")


def _numbered(line: dict[str, Any], reasons: list[str]) -> dict[str, Any]:
    why = str(line["why"])
    if not why:
        return line
    if why not in reasons:
        reasons.append(why)
    return {**line, "note": f"({reasons.index(why) + 1})"}
