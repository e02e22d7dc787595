"""Checks what events say of blinded reading: nothing changes after a lock, and a campaign keeps what it had fixed.

Knows only the replay so far and one event, in a package's log and in a site's. That the packages which came home are
those that are bound is `packages`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from injection_log.ledger.canonical import Json
from injection_log.verify.replay import Read, Replay
from injection_log.verify.report import Wrong

OUT, RETURNED = "package.", "returned."
"""Fields of a campaign begin so; the rest is the number of the package."""
_PACKAGE, _UNMASKED, _READERS = "package", "unmasked", "readers"


def check_reading(replay: Replay, event: Read) -> None:
    """Check an event of a reading, or of a campaign, against the log before it. Raises Wrong."""
    kind, _, name = event.subject.partition(":")
    fields = {change["field"]: change["new"] for change in event.changes}
    if kind in ("case", "read"):
        code = name.partition("/")[0]
        if fields and replay.of(f"case:{code}").get("state") == "locked":
            raise wrong_reading(event.sequence, f"changes the reading of {code} after it was locked")
    elif event.subject == "ledger:" and _PACKAGE in fields and replay.of("ledger:").get(_PACKAGE) is not None:
        raise wrong_reading(event.sequence, "changes what a reading package is")
    elif kind == "campaign":
        _check_campaign(replay.of(event.subject), fields, event.sequence)


def _check_campaign(before: Mapping[str, Json], fields: Mapping[str, Any], number: int) -> None:
    for field, said in fields.items():
        if field in before:
            raise wrong_reading(number, "changes what a campaign of reading had fixed")
        if field.startswith(RETURNED):
            out = before.get(OUT + field.removeprefix(RETURNED))
            if not isinstance(out, dict) or out.get("origin") != said["origin"] or said["events"] < out["events"]:
                raise wrong_reading(number, "takes a reading package home that was not given out")
        if field == _UNMASKED:
            _check_unmasking(before, said, number)


def _check_unmasking(before: Mapping[str, Json], said: Mapping[str, Any], number: int) -> None:
    """All packages that read are home, and both people signed for just these."""
    readers = before.get(_READERS)
    owed = [one["package"] for one in readers if one["task"] == "read"] if isinstance(readers, list) else []
    home = {field: one for field, one in before.items() if field.startswith(RETURNED)}
    if not owed or any(f"{RETURNED}{package}" not in home for package in owed):
        raise wrong_reading(number, "unmasks a reading that is not all home")
    text = str(said["agreement"]["text"])
    for field, one in home.items():
        line = f"Package {field.removeprefix(RETURNED)}: {one['events']} events, SHA-256 {one['events_sha256']}"  # type: ignore[index,call-overload]
        if line not in text.split("\n"):
            raise wrong_reading(number, "unmasks other packages than two people agreed to")


def wrong_reading(number: int, what: str) -> Wrong:
    """What ends a verification where an event about a reading does not hold; `what` follows "Event N"."""
    return Wrong(number, "reading", f"Event {number} {what}.")
