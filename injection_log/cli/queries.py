"""`checks`, `queries` and `query ...`: what does not fit, what was asked about it, and what was answered.

Everything is in words, for people, for scripts (--json) and for spreadsheets (--csv).
"""
from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, cast

import typer

from injection_log.cli.answers import answer, wrong_use
from injection_log.cli.asked import ParticipantArgument, VisitArgument
from injection_log.cli.listing import (
    CsvOption,
    FieldOption,
    GlandOption,
    OfParticipantOption,
    TextOption,
    listed,
    side_or_visit,
    vocabulary,
    words_of,
)
from injection_log.cli.options import HomeOption, JsonOption, PasswordStdinOption, UserOption, open_session
from injection_log.cli.tables import print_table

if TYPE_CHECKING:
    from annotate.marks import Side
    from injection_log.ledger.event import Subject
    from injection_log.record.queries import Query, QueryState
    from injection_log.site import Session

NumberArgument = Annotated[str, typer.Argument(help="Number of the query, for example Q-0001.")]


def add_query_commands(app: typer.Typer) -> None:
    """Join the commands on checks and queries."""
    app.command("checks")(checks)
    app.command("queries")(queries)
    query = typer.Typer(help="One query: open, answer, close, reopen, show.", no_args_is_help=True)
    for name, act in (("open", open_one), ("answer", answer_one), ("close", close_one), ("reopen", reopen_one)):
        query.command(name)(act)
    query.command("show")(show_one)
    app.add_typer(query, name="query")


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
    listed(session, finding_rows(found, vocabulary(session)), (FINDING_COLUMNS, "checks", shown), csv, as_json)


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
    listed(session, query_rows(found, vocabulary(session)), (QUERY_COLUMNS, "queries", shown), csv, as_json)


def open_one(
    participant: ParticipantArgument, visit: VisitArgument, user: UserOption, gland: GlandOption = "",
    field: FieldOption = "", text: TextOption = "", home: HomeOption = None, as_json: JsonOption = False,
    password_stdin: PasswordStdinOption = False,
) -> None:
    """Ask about a field, or without --field about the whole record."""
    from injection_log.acts.queries import open_query

    side = side_or_visit(gland, as_json)
    session = open_session(home, user, password_stdin)
    about = _about(participant, visit, side)
    _said(session, open_query(session, about, field, words_of(text, "Question")), as_json)


def answer_one(
    number: NumberArgument, user: UserOption, text: TextOption = "", home: HomeOption = None,
    as_json: JsonOption = False, password_stdin: PasswordStdinOption = False,
) -> None:
    """Answer a query, for the site; the record itself is changed by its own commands."""
    from injection_log.acts.queries import answer_query

    session = open_session(home, user, password_stdin)
    _said(session, answer_query(session, number, words_of(text, "Answer")), as_json)


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
    _said(session, reopen_query(session, number, words_of(text, "Question")), as_json)


def show_one(
    number: NumberArgument, user: UserOption, home: HomeOption = None, as_json: JsonOption = False,
    password_stdin: PasswordStdinOption = False,
) -> None:
    """Show one query and all that was said about it."""
    from injection_log.acts.queries import find_query

    session = open_session(home, user, password_stdin)
    _said(session, find_query(session, number), as_json)


def _said(session: Session, query: Query, as_json: bool) -> None:
    from injection_log.acts.list_tables import conversation, query_rows

    [row], said = query_rows([query], vocabulary(session)), conversation(query)

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


def _about(participant: str, visit: str, side: Side | None) -> Subject:
    from injection_log.record.reading import gland_subject, visit_subject

    name = participant.strip().upper()
    return gland_subject(name, visit, side) if side else visit_subject(name, visit)
