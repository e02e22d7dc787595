"""A pull on the command line without log-in: recorded as such, joined to no participant."""
from __future__ import annotations

from typing import TYPE_CHECKING

from injection_log.ledger.event import Change, EventDraft, Json, Subject
from injection_log.site import NOBODY, Site

if TYPE_CHECKING:
    from dicom_io.pacs.pull import PullResult
    from injection_log.home import Home


def record_anonymous_pull(home: Home, study_uid: str, result: PullResult) -> bool:
    """Write the event of a pull that nobody logged in for; False when this home has no log to write it in.

    The pictures are in the image folder but join a visit only when somebody who is logged in links their study.
    """
    if not home.has_ledger():
        return False
    site = Site.open(home)
    try:
        study = Subject("study", id=study_uid)
        before = site.ledger.values(study.key).get("pulled_without_log_in")
        pulled: dict[str, Json] = {
            "asked": len(result.asked), "missing": sorted(result.missing),
            "kept": sorted(one.sha256 for one in result.kept),
        }
        draft = EventDraft("StudyPulledWithoutLogIn", study, (Change("pulled_without_log_in", before, pulled),))
        site.ledger.append(NOBODY, [draft], protocol=site.protocol.sha256)
    finally:
        site.ledger.close()
    return True
