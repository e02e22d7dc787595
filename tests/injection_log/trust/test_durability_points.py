"""Saving and signing, stopped at each single call that changes the disk: killed there, or told that the disk failed.

After a kill the log opens, verifies and has every acknowledged act. After an error the act is refused in words and
nothing is half there; without restart the same act is done again once the disk works.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from saving import home_at, new_site, what_is_left
from tracing import Nursery

from injection_log.keys import KeyFolder

ERRORS = ("ENOSPC", "EIO")
REFUSED = ("disk_full", "ledger_unreachable", "ledger_read_only", "key_store_failed", "outcome_unknown")


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    made = Nursery()
    yield made
    made.close()


class Points:
    """Every point of one act, each taken on a fresh copy of the same home."""

    def __init__(self, nursery: Nursery, folder: Path, what: str) -> None:
        self.keys = KeyFolder.default()
        self._nursery, self._folder, self._what = nursery, folder, what
        self._template = folder / "template"
        new_site(home_at(self._template), visits=2)
        shutil.copytree(self.keys.root, folder / "keys")
        self.all = nursery.points(what, self._fresh(), folder / "counted")

    def run(self, call: str, number: int, what: str) -> list[str]:
        """Stop at the `number`th of these calls; what the child said. The home is `self.home` afterwards."""
        self.home = self._fresh()
        return self._nursery.run(self._what, self.home, "-e", f"inject={call}:{what}:when={number}")

    def behind_the_unlink(self) -> tuple[str, int]:
        """Where the journal is gone, which is what commits, and the folder that says so is not synced yet."""
        return self._nursery.behind_the_unlink(self._what, self._fresh(), self._folder / "traced")

    @property
    def acts(self) -> int:
        """How many acts the log had before."""
        return self._nursery.acts

    def _fresh(self) -> Path:
        home = self._folder / "home"
        shutil.rmtree(home, ignore_errors=True)
        shutil.rmtree(self.keys.root)
        shutil.copytree(self._template, home)
        shutil.copytree(self._folder / "keys", self.keys.root)
        return home


def killing(points: Points, every_write: int) -> int:
    """Kill at every sync, unlink, open and short write, and at every `every_write`th page write; how many points."""
    assert points.all["pwrite64"] > 10
    assert points.all["fdatasync"] > 3
    assert points.all["unlink"] >= 1
    done = 0
    for call, times in points.all.items():
        for number in range(1, times + 1, every_write if call == "pwrite64" else 1):
            said = points.run(call, number, "signal=KILL")
            left = what_is_left(home_at(points.home), [line for line in said if line.startswith(("saved", "signed"))])
            assert (left.lost, left.wrong) == ((), ""), f"killed at {call} number {number}: {said}"
            done += 1
    return done


@pytest.mark.parametrize("what", ["save", "sign"])
def test_killed_at_calls_that_change_the_disk_nothing_acknowledged_is_lost(
    nursery: Nursery, tmp_path: Path, what: str
) -> None:
    assert killing(Points(nursery, tmp_path, what), every_write=8) > 20


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("what", ["save", "sign"])
def test_soak_of_kills_at_each_call_that_changes_the_disk(nursery: Nursery, tmp_path: Path, what: str) -> None:
    done = killing(Points(nursery, tmp_path, what), every_write=1)
    print(f"\n{what}: killed at each of {done} calls that change the disk, 0 lost, 0 half-written")  # noqa: T201


def failed_at(points: Points, call: str, number: int, error: str) -> str:
    """Let one call fail; what the person was told first: "saved", "signed", or the code of the refusal."""
    said = points.run(call, number, f"error={error}")
    where = f"{error} at {call} number {number}: {said}"
    acknowledged = [line for line in said if line.startswith(("saved", "signed"))]
    left = what_is_left(home_at(points.home), acknowledged)
    assert (left.lost, left.wrong) == ((), ""), where
    assert "again" in said, where
    assert said[-1].startswith("saved"), where  # work goes on without restart
    first = said[0].split()
    if first[0] == "refused":
        assert first[1] in REFUSED, where
        assert "saved" in said[0] or "check" in said[0], where  # the sentence says what became of the act
        stands = int(said[said.index("again") + 1].split()[1]) > points.acts
        assert not stands or "not known" in said[0], where  # nobody is told that nothing was saved where it was
    return first[1] if first[0] == "refused" else first[0]


def failing(points: Points, error: str, every: int) -> Counter[str]:
    """Let every `every`th call fail, and the last of each kind; how often the person was told what."""
    told: Counter[str] = Counter()
    for call, times in points.all.items():
        for number in range(1, times + 1):
            if number % every == 0 or number == times:
                told[failed_at(points, call, number, error)] += 1
    return told


@pytest.mark.parametrize("what", ["save", "sign"])
def test_a_disk_that_fails_when_the_act_stands_already_is_told_as_not_known(
    nursery: Nursery, tmp_path: Path, what: str
) -> None:
    points = Points(nursery, tmp_path, what)
    call, number = points.behind_the_unlink()
    said = points.run(call, number, "error=EIO")
    assert said[0].startswith("refused outcome_unknown")
    assert "not known; check the disk, then look at the record before you do it again" in said[0]
    assert said[1:3] == ["again", f"acts {points.acts + 1}"]  # it stands, and the next look at the log shows it
    left = what_is_left(home_at(points.home), [line for line in said if line.startswith(("saved", "signed"))])
    assert (left.lost, left.wrong) == ((), "")


@pytest.mark.parametrize(("what", "error"), [("save", "ENOSPC"), ("sign", "EIO")])
def test_a_disk_that_fails_is_told_and_work_goes_on_without_restart(
    nursery: Nursery, tmp_path: Path, what: str, error: str
) -> None:
    told = failing(Points(nursery, tmp_path, what), error, every=12)
    # A failing look at the record is written down later and stops nobody: the other half of the calls are the act's.
    assert told["disk_full" if error == "ENOSPC" else "ledger_unreachable"] >= 2, told
    assert 2 * (told["saved"] + told["signed"]) <= told.total(), told


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("what", ["save", "sign"])
@pytest.mark.parametrize("error", ERRORS)
def test_soak_of_a_disk_that_fails_at_every_call(nursery: Nursery, tmp_path: Path, what: str, error: str) -> None:
    told = failing(Points(nursery, tmp_path, what), error, every=1)
    print(f"\n{what}, {error} at each of {told.total()} calls: {dict(told)}, 0 lost, 0 half-written")  # noqa: T201
