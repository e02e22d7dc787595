"""The schema, step by step: the only source of it. Run by `injection_log.store.upgrade`, without an alembic.ini."""
