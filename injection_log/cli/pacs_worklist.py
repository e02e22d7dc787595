"""`pacs worklist`: which of today's planned examinations are of this trial; no name or patient id is printed."""
from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import typer

from injection_log.cli.answers import answer, fail, say, wrong_use
from injection_log.cli.options import HomeOption, JsonOption, PasswordStdinOption, UserOption, open_session
from injection_log.cli.pacs_address import AetOption, PacsOption, source_of

if TYPE_CHECKING:
    from injection_log.acts.today import Expected, Today


def add_worklist_command(pacs_app: typer.Typer) -> None:
    """Join `worklist` to `pacs`."""
    pacs_app.command("worklist")(worklist_command)


def worklist_command(
    user: UserOption,
    pacs: PacsOption = "", aet: AetOption = "",
    day: Annotated[str, typer.Option("--day", help="Which day, YYYY-MM-DD; default today.")] = "",
    station: Annotated[str, typer.Option(help="AE title of one scanner; default all.")] = "",
    home: HomeOption = None, password_stdin: PasswordStdinOption = False, as_json: JsonOption = False,
) -> None:
    """List today's participants from the hospital's worklist (C-FIND), as the protocol recognises them."""
    from dicom_io.errors import DicomIoError
    from injection_log.acts.today import ask_worklist, todays_participants
    from injection_log.acts.writing import require

    try:
        wanted = date.fromisoformat(day) if day else date.today()
    except ValueError:
        wrong_use("A day is written YYYY-MM-DD, for example 2026-02-03.", as_json)
    source = source_of(pacs, aet, home, as_json)
    session = open_session(home, user, password_stdin)
    require(session, "link_study", "draft")  # before the hospital is asked for names at all
    try:
        today = todays_participants(session, ask_worklist(source.worklist, wanted, station))
    except DicomIoError as error:
        fail(error.why, as_json)
    finally:
        session.site.ledger.close()
    facts = {"expected": [_facts(one) for one in today.expected], "others": today.others}
    answer(facts, as_json, lambda: _print(today))
    for remark in today.remarks:
        say(remark)


def _facts(one: Expected) -> dict[str, Any]:
    return {
        "time": one.time, "participant": one.participant or None, "visits": list(one.visits),
        "procedure": one.procedure, "station": one.station, "accession": one.accession,
        "study_instance_uid": one.study_instance_uid,
    }


def _print(today: Today) -> None:
    for one in today.expected:
        clock = f"{one.time[:2]}:{one.time[2:4]}" if len(one.time) >= 4 else "--:--"
        who = one.participant or "not linked yet"
        visits = " or ".join(one.visits) or "no visit of the protocol"
        typer.echo(f"{clock}  {who}  {visits}  {one.procedure}  {one.station}  {one.accession}".rstrip())
    if not today.expected:
        typer.echo("Nobody of this trial is on the worklist of that day.")
    if today.others:
        typer.echo(f"{today.others} other examination(s) are not of this trial.")
