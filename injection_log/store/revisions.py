"""Which schemas this program knows: the revision Alembic writes, and what it makes in SQLite.

Standard library only, because `verify` reads it without SQLAlchemy. A test makes each revision and compares.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

HEAD = "0002"

SchemaRow = tuple[str, str, str, str]
"""Type, name, table and exact SQL of one object of a SQLite schema."""

SCHEMA_QUERY = "SELECT type, name, tbl_name, coalesce(sql, '') FROM sqlite_schema ORDER BY type, name"
"""Everything that is in a SQLite schema: tables, indexes, triggers and views."""

SERVER_SCHEMA_QUERY = ""

OBJECTS: dict[str, dict[str, str]] = {
    "0001": {
        "index sqlite_autoindex_alembic_version_1": "6a66d12d16b34f0a362f2ce2037342fd",
        "table alembic_version": "8acda593b95fd83908ba6388b2514216",
        "table credential": "1ecc06ff898fb34751137e09cd2a0b56",
        "table current_value": "3006df0973c479892dad4109c07ab675",
        "table event": "6c7da2a0641320674472d6bf23330d7a",
        "trigger event_follows": "59e7c05abbf0c63376c6f575b9a7e09e",
        "trigger event_never_deleted": "6e17a90f6168a664851b5feb87ba3bbb",
        "trigger event_never_updated": "c850df401f458f1907debd43f6b6d785",
    },
    "0002": {
        "index event_place_by_kind": "f368f3eb3b153148c2321b65bc4e3150",
        "index event_place_by_subject": "8863029f331d1aca1962d1e630fe417c",
        "index event_place_by_user": "0fa2e890faf72348d40c9954bba40cb4",
        "index sqlite_autoindex_alembic_version_1": "6a66d12d16b34f0a362f2ce2037342fd",
        "table alembic_version": "8acda593b95fd83908ba6388b2514216",
        "table credential": "1ecc06ff898fb34751137e09cd2a0b56",
        "table current_value": "3006df0973c479892dad4109c07ab675",
        "table event": "6c7da2a0641320674472d6bf23330d7a",
        "table event_place": "f6b0ab62ee601ae142cff74fd5783bd7",
        "trigger event_follows": "59e7c05abbf0c63376c6f575b9a7e09e",
        "trigger event_never_deleted": "6e17a90f6168a664851b5feb87ba3bbb",
        "trigger event_never_updated": "c850df401f458f1907debd43f6b6d785",
    },
}
"""By revision: each object as "type name", with the first 16 bytes of the SHA-256 of its row in hex."""


def object_digests(rows: Sequence[SchemaRow]) -> dict[str, str]:
    """Each object of a schema as in OBJECTS."""
    return {f"{row[0]} {row[1]}": _digest(row)[:32] for row in rows}


def schema_sha256(rows: Sequence[SchemaRow]) -> str:
    """One hash over a whole schema, in the order of SCHEMA_QUERY: what a checkpoint event carries, hex."""
    return _digest([_digest(row) for row in rows])


def difference(rows: Sequence[SchemaRow], revision: str) -> str | None:
    """Say in words what differs from the schema of a revision, or None."""
    expected, found = OBJECTS.get(revision), object_digests(rows)
    if expected is None:
        return f"its version {revision!r} is not known to this program"
    for name in sorted(expected.keys() | found.keys()):
        if name not in found:
            return f"the {name} is missing"
        if name not in expected:
            return f"the {name} was added"
        if found[name] != expected[name]:
            return f"the {name} was changed"
    return None


def _digest(texts: Sequence[str]) -> str:
    digest = sha256()
    for text in texts:
        data = text.encode("utf-8")
        digest.update(len(data).to_bytes(8, "big") + data)
    return digest.hexdigest()
