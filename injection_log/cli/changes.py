"""What happens to a record besides being typed in: amended, added to, withdrawn, not done, from paper, unblinded.

Every command asks for the password (or reads one line with --password-stdin). A refusal is one sentence. Nothing here
deletes anything; what is signed is in `signing`, locks are in `locks`.
"""
from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from injection_log.cli.answers import answer, wrong_use
from injection_log.cli.asked import (
    GlandOption,
    ParticipantArgument,
    ReasonOption,
    SideArgument,
    VisitArgument,
    ask,
    side_of,
    tell,
)
from injection_log.cli.options import HomeOption, JsonOption, PasswordStdinOption, UserOption


def add_change_commands(app: typer.Typer) -> None:
    """Join the commands of this file to the command."""
    for name, command in (
        ("amend", amend), ("close-amendment", close_amendment), ("withdraw", withdraw), ("not-done", not_done),
        ("reinstate", reinstate), ("add-images", add_images), ("transcribed", transcribed),
        ("unblinding", unblinding),
    ):
        app.command(name)(command)


def amend(
    participant: ParticipantArgument, visit: VisitArgument, *, side: SideArgument = "",
    reason: ReasonOption, user: UserOption, gland: GlandOption = "",
    home: HomeOption = None, as_json: JsonOption = False, password_stdin: PasswordStdinOption = False,
) -> None:
    """Open a signed gland record again, with a reason; the signed version stays, a new signature is asked for."""
    from injection_log.acts.amending import open_amendment

    asked, one = ask(home, user, password_stdin), side_of(side, gland)
    record = open_amendment(asked.session, asked.find(participant, visit), one, reason)
    tell(record, as_json, f"Version {record.glands[one].version} of the {one} gland is open; the old one stays.")


def close_amendment(
    participant: ParticipantArgument, visit: VisitArgument, *, side: SideArgument = "",
    user: UserOption, gland: GlandOption = "",
    home: HomeOption = None, as_json: JsonOption = False, password_stdin: PasswordStdinOption = False,
) -> None:
    """Close an amendment that changed nothing: the signature of before holds again."""
    from injection_log.acts.amending import close_amendment as close

    asked, one = ask(home, user, password_stdin), side_of(side, gland)
    record = close(asked.session, asked.find(participant, visit), one)
    tell(record, as_json, f"The amendment is closed; version {record.glands[one].version} holds as it was signed.")


def withdraw(
    participant: ParticipantArgument, visit: VisitArgument, reason: ReasonOption,
    user: UserOption, home: HomeOption = None, as_json: JsonOption = False,
    password_stdin: PasswordStdinOption = False,
) -> None:
    """Say that a recorded visit does not count, with a reason; everything of it stays and can be read."""
    from injection_log.acts.withdrawing import withdraw_visit

    asked = ask(home, user, password_stdin)
    tell(withdraw_visit(asked.session, asked.find(participant, visit), reason), as_json, "The visit is withdrawn.")


def not_done(
    participant: ParticipantArgument, visit: VisitArgument, reason: ReasonOption,
    user: UserOption, home: HomeOption = None, as_json: JsonOption = False,
    password_stdin: PasswordStdinOption = False,
) -> None:
    """Say that a planned visit did not take place, with a reason."""
    from injection_log.acts.withdrawing import mark_not_done

    record = mark_not_done(ask(home, user, password_stdin).session, participant, visit, reason)
    tell(record, as_json, "The visit is recorded as not done.")


def reinstate(
    participant: ParticipantArgument, visit: VisitArgument, reason: ReasonOption,
    user: UserOption, home: HomeOption = None, as_json: JsonOption = False,
    password_stdin: PasswordStdinOption = False,
) -> None:
    """Let a visit count again that was withdrawn or recorded as not done, with a reason."""
    from injection_log.acts.withdrawing import reinstate_visit

    asked = ask(home, user, password_stdin)
    tell(reinstate_visit(asked.session, asked.find(participant, visit), reason), as_json, "The visit counts again.")


def add_images(
    participant: ParticipantArgument, visit: VisitArgument, *, side: SideArgument = "",
    reason: ReasonOption, user: UserOption, gland: GlandOption = "",
    folder: Annotated[Path | None, typer.Option("--folder", help="Import the pictures of this folder too.")] = None,
    home: HomeOption = None, as_json: JsonOption = False, password_stdin: PasswordStdinOption = False,
) -> None:
    """Open an addition to a signed gland: pictures and marks that came later, signed for with sign-addition."""
    from injection_log.acts import studies
    from injection_log.acts.additions import open_addition

    asked, one = ask(home, user, password_stdin), side_of(side, gland)
    record = open_addition(asked.session, asked.find(participant, visit), one, reason)
    if folder is not None:
        record = studies.import_findings(asked.session, record, studies.examine_folder(asked.session, folder))
    came = len(record.glands[one].later_images)
    tell(record, as_json, f"The addition is open; pictures that came after the signature: {came}.")


def transcribed(
    participant: ParticipantArgument, visit: VisitArgument,
    written_on: Annotated[str, typer.Option("--written-on", help="Day the paper was written, YYYY-MM-DD.")],
    written_by: Annotated[str, typer.Option("--written-by", help="Name of who wrote the paper.")],
    user: UserOption, reason: Annotated[str, typer.Option("--reason", help="Why there was paper.")] = "",
    home: HomeOption = None, as_json: JsonOption = False, password_stdin: PasswordStdinOption = False,
) -> None:
    """Flag a visit as typed in from paper, before its times are typed."""
    from injection_log.acts.transcription import PAPER, flag_transcription
    from injection_log.acts.visits import open_visit

    day, session = _moment(written_on, "%Y-%m-%d").date(), ask(home, user, password_stdin).session
    record = open_visit(session, participant, visit)
    record = flag_transcription(session, record, day, written_by, reason or PAPER)
    tell(record, as_json, f"Flagged: typed in from paper of {day.isoformat()}; times typed now are of that day.")


def unblinding(
    participant: ParticipantArgument, reason: ReasonOption,
    at: Annotated[str, typer.Option("--at", help="When it happened, local time, YYYY-MM-DD HH:MM.")],
    by: Annotated[str, typer.Option("--by", help="Who unblinded.")],
    user: UserOption,
    planned: Annotated[bool, typer.Option("--planned", help="It was planned.")] = False,
    home: HomeOption = None, as_json: JsonOption = False, password_stdin: PasswordStdinOption = False,
) -> None:
    """Record that a participant was unblinded elsewhere: when, by whom, why, planned or not. Never the arm."""
    from datetime import timedelta, timezone

    from injection_log.acts.unblinding import UnblindingFact, record_unblinding

    local, session = _moment(at, "%Y-%m-%d %H:%M"), ask(home, user, password_stdin).session
    when = local.replace(tzinfo=timezone(timedelta(minutes=session.site.clock.utc_offset_minutes())))
    known = record_unblinding(session, participant, UnblindingFact(when, by, reason, planned))
    facts = {"participant": participant.strip().upper(), "number": known.number, "at": known.unblinded_at,
             "by": known.unblinded_by, "planned": known.planned, "recorded_by": known.by}
    answer(facts, as_json, lambda: typer.echo("Recorded as a fact; what it showed is not kept anywhere here."))


def _moment(text: str, form: str) -> datetime:
    try:
        return datetime.strptime(text.strip(), form)
    except ValueError:
        wrong_use("That is not a time as it is asked for; type it as 2026-11-22 or 2026-11-22 14:05.")
