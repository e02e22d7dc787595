"""SIGKILL at random moments of work through the real save path: nothing acknowledged is lost, nothing is half there."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from killing import kill_at_random
from saving import Left, at_work, home_at, new_site, save, what_is_left

from injection_log.home import Home

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals of POSIX systems")

AT_WORK = """
from saving import at_work, home_at, save, sign_next
from injection_log.acts import signing
from injection_log.verify import verify
verify(home_at(sys.argv[2]))  # what is imported late is imported once, before the fork

def work(number, ready):
    session = at_work(home_at(sys.argv[2]))
    ready()
    signing_now = number % 4 == 3
    count = 0
    while True:
        count += 1
        if not (signing_now and sign_next(session)):
            save(session, f"remark {number} of {count}")
"""


def longest_work(home: Home) -> float:
    """Seconds after which a child is killed at the latest: some acts of this machine as it is now."""
    session = at_work(home)
    began = time.monotonic()
    for number in range(5):
        save(session, f"remark {number} before all kills")
    return max(0.06, (time.monotonic() - began) / 5 * 4)


def killed(home: Path, kills: int, seed: int) -> tuple[Left, list[str]]:
    """Work, be killed, work on; what is left at the end, and everything that was acknowledged."""
    new_site(home_at(home), visits=8)
    rounds = kill_at_random(AT_WORK, kills, longest_work(home_at(home)), [home], seed)
    acknowledged = [line for lines in rounds for line in lines]
    return what_is_left(home_at(home), acknowledged), acknowledged


def test_two_hundred_kills_at_random_moments_lose_no_acknowledged_act(tmp_path: Path) -> None:
    left, acknowledged = killed(tmp_path / "home", 200, seed=1)
    assert left.lost == ()
    assert left.wrong == ""
    assert sum(line.startswith("saved") for line in acknowledged) > 100
    assert sum(line.startswith("signed") for line in acknowledged) > 5


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_soak_of_a_thousand_kills_at_random_moments(tmp_path: Path) -> None:
    left, acknowledged = killed(tmp_path / "home", 1000, seed=2)
    print(  # noqa: T201  # long forms say their counts
        f"\n1000 kills, {len(acknowledged)} acknowledged acts, {len(left.lost)} lost, {left.events} events,"
        f" verify: {left.wrong or 'holds'}"
    )
    assert left == Left((), "", left.events)
