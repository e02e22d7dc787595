"""The tables as queries see them. The database itself is made by the migrations alone; a test holds the
two together.

Only Integer, Text and LargeBinary: the three types that SQLite's STRICT tables and PostgreSQL both have.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Integer, LargeBinary, MetaData, Table, Text

metadata = MetaData()
_NUMBER = Integer().with_variant(BigInteger(), "postgresql")

event = Table(
    "event",
    metadata,
    Column("sequence", _NUMBER, primary_key=True, autoincrement=False),
    Column("body", LargeBinary),
    Column("salt", LargeBinary),
    Column("leaf", LargeBinary, nullable=False),
    Column("previous", LargeBinary, nullable=False),
    Column("hash", LargeBinary, nullable=False),
)
"""The log: one row an event, never changed. Body and salt are both there or (blanked) both missing."""

event_place = Table(
    "event_place",
    metadata,
    Column("sequence", _NUMBER, primary_key=True, autoincrement=False),
    Column("subject", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("user", Text, nullable=False),
)
"""A projection: subject key, kind and user of each event whose body is there, for lists that need no body."""

current_value = Table(
    "current_value",
    metadata,
    Column("subject", Text, primary_key=True),
    Column("field", Text, primary_key=True),
    Column("value", Text, nullable=False),
    Column("sequence", _NUMBER, nullable=False),
)
"""A projection: the last value of each field, as canonical JSON, and the event that set it."""

credential = Table(
    "credential",
    metadata,
    Column("user", Text, primary_key=True),
    Column("password_hash", Text, nullable=False),
    Column("sealed_key", LargeBinary, nullable=False),
)
"""What a password is checked against and the signing key sealed by it: secrets, so not in the log."""
