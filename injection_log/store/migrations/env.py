"""Runs the migrations on the connection, and in the transaction, that the program hands over."""

from __future__ import annotations

from alembic import context

from injection_log.store.schema import metadata

connection = context.config.attributes["connection"]
strict = " STRICT" if connection.dialect.name == "sqlite" else ""
# Alembic would make its own table with a loose type; ours has one exact text in every version of Alembic.
connection.exec_driver_sql(
    f"CREATE TABLE IF NOT EXISTS alembic_version (version_num TEXT NOT NULL PRIMARY KEY){strict}"
)
context.configure(connection=connection, target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
