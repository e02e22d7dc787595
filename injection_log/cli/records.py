"""`list` and `show`: what is recorded, for people and for scripts."""
from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from injection_log.cli.answers import answer
from injection_log.cli.options import HomeOption, JsonOption, PasswordStdinOption, UserOption, open_session
from injection_log.cli.seen import say_unwritten
from injection_log.cli.tables import print_table

if TYPE_CHECKING:
    from injection_log.record.values import GlandRecord, VisitRecord
    from injection_log.site import Session


def add_record_commands(app: typer.Typer) -> None:
    """Join `list` and `show` to the command."""
    app.command("list")(list_records)
    app.command("show")(show_record)


def list_records(
    user: UserOption, home: HomeOption = None, as_json: JsonOption = False,
    password_stdin: PasswordStdinOption = False,
) -> None:
    """List participants and visits, and how far each gland record is."""
    from injection_log.acts.visits import list_visits
    from injection_log.record.history_columns import visit_state

    rows = [
        {
            "participant": row.participant, "visit": row.visit.name, "title": row.visit.title,
            "date": row.record.day.isoformat() if row.record else None,
            "right": row.record.glands["right"].state if row.record else "not begun",
            "left": row.record.glands["left"].state if row.record else "not begun",
            "images": len(row.record.images) if row.record else 0,
            "visit_state": visit_state(row.record) if row.record else "not_begun",
        }
        for row in list_visits(open_session(home, user, password_stdin))
    ]
    columns = ["participant", "visit", "date", "right", "left", "images", "visit_state"]
    in_words = [{**row, "visit_state": str(row["visit_state"]).replace("_", " ")} for row in rows]
    answer(rows, as_json, lambda: print_table(columns, in_words))


def show_record(
    participant: Annotated[str, typer.Argument(help="Participant id, for example SMG-07.")],
    visit: Annotated[str, typer.Argument(help="Visit as named in the protocol, for example injection.")],
    user: UserOption, home: HomeOption = None, as_json: JsonOption = False,
    password_stdin: PasswordStdinOption = False,
) -> None:
    """Show both gland records of a visit as they are, or were, signed, and what is missing."""
    from injection_log.acts.visits import find_visit

    session = open_session(home, user, password_stdin)
    record = find_visit(session, participant, visit)
    say_unwritten(session)
    answer(_facts(session, record), as_json, lambda: _print(session, record))


def _facts(session: Session, record: VisitRecord) -> dict[str, Any]:
    from injection_log.acts import signing
    from injection_log.record.history_columns import visit_state
    from injection_log.record.rendering import sections_of

    glands = {}
    for side, gland in record.glands.items():
        signature = gland.signature
        # Of a signed record the text that was signed: what stands now may say more (images that came later).
        sections = sections_of(signature.rendering) if signature else signing.render(session, record, side).sections
        glands[side] = {
            "state": gland.state, "version": gland.version,
            "record": {section.title: by_label(section.rows) for section in sections},
            "missing": [] if signature else [one.sentence for one in signing.missing(session, record, side)],
            "cautions": [one.sentence for one in signing.cautions(session, record, side)],
            "signed_by": signature.printed_name if signature else None,
            "signed_at": signature.signed_at if signature else None,
            "record_sha256": signature.record_sha256 if signature else None,
            **_became(session, gland),
        }
    return {
        "participant": record.participant, "visit": record.visit, "state": visit_state(record),
        "withdrawn": record.withdrawn.to_json() if record.withdrawn else None,
        "not_done": record.not_done.to_json() if record.not_done else None,
        "transcribed": record.transcribed.to_json() if record.transcribed else None,
        "glands": glands,
    }


def _became(session: Session, gland: GlandRecord) -> dict[str, Any]:
    """What became of a gland record besides its signature."""
    from injection_log.acts.sheet_history import after_the_signature, earlier_versions

    values = session.site.ledger.values
    return {
        "reviewed_by": gland.review.printed_name if gland.review else None,
        "reviewed_at": gland.review.signed_at if gland.review else None,
        "amendment": gland.amendment.to_json() if gland.amendment else None,
        "addition_open": gland.addition_open.to_json() if gland.addition_open else None,
        "lock": gland.lock.to_json() if gland.lock else None,
        "earlier": list(earlier_versions(values, gland)),
        "after_signature": dict(after_the_signature(values, gland)),
    }


def by_label(rows: Iterable[tuple[str, str]]) -> dict[str, str | list[str]]:
    """Rows by their label; a label that stands more than once (a repeated caliper) has a list."""
    found: dict[str, str | list[str]] = {}
    for label, words in rows:
        before = found.get(label)
        if before is None:
            found[label] = words
        else:
            found[label] = [*(before if isinstance(before, list) else [before]), words]
    return found


def _print(session: Session, record: VisitRecord) -> None:
    from injection_log.acts import signing
    from injection_log.acts.sheet_history import after_the_signature, earlier_versions, notices, standing_of

    values = session.site.ledger.values
    for side, gland in record.glands.items():
        text = gland.signature.rendering if gland.signature else signing.render(session, record, side).text
        typer.echo(text)
        if gland.signature is not None:
            signed = gland.signature
            standing = f" [{standing_of(values, signed)}]" if standing_of(values, signed) else ""
            typer.echo(f"Signed by {signed.printed_name}, {signed.when}{standing}: {signed.meaning}")
        typer.echo(f"State: {gland.state}, version {gland.version}")
        for label, words in after_the_signature(values, gland):
            typer.echo(f"{label}: {words}")
        for sentence in earlier_versions(values, gland):
            typer.echo(sentence)
        if gland.amendment is not None:
            opened = gland.amendment
            typer.echo(f"Amendment open since {opened.when}, by {opened.by}: {opened.reason}")
        for one in () if gland.signature else signing.missing(session, record, side):
            typer.echo(f"Missing: {one.sentence}")
        for sentence in notices(record, side):
            typer.echo(f"Look at this: {sentence}")
        typer.echo("")
