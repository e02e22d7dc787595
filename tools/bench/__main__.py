"""`python -m tools.bench [GROUP ...]`: measures, prints each figure as it is found, writes docs/benchmarks.md.

Each group runs in a process of its own: memory peaks and warm caches of one say nothing about the next.
"""

from __future__ import annotations

import importlib
import subprocess
import sys
import tempfile
from pathlib import Path

from tools.bench import report

GROUPS = {
    "assist": "Help from the picture",
    "ledger": "Keeping the log",
    "pixels": "Frames and clips",
    "pull": "Fetching a study",
    "search": "Talking to a PACS",
    "start": "The start",
    "verify": "Checking the log",
}
"""Module of this package, and its heading in the report."""

ONE = "--one"


def main(words: list[str]) -> int:
    """0 when every group ran; what a group missed is in the report, not in the exit code."""
    if words[:1] == [ONE]:
        return _measure(words[1])
    unknown = [word for word in words if word not in GROUPS]
    if unknown:
        print(f"There is no group {unknown[0]}; choose from {', '.join(GROUPS)}.")
        return 2
    failed = [group for group in words or GROUPS if _in_its_own_process(group) != 0]
    print(f"Written: {report.write(list(GROUPS))}")
    if failed:
        print(f"Not measured, see above: {', '.join(failed)}")
    return 1 if failed else 0


def _in_its_own_process(group: str) -> int:
    print(f"{GROUPS[group]} ({group})", flush=True)
    return subprocess.run([sys.executable, "-m", "tools.bench", ONE, group], check=False).returncode


def _measure(group: str) -> int:
    module = importlib.import_module(f"tools.bench.{group}")
    with tempfile.TemporaryDirectory(prefix="bench-") as work:
        figures = module.figures(Path(work))
    for figure in figures:
        judged = {True: "holds", False: "MISSED", None: ""}[figure.met]
        print(f"  {figure.name}: {figure.value} of {figure.anchor} {figure.bound} {judged}".rstrip())
    report.keep(group, GROUPS[group], figures)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
