"""Where a log is: in a file of its folder, or in a shared PostgreSQL database that a small file there names.

    HOME/ledger/database.toml
    url = "postgresql://injlog@db.hospital.example/trial?sslmode=verify-full"
    schema = "site_01"
    images = "/srv/injection-log/images"     # left out where each workstation keeps its own pictures

A password is never in it: libpq's own ways give it (a password file, a service file, a client certificate). Opens no
database and imports no driver.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from injection_log.home_place import PlaceRefused
from injection_log.private_files import fresh_file, name_finished, sync_file

PLACE = "database.toml"
"""The file that names a shared database, in the folder where the log would be."""
DATABASE = "ledger.sqlite3"
"""The file name of a log that is in its folder."""
_SCHEMES = ("postgresql", "postgres")
_SCHEMA = re.compile(r"[a-z_][a-z0-9_]{0,62}")
_SECRETS = {"password", "sslpassword", "scram_client_key", "scram_server_key", "oauth_client_secret"}


@dataclass(frozen=True)
class SharedDatabase:
    """A schema of a PostgreSQL database. `url` is libpq's, without a password; `images` a folder that all
    workstations of the site reach, empty where each has its own. Raises PlaceRefused.
    """

    url: str
    schema: str
    images: str = ""

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        if parts.scheme not in _SCHEMES or not self.url.isprintable() or "'" in self.url:
            raise PlaceRefused(
                "A shared database is named as postgresql://user@host/database; check the address and try again."
            )
        if parts.password is not None or _SECRETS & {name for name, _ in parse_qsl(parts.query)}:
            raise PlaceRefused(
                "A password does not belong in the address of the database; put it into libpq's password file"
                " (~/.pgpass), and give the address without it."
            )
        if not (self.images + " ").isprintable() or "'" in self.images:
            raise PlaceRefused("The folder of shared images has a character in its name that cannot be kept.")
        if not _SCHEMA.fullmatch(self.schema) or self.schema.startswith("pg_"):
            raise PlaceRefused(
                "The schema of a site has small letters, digits and underscores only; choose another with --schema."
            )

    @property
    def words(self) -> str:
        """Where it is, for a message: server and database, nothing of the query."""
        parts = urlsplit(self.url)
        return f"{parts.hostname or 'the database server'}{parts.path}, schema {self.schema}"


@dataclass(frozen=True)
class Names:
    """What a log is called in its origin: the study and the site."""

    study: str
    site: str


@dataclass(frozen=True)
class NewShared:
    """Where a shared log is to be made, and the database user that is to own its tables (empty: the same user)."""

    database: SharedDatabase
    owner: str = ""


Place = Path | SharedDatabase
"""The folder of a log in a file, or its shared database."""


def schema_of_site(site: str) -> str:
    """The schema that a site gets when none is chosen: `site_` and its name in small letters."""
    return "site_" + re.sub(r"[^a-z0-9]", "_", site.lower())[:58]


def place_of(folder: Path) -> Place:
    """Where the log of a ledger folder is. Raises PlaceRefused, OSError."""
    path = folder / PLACE
    try:
        value = tomllib.loads(path.read_text(encoding="utf-8"))
        if (folder / DATABASE).exists():
            raise PlaceRefused(
                f"{folder} has a log of its own and names a shared one; take {DATABASE} or {PLACE} out of it."
            )
        return SharedDatabase(str(value["url"]), str(value["schema"]), str(value.get("images", "")))
    except FileNotFoundError:
        return folder
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, KeyError) as error:
        raise PlaceRefused(
            f"{path} does not name a database; write url and schema into it, or join the database anew."
        ) from error


def keep_place(folder: Path, database: SharedDatabase) -> None:
    """Write which database the log of this folder is in, once, whole. Raises PlaceRefused, OSError."""
    path = folder / PLACE
    if (folder / DATABASE).exists():
        raise PlaceRefused(f"{folder} has a log of its own; a shared one needs a new home.")
    fresh = fresh_file(path)
    try:
        # Literal TOML texts: nothing in them has an apostrophe.
        lines = [f"url = '{database.url}'", f"schema = '{database.schema}'"]
        lines += [f"images = '{database.images}'"] if database.images else []
        fresh.write_text("\n".join(lines) + "\n", encoding="utf-8")
        sync_file(fresh)
        if not name_finished(fresh, path) and place_of(folder) != database:
            raise PlaceRefused(f"{path} names another database already; a log is never exchanged for another.")
    finally:
        fresh.unlink(missing_ok=True)
