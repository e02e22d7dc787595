"""`blank`: the owner's tool that takes away, for good, a content that should never have been in the log.

Shows what would be done, then asks both people for their passwords; the content itself is neither typed nor printed.
"""

from __future__ import annotations

from typing import Annotated

import typer

from injection_log.cli.answers import answer, say
from injection_log.cli.options import (
    HomeOption,
    JsonOption,
    PasswordStdinOption,
    UserOption,
    open_site,
    read_password,
)


def add_blank_command(app: typer.Typer) -> None:
    """Join `blank` to the command."""
    app.command("blank")(blank)


def blank(
    sequences: Annotated[
        list[int], typer.Argument(help="Numbers of the events that hold the content; of the first, --field says where.")
    ],
    user: UserOption,
    second: Annotated[str, typer.Option("--second", help="User id of the second person, who agrees to it.")],
    field: Annotated[
        list[str],
        typer.Option("--field", help="Field of the first event that must go; also 'reason', 'subject'. Repeatable."),
    ],
    why: Annotated[str, typer.Option("--why", help="Why it must go; never what it is.")],
    owner: Annotated[str, typer.Option("--owner", help="Role that owns the tables of a PostgreSQL log.")] = "",
    home: HomeOption = None,
    as_json: JsonOption = False,
    password_stdin: PasswordStdinOption = False,
) -> None:
    """Blank the content of events for good, agreed by a principal investigator and a data manager."""
    from injection_log.acts.blanking import Blanking, plan_blanking
    from injection_log.acts.blanking import blank as carry_out
    from injection_log.people.two_people import Proof2
    from injection_log.site import log_in

    site = open_site(home)
    password = read_password(f"Password of {user}: ", password_stdin)
    session = log_in(site, user, password)
    plan = plan_blanking(session, Blanking(tuple(sequences), tuple(field), why))
    say(plan.text)
    say("This cannot be undone. Both people agree to exactly this text with their passwords.")
    other = Proof2(second, read_password(f"Password of {second}: ", password_stdin))
    done = carry_out(session, plan, other, password, owner=owner)

    def words() -> None:
        typer.echo(f"The content is gone; event {done.sequence} says so. What may still hold it:")
        for sentence in done.still_held:
            typer.echo(f"- {sentence}")

    answer({"event": done.sequence, "still_held": list(done.still_held)}, as_json, words)
