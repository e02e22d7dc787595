"""Runs the migrations. Imported only where a database is made or upgraded: Alembic takes long to import.

The caller owns the transaction, so that a killed migration leaves the old schema or the new one.
"""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

from injection_log.store.revisions import HEAD


def upgrade(connection: Connection, revision: str = HEAD) -> None:
    """Bring the database behind `connection` to `revision`, inside its open transaction."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, revision)
