"""`deviations` and `deviation report`: what departed from the protocol, as reported and as the records show it."""
from __future__ import annotations

from typing import Annotated

import typer

from injection_log.cli.answers import answer, wrong_use
from injection_log.cli.listing import (
    CsvOption,
    GlandOption,
    OfParticipantOption,
    TextOption,
    listed,
    record_of,
    side_or_visit,
    vocabulary,
    words_of,
)
from injection_log.cli.options import HomeOption, JsonOption, PasswordStdinOption, UserOption, open_session


def add_deviation_commands(app: typer.Typer) -> None:
    """Join `deviations` and `deviation` to the command."""
    app.command("deviations")(deviations)
    deviation = typer.Typer(help="Report a deviation from the protocol.", no_args_is_help=True)
    deviation.command("report")(report)
    app.add_typer(deviation, name="deviation")


def deviations(
    user: UserOption, participant: OfParticipantOption = "", csv: CsvOption = None, home: HomeOption = None,
    as_json: JsonOption = False, password_stdin: PasswordStdinOption = False,
) -> None:
    """List the deviations from the protocol: those reported, and those that the records show."""
    from injection_log.acts.deviations import list_deviations
    from injection_log.acts.list_tables import DEVIATION_COLUMNS, deviation_rows

    session = open_session(home, user, password_stdin)
    rows = deviation_rows(list_deviations(session, participant), vocabulary(session))
    shown = ["deviation", "kind", "participant", "visit", "gland", "what", "known_since", "from"]
    listed(session, rows, (DEVIATION_COLUMNS, "deviations", shown), csv, as_json)


def report(
    user: UserOption,
    kind: Annotated[str, typer.Option(help="What kind of deviation; a wrong one is answered with the list.")],
    participant: Annotated[str, typer.Argument(help="Participant id; the whole trial without it.")] = "",
    visit: Annotated[str, typer.Argument(help="Visit as named in the protocol.")] = "",
    gland: GlandOption = "", text: TextOption = "", home: HomeOption = None, as_json: JsonOption = False,
    password_stdin: PasswordStdinOption = False,
) -> None:
    """Report a deviation of a visit, of one gland, or of the whole trial."""
    from injection_log.acts.deviations import report_deviation
    from injection_log.acts.list_tables import deviation_rows

    side = side_or_visit(gland, as_json)
    if bool(participant) != bool(visit) or (side and not participant):
        wrong_use("Give the participant and the visit, or neither for the whole trial.", as_json)
    session = open_session(home, user, password_stdin)
    record = record_of(session, participant, visit) if participant else None
    reported = report_deviation(session, record, kind, words_of(text, "What happened"), side=side)
    [row] = deviation_rows([reported], vocabulary(session))
    answer(row, as_json, lambda: typer.echo(f"{reported.id} reported: {reported.title}."))
