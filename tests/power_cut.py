"""What a power cut can leave of recorded work: everything that was synced, and a random, torn part of what was not.

Reads a recording of strace (`-xx -s 1000000`) of the real save path and replays it onto a copy of the folder it began
with. Content is kept by sectors of 512 bytes, names by folder; a file's sync does not make its name safe, a folder's
does. A write and the length it gives a file are taken as one.
"""

from __future__ import annotations

import random
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

SECTOR = 512
_LINE = re.compile(r"([a-z0-9]+)\((.*)\)\s+= (-?\d+)")
_TEXT = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')


@dataclass(frozen=True)
class Call:
    """One call that succeeded: name, its texts as bytes, its plain arguments, its answer."""

    name: str
    texts: tuple[bytes, ...]
    words: tuple[str, ...]
    answer: int


def read_recording(path: Path) -> list[Call]:
    """The calls of a recording that succeeded."""
    found = []
    for line in path.read_text().splitlines():
        match = _LINE.match(line)
        if match and int(match[3]) >= 0:
            texts = tuple(bytes.fromhex(text.replace("\\x", "")) for text in _TEXT.findall(match[2]))
            words = tuple(word.strip() for word in _TEXT.sub("T", match[2]).split(","))
            found.append(Call(match[1], texts, words, int(match[3])))
    return found


@dataclass
class Disk:
    """Content and names that are safe, and what is waiting: pieces of content by file, changes of names by folder."""

    root: Path
    open: dict[int, Path] = field(default_factory=dict)
    place: dict[int, int] = field(default_factory=dict)
    waiting: dict[Path, list[tuple[int, bytes]]] = field(default_factory=dict)
    names: dict[Path, list[tuple[str, Path]]] = field(default_factory=dict)
    nameless: dict[Path, list[tuple[int, bytes]]] = field(default_factory=dict)
    """Content that was synced before its name was: it is there as soon as the name is."""

    def apply(self, call: Call) -> None:
        """Take one call; a sync moves what waits to the disk."""
        if call.name == "openat":
            self._open(call)
        elif call.name in ("pwrite64", "write"):
            self._write(call)
        elif call.name in ("fsync", "fdatasync"):
            self._sync(self.open.get(int(call.words[0])))
        elif call.name == "unlink":
            path = Path(call.texts[0].decode())
            self.names.setdefault(path.parent, []).append(("gone", path))
        elif call.name != "writev":
            raise AssertionError(f"the recording has a {call.name}, which this replay does not know")

    def _open(self, call: Call) -> None:
        path = Path(call.texts[0].decode())
        self.open[call.answer], self.place[call.answer] = path, 0
        if "O_CREAT" in call.words[2] and not self._is_there(path):
            self.names.setdefault(path.parent, []).append(("made", path))
            self.waiting[path], self.nameless[path] = [], []

    def _is_there(self, path: Path) -> bool:
        changes = [what for what, one in self.names.get(path.parent, []) if one == path]
        return changes[-1] == "made" if changes else path.exists()

    def _write(self, call: Call) -> None:
        number = int(call.words[0])
        path = self.open.get(number)
        if path is None or not path.is_relative_to(self.root):
            return
        at = int(call.words[3]) if call.name == "pwrite64" else self.place[number]
        self.place[number] = at + call.answer
        self.waiting.setdefault(path, []).append((at, call.texts[0][: call.answer]))

    def _sync(self, path: Path | None) -> None:
        if path is None:
            return
        if path.is_dir():
            for change in self.names.pop(path, []):
                self._rename(*change)
        elif path.exists():
            _put(path, self.waiting.pop(path, []))
        else:
            self.nameless.setdefault(path, []).extend(self.waiting.pop(path, []))

    def _rename(self, what: str, path: Path) -> None:
        if what == "gone":
            path.unlink(missing_ok=True)
        else:
            path.touch(mode=0o600)
            _put(path, self.nameless.pop(path, []))

    def cut(self, chance: random.Random) -> None:
        """The power goes: of everything that waits, a random part is on the disk."""
        for changes in self.names.values():
            for change in changes:
                if chance.random() < 0.5:
                    self._rename(*change)
        for path, pieces in self.waiting.items():
            if path.exists():
                _put(path, [piece for piece in _torn(pieces) if chance.random() < 0.5])


def _torn(pieces: list[tuple[int, bytes]]) -> Iterator[tuple[int, bytes]]:
    """Each piece cut at the borders of sectors."""
    for at, content in pieces:
        start = 0
        while start < len(content):
            end = min(len(content), start + SECTOR - (at + start) % SECTOR)
            yield at + start, content[start:end]
            start = end


def _put(path: Path, pieces: list[tuple[int, bytes]]) -> None:
    with path.open("r+b") as file:
        for at, content in pieces:
            file.seek(at)
            file.write(content)



@dataclass(frozen=True)
class Recording:
    """Calls, the folder they were made in, a copy of it from before them, and the files that were open already."""

    calls: list[Call]
    root: Path
    began: Path
    opened: dict[int, Path]


def leave(recording: Recording, at: int, chance: random.Random) -> list[str]:
    """Make the folder what a cut after `at` calls leaves of it; the acknowledgements before the cut."""
    shutil.rmtree(recording.root, ignore_errors=True)
    shutil.copytree(recording.began, recording.root)
    disk, told = Disk(recording.root, dict(recording.opened)), []
    for call in recording.calls[:at]:
        disk.apply(call)
        if call.name == "writev":
            told.append(call.texts[0].decode().strip())
    disk.cut(chance)
    return [line for line in told if line.startswith(("saved", "signed"))]
