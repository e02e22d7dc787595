"""`verify-source`: which values were compared with their source, and by whom."""
from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from injection_log.cli.answers import answer, wrong_use
from injection_log.cli.listing import (
    NONE,
    CsvOption,
    FieldOption,
    GlandOption,
    listed,
    record_of,
    side_or_visit,
    vocabulary,
)
from injection_log.cli.options import HomeOption, JsonOption, PasswordStdinOption, UserOption, open_session
from injection_log.cli.tables import print_table

if TYPE_CHECKING:
    from injection_log.acts.list_tables import Row
    from injection_log.site import Session


def add_source_command(app: typer.Typer) -> None:
    """Join `verify-source` to the command."""
    app.command("verify-source")(verify_source)


def verify_source(
    user: UserOption,
    participant: Annotated[str, typer.Argument(help="Participant id; every record without it.")] = "",
    visit: Annotated[str, typer.Argument(help="Visit as named in the protocol.")] = "",
    gland: GlandOption = "", field: FieldOption = "",
    take_back: Annotated[bool, typer.Option("--take-back", help="Take a mark back that was made by mistake.")] = False,
    csv: CsvOption = None, home: HomeOption = None, as_json: JsonOption = False,
    password_stdin: PasswordStdinOption = False,
) -> None:
    """Say that a value was compared with its source, or list what was and what was not."""
    from injection_log.acts import source_verification as verification
    from injection_log.acts.list_tables import VERIFICATION_COLUMNS, verification_rows

    side = side_or_visit(gland, as_json)
    if bool(participant) != bool(visit) or (field and not participant):
        wrong_use("Give the participant and the visit, or neither for the list of all records.", as_json)
    session = open_session(home, user, password_stdin)
    if not participant:
        _print_percent(session, csv, as_json)
        return
    record = record_of(session, participant, visit)
    if field:
        act = verification.take_back if take_back else verification.mark_verified
        state = act(session, record, side, field)
    else:
        state = verification.verification_of(session, record)
    shown = ["gland", "field", "value", "verified", "verified_by", "verified_at"]
    rows = verification_rows([state], vocabulary(session))
    listed(session, rows, (VERIFICATION_COLUMNS, "source_verification", shown), csv, as_json)
    if not as_json and csv is None:
        typer.echo(f"{state.verified} of {len(state.values)} values verified ({state.percent} %)")


def _print_percent(session: Session, csv: Path | None, as_json: bool) -> None:
    from injection_log.acts.list_tables import VERIFICATION_COLUMNS, verification_rows
    from injection_log.acts.source_verification import list_verification

    records = list_verification(session)
    if csv is not None:
        rows = verification_rows(records, vocabulary(session))
        listed(session, rows, (VERIFICATION_COLUMNS, "source_verification", []), csv, as_json)
        return
    percent: list[Row] = [
        {"participant": one.participant, "visit": one.visit, "values": len(one.values), "verified": one.verified,
         "percent": one.percent}
        for one in records
    ]
    answer(percent, as_json, lambda: print_table(
        ["participant", "visit", "values", "verified", "percent"], percent, none=NONE["source_verification"]
    ))
