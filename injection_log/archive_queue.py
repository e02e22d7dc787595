"""What waits for a research archive: files in HOME/archive with a note beside each, until the archive has accepted it.

Survives a restart and a power cut: a file is on the disk before its note, and the note goes before the file. Sends
nothing and decides nothing; only coded copies and reports come in here.
"""
from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from injection_log.errors import InjectionLogError
from injection_log.private_files import fresh_file, make_private_folder, sync_file, sync_folder
from injection_log.record.copies import object_at

_NOTE, _FILE = ".json", ".dcm"


@dataclass(frozen=True)
class Waiting:
    """One object for one archive. `tries` were made so far; `why` is what the last one ended with, "" before any.

    `name` is the file's name as it was given; times are as the log writes them, in UTC.
    """

    sha256: str
    to: str
    name: str
    what: str
    participant: str
    visit: str
    queued_at: str
    calling_aet: str = ""
    token_file: str = ""
    tries: int = 0
    tried_at: str = ""
    why: str = ""

    @property
    def key(self) -> str:
        """The name of its two files."""
        return object_at(self.sha256, self.to)


@dataclass(frozen=True)
class ArchiveQueue:
    """The folder of what waits."""

    folder: Path

    def add(self, waiting: Waiting, data: bytes) -> bool:
        """Keep a file and its note; False where it waits for this archive already. Raises OSError."""
        make_private_folder(self.folder)
        if self._note(waiting).exists():
            return False
        self._write(self.file(waiting), data)
        self._write(self._note(waiting), _spelled(waiting))
        return True

    def file(self, waiting: Waiting) -> Path:
        """Where the object itself lies."""
        return self.folder / (waiting.key + _FILE)

    def waiting(self) -> tuple[Waiting, ...]:
        """All that waits, oldest first. Raises InjectionLogError for a note that is none."""
        return tuple(sorted(self._notes(), key=lambda one: (one.queued_at, one.name, one.to)))

    def tried(self, waiting: Waiting, at: str, why: str) -> Waiting:
        """Note a try that failed. Raises OSError."""
        noted = replace(waiting, tries=waiting.tries + 1, tried_at=at, why=why)
        self._write(self._note(noted), _spelled(noted))
        return noted

    def done(self, waiting: Waiting) -> None:
        """Take out what the archive has accepted, or what is not to be sent any more. Raises OSError."""
        self._note(waiting).unlink(missing_ok=True)
        self.file(waiting).unlink(missing_ok=True)
        sync_folder(self.folder)

    def _note(self, waiting: Waiting) -> Path:
        return self.folder / (waiting.key + _NOTE)

    def _notes(self) -> Iterator[Waiting]:
        for path in sorted(self.folder.glob(f"*{_NOTE}")) if self.folder.is_dir() else ():
            try:
                yield Waiting(**json.loads(path.read_text("utf-8")))
            except (OSError, ValueError, TypeError) as error:
                raise InjectionLogError(
                    f"{path} is no note of the archive's queue; move it away with its .dcm file and send those again."
                ) from error

    def _write(self, path: Path, data: bytes) -> None:
        fresh = fresh_file(path)
        try:
            fresh.write_bytes(data)
            sync_file(fresh)
            os.replace(fresh, path)
            sync_folder(path.parent)
        finally:
            fresh.unlink(missing_ok=True)


def _spelled(waiting: Waiting) -> bytes:
    return json.dumps(asdict(waiting), indent=1, ensure_ascii=False).encode("utf-8")
