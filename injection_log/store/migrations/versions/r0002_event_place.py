"""Where the events of one subject, kind or person are: a narrow projection, so that lists need no body.

No reference to the event, which would be looked up at every append: `verify` compares both. Filled from the bodies
that the log has; an event that was blanked has no place.
"""

from __future__ import annotations

from alembic import op

from injection_log.ledger.event import parse_body

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TABLE = """CREATE TABLE event_place (
    sequence {number} NOT NULL PRIMARY KEY,
    subject {text} NOT NULL,
    kind {text} NOT NULL,
    "user" {text} NOT NULL
){strict}"""

INDEXES = (
    "CREATE INDEX event_place_by_subject ON event_place (subject, sequence)",
    "CREATE INDEX event_place_by_kind ON event_place (kind, sequence)",
    'CREATE INDEX event_place_by_user ON event_place ("user", sequence)',
)

WORDS = {
    "sqlite": {"number": "INTEGER", "text": "TEXT", "strict": " STRICT"},
    "postgresql": {"number": "BIGINT", "text": 'TEXT COLLATE "C"', "strict": ""},
}
ROWS_AT_ONCE = 1_000


def upgrade() -> None:
    connection = op.get_bind()
    op.execute(TABLE.format(**WORDS[connection.dialect.name]))
    mark = "?" if connection.dialect.name == "sqlite" else "%s"
    read = f"SELECT sequence, body FROM event WHERE sequence > {mark} ORDER BY sequence LIMIT {ROWS_AT_ONCE}"
    write = f"INSERT INTO event_place VALUES ({', '.join([mark] * 4)})"
    last = 0
    while rows := connection.exec_driver_sql(read, (last,)).all():
        bodies = [(number, parse_body(body)) for number, body in rows if body is not None]
        places = [(number, body["subject"], body["kind"], body["user"]) for number, body in bodies]
        if places:
            connection.exec_driver_sql(write, places)
        last = rows[-1][0]
    for index in INDEXES:
        op.execute(index)


def downgrade() -> None:
    raise NotImplementedError("A log is never taken back to an older schema; restore a backup instead.")
