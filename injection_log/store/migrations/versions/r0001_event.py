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
    sequence {number} NOT NULL PRIMARY KEY CHECK (sequence >= 1),
    body {bytes} NULL CHECK (length(body) > 0),
    salt {bytes} NULL CHECK (length(salt) = 32),
    leaf {bytes} NOT NULL CHECK (length(leaf) = 32),
    previous {bytes} NOT NULL CHECK (length(previous) = 32),
    hash {bytes} NOT NULL CHECK (length(hash) = 32),
    CHECK ((body IS NULL) = (salt IS NULL))
){strict}""",
    """CREATE TABLE current_value (
    subject {text} NOT NULL,
    field {text} NOT NULL,
    value {text} NOT NULL,
    sequence {number} NOT NULL REFERENCES event (sequence),
    PRIMARY KEY (subject, field)
){strict_by_key}""",
    """CREATE TABLE credential (
    "user" {text} NOT NULL PRIMARY KEY,
    password_hash {text} NOT NULL,
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

# Statement triggers: nobody changes even no row. ALWAYS: also where a session calls itself a replica.
SERVER_TRIGGERS = (
    """CREATE FUNCTION event_stays() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN RAISE EXCEPTION 'an event of the log is never changed' USING ERRCODE = 'integrity_constraint_violation'; END
$body$""",
    """CREATE FUNCTION event_comes_next() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE
    last record;
BEGIN
    SELECT sequence, hash INTO last FROM event ORDER BY sequence DESC LIMIT 1;
    IF NEW.sequence <> coalesce(last.sequence, 0) + 1 OR NEW.previous <> coalesce(last.hash, NEW.previous) THEN
        RAISE EXCEPTION 'an event must follow the last one of the log'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$body$""",
    "CREATE TRIGGER event_never_updated BEFORE UPDATE ON event FOR EACH STATEMENT EXECUTE FUNCTION event_stays()",
    "CREATE TRIGGER event_never_deleted BEFORE DELETE OR TRUNCATE ON event"
    " FOR EACH STATEMENT EXECUTE FUNCTION event_stays()",
    "CREATE TRIGGER event_follows BEFORE INSERT ON event FOR EACH ROW EXECUTE FUNCTION event_comes_next()",
    "ALTER TABLE event ENABLE ALWAYS TRIGGER event_never_updated",
    "ALTER TABLE event ENABLE ALWAYS TRIGGER event_never_deleted",
    "ALTER TABLE event ENABLE ALWAYS TRIGGER event_follows",
)

WORDS = {
    "sqlite": {
        "bytes": "BLOB",
        "number": "INTEGER",
        "text": "TEXT",
        "strict": " STRICT",
        "strict_by_key": " STRICT, WITHOUT ROWID",
    },
    # The collation of bytes: subjects are in the same order in both, and a beginning is found by the index.
    "postgresql": {"bytes": "BYTEA", "number": "BIGINT", "text": 'TEXT COLLATE "C"', "strict": "", "strict_by_key": ""},
}
TRIGGERS = {"sqlite": SQLITE_TRIGGERS, "postgresql": SERVER_TRIGGERS}


def upgrade() -> None:
    dialect = op.get_bind().dialect.name
    for table in TABLES:
        op.execute(table.format(**WORDS[dialect]))
    for trigger in TRIGGERS[dialect]:
        op.execute(trigger)


def downgrade() -> None:
    raise NotImplementedError("A log is never taken back to an older schema; restore a backup instead.")
