"""Looks whether another installed distribution brings a top-level name of ours: the later install would win.

It sees what is installed here, which with the lock is everything a workstation gets; it asks no index about
packages that nobody installed.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from importlib.metadata import packages_distributions

from tools.wheel_tree import REPOSITORY, read_layout

OURS = "injection-log"


def clashes(names: Iterable[str], owners: Mapping[str, Iterable[str]], standard: frozenset[str]) -> list[str]:
    """One sentence per name that `owners` (name -> distributions) or the standard library has too."""
    sentences = []
    for name in sorted(names):
        others = sorted(set(owners.get(name, ())) - {OURS})
        if name in standard:
            others.append("Python's standard library")
        if others:
            sentences.append(f"top-level name {name} is also brought by: {', '.join(others)}")
    return sentences


def main() -> int:
    """Entry point of `python -m tools.top_level_names`."""
    wrong = clashes(read_layout(REPOSITORY).roots, packages_distributions(), sys.stdlib_module_names)
    sys.stderr.writelines(f"{sentence}\n" for sentence in wrong)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
