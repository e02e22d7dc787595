"""Where the log is kept: the only place for SQLAlchemy and Alembic. Importing this package imports neither."""
