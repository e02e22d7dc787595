"""The tables of agreement of a reading, printed for a person: one reason once, under a number, below its table."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

import typer

from injection_log.agreement.figure_words import with_notes
from injection_log.cli.tables import print_table

if TYPE_CHECKING:
    from injection_log.agreement.figure_words import AgreementTable
    from injection_log.practice.reading_truth import Recovered


def print_agreement(tables: Sequence[AgreementTable]) -> None:
    """Print every table under its title; a gap has a number, and its reason stands below the table."""
    for table in tables:
        typer.echo(f"\n{table.title}")
        lines, reasons = with_notes(table)
        print_table([*table.columns[:-1], "note"], lines)
        for number, reason in enumerate(reasons, start=1):
            typer.echo(f"  ({number}) {reason}")
    if tables:
        typer.echo("Intervals are of 95 %. Volumes are of first reads; first reader less second.\n")


def print_recovered(figures: Sequence[Recovered]) -> None:
    """Print the figures of a played reading beside what was put into it, and in a sentence whether they agree."""
    typer.echo("What was put into the simulated readers, and what the figures found")
    lines = [_in_words(one) for one in figures]
    columns = ("figure", "visit", "gland", "put_in_ml", "found_ml", "low_ml", "high_ml", "agrees")
    print_table(columns, lines, none="Too few cases to say whether the figures agree with it; play at least 6.")
    if figures:
        count = sum(one.agrees for one in figures)
        words = "agree" if count == len(figures) else "DO NOT AGREE"
        typer.echo(
            f"Bias and limits {words} with the noise put in: {count} of {len(figures)} within their intervals "
            "(95 % for all together).\n"
        )


def _in_words(one: Recovered) -> dict[str, str]:
    words = {name: f"{value:.3f}" if isinstance(value, float) else str(value) for name, value in asdict(one).items()}
    return words | {"agrees": "yes" if one.agrees else "NO"}
