"""A workstation joins a shared log, or brings one up for all: what is done to a shared log besides making and using it.

Opens the log once with all its checks before the home names it. Makes no log, and gives no right.
"""

from __future__ import annotations

from injection_log.clock import Clock
from injection_log.home import Home
from injection_log.home_place import PlaceRefused
from injection_log.keys import KeyFolder
from injection_log.log_place import SharedDatabase, keep_place, place_of
from injection_log.store.batch import Writer
from injection_log.store.ledger_store import Ledger
from injection_log.store.opening import check_start, open_database
from injection_log.store.revisions import HEAD
from injection_log.store.server import make_server_engine


def join_shared(home: Home, database: SharedDatabase, clock: Clock, keys: KeyFolder) -> str:
    """Let `home` work in a shared log that is there; answer its origin. Raises LedgerMissing and other leaves."""
    engine, identity, _ = open_database(database)
    engine.dispose()
    home.make()
    keep_place(home.ledger_folder, database)
    Ledger.open(home.ledger_folder, clock=clock, keys=keys).close()
    return identity.origin


def upgrade_shared(home: Home, owner: str, clock: Clock, keys: KeyFolder) -> str:
    """Upgrade the shared log of `home` as the owner of its tables; answer the revision it has now."""
    from injection_log.store.upgrading import upgrade_log  # Alembic is slow to import

    database = place_of(home.ledger_folder)
    if not isinstance(database, SharedDatabase):
        raise PlaceRefused(f"The log of {home.root} is a file; it is upgraded when it is opened.")
    worker, identity, revision = open_database(database)
    worker.dispose()
    engine = make_server_engine(database, user=owner)
    try:
        head = check_start(engine, identity.origin, keys)
        if revision != HEAD:
            upgrade_log(database, engine, Writer(identity.origin, clock, keys, keys.workstation()), head)
    finally:
        engine.dispose()
    return HEAD
