"""A program that restores a log again and again, killed at random moments: the log opens and verifies afterwards."""

from __future__ import annotations

import time
from collections.abc import Callable

from kept_site import Kept
from killing import kill_at_random

from injection_log.acts.backups import Backup
from injection_log.verify import verify

_RESTORER = """
from pathlib import Path
from kept_site import proof
from injection_log.acts.restoring import Asked, restore_backup
from injection_log.clock import SystemClock
from injection_log.home import Home
from injection_log.keys import KeyFolder
from injection_log.log_place import NewShared, place_of
from injection_log.backup_folder import check_backup

home, owner = Home(Path(sys.argv[2])), sys.argv[4]
check_backup(Path(sys.argv[3]))  # what is imported late is imported once, before the fork
if owner:
    from injection_log.store import restore_server, upgrade

def work(number, ready):
    ready()
    shared = NewShared(place_of(home.ledger_folder), owner) if owner else None
    asked = Asked(Path(sys.argv[3]), proof("pia"), proof("dagny"), "the disk broke", shared)
    while True:
        done = restore_backup(home, asked, clock=SystemClock(), keys=KeyFolder.default())
        os.write(1, b"%d\\n" % done.incarnation)
"""


def killed_restores(
    kept: Kept, backup: Backup, restore: Callable[[Kept, Backup], object], rounds: tuple[int, int], owner: str = ""
) -> int:
    """Restore once with `restore`, then be killed at it; the incarnation at the end. `rounds` are kills and seed.

    `owner` is the owner of a shared database, "" for a file.
    """
    kills, seed = rounds
    began = time.monotonic()
    restore(kept, backup)
    longest = 4 * (time.monotonic() - began)  # most rounds bring one to its end, and none ends with it
    heard = kill_at_random(_RESTORER, kills, longest, [kept.home.root, backup.folder, owner], seed)
    told = [int(line) for lines in heard for line in lines]
    assert told == sorted(set(told))
    report = verify(kept.home, keys=kept.site.keys)
    assert report.ok, report.first_wrong
    kept.reopen()
    kept.note("goes on")
    reached = int(kept.site.ledger.values("ledger:")["incarnation"])
    assert reached >= max(told, default=2)
    return reached
