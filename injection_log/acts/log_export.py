"""The export of the whole log for an inspector: an event with a checkpoint, then the files up to that checkpoint.

What the files are is in `injection_log.verify.export`. Pictures are not part of it; the sheet and table are elsewhere.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from injection_log.acts.writing import require
from injection_log.clock import to_text
from injection_log.errors import InjectionLogError, Refused
from injection_log.ledger.event import Change, EventDraft, Subject
from injection_log.private_files import make_private_folder
from injection_log.readings_folder import bring_readings
from injection_log.store.snapshot import open_snapshot
from injection_log.verify.export import write_export

if TYPE_CHECKING:
    from injection_log.site import Session

_LEDGER = Subject("ledger")
_FIELD = "last_log_export"


def export_log(session: Session, out: Path) -> tuple[Path, ...]:
    """Write the export into the new or empty folder `out`, and answer its files. Raises Refused, InjectionLogError.

    The event comes before the files, so that the export contains it; one that the disk then refuses is in the log too.
    Logs of reading packages that came home go along, below `readings`.
    """
    require(session, "export_log")
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise Refused("out_not_empty", f"{out} is not an empty folder; choose a new one with --out.")
    site = session.site
    now = to_text(site.clock.now())
    change = Change(_FIELD, site.ledger.values(_LEDGER.key).get(_FIELD), {"exported_at": now})
    draft = EventDraft("LogExported", _LEDGER, (change,))
    site.ledger.append(session.actor, [draft], protocol=site.protocol.sha256, checkpoint=True)
    try:
        make_private_folder(out, chosen_by_person=True)
        with open_snapshot(site.home.ledger_folder) as snapshot:
            names = write_export(snapshot, out, exported_at=now)
        bring_readings(site.home.root, out)
    except OSError as error:
        raise InjectionLogError(
            f"The export could not be written to {out} ({error.strerror}); choose another folder with --out."
        ) from error
    return tuple(out / name for name in names)
