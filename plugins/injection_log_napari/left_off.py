"""Where a person left a visit, kept on this workstation beside the log, so that reopening it goes on there.

It is no record: a step, a picture by the beginning of its digest and a frame, under a digest of log, person and visit.
No id of a participant, person or picture stands in it. A file that cannot be read or written keeps nobody from working.
"""
from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import cast

from injection_log.private_files import fresh_file
from injection_log_napari.presenters.left_at import LeftAt
from injection_log_napari.presenters.next_act import STEPS, Step

MOST = 200
"""Visits that are remembered; the one that was left longest ago goes first."""
_DIGITS = 16


def key_of(*names: str) -> str:
    """The name under which a visit is kept: log, person, participant and visit, as one digest."""
    return hashlib.sha256("\n".join(names).encode()).hexdigest()[: 2 * _DIGITS]


def read_place(path: Path, key: str, digests: dict[str, str]) -> LeftAt | None:
    """Where a visit was left, None where that is not known; `digests` are those of its pictures' files, by UID."""
    kept = _read(path).get(key)
    if not isinstance(kept, list) or len(kept) != 3:
        return None
    step, picture, frame = kept
    if step not in STEPS or type(frame) is not int or frame < 0:
        return None
    uid = next((uid for uid, digest in digests.items() if picture and digest.startswith(str(picture))), "")
    return LeftAt(cast(Step, step), uid, frame if uid else 0)


def keep_place(path: Path, key: str, place: LeftAt, digests: dict[str, str]) -> None:
    """Keep where a visit is left; the file is whole at every moment."""
    places = {name: kept for name, kept in _read(path).items() if name != key}
    places[key] = [place.step, digests.get(place.uid, "")[:_DIGITS], place.frame]
    newest = dict(list(places.items())[-MOST:])
    try:
        fresh = fresh_file(path)
        try:
            fresh.write_text(json.dumps(newest), "ascii")
            fresh.replace(path)
        except OSError:
            fresh.unlink(missing_ok=True)
    except OSError:
        return


def _read(path: Path) -> dict[str, object]:
    try:
        found = json.loads(path.read_text("ascii"))
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
