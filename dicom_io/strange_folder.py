"""The files of a folder that somebody brought: plain files only, and a word for each thing that is none.

A stick may hold links that lead into this machine, pipes that never end, devices, and folders within folders
without an end. Links are not followed, nothing is opened here, and nothing of a DICOMDIR is believed: the
files themselves are looked at, one by one, by the gate.
"""
from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path

from dicom_io.strange_names import shown_name

MOST_FILES = 20_000
"""More than any study has; a whole disk chosen by mistake is told after a moment, not after a night."""
_MOST_DEEP = 64
LINK = "This is a link to another place, not a file; copy the file itself into the folder."
NO_FILE = "This is a pipe, a device or a socket, not a file; it is left out."
NO_FOLDER = "This folder cannot be read; check that you may read it."
TOO_DEEP = "This folder lies too deep in others; import it by itself."
TOO_MANY = f"There are more than {MOST_FILES:,} files here; import the folder of the study by itself."


@dataclass(frozen=True)
class FolderContent:
    """The plain files in the order of their paths; what is none of them as (name made safe to show, why)."""

    files: tuple[Path, ...]
    left_out: tuple[tuple[str, str], ...]


def content_of(folder: Path) -> FolderContent:
    """Everything in a folder, to the bottom. Never raises: what cannot be read is among what is left out."""
    files: list[Path] = []
    left_out: list[tuple[str, str]] = []
    waiting = [(folder, 0)]
    while waiting:
        here, depth = waiting.pop()
        entries = _entries(here)
        if entries is None or depth > _MOST_DEEP:
            left_out.append((shown_name(here.name), NO_FOLDER if entries is None else TOO_DEEP))
            continue
        for path, mode in entries:
            if stat.S_ISDIR(mode):
                waiting.append((path, depth + 1))
            elif stat.S_ISREG(mode):
                files.append(path)
            else:
                left_out.append((shown_name(path.name), LINK if stat.S_ISLNK(mode) else NO_FILE))
        if len(files) + len(left_out) + len(waiting) > MOST_FILES:
            left_out.append((shown_name(folder.name), TOO_MANY))
            break
    return FolderContent(tuple(sorted(files)[:MOST_FILES]), tuple(sorted(left_out)[:MOST_FILES]))


def _entries(folder: Path) -> list[tuple[Path, int]] | None:
    """What lies in one folder, each with its own mode (that of a link is the link's); None where it cannot be read."""
    found: list[tuple[Path, int]] = []
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                found.append((Path(entry.path), entry.stat(follow_symlinks=False).st_mode))
                if len(found) > MOST_FILES:
                    break
    except OSError:
        return None
    return found
