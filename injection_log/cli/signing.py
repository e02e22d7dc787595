"""`set`, `sign`, `sign-addition` and `review`: one fact typed in, and the three signatures of a record.

What is signed is shown first, on standard error; then the password is asked for again. With --password-stdin or --yes
the one password that was given serves both.
"""
from __future__ import annotations

from typing import Annotated

import typer

from injection_log.cli.asked import (
    GlandOption,
    ParticipantArgument,
    SideArgument,
    VisitArgument,
    YesOption,
    ask,
    confirmed,
    side_of,
    tell,
)
from injection_log.cli.options import HomeOption, JsonOption, PasswordStdinOption, UserOption


def add_signing_commands(app: typer.Typer) -> None:
    """Join the commands of this file to the command."""
    for name, command in (
        ("set", set_value), ("sign", sign), ("sign-addition", sign_addition), ("review", review),
    ):
        app.command(name)(command)


def set_value(
    participant: ParticipantArgument, visit: VisitArgument,
    about: Annotated[str, typer.Argument(help="right, left, or visit for a fact of both glands.")],
    field: Annotated[str, typer.Argument(help="Field as in the protocol file, for example volume_residual_ul.")],
    text: Annotated[str, typer.Argument(help="As it is typed in the window: 0.5, 14:05, yes; empty clears it.")],
    user: UserOption, home: HomeOption = None, as_json: JsonOption = False,
    password_stdin: PasswordStdinOption = False,
) -> None:
    """Record one fact of a visit or a gland, as the form does."""
    from injection_log.acts.facts import set_fact

    side = None if about == "visit" else side_of(about)
    asked = ask(home, user, password_stdin)
    tell(set_fact(asked.session, asked.find(participant, visit), side, field, text), as_json, "Saved.")


def sign(
    participant: ParticipantArgument, visit: VisitArgument, *, side: SideArgument = "",
    user: UserOption, gland: GlandOption = "", yes: YesOption = False,
    home: HomeOption = None, as_json: JsonOption = False, password_stdin: PasswordStdinOption = False,
) -> None:
    """Sign one gland record, after showing it."""
    from injection_log.acts import signing

    asked, one = ask(home, user, password_stdin), side_of(side, gland)
    record = asked.find(participant, visit)
    shown, meaning = signing.render(asked.session, record, one), signing.meaning_for(record, one)
    password = confirmed(asked, shown, signing.MEANINGS[meaning], yes or password_stdin)
    record = signing.sign_gland(asked.session, record, one, signing.Proof(user, password, shown.sha256), meaning)
    tell(record, as_json, f"The {one} gland is signed, version {record.glands[one].version}.")


def sign_addition(
    participant: ParticipantArgument, visit: VisitArgument, *, side: SideArgument = "",
    user: UserOption, gland: GlandOption = "", yes: YesOption = False,
    home: HomeOption = None, as_json: JsonOption = False, password_stdin: PasswordStdinOption = False,
) -> None:
    """Sign the open addition to a gland, after showing it."""
    from injection_log.acts import additions
    from injection_log.acts.signing import Proof

    asked, one = ask(home, user, password_stdin), side_of(side, gland)
    record = asked.find(participant, visit)
    shown = additions.render(asked.session, record, one)
    password = confirmed(asked, shown, additions.MEANING, yes or password_stdin)
    record = additions.sign_addition(asked.session, record, one, Proof(user, password, shown.sha256))
    tell(record, as_json, f"Addition {len(record.glands[one].additions)} to the {one} gland is signed.")


def review(
    participant: ParticipantArgument, visit: VisitArgument, *, side: SideArgument = "",
    user: UserOption, gland: GlandOption = "", yes: YesOption = False,
    home: HomeOption = None, as_json: JsonOption = False, password_stdin: PasswordStdinOption = False,
) -> None:
    """Review a signed gland record as the principal investigator, after showing it."""
    from injection_log.acts import reviewing
    from injection_log.acts.signing import Proof

    asked, one = ask(home, user, password_stdin), side_of(side, gland)
    record = asked.find(participant, visit)
    shown = reviewing.render(record, one)
    password = confirmed(asked, shown, reviewing.MEANING, yes or password_stdin)
    record = reviewing.review_gland(asked.session, record, one, Proof(user, password, shown.sha256))
    tell(record, as_json, f"The {one} gland is reviewed.")
