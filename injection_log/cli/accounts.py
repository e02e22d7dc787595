"""`setup` and `users add|list`: the first log of a home, and who may work in it."""
from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from injection_log.cli.answers import answer, say, wrong_use
from injection_log.cli.options import (
    HomeOption,
    JsonOption,
    PasswordStdinOption,
    UserOption,
    open_session,
    read_password,
)
from injection_log.cli.tables import print_table


def add_account_commands(app: typer.Typer) -> None:
    """Join `setup` and `users` to the command."""
    app.command("setup")(set_up)
    users = typer.Typer(help="People who may log in.", no_args_is_help=True)
    users.command("add")(add_user)
    users.command("list")(list_users)
    app.add_typer(users, name="users")


def set_up(
    protocol: Annotated[Path, typer.Option(help="The trial's protocol file (TOML).")],
    site: Annotated[str, typer.Option(help="Short name of the site, without spaces.")],
    admin: Annotated[str, typer.Option(help="User id of the first administrator.")],
    name: Annotated[str, typer.Option(help="Printed name of the first administrator.")],
    home: HomeOption = None,
    password_stdin: PasswordStdinOption = False,
) -> None:
    """Make the log of a new home: protocol, site, and the first administrator."""
    from injection_log.home import Home
    from injection_log.people.accounts import NewAccount, add_account, check_form
    from injection_log.protocol.reading import read_protocol_file
    from injection_log.site import NOBODY, Site

    if not protocol.is_file():
        wrong_use(f"There is no protocol file {protocol}; give the file of your trial.")
    place = Home.locate(home)
    if place.has_ledger():
        wrong_use(f"There is a log in {place.root} already; it is never started anew.")
    password = read_password(f"Password for {admin}", password_stdin)
    first = NewAccount(admin, name, "administrator", password)
    check_form(first)  # before there is a log: one without an administrator could never be used
    made = Site.create(place, read_protocol_file(protocol), site)
    add_account(made.ledger, NOBODY, first, clock=made.clock, protocol=made.protocol.sha256)
    say(f"The log of {made.protocol.id} at {site} is ready in {place.root}.")
    say(f"Its origin is {made.ledger.origin}: keep it with the trial's papers.")


def add_user(
    name: Annotated[str, typer.Argument(help="User id of the new person.")],
    printed_name: Annotated[str, typer.Option(help="Name as printed beside a signature.")],
    role: Annotated[str, typer.Option(help="injector, operator, principal_investigator, data_manager, monitor, ...")],
    user: UserOption,
    home: HomeOption = None,
    password_stdin: PasswordStdinOption = False,
) -> None:
    """Add a person. With --password-stdin: first line your password, second line the new person's."""
    from injection_log.acts.people import add_person
    from injection_log.people.accounts import NewAccount

    session = open_session(home, user, password_stdin)
    password = read_password(f"First password for {name}", password_stdin)
    add_person(session, NewAccount(name, printed_name, role, password))
    say(f"{name} may now log in as {role}.")


def list_users(
    user: UserOption, home: HomeOption = None, as_json: JsonOption = False,
    password_stdin: PasswordStdinOption = False,
) -> None:
    """List who may log in, with role."""
    from injection_log.acts.people import list_people

    people = list_people(open_session(home, user, password_stdin))
    rows = [{"user": one.user, "printed_name": one.printed_name, "role": one.role} for one in people]
    answer(rows, as_json, lambda: print_table(["user", "printed_name", "role"], rows))
