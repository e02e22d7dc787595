"""The real window killed while it is driven: at most the act in progress is gone, and it opens where it was."""
from __future__ import annotations

import os
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path

import pytest
from driven_window import OWN, at_work, make_home
from killing import kill_at_random
from opened_window import rewritten

from injection_log.home import Home
from injection_log.record.undone import ACT_REDONE, ACT_UNDONE, number_of
from injection_log.verify import verify

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals of POSIX systems")

DRIVEN = """
import pathlib
import injection_log_napari.views.main_window, dicom_io.frames, dicom_io.reading, injection_log_napari.canvas.qt_canvas
from driven_window import Driven

def work(number, ready):
    driven = Driven(pathlib.Path(sys.argv[2]), int(sys.argv[3]) + number)
    ready()
    driven.drive()
"""
LONGEST_S = 2.0


def killed(home: Path, kills: int, seed: int) -> list[list[str]]:
    """What each window said before it was killed; a last one is opened and killed to see where it lands."""
    return kill_at_random(DRIVEN, kills + 1, LONGEST_S, [home, seed], seed)


def landed(rounds: list[list[str]]) -> Iterable[tuple[str, str, bool]]:
    """For each kill: where the last finished act was, where the next window opened, and whether an act was going on."""
    for before, after in pairwise(rounds):
        places = [line for line in before if line.startswith(("at ", "opened "))]
        opened = next(line for line in after if line.startswith("opened "))
        yield places[-1].partition(" ")[2], opened.partition(" ")[2], before[-1].startswith(("going", "saved"))


def check(home: Path, rounds: list[list[str]]) -> tuple[int, int]:
    """Assert that nothing said is lost; how many acts were said, and how many were in the log unsaid."""
    session = at_work(home)
    stored = {event.sequence: event for event in session.site.ledger.events() if event.kind in OWN}
    session.site.ledger.close()
    said = [tuple(line.split()[1:]) for lines in rounds for line in lines if line.startswith("saved")]
    assert [(number, kind) for number, kind in said if stored[int(number)].kind != kind] == []
    assert len(stored) - len(said) <= len(rounds)
    named = [number_of(event) for event in stored.values() if event.kind in (ACT_UNDONE, ACT_REDONE)]
    assert set(named) <= set(stored)
    assert verify(Home(home)).ok
    for left, opened, in_progress in landed(rounds):
        assert opened == left or in_progress
    return len(said), len(stored) - len(said)


@pytest.fixture
def home(tmp_path: Path, phantom_visit) -> Path:
    """A visit with two stills."""
    files = sorted(phantom_visit.visits[0].files, key=lambda path: path.stat().st_size)
    make_home(tmp_path / "home", rewritten(files[:2], tmp_path / "pictures", lambda _: None))
    return tmp_path / "home"


def test_a_window_killed_at_random_moments_loses_at_most_the_act_in_progress(app, home: Path) -> None:
    said, _ = check(home, killed(home, 5, seed=11))
    assert said > 3


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_soak_of_a_window_killed_at_twenty_random_moments(app, home: Path) -> None:
    said, unsaid = check(home, killed(home, 20, seed=12))
    print(f"\n20 kills of the window: {said} acts said saved and none lost, {unsaid} more in the log")  # noqa: T201
