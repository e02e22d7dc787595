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

SERVER_SCHEMA_QUERY = """
WITH here AS (SELECT current_schema()::text AS place, current_schema()::text::regnamespace::oid AS oid),
found (type, name, tbl_name, sql) AS (
    SELECT CASE c.relkind WHEN 'r' THEN 'table' WHEN 'v' THEN 'view' WHEN 'i' THEN 'index' ELSE 'relation' END,
        c.relname::text, coalesce(i.indrelid::regclass::text, c.relname::text),
        CASE c.relkind WHEN 'v' THEN pg_get_viewdef(c.oid)
            WHEN 'i' THEN pg_get_indexdef(c.oid) || CASE WHEN i.indisvalid THEN '' ELSE ' INVALID' END
            ELSE concat_ws(' ', c.relkind, c.relpersistence, c.relrowsecurity, (
                SELECT count(*) FROM pg_trigger t
                WHERE t.tgrelid = c.oid AND t.tgisinternal AND t.tgenabled = 'D')) || (
                SELECT string_agg(concat_ws(' ', ',', a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
                    a.attcollation::regcollation, a.attgenerated, a.attidentity, pg_get_expr(d.adbin, d.adrelid)),
                    '' ORDER BY a.attnum)
                FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
                WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped)
        END
    FROM here, pg_class c LEFT JOIN pg_index i ON i.indexrelid = c.oid
    WHERE c.relnamespace = here.oid AND c.relkind <> 't'
    UNION ALL
    SELECT 'constraint', k.conname::text, k.conrelid::regclass::text,
        pg_get_constraintdef(k.oid) || CASE WHEN k.convalidated THEN '' ELSE ' INVALID' END
    FROM here, pg_constraint k WHERE k.connamespace = here.oid AND k.contype <> 'n'
    UNION ALL
    SELECT 'trigger', t.tgname::text, t.tgrelid::regclass::text,
        concat_ws(' ', pg_get_triggerdef(t.oid), t.tgenabled)
    FROM here, pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
    WHERE c.relnamespace = here.oid AND NOT t.tgisinternal
    UNION ALL
    SELECT 'function', p.proname::text, '', pg_get_functiondef(p.oid)
    FROM here, pg_proc p WHERE p.pronamespace = here.oid AND p.prokind IN ('f', 'p')
    UNION ALL
    SELECT 'rule', r.rulename::text, r.ev_class::regclass::text, pg_get_ruledef(r.oid)
    FROM here, pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class
    WHERE c.relnamespace = here.oid AND c.relkind <> 'v'
    UNION ALL
    SELECT 'policy', q.polname::text, q.polrelid::regclass::text,
        concat_ws(' ', q.polcmd, q.polpermissive, pg_get_expr(q.polqual, q.polrelid))
    FROM here, pg_policy q JOIN pg_class c ON c.oid = q.polrelid WHERE c.relnamespace = here.oid
)
SELECT type, name, tbl_name, replace(sql, quote_ident(here.place) || '.', '') AS sql FROM found, here
ORDER BY type COLLATE "C", name COLLATE "C", tbl_name COLLATE "C"
"""
"""The same for one schema of a PostgreSQL database, whatever the schema is called; who may do what is not in it."""

Objects = dict[str, dict[str, str]]

_FIRST = {
    "index sqlite_autoindex_alembic_version_1": "6a66d12d16b34f0a362f2ce2037342fd",
    "table alembic_version": "8acda593b95fd83908ba6388b2514216",
    "table credential": "1ecc06ff898fb34751137e09cd2a0b56",
    "table current_value": "3006df0973c479892dad4109c07ab675",
    "table event": "6c7da2a0641320674472d6bf23330d7a",
    "trigger event_follows": "59e7c05abbf0c63376c6f575b9a7e09e",
    "trigger event_never_deleted": "6e17a90f6168a664851b5feb87ba3bbb",
    "trigger event_never_updated": "c850df401f458f1907debd43f6b6d785",
}
OBJECTS: Objects = {
    "0001": _FIRST,
    "0002": {
        **_FIRST,
        "index event_place_by_kind": "f368f3eb3b153148c2321b65bc4e3150",
        "index event_place_by_subject": "8863029f331d1aca1962d1e630fe417c",
        "index event_place_by_user": "0fa2e890faf72348d40c9954bba40cb4",
        "table event_place": "55230a6360b6f0213ccbb137235a307c",
    },
}
"""By revision: each object as "type name", with the first 16 bytes of the SHA-256 of its row in hex."""

_FIRST_ON_SERVER = {
    "constraint alembic_version_pkey": "310466bffe1ad01bb6faa5d0b454f9c6",
    "constraint credential_pkey": "12bf958d345eb194b47e4fd56d430e59",
    "constraint current_value_pkey": "5916927fc483146c6f047e7b1f501ce7",
    "constraint current_value_sequence_fkey": "37951e4ce6ccc0a02aecb1b5d15dc9e4",
    "constraint event_body_check": "b8a4a6092009124de3b0405062fe01e9",
    "constraint event_check": "f2194fe019fb3ba4d1a424f1f35b2025",
    "constraint event_hash_check": "071c9674b20a45cdc9d2a63983cd6b6c",
    "constraint event_leaf_check": "6129d32168655ec8d5b8e18c07c0e8b1",
    "constraint event_pkey": "3675794424fd11207ac4d9ca31a8a5bf",
    "constraint event_previous_check": "117175ba92feff994a8ed98011cda38b",
    "constraint event_salt_check": "41bf5d6e039446e794c67a34b12e1da8",
    "constraint event_sequence_check": "297707c7d8cd2f8edf0998b45b55a1d6",
    "function event_comes_next": "7d2c0e34e32c476eba1d2a89011a932d",
    "function event_stays": "46faf62ce0b522b9c05677d84b7999f6",
    "index alembic_version_pkey": "f7acdcbaa8d399f15d31ebcc70537980",
    "index credential_pkey": "5f34c9bfaeb7c00bfded108d5460b65b",
    "index current_value_pkey": "7160a933bcdb84f1bcfee5ed429cf30b",
    "index event_pkey": "211f35d5c85b0c7819d90e339e8d37dc",
    "table alembic_version": "55709337fc2e461147917431cfe2a44a",
    "table credential": "77ffd9f698c48a599fce2e4bbc2925c4",
    "table current_value": "c375f29ce21c8590c4af2ffb4a76c732",
    "table event": "ccf98cc18e021c9ee276db3dffbf1ff7",
    "trigger event_follows": "0e7129b1ebce63bfece23719ffa20f61",
    "trigger event_never_deleted": "6dc89793d54285192bdcbbf8defb9b80",
    "trigger event_never_updated": "68cbb03b3721d797286b9b12368c0f4a",
}
SERVER_OBJECTS: Objects = {
    "0001": _FIRST_ON_SERVER,
    "0002": {
        **_FIRST_ON_SERVER,
        "constraint event_place_pkey": "44b1130e4c6e31fd2f75e83197d46552",
        "index event_place_by_kind": "65da0c51f3067cb7b0c5d7eb342309b2",
        "index event_place_by_subject": "baee3b64a66bfa28cf359e22075a2869",
        "index event_place_by_user": "21cca1e537d931693434972ea9828ad7",
        "index event_place_pkey": "ef3b629d74ae98681faa0575436e15ac",
        "table event_place": "a021396a7e2dbe19834c4dabd3964a95",
    },
}
"""The same of a schema in PostgreSQL."""


def object_digests(rows: Sequence[SchemaRow]) -> dict[str, str]:
    """Each object of a schema as in OBJECTS."""
    return {f"{row[0]} {row[1]}": _digest(row)[:32] for row in rows}


def schema_sha256(rows: Sequence[SchemaRow]) -> str:
    """One hash over a whole schema, in the order of SCHEMA_QUERY: what a checkpoint event carries, hex."""
    return _digest([_digest(row) for row in rows])


def difference(rows: Sequence[SchemaRow], revision: str, known: Objects = OBJECTS) -> str | None:
    """Say in words what differs from the schema of a revision, or None. `known`: OBJECTS or SERVER_OBJECTS."""
    expected, found = known.get(revision), object_digests(rows)
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
