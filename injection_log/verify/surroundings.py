"""Checks what lies around the events: projection, credentials, schema, image files, SQLite's file, high-
water mark.

All of it is compared with what the replay of the log amounts to. Reads files and the snapshot; writes
nothing.
"""

from __future__ import annotations

import re
from hashlib import file_digest
from pathlib import Path

import orjson

from injection_log.high_water import HighWater
from injection_log.people.credential import credential_sha256
from injection_log.store.revisions import HEAD, difference, schema_sha256
from injection_log.store.snapshot import Snapshot
from injection_log.verify.replay import Replay
from injection_log.verify.report import Wrong

_SHA256 = re.compile(r"[0-9a-f]{64}")

COPIED_FROM_SERVER = {"0002": "b654b2ea31f660a6d863828d25c4bfc7c97a61ce5eb21147f15a1bf2b3b079f1"}
"""By revision, the hash of a shared database's schema: what the last checkpoint recorded in a backup of one, whose
rows are in a file. The tables as they stand were compared with the pinned ones before. A test makes it again.
"""


def check_projection(replay: Replay, snapshot: Snapshot) -> None:
    """Compare the table of current values with the replay, in both directions. Raises Wrong."""
    owed = dict(replay.set_by)
    for subject, field, value, sequence in snapshot.values():
        number = owed.pop((str(subject), str(field)), None)
        if number is None:
            raise Wrong(_as_number(sequence), "projection", f"{_value(subject, field)} is in no event of the log.")
        replayed = orjson.dumps(replay.values[str(subject)][str(field)], option=orjson.OPT_SORT_KEYS).decode("utf-8")
        if value != replayed or sequence != number:
            raise Wrong(
                number, "projection", f"{_value(subject, field)} is not the one that event {number} gave it."
            )
    for (subject, field), number in owed.items():
        raise Wrong(number, "projection", f"{_value(subject, field)} is missing.")


def check_places(replay: Replay, snapshot: Snapshot) -> None:
    """Compare the table of where events are with the replay, in both directions. Raises Wrong."""
    owed = dict(replay.places)
    for sequence, *place in snapshot.places():
        number = _as_number(sequence)
        if tuple(place) != owed.pop(number, None):
            raise Wrong(number, "projection", f"The place of event {number} is not what the event says.")
    for number in owed:
        raise Wrong(number, "projection", f"The place of event {number} is missing.")


def check_credentials(replay: Replay, snapshot: Snapshot) -> None:
    """Compare the table of secrets with the digests that the log keeps of it. Raises Wrong."""
    owed = {
        key.removeprefix("user:"): values["credential_sha256"]
        for key, values in replay.values.items()
        if key.startswith("user:") and "credential_sha256" in values
    }
    for user, password_hash, sealed_key in snapshot.credentials():
        number = replay.set_by.get((f"user:{user}", "credential_sha256"), 0)
        sealed = sealed_key if isinstance(sealed_key, bytes) else b""
        if credential_sha256(str(password_hash), sealed) != owed.pop(str(user), None):
            raise Wrong(number, "credential", f"The stored password or key of the user {user} was changed.")
    for user in owed:
        number = replay.set_by[f"user:{user}", "credential_sha256"]
        raise Wrong(number, "credential", f"The stored password and key of the user {user} are missing.")


def check_schema(replay: Replay, snapshot: Snapshot) -> None:
    """Compare tables and triggers with what the migrations make and the last checkpoint recorded. Raises Wrong."""
    rows, revisions = snapshot.schema(), snapshot.revisions()
    changed = difference(rows, ", ".join(revisions), snapshot.known_schemas())
    if changed is not None:
        raise Wrong(0, "schema", f"The database is not as this program made it: {changed}.")
    if revisions != [HEAD]:
        raise Wrong(0, "schema", "The database was made by another version of the program.")
    recorded = {schema_sha256(rows), COPIED_FROM_SERVER.get(HEAD, "")}
    if replay.checkpoint is not None and replay.checkpoint_schema not in recorded:
        raise Wrong(0, "schema", "The tables of the database are not those that the last checkpoint recorded.")


def check_integrity(snapshot: Snapshot) -> None:
    """Ask SQLite about its own file. Raises Wrong."""
    said = snapshot.integrity()
    if said != "ok":
        raise Wrong(0, "database", f"SQLite finds its own file damaged, though every event in it holds: {said}.")


def check_images(replay: Replay, folder: Path) -> None:
    """Hash every image file that the log names. Raises Wrong."""
    for name, number in replay.images.items():
        if not _SHA256.fullmatch(name):
            raise Wrong(number, "image", f"The digest of an image in event {number} is not one.")
        path = folder / name[:2] / name
        try:
            with path.open("rb") as file:
                digest = file_digest(file, "sha256").hexdigest()
        except OSError:
            raise Wrong(number, "image", f"The image file of event {number}, {name}, is missing.") from None
        if digest != name:
            raise Wrong(number, "image", f"The image file of event {number}, {name}, was changed.")


def check_mark(replay: Replay, mark: HighWater | None) -> None:
    """Compare the end of the log with what this workstation has seen of it. Raises Wrong."""
    if mark is not None and mark.size > replay.last:
        raise Wrong(
            replay.last + 1,
            "high-water mark",
            f"The log ends at event {replay.last}, but this workstation has seen event {mark.size}:"
            " the end was cut off, or this is an older copy.",
        )


def check_seen(replay: Replay, mark: HighWater | None) -> None:
    """Compare the event at the high-water mark with the one this workstation saw. Raises Wrong."""
    if mark is not None and mark.size == replay.last and mark.hash != replay.last_hash.hex():
        raise Wrong(
            replay.last,
            "high-water mark",
            f"Event {replay.last} is not the one this workstation has seen: the log was rewritten, or it is"
            " another copy.",
        )


def _value(subject: object, field: object) -> str:
    return f"The current value of {field} of {subject}"


def _as_number(value: object) -> int:
    return value if isinstance(value, int) else 0
