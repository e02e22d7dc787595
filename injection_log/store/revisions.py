"""Which schemas this program knows: the revision Alembic writes, and the hash of the schema it makes in SQLite.

Standard library only, because `verify` reads it without SQLAlchemy. A test makes every revision and compares.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256

HEAD = "0001"
SCHEMA_SHA256 = {
    "0001": "2c6cef0b73c3a8fc1a5bf173801be29be923e313010d35dc8a1577abd2a3555b",
}

SCHEMA_QUERY = "SELECT type, name, tbl_name, coalesce(sql, '') FROM sqlite_schema ORDER BY type, name"
"""Everything that is in a SQLite schema: tables, indexes, triggers and views, with their exact SQL."""


def schema_sha256(rows: Iterable[tuple[str, str, str, str]]) -> str:
    """Hash what SCHEMA_QUERY gives: hex SHA-256 over length-prefixed texts."""
    digest = sha256()
    for row in rows:
        for text in row:
            data = text.encode("utf-8")
            digest.update(len(data).to_bytes(8, "big") + data)
    return digest.hexdigest()
