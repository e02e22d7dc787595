"""`HOME/readings`: the logs of reading packages that came home, an export each, and how they are carried along.

They lie beside the log that binds them, in a home, a backup and an export alike. What holds is checked by `verify`.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from injection_log.private_files import make_private_folder, sync_file, sync_folder

READINGS = "readings"


def readings_folder(root: Path) -> Path:
    """The folder of a home, a backup or an export that keeps the logs of packages."""
    return root / READINGS


def bring_readings(source: Path, target: Path) -> None:
    """Copy the logs that one root keeps and the other does not have, each whole or not at all. Raises OSError."""
    there = readings_folder(source)
    for package in sorted(there.iterdir()) if there.is_dir() else ():
        to = readings_folder(target) / package.name
        if package.name.startswith(".") or to.exists():
            continue
        make_private_folder(to.parent)
        fresh = to.with_name(f".{to.name}.new")
        shutil.rmtree(fresh, ignore_errors=True)
        make_private_folder(fresh)
        for path in sorted(package.iterdir()):
            shutil.copyfile(path, fresh / path.name)
            (fresh / path.name).chmod(0o600)
            sync_file(fresh / path.name)
        fresh.rename(to)
        sync_folder(to.parent)
