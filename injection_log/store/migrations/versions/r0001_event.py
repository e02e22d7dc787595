"""The log, its projection and the credentials.

Written as SQL, not as SQLAlchemy tables: SQLite keeps the exact text, `verify` hashes it, and a newer
SQLAlchemy that writes the same table with other blanks must not look like a changed schema.
"""

from __future__ import annotations

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TABLES = (
    """CREATE TABLE event (
    sequence INTEGER NOT NULL PRIMARY KEY CHECK (sequence >= 1),
    body {bytes} NULL CHECK (length(body) > 0),
    salt {bytes} NULL CHECK (length(salt) = 32),
    leaf {bytes} NOT NULL CHECK (length(leaf) = 32),
    previous {bytes} NOT NULL CHECK (length(previous) = 32),
    hash {bytes} NOT NULL CHECK (length(hash) = 32),
    CHECK ((body IS NULL) = (salt IS NULL))
){strict}""",
    """CREATE TABLE current_value (
    subject TEXT NOT NULL,
    field TEXT NOT NULL,
    value TEXT NOT NULL,
    sequence INTEGER NOT NULL REFERENCES event (sequence),
    PRIMARY KEY (subject, field)
){strict_by_key}""",
    """CREATE TABLE credential (
    "user" TEXT NOT NULL PRIMARY KEY,
    password_hash TEXT NOT NULL,
    sealed_key {bytes} NOT NULL
){strict_by_key}""",
)

# They stop accidents and careless tools; against someone who owns the file only the hashes and checkpoints
# help.
# `event_follows` also stops INSERT OR REPLACE, which would delete a row without any DELETE trigger.
SQLITE_TRIGGERS = (
    """CREATE TRIGGER event_never_updated BEFORE UPDATE ON event
BEGIN SELECT RAISE(ABORT, 'an event of the log is never changed'); END""",
    """CREATE TRIGGER event_never_deleted BEFORE DELETE ON event
BEGIN SELECT RAISE(ABORT, 'an event of the log is never deleted'); END""",
    """CREATE TRIGGER event_follows BEFORE INSERT ON event
WHEN NEW.sequence IS NOT (SELECT coalesce(max(sequence), 0) + 1 FROM event)
  OR NEW.previous IS NOT coalesce((SELECT hash FROM event WHERE sequence = NEW.sequence - 1), NEW.previous)
BEGIN SELECT RAISE(ABORT, 'an event must follow the last one of the log'); END""",
)

WORDS = {
    "sqlite": {"bytes": "BLOB", "strict": " STRICT", "strict_by_key": " STRICT, WITHOUT ROWID"},
    "postgresql": {"bytes": "BYTEA", "strict": "", "strict_by_key": ""},
}


def upgrade() -> None:
    dialect = op.get_bind().dialect.name
    for table in TABLES:
        op.execute(table.format(**WORDS[dialect]))
    if dialect == "sqlite":
        for trigger in SQLITE_TRIGGERS:
            op.execute(trigger)


def downgrade() -> None:
    raise NotImplementedError("A log is never taken back to an older schema; restore a backup instead.")
