"""`history` and `audit`: what was done, in words, for people, scripts and spreadsheets."""
from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from injection_log.cli.answers import answer, say, wrong_use
from injection_log.cli.options import HomeOption, JsonOption, PasswordStdinOption, UserOption, open_session
from injection_log.cli.seen import say_unwritten
from injection_log.cli.tables import print_table

if TYPE_CHECKING:
    from annotate.marks import Side
    from injection_log.acts.audit import AuditFilter
    from injection_log.acts.history import HistoryLine
    from injection_log.outputs import OutputFile
    from injection_log.site import Session

CsvOption = Annotated[Path | None, typer.Option("--csv", help="Write a table (CSV) instead, and its dictionary.")]
PersonOption = Annotated[str, typer.Option("--person", help="Only acts of this user id.")]
GroupOption = Annotated[str, typer.Option("--group", help="Only one group: facts, marks, pictures, signature, ...")]
KindOption = Annotated[str, typer.Option("--kind", help="Only one kind of event, for example GlandSigned.")]
SinceOption = Annotated[str, typer.Option("--since", help="From this day on, as 2026-11-22.")]
UntilOption = Annotated[str, typer.Option("--until", help="Up to this day, as 2026-11-22.")]
AfterOption = Annotated[bool, typer.Option("--after-signing", help="Only what was changed after a signature.")]
LateOption = Annotated[bool, typer.Option("--late", help="Only what was entered late.")]


def add_history_commands(app: typer.Typer) -> None:
    """Join `history` and `audit` to the command."""
    app.command("history")(history)
    app.command("audit")(audit)


def history(
    participant: Annotated[str, typer.Argument(help="Participant id, for example SMG-07.")],
    visit: Annotated[str, typer.Argument(help="Visit as named in the protocol, for example injection.")],
    user: UserOption,
    gland: Annotated[str, typer.Option("--gland", "--side", help="right or left; both and the visit without it.")] = "",
    field: Annotated[str, typer.Option(help="One field, for example volume_loaded_ul, mark or signature.")] = "",
    person: PersonOption = "", group: GroupOption = "", kind: KindOption = "", since: SinceOption = "",
    until: UntilOption = "", after_signing: AfterOption = False, late: LateOption = False,
    who_saw: Annotated[bool, typer.Option("--who-saw", help="Who had this record before their eyes.")] = False,
    csv: CsvOption = None, home: HomeOption = None, as_json: JsonOption = False,
    password_stdin: PasswordStdinOption = False,
) -> None:
    """Show everything that was ever done to a record, oldest first, in words."""
    from injection_log.acts.audit import AuditFilter, require_known_names
    from injection_log.acts.history import HistoryFilter, known_field, read_history
    from injection_log.acts.log_tables import export_history

    if gland not in ("", "right", "left"):
        wrong_use("--gland is right or left.", as_json)
    wanted = HistoryFilter(
        person, group, kind, known_field(field) if field else "", _day(since), _day(until), after_signing, late
    )
    session = open_session(home, user, password_stdin)
    require_known_names(session, AuditFilter(person, "", group, kind))
    read = read_history(session, participant, visit, side=cast("Side | None", gland or None))
    say_unwritten(session)
    if who_saw:
        _print_sightings(session, participant, visit, as_json)
    elif csv is not None:
        _written(export_history(session, read, wanted), csv, as_json)
    else:
        lines = [read.line(entry) for entry in read.chosen(wanted)]
        answer([line_facts(line) for line in lines], as_json, lambda: print_lines(lines))


def audit(
    user: UserOption,
    person: PersonOption = "", group: GroupOption = "", kind: KindOption = "",
    role: Annotated[str, typer.Option(help="Only acts in this role, for example monitor.")] = "",
    participant: Annotated[str, typer.Option(help="Only what is about this participant.")] = "",
    since: SinceOption = "", until: UntilOption = "", after_signing: AfterOption = False, late: LateOption = False,
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="How many events to show.")] = 100,
    before: Annotated[int, typer.Option(min=0, help="Go on with the page below this number.")] = 0,
    hints: Annotated[bool, typer.Option("--hints", help="What deserves a second look.")] = False,
    kinds: Annotated[bool, typer.Option("--kinds", help="List the groups and kinds of events.")] = False,
    csv: CsvOption = None, home: HomeOption = None, as_json: JsonOption = False,
    password_stdin: PasswordStdinOption = False,
) -> None:
    """Show the audit trail of the whole log, newest first, in words; with --csv all of it that is asked for."""
    from injection_log.acts.audit import AuditFilter

    wanted = AuditFilter(
        person, role, group, kind, participant, _day(since), _day(until), after_signing, late
    )
    if kinds:
        _print_kinds(as_json)
        return
    session = open_session(home, user, password_stdin)
    if hints:
        _print_hints(session, wanted, as_json)
    elif csv is not None:
        from injection_log.acts.audit import audit_lines
        from injection_log.acts.log_tables import export_audit

        _written(export_audit(session, audit_lines(session, wanted)), csv, as_json)
    else:
        _print_page(session, wanted, (before, limit), as_json)
    say_unwritten(session)


def _print_page(session: Session, wanted: AuditFilter, where: tuple[int, int], as_json: bool) -> None:
    from injection_log.acts.audit import audit_page

    before, limit = where
    page = audit_page(session, wanted, before or None, limit)
    facts = {"events": [line_facts(line) for line in page.lines], "before": page.before}
    answer(facts, as_json, lambda: print_lines(page.lines, with_about=True))
    if page.before is not None and not as_json:
        say(f"There are more: go on with --before {page.before}")


def line_facts(line: HistoryLine) -> dict[str, Any]:
    """One line as facts for scripts; every text is in words."""
    return {
        "event": line.sequence, "entered_at": line.when, "entered_at_utc": line.recorded_at,
        "claimed_at": line.claimed or None, "person": line.printed_name, "user": line.user or None,
        "role": line.role, "workstation": line.workstation, "about": line.about, "act": line.title,
        "kind": line.kind, "group": line.group, "sentence": line.sentence,
        "changes": [{"field": one.title, "before": one.old or None, "after": one.new or None} for one in line.changes],
        "reason": line.reason or None, "version": line.version or None,
        "after_signing": line.is_after_signing, "late": line.is_late,
    }


def print_lines(lines: Iterable[HistoryLine], *, with_about: bool = False) -> None:
    """Lines for a person: when, who, what, why; of a record by version."""
    version, is_empty = 0, True
    for line in lines:
        is_empty = False
        if line.version and line.version != version:
            version = line.version
            typer.echo(f"\nVersion {version} of the record")
        # Where the sentence itself says whom or what it is about, that does not stand there twice.
        about = f"{line.about}: " if with_about and line.about.casefold() not in line.sentence.casefold() else ""
        marks = (" [after signing]" if line.is_after_signing else "") + (" [late]" if line.is_late else "")
        typer.echo(f"{line.sequence:>6}  {line.when}  {_who(line)}{marks}")
        typer.echo(f"        {about}{line.told}")
        if line.reason:
            typer.echo(f"        {_REASONS.get(line.kind, 'Reason')}: {line.reason}")
        if line.claimed:
            typer.echo(f"        Time claimed for it: {line.claimed}")
    if is_empty:
        typer.echo("Nothing of what is asked for stands in the log.")


_REASONS = {"AuditSeen": "Asked for", "AccessLogSeen": "Asked for", "AccessDenied": "What was tried"}
"""What the reason of an event is, where it says something else than why."""


def _who(line: HistoryLine) -> str:
    return line.role if line.printed_name == line.role else f"{line.printed_name} ({line.role})"


def _print_sightings(session: Session, participant: str, visit: str, as_json: bool) -> None:
    from injection_log.acts.seeing import who_saw

    rows = [
        {"event": one.sequence, "when": one.when, "person": one.printed_name, "role": one.role, "what": one.what}
        for one in who_saw(session, participant.strip().upper(), visit)
    ]
    answer(rows, as_json, lambda: print_table(["when", "person", "role", "what"], rows))


def _print_hints(session: Session, wanted: AuditFilter, as_json: bool) -> None:
    from injection_log.acts.audit_hints import audit_hints

    hints = audit_hints(session, wanted)
    facts = [{"kind": one.kind, "sentence": one.sentence, "events": list(one.events)} for one in hints]

    def words() -> None:
        for one in hints:
            typer.echo(f"- {one.sentence} {_numbers(one.events)}")
        if not hints:
            typer.echo("Nothing stands out: no late entry, no change after signing, no series of edits or failures.")

    answer(facts, as_json, words)


def _numbers(events: Sequence[int]) -> str:
    first = ", ".join(map(str, islice(events, 10)))
    more = f" and {len(events) - 10} more" if len(events) > 10 else ""
    return f"(event {first})" if len(events) == 1 else f"(events {first}{more})"


def _print_kinds(as_json: bool) -> None:
    from injection_log.record.event_words import GROUPS, KINDS

    rows = [
        {"group": group, "group_title": GROUPS[group], "kind": kind, "title": words.title}
        for group in GROUPS for kind, words in KINDS.items() if words.group == group
    ]
    answer(rows, as_json, lambda: print_table(["group", "kind", "title"], rows))


def _written(files: tuple[OutputFile, ...], path: Path, as_json: bool) -> None:
    from injection_log.acts.log_tables import write_csv

    written = [str(place) for place in write_csv(files, path)]
    answer({"written": written}, as_json, lambda: typer.echo("\n".join(written)))


def _day(text: str) -> date | None:
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        wrong_use("A day is written as 2026-11-22.")
