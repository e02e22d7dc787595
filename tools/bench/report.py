"""Writes docs/benchmarks.md: the figures of every group, the machine they were measured on, and the versions.

Keeps what each group last measured beside the stamps of the Makefile, so that one group can be measured again by
itself; the report says of each group when that was.
"""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from tools.bench.measuring import Figure

REPORT = Path("docs/benchmarks.md")
KEPT = Path(".stamps/bench")
PACKAGES = ("numpy", "opencv-python-headless", "imagecodecs", "pydicom", "pynetdicom", "napari", "PySide6-Essentials")
PROGRAMS = {"Orthanc": ["Orthanc", "--version"], "DCMTK": ["dcmdump", "--version"]}

_HEAD = """# Benchmarks

Written by `make bench` (one group: `make bench B=pixels`); every figure is a ratio to a peer or to a floor that was
timed in the same run, in turns. The median of the pairs stands first, the lowest and highest behind it. Seconds are
left out: they say more about the machine than about the program. *missed* means that the bound was asked for and does
not hold here. Help from the picture has no peer: it is measured in degrees, millimetres and shares against pictures
whose truth is known, and in milliseconds, as a window must not wait.
"""


def keep(group: str, title: str, figures: list[Figure]) -> None:
    """Remember what a group measured just now."""
    KEPT.mkdir(parents=True, exist_ok=True)
    kept = {
        "title": title,
        "day": datetime.now(UTC).date().isoformat(),
        "machine": machine(),
        "figures": [figure.to_json() for figure in figures],
    }
    (KEPT / f"{group}.json").write_text(json.dumps(kept), encoding="utf-8")


def write(groups: list[str]) -> Path:
    """Write the report from what the groups last measured; a group that was never measured says so."""
    parts = [_HEAD]
    for group in groups:
        kept = KEPT / f"{group}.json"
        parts.append(_section(json.loads(kept.read_text(encoding="utf-8"))) if kept.exists() else _unmeasured(group))
    REPORT.write_text("\n".join(parts), encoding="utf-8")
    return REPORT


def machine() -> str:
    """Processor, cores, memory, system and versions in one paragraph."""
    memory_gb = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    found = [
        f"{_processor()}, {os.cpu_count()} cores, {memory_gb:.0f} GB, {platform.system()} {platform.release()}",
        f"Python {platform.python_version()}",
        *(f"{name} {version(name)}" for name in PACKAGES),
        *(f"{name} {_program_version(command)}" for name, command in PROGRAMS.items()),
    ]
    return "; ".join(found) + "."


def _section(kept: dict[str, Any]) -> str:
    rows = ["| figure | measured | against | asked | |", "|---|---|---|---|---|"]
    rows += [_row(Figure(**figure)) for figure in kept["figures"]]
    return "\n".join([f"## {kept['title']}", "", f"{kept['day']}: {kept['machine']}", "", *rows, ""])


def _row(figure: Figure) -> str:
    judged = {True: "holds", False: "**missed**", None: ""}[figure.met]
    last = "; ".join(word for word in (judged, figure.note) if word)
    return f"| {figure.name} | {figure.value} | {figure.anchor} | {figure.bound} | {last} |"


def _unmeasured(group: str) -> str:
    return f"## {group}\n\nNot measured on this machine yet.\n"


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.machine())


def _program_version(command: list[str]) -> str:
    if shutil.which(command[0]) is None:
        return "not installed"
    said = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    words = said.replace(":", " ").split()
    return next((word.lstrip("v") for word in words if word.lstrip("v")[:1].isdigit()), "unknown")
