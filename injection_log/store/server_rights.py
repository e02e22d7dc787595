"""Who may do what in the schema of a shared log: the owner makes the tables, the program's user adds to them.

The user that the program works with can add events and read them, and nothing else; what is rebuilt from them
(current values, places) and the credentials it has to change. Makes no user: that is for whoever looks after the
server (docs/shared-database.md).
"""

from __future__ import annotations

from sqlalchemy import Connection

RIGHTS = {
    "event": "SELECT, INSERT",
    "event_place": "SELECT, INSERT",
    "current_value": "SELECT, INSERT, UPDATE, DELETE",
    "credential": "SELECT, INSERT, UPDATE",
    "alembic_version": "SELECT",
}
"""What the program's user may do with each table."""


def make_schema(connection: Connection, name: str) -> None:
    """Make the schema where it is not there; the name is one that `SharedDatabase` allows."""
    there = connection.exec_driver_sql("SELECT to_regnamespace(%s) IS NOT NULL", (name,)).scalar()
    if not there:  # IF NOT EXISTS would ask for the right to make schemas even where one was made for this user
        connection.exec_driver_sql(f'CREATE SCHEMA "{name}"')


def grant(connection: Connection, schema: str, worker: str) -> None:
    """Give the program's user its rights; one that owns the tables has them already."""
    if connection.exec_driver_sql("SELECT current_user").scalar() == worker:
        return
    connection.exec_driver_sql(f'GRANT USAGE ON SCHEMA "{schema}" TO {_quoted(worker)}')
    for table, rights in RIGHTS.items():
        connection.exec_driver_sql(f"GRANT {rights} ON {table} TO {_quoted(worker)}")


def grant_again(connection: Connection, schema: str) -> None:
    """Give everyone who may add events the rights on tables that an upgrade has made."""
    for worker in workers_of(connection):
        grant(connection, schema, worker)


def workers_of(connection: Connection) -> tuple[str, ...]:
    """The users that may add events, without the owner of the table."""
    asked = (
        "SELECT DISTINCT pg_get_userbyid(acl.grantee) FROM pg_class, aclexplode(relacl) AS acl"
        " WHERE pg_class.oid = 'event'::regclass AND acl.privilege_type = 'INSERT' AND acl.grantee <> 0"
        " AND acl.grantee <> relowner"
    )
    return tuple(str(name) for name in connection.exec_driver_sql(asked).scalars())


def _quoted(name: str) -> str:
    escaped = name.replace('"', '""').replace("%", "%%")
    return f'"{escaped}"'
