"""What commands that list share: their options, and the list for people, for scripts and for spreadsheets.

Reads nothing of the log itself: rows are made in `acts.list_tables`.
"""
from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from injection_log.cli.answers import answer, wrong_use
from injection_log.cli.tables import print_table

if TYPE_CHECKING:
    from annotate.marks import Side
    from injection_log.acts.list_tables import Row
    from injection_log.outputs import Column
    from injection_log.record.values import VisitRecord
    from injection_log.record.vocabulary import Vocabulary
    from injection_log.site import Session

CsvOption = Annotated[Path | None, typer.Option("--csv", help="Write a table (CSV) instead, and its dictionary.")]
OfParticipantOption = Annotated[str, typer.Option("--participant", help="Only what is about this participant.")]
GlandOption = Annotated[str, typer.Option("--gland", "--side", help="right or left; the visit itself without it.")]
FieldOption = Annotated[str, typer.Option("--field", help="Field, for example volume_residual_ul.")]
TextOption = Annotated[str, typer.Option("--text", help="The words; asked for without it.")]

NONE = {
    "checks": "The checks find nothing.",
    "queries": "There is no query to list.",
    "deviations": "No deviation was reported, and the records show none.",
    "source_verification": "There is no value to verify yet.",
}
"""What is said by the name of a list that is empty."""


def listed(
    session: Session, rows: list[Row], table: tuple[tuple[Column, ...], str, list[str]], csv: Path | None,
    as_json: bool,
) -> None:
    """Print rows, or write them as a table; `table`: its columns, its name, and the columns a person is shown."""
    columns, name, shown = table
    if csv is None:
        answer(rows, as_json, lambda: print_table(shown, rows, none=NONE[name]))
        return
    from injection_log.acts.list_tables import export_list
    from injection_log.acts.log_tables import write_csv

    written = [str(place) for place in write_csv(export_list(session, name, columns, rows), csv)]
    answer({"written": written}, as_json, lambda: typer.echo("\n".join(written)))


def side_or_visit(gland: str, as_json: bool) -> Side | None:
    """The gland of --gland; None, without it, for the visit itself. Ends the command where it is neither."""
    if gland not in ("", "right", "left"):
        wrong_use("--gland is right or left.", as_json)
    return cast("Side | None", gland or None)


def record_of(session: Session, participant: str, visit: str) -> VisitRecord:
    """The record of a visit that was begun."""
    from injection_log.acts.visits import find_visit

    return find_visit(session, participant, visit)


def vocabulary(session: Session) -> Vocabulary:
    """What the words of a list depend on, at this site."""
    from injection_log.acts.log_words import vocabulary_of

    return vocabulary_of(session)


def words_of(text: str, prompt: str) -> str:
    """The words that were given with the command, else those that are typed when asked."""
    return text or str(typer.prompt(prompt))
