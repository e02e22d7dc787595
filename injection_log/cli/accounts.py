"""`setup`, `users ...`, `password`, `confirm-key`, `confirm-workstation`: a first log, and who may work in it.

With --password-stdin every password is a line of standard input, in the order in which they are asked for: your own
first. A one-time code is printed once, on standard output, and nowhere else.
"""
from __future__ import annotations

from dataclasses import asdict
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
    open_session_with,
    open_site,
    read_password,
)
from injection_log.cli.shared_database import (
    DatabaseOption,
    OwnerOption,
    SchemaOption,
    SharedImagesOption,
    shared_of,
)
from injection_log.cli.tables import print_table

ReasonOption = Annotated[str, typer.Option("--reason", help="Why; it is kept in the log.")]
NameArgument = Annotated[str, typer.Argument(help="User id of the person.")]


def add_account_commands(app: typer.Typer) -> None:
    """Join `setup`, `users` and what people do with passwords and keys to the command."""
    app.command("setup")(set_up)
    users = typer.Typer(help="People who may log in.", no_args_is_help=True)
    for name, command in (
        ("add", add_user), ("list", list_users), ("role", change_role), ("close", close_account),
        ("reopen", reopen_account), ("unlock", unlock_account), ("reset", reset_password),
    ):
        users.command(name)(command)
    app.add_typer(users, name="users")
    app.add_typer(users, name="user", hidden=True)
    app.command("password")(change_password)
    app.command("confirm-key")(confirm_key)
    app.command("confirm-workstation")(confirm_workstation)


def set_up(
    protocol: Annotated[Path, typer.Option(help="The trial's protocol file (TOML).")],
    site: Annotated[str, typer.Option(help="Short name of the site, without spaces.")],
    admin: Annotated[str, typer.Option(help="User id of the first administrator.")],
    name: Annotated[str, typer.Option(help="Printed name of the first administrator.")],
    database: DatabaseOption = "",
    database_owner: OwnerOption = "",
    schema: SchemaOption = "",
    images: SharedImagesOption = None,
    home: HomeOption = None,
    password_stdin: PasswordStdinOption = False,
) -> None:
    """Make the log of a new home: protocol, site, and the first administrator."""
    from injection_log.acts.people import refuse_words_in_names
    from injection_log.home import Home
    from injection_log.log_place import schema_of_site
    from injection_log.people.accounts import NewAccount, add_account, check_form
    from injection_log.protocol.reading import read_protocol, read_protocol_file
    from injection_log.site import NOBODY, Site

    if not protocol.is_file():
        wrong_use(f"There is no protocol file {protocol}; give the file of your trial.")
    place = Home.locate(home)
    if place.has_ledger():
        wrong_use(f"There is a log in {place.root} already; it is never started anew.")
    password = read_password(f"Password for {admin}", password_stdin)
    first = NewAccount(admin, name, "administrator", password)
    check_form(first)  # before there is a log: one without an administrator could never be used
    adopted = read_protocol_file(protocol)
    refuse_words_in_names(read_protocol(adopted), site, admin)
    shared = shared_of(database, database_owner, schema or schema_of_site(site), images) if database else None
    made = Site.create(place, adopted, site, shared=shared)
    add_account(made.ledger, NOBODY, first, clock=made.clock, protocol=made.protocol.sha256)
    say(f"The log of {made.protocol.id} at {site} is ready in {place.root}.")
    say(f"Its origin is {made.ledger.origin}: keep it with the trial's papers.")


def add_user(
    name: Annotated[str, typer.Argument(help="User id of the new person.")],
    printed_name: Annotated[str, typer.Option(help="Name as printed beside a signature.")],
    role: Annotated[str, typer.Option(help="injector, operator, principal_investigator, data_manager, monitor, ...")],
    user: UserOption,
    code: Annotated[
        bool, typer.Option("--code", help="Print a one-time code instead: only its owner will know the password.")
    ] = False,
    home: HomeOption = None,
    password_stdin: PasswordStdinOption = False,
) -> None:
    """Add a person. With --password-stdin: first line your password, second line the new person's."""
    from injection_log.acts.people import add_person, invite_person
    from injection_log.people.accounts import NewAccount

    session = open_session(home, user, password_stdin)
    if code:
        _print_code(name, invite_person(session, name, printed_name, role))
        return
    password = read_password(f"First password for {name}", password_stdin)
    add_person(session, NewAccount(name, printed_name, role, password))
    say(f"{name} may now log in as {role}.")


def list_users(
    user: UserOption, home: HomeOption = None, as_json: JsonOption = False,
    password_stdin: PasswordStdinOption = False,
) -> None:
    """List who may log in, with role, state of the account, and what is to be said of the signing key."""
    from injection_log.acts.people import list_account_lines, workstations_to_confirm

    session = open_session(home, user, password_stdin)
    rows = [asdict(one) for one in list_account_lines(session)]
    columns = ["user", "printed_name", "role", "state", "key", "fingerprint"]
    in_words = [{**row, "role": row["role"].replace("_", " ")} for row in rows]
    answer(rows, as_json, lambda: print_table(columns, in_words))
    for workstation in workstations_to_confirm(session):
        say(f"The key of the workstation {workstation} is not yet confirmed (confirm-workstation).")


def change_role(
    name: Annotated[str, typer.Argument(help="User id of the person.")],
    role: Annotated[str, typer.Argument(help="The new role.")],
    reason: ReasonOption, user: UserOption, home: HomeOption = None, password_stdin: PasswordStdinOption = False,
) -> None:
    """Give a person another role; what they signed stays signed in the old one."""
    from injection_log.acts import people

    people.change_role(open_session(home, user, password_stdin), name, role, reason)
    say(f"{name} is {role} from the next log-in on.")


def close_account(
    name: NameArgument, reason: ReasonOption, user: UserOption, home: HomeOption = None,
    password_stdin: PasswordStdinOption = False,
) -> None:
    """Close an account: no log-in and no signature any more. Nothing of it is deleted."""
    from injection_log.acts import people

    people.close_account(open_session(home, user, password_stdin), name, reason)
    say(f"The account of {name} is closed; what it did and signed stays.")


def reopen_account(
    name: NameArgument, reason: ReasonOption, user: UserOption, home: HomeOption = None,
    password_stdin: PasswordStdinOption = False,
) -> None:
    """Open a closed account again, with the password it had."""
    from injection_log.acts import people

    people.reopen_account(open_session(home, user, password_stdin), name, reason)
    say(f"The account of {name} is open again.")


def unlock_account(
    name: NameArgument, user: UserOption, home: HomeOption = None, password_stdin: PasswordStdinOption = False
) -> None:
    """Lift the lock after five wrong passwords before its time."""
    from injection_log.acts import people

    people.unlock_account(open_session(home, user, password_stdin), name)
    say(f"{name} may try again.")


def reset_password(
    name: NameArgument, reason: ReasonOption, user: UserOption, home: HomeOption = None,
    password_stdin: PasswordStdinOption = False,
) -> None:
    """Print a one-time code for somebody who lost the password; the old password opens nothing any more."""
    from injection_log.acts import people

    _print_code(name, people.reset_password(open_session(home, user, password_stdin), name, reason))


def change_password(
    user: UserOption,
    code: Annotated[bool, typer.Option("--code", help="You were given a one-time code instead of a password.")] = False,
    home: HomeOption = None, password_stdin: PasswordStdinOption = False,
) -> None:
    """Choose another password. With --password-stdin: first line the old one (or the code), second line the new one."""
    from injection_log.acts import people
    from injection_log.people.key_standing import fingerprint
    from injection_log.people.renewing import NewPassword

    if not code:
        old = read_password("Password: ", password_stdin)
        session = open_session_with(home, user, old)
        people.change_own_password(session, old, _twice(password_stdin))
        say("The password is changed; signatures by the same key go on.")
        return
    site = open_site(home)
    given = NewPassword(user, read_password("One-time code: ", password_stdin), _twice(password_stdin))
    session = people.log_in_with_code(site, given)
    say("The password is chosen, and you have a new signing key: it is shown as not yet confirmed.")
    say("Read this fingerprint to a principal investigator or data manager, who confirms it (confirm-key):")
    typer.echo(fingerprint(session.account.public_key))


def confirm_key(
    name: NameArgument, user: UserOption,
    fingerprint: Annotated[
        str, typer.Option(help="The fingerprint as its owner reads it out; refused when it is another.")
    ] = "",
    home: HomeOption = None, password_stdin: PasswordStdinOption = False,
) -> None:
    """Vouch, as a second person, for the new signing key of somebody after a one-time code."""
    from injection_log.acts import people

    people.confirm_key(open_session(home, user, password_stdin), name, fingerprint)
    say(f"The key of {name} is confirmed.")


def confirm_workstation(
    workstation: Annotated[str, typer.Argument(help="Name of the workstation, as `verify` and `users list` say it.")],
    user: UserOption, home: HomeOption = None, password_stdin: PasswordStdinOption = False,
) -> None:
    """Vouch for the checkpoint key of a workstation that joined."""
    from injection_log.acts import people

    people.confirm_workstation(open_session(home, user, password_stdin), workstation)
    say(f"The key of {workstation} is confirmed.")


def _twice(from_stdin: bool) -> str:
    """A new password, asked for twice at the keyboard: nobody sees what is typed."""
    first = read_password("New password: ", from_stdin)
    if not from_stdin and read_password("New password, again: ", from_stdin) != first:
        wrong_use("The two new passwords are not the same, so nothing was changed; begin again.")
    return first


def _print_code(name: str, code: str) -> None:
    say(f"One-time code for {name}, valid for 24 hours and shown only now; the new password is chosen with it:")
    typer.echo(code)
    say("Hand it over yourself. The key made with it has to be confirmed by a second person, not by you.")
