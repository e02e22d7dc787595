"""`checks`, `queries`, `query ...`, `verify-source`, `deviations` and `deviation report`: what does not fit, what was
asked about it and answered, what was compared with its source, and what departed from the protocol.

Everything is in words, for people, for scripts (--json) and for spreadsheets (--csv).
"""
from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from injection_log.cli.answers import answer, wrong_use
from injection_log.cli.options import HomeOption, JsonOption, PasswordStdinOption, UserOption, open_session
from injection_log.cli.tables import print_table

if TYPE_CHECKING:
    from annotate.marks import Side
    from injection_log.acts.list_tables import Row
    from injection_log.ledger.event import Subject
    from injection_log.outputs import Column
    from injection_log.record.queries import Query, QueryState
    from injection_log.record.values import VisitRecord
    from injection_log.record.vocabulary import Vocabulary
    from injection_log.site import Session

CsvOption = Annotated[Path | None, typer.Option("--csv", help="Write a table (CSV) instead, and its dictionary.")]
OfParticipantOption = Annotated[str, typer.Option("--participant", help="Only what is about this participant.")]
ParticipantArgument = Annotated[str, typer.Argument(help="Participant id, for example SMG-07.")]
VisitArgument = Annotated[str, typer.Argument(help="Visit as named in the protocol, for example injection.")]
GlandOption = Annotated[str, typer.Option("--gland", "--side", help="right or left; the visit itself without it.")]
FieldOption = Annotated[str, typer.Option("--field", help="Field, for example volume_residual_ul.")]
TextOption = Annotated[str, typer.Option("--text", help="The words; asked for without it.")]
NumberArgument = Annotated[str, typer.Argument(help="Number of the query, for example Q-0001.")]


_NONE = {
    "checks": "The checks find nothing.",
    "queries": "There is no query to list.",
    "deviations": "No deviation was reported, and the records show none.",
    "source_verification": "There is no value to verify yet.",
}
"""What is said by the name of a list that is empty."""


def add_query_commands(app: typer.Typer) -> None:
    """Join the commands on checks, queries, source verification and deviations."""
    app.command("checks")(checks)
    app.command("queries")(queries)
    query = typer.Typer(help="One query: open, answer, close, reopen, show.", no_args_is_help=True)
    for name, act in (("open", open_one), ("answer", answer_one), ("close", close_one), ("reopen", reopen_one)):
        query.command(name)(act)
    query.command("show")(show_one)
    app.add_typer(query, name="query")
    app.command("verify-source")(verify_source)
    app.command("deviations")(deviations)
    deviation = typer.Typer(help="Report a deviation from the protocol.", no_args_is_help=True)
    deviation.command("report")(report)
    app.add_typer(deviation, name="deviation")


def checks(
    user: Annotated[str, typer.Option("--user", help="Your user id; the password is asked for.")] = "",
    participant: OfParticipantOption = "",
    open_queries: Annotated[bool, typer.Option("--open-queries", help="Ask about what is found; close what is not.")]
    = False,
    catalogue: Annotated[bool, typer.Option("--catalogue", help="List every check and what it compares.")] = False,
    csv: CsvOption = None, home: HomeOption = None, as_json: JsonOption = False,
    password_stdin: PasswordStdinOption = False,
) -> None:
    """List what the checks of the protocol find in the records."""
    if catalogue:
        _print_catalogue(as_json)
        return
    if not user:
        wrong_use("Say who you are with --user NAME; the password is asked for.", as_json)
    from injection_log.acts.checking import all_findings
    from injection_log.acts.list_tables import FINDING_COLUMNS, finding_rows

    session = open_session(home, user, password_stdin)
    if open_queries:
        _run_checks(session, as_json)
        return
    wanted = participant.strip().upper()
    found = [one for one in all_findings(session) if wanted in ("", one.subject.participant)]
    shown = ["participant", "visit", "gland", "check", "finding", "severity"]
    _listed(session, finding_rows(found, _vocabulary(session)), (FINDING_COLUMNS, "checks", shown), csv, as_json)


def queries(
    user: UserOption,
    state: Annotated[str, typer.Option(help="Only those that are open, answered or closed.")] = "",
    participant: OfParticipantOption = "",
    mine: Annotated[bool, typer.Option("--mine", help="Only those that you asked or answered.")] = False,
    csv: CsvOption = None, home: HomeOption = None, as_json: JsonOption = False,
    password_stdin: PasswordStdinOption = False,
) -> None:
    """List the queries, each with the value that was asked about and the value now."""
    from injection_log.acts.list_tables import QUERY_COLUMNS, query_rows
    from injection_log.acts.queries import list_queries
    from injection_log.record.queries import STATES

    if state not in ("", *STATES):
        wrong_use(f"--state is one of {', '.join(STATES)}.", as_json)
    session = open_session(home, user, password_stdin)
    found = list_queries(session, cast("QueryState | None", state or None), participant, mine=mine)
    shown = ["query", "state", "participant", "visit", "gland", "field", "question", "changed_since", "asked_by"]
    _listed(session, query_rows(found, _vocabulary(session)), (QUERY_COLUMNS, "queries", shown), csv, as_json)


def open_one(
    participant: ParticipantArgument, visit: VisitArgument, user: UserOption, gland: GlandOption = "",
    field: FieldOption = "", text: TextOption = "", home: HomeOption = None, as_json: JsonOption = False,
    password_stdin: PasswordStdinOption = False,
) -> None:
    """Ask about a field, or without --field about the whole record."""
    from injection_log.acts.queries import open_query

    side = _side(gland, as_json)
    session = open_session(home, user, password_stdin)
    about = _about(participant, visit, side)
    _said(session, open_query(session, about, field, _words(text, "Question")), as_json)


def answer_one(
    number: NumberArgument, user: UserOption, text: TextOption = "", home: HomeOption = None,
    as_json: JsonOption = False, password_stdin: PasswordStdinOption = False,
) -> None:
    """Answer a query, for the site; the record itself is changed by its own commands."""
    from injection_log.acts.queries import answer_query

    session = open_session(home, user, password_stdin)
    _said(session, answer_query(session, number, _words(text, "Answer")), as_json)


def close_one(
    number: NumberArgument, user: UserOption,
    reason: Annotated[str, typer.Option("--reason", help="Why it is settled; may be left out.")] = "",
    home: HomeOption = None, as_json: JsonOption = False, password_stdin: PasswordStdinOption = False,
) -> None:
    """Close a query that you asked."""
    from injection_log.acts.queries import close_query

    session = open_session(home, user, password_stdin)
    _said(session, close_query(session, number, reason), as_json)


def reopen_one(
    number: NumberArgument, user: UserOption, text: TextOption = "", home: HomeOption = None,
    as_json: JsonOption = False, password_stdin: PasswordStdinOption = False,
) -> None:
    """Ask again: an answer that does not settle it, or a query that was closed too early."""
    from injection_log.acts.queries import reopen_query

    session = open_session(home, user, password_stdin)
    _said(session, reopen_query(session, number, _words(text, "Question")), as_json)


def show_one(
    number: NumberArgument, user: UserOption, home: HomeOption = None, as_json: JsonOption = False,
    password_stdin: PasswordStdinOption = False,
) -> None:
    """Show one query and all that was said about it."""
    from injection_log.acts.queries import find_query

    session = open_session(home, user, password_stdin)
    _said(session, find_query(session, number), as_json)


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

    side = _side(gland, as_json)
    if bool(participant) != bool(visit) or (field and not participant):
        wrong_use("Give the participant and the visit, or neither for the list of all records.", as_json)
    session = open_session(home, user, password_stdin)
    if not participant:
        _print_percent(session, csv, as_json)
        return
    record = _record(session, participant, visit)
    if field:
        act = verification.take_back if take_back else verification.mark_verified
        state = act(session, record, side, field)
    else:
        state = verification.verification_of(session, record)
    shown = ["gland", "field", "value", "verified", "verified_by", "verified_at"]
    rows = verification_rows([state], _vocabulary(session))
    _listed(session, rows, (VERIFICATION_COLUMNS, "source_verification", shown), csv, as_json)
    if not as_json and csv is None:
        typer.echo(f"{state.verified} of {len(state.values)} values verified ({state.percent} %)")


def deviations(
    user: UserOption, participant: OfParticipantOption = "", csv: CsvOption = None, home: HomeOption = None,
    as_json: JsonOption = False, password_stdin: PasswordStdinOption = False,
) -> None:
    """List the deviations from the protocol: those reported, and those that the records show."""
    from injection_log.acts.deviations import list_deviations
    from injection_log.acts.list_tables import DEVIATION_COLUMNS, deviation_rows

    session = open_session(home, user, password_stdin)
    rows = deviation_rows(list_deviations(session, participant), _vocabulary(session))
    shown = ["deviation", "kind", "participant", "visit", "gland", "what", "known_since", "from"]
    _listed(session, rows, (DEVIATION_COLUMNS, "deviations", shown), csv, as_json)


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

    side = _side(gland, as_json)
    if bool(participant) != bool(visit) or (side and not participant):
        wrong_use("Give the participant and the visit, or neither for the whole trial.", as_json)
    session = open_session(home, user, password_stdin)
    record = _record(session, participant, visit) if participant else None
    reported = report_deviation(session, record, kind, _words(text, "What happened"), side=side)
    [row] = deviation_rows([reported], _vocabulary(session))
    answer(row, as_json, lambda: typer.echo(f"{reported.id} reported: {reported.title}."))


def _listed(
    session: Session, rows: list[Row], table: tuple[tuple[Column, ...], str, list[str]], csv: Path | None,
    as_json: bool,
) -> None:
    """Print rows, or write them as a table; `table`: its columns, its name, and the columns a person is shown."""
    columns, name, shown = table
    if csv is None:
        answer(rows, as_json, lambda: print_table(shown, rows, none=_NONE[name]))
        return
    from injection_log.acts.list_tables import export_list
    from injection_log.acts.log_tables import write_csv

    written = [str(place) for place in write_csv(export_list(session, name, columns, rows), csv)]
    answer({"written": written}, as_json, lambda: typer.echo("\n".join(written)))


def _said(session: Session, query: Query, as_json: bool) -> None:
    from injection_log.acts.list_tables import conversation, query_rows

    [row], said = query_rows([query], _vocabulary(session)), conversation(query)

    def words() -> None:
        typer.echo(f"{query.id}, {query.state}: {row['participant']}, {row['visit']}"
                   f"{', ' + str(row['gland']) + ' gland' if row['gland'] else ''}, {row['field']}")
        typer.echo(f"Asked about: {row['value_asked_about']}; now: {row['value_now']}")
        print_table(["at", "by", "what", "words"], said)

    answer({**row, "said": said}, as_json, words)


def _run_checks(session: Session, as_json: bool) -> None:
    from injection_log.acts.queries import open_queries_of_checks

    run = open_queries_of_checks(session)
    facts = {"opened": [one.id for one in run.opened], "closed": [one.id for one in run.closed]}
    answer(facts, as_json, lambda: typer.echo(
        f"{len(run.opened)} queries opened, {len(run.closed)} closed because the check no longer finds anything."
    ))


def _print_catalogue(as_json: bool) -> None:
    from injection_log.record.checks import CHECKS

    rows = [
        {"check": one.name, "version": one.version, "severity": one.severity, "title": one.title,
         "compares": one.compares}
        for one in CHECKS.values()
    ]
    answer(rows, as_json, lambda: print_table(["check", "version", "severity", "compares"], rows))


def _print_percent(session: Session, csv: Path | None, as_json: bool) -> None:
    from injection_log.acts.list_tables import VERIFICATION_COLUMNS, verification_rows
    from injection_log.acts.source_verification import list_verification

    records = list_verification(session)
    if csv is not None:
        rows = verification_rows(records, _vocabulary(session))
        _listed(session, rows, (VERIFICATION_COLUMNS, "source_verification", []), csv, as_json)
        return
    percent: list[Row] = [
        {"participant": one.participant, "visit": one.visit, "values": len(one.values), "verified": one.verified,
         "percent": one.percent}
        for one in records
    ]
    answer(percent, as_json, lambda: print_table(
        ["participant", "visit", "values", "verified", "percent"], percent, none=_NONE["source_verification"]
    ))


def _side(gland: str, as_json: bool) -> Side | None:
    if gland not in ("", "right", "left"):
        wrong_use("--gland is right or left.", as_json)
    return cast("Side | None", gland or None)


def _about(participant: str, visit: str, side: Side | None) -> Subject:
    from injection_log.record.reading import gland_subject, visit_subject

    name = participant.strip().upper()
    return gland_subject(name, visit, side) if side else visit_subject(name, visit)


def _record(session: Session, participant: str, visit: str) -> VisitRecord:
    from injection_log.acts.visits import find_visit

    return find_visit(session, participant, visit)


def _vocabulary(session: Session) -> Vocabulary:
    from injection_log.acts.log_words import vocabulary_of

    return vocabulary_of(session)


def _words(text: str, prompt: str) -> str:
    return text or str(typer.prompt(prompt))
