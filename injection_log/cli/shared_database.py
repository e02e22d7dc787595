"""`join` and `upgrade-shared`, and the options with which `setup` makes a log in a shared PostgreSQL database."""
from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from injection_log.cli.answers import say, wrong_use
from injection_log.cli.options import HomeOption

if TYPE_CHECKING:
    from injection_log.log_place import NewShared

DatabaseOption = Annotated[
    str, typer.Option(help="postgresql://user@host/database of a shared log; without a password (see ~/.pgpass).")
]
OwnerOption = Annotated[str, typer.Option(help="The database user that owns the tables; work is done by the other.")]
SchemaOption = Annotated[str, typer.Option(help="The schema of this site; site_NAME when it is left out.")]
SharedImagesOption = Annotated[
    Path | None, typer.Option("--images", help="A folder of images that all workstations of the site reach.")
]


def add_shared_commands(app: typer.Typer) -> None:
    """Join the commands to the program's own."""
    app.command("join")(join)
    app.command("upgrade-shared")(upgrade_shared_log)


def shared_of(database: str, owner: str, schema: str, images: Path | None) -> NewShared:
    """What the options name. Raises PlaceRefused."""
    from injection_log.log_place import NewShared, SharedDatabase

    folder = "" if images is None else str(images.expanduser().absolute())
    return NewShared(SharedDatabase(database, schema, folder), owner)


def join(
    database: DatabaseOption,
    schema: SchemaOption = "",
    site: Annotated[str, typer.Option(help="Short name of the site, as it was set up.")] = "",
    images: SharedImagesOption = None,
    home: HomeOption = None,
) -> None:
    """Let this workstation work in a shared log that is set up already."""
    from injection_log.clock import SystemClock
    from injection_log.home import Home
    from injection_log.keys import KeyFolder
    from injection_log.log_place import SharedDatabase, schema_of_site
    from injection_log.store.joining import join_shared

    place = Home.locate(home)
    if place.has_ledger():
        wrong_use(f"There is a log in {place.root} already; a shared one needs a home of its own.")
    if not schema and not site:
        wrong_use("Say which site of the database it is, with --site or --schema.")
    folder = "" if images is None else str(images.expanduser().absolute())
    shared = SharedDatabase(database, schema or schema_of_site(site), folder)
    origin = join_shared(place, shared, SystemClock(), KeyFolder.default())
    say(f"{place.root} now works in {shared.words}.")
    say(f"The log's origin is {origin}: compare it with the trial's papers.")
    say("Bring the site's keys over before the first pull: `injection-log keys export` there, `keys import` here.")


def upgrade_shared_log(
    database_owner: Annotated[str, typer.Option(help="The database user that owns the tables.")],
    home: HomeOption = None,
) -> None:
    """Bring a shared log of an older version up to this one; make a backup before."""
    from injection_log.clock import SystemClock
    from injection_log.home import Home
    from injection_log.keys import KeyFolder
    from injection_log.store.joining import upgrade_shared

    place = Home.locate(home)
    if not place.is_shared():
        wrong_use(f"The log of {place.root} is not in a shared database; it is upgraded when it is opened.")
    revision = upgrade_shared(place, database_owner, SystemClock(), KeyFolder.default())
    say(f"The log is at revision {revision}.")
