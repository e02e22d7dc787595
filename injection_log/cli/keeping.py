"""`backup` and `restore`: a dated, verified copy of log and images, and the way back to it by two people."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from injection_log.acts.restoring import RestoredHere
    from injection_log.log_place import SharedDatabase

from injection_log.cli.answers import answer, say, wrong_use
from injection_log.cli.options import (
    HomeOption,
    JsonOption,
    PasswordStdinOption,
    UserOption,
    open_session,
    read_password,
)
from injection_log.cli.shared_database import DatabaseOption, OwnerOption, SchemaOption, SharedImagesOption, shared_of


def add_keeping_commands(app: typer.Typer) -> None:
    """Join `backup` and `restore` to the command."""
    app.command("backup")(backup)
    app.command("restore")(restore)


def backup(
    out: Annotated[Path, typer.Option("--out", help="Folder that gets a new dated folder for each backup.")],
    user: UserOption,
    home: HomeOption = None, as_json: JsonOption = False, password_stdin: PasswordStdinOption = False,
) -> None:
    """Copy the log and every image it names while others work, and verify the copy; no key is in it."""
    from injection_log.acts.backups import make_backup

    done = make_backup(open_session(home, user, password_stdin), out, say)
    said = done.manifest
    facts = {
        "folder": str(done.folder), "last_sequence": said.last_sequence, "images": len(said.images),
        "sha256": said.sha256,
    }

    def words() -> None:
        typer.echo(str(done.folder))
        say(f"Verified: {said.last_sequence} events and {len(said.images)} images.")
        say("Keys are not in it: keep `injection-log keys export` and its passphrase apart from it.")

    answer(facts, as_json, words)


def restore(
    folder: Annotated[Path, typer.Argument(help="The dated folder that `backup` made.")],
    user: Annotated[str, typer.Option("--user", help="User id of one of the two people.")] = "",
    second: Annotated[str, typer.Option("--second", help="User id of the other.")] = "",
    why: Annotated[str, typer.Option("--why", help="Why the log is restored; it stays in the log.")] = "",
    check: Annotated[bool, typer.Option("--check", help="Only verify the backup and say what would be lost.")] = False,
    database: DatabaseOption = "", database_owner: OwnerOption = "", schema: SchemaOption = "",
    images: SharedImagesOption = None,
    home: HomeOption = None, as_json: JsonOption = False, password_stdin: PasswordStdinOption = False,
) -> None:
    """Put a backup into the place of the log, as principal investigator and data manager together.

    Says what would be lost before the passwords are asked for. With --password-stdin: one line for each of the two.
    """
    from injection_log.acts.restoring import Asked, loss_of, place_to_restore, restore_backup
    from injection_log.backup_folder import check_backup, read_manifest
    from injection_log.clock import SystemClock
    from injection_log.home import Home
    from injection_log.keys import KeyFolder
    from injection_log.log_place import NewShared, SharedDatabase
    from injection_log.people.restored import in_events
    from injection_log.people.two_people import Proof2

    backup_folder, place, keys = folder.expanduser().absolute(), Home.locate(home), KeyFolder.default()
    said = check_backup(backup_folder) if check else read_manifest(backup_folder)
    target = place_to_restore(place, _named(database, said.origin, schema, images))
    loss = loss_of(target, keys, said, why)
    say(
        f"The backup ends at event {loss.last_sequence}, the last event seen here is {loss.seen_sequence}:"
        f" {in_events(loss.lost)} lost by restoring it."
    )
    facts = {"backup": said.name, "last_sequence": loss.last_sequence, "seen": loss.seen_sequence, "lost": loss.lost}
    if check:
        answer({**facts, "restored": False}, as_json, lambda: typer.echo("The backup is whole; nothing was changed."))
        return
    if not (user and second and why):
        wrong_use("A restore needs --user, --second and --why: two people agree to it and say why.", as_json)
    first = Proof2(user, read_password(f"Password for {user}", password_stdin))
    other = Proof2(second, read_password(f"Password for {second}", password_stdin))
    shared = NewShared(target, database_owner) if isinstance(target, SharedDatabase) else None
    asked = Asked(backup_folder, first, other, why, shared)
    done = restore_backup(place, asked, clock=SystemClock(), keys=keys, tell=say)
    facts |= {"restored": True, "incarnation": done.incarnation, "kept_aside": str(done.aside) if done.aside else None}
    answer(facts, as_json, lambda: _tell_restored(place.root, done))


def _tell_restored(root: Path, done: RestoredHere) -> None:
    typer.echo(f"The log of {root} is restored (incarnation {done.incarnation}).")
    if done.aside:
        say(f"The replaced database is kept in {done.aside}.")
    say("Close the program on every workstation and open it again, then run `injection-log verify`.")


def _named(database: str, origin: str, schema: str, images: Path | None) -> SharedDatabase | None:
    """The shared database that was named, in the schema of the backup's site where no other was."""
    from injection_log.log_place import schema_of_site

    if not database:
        return None
    return shared_of(database, "", schema or schema_of_site(origin.split("/")[2]), images).database
