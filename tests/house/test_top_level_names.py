"""No other installed package may bring a folder of the same name: pip lets the later one win, silently."""

from __future__ import annotations

import sys
from importlib.metadata import packages_distributions
from pathlib import Path

from tools.top_level_names import clashes
from tools.wheel_tree import read_layout

REPOSITORY = Path(__file__).resolve().parents[2]


def test_no_installed_package_has_one_of_our_names() -> None:
    names = read_layout(REPOSITORY).roots
    assert len(names) == 5
    assert clashes(names, packages_distributions(), sys.stdlib_module_names) == []


def test_a_name_that_two_distributions_bring_is_named_with_the_other_one() -> None:
    owners = {"annotate": ["injection-log", "some-annotator"], "numpy": ["numpy"]}
    assert clashes(["annotate", "statistics"], owners, frozenset({"statistics"})) == [
        "top-level name annotate is also brought by: some-annotator",
        "top-level name statistics is also brought by: Python's standard library",
    ]
