"""Power cuts in the real save path: its calls recorded, and random torn parts of what was not synced replayed."""

from __future__ import annotations

import os
import random
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from power_cut import Recording, leave, read_recording
from saving import home_at, new_site, what_is_left
from tracing import CALLS, Nursery

from injection_log.keys import KeyFolder


class Recorded:
    """A save, a signature and a save again, as calls, and the folder they began with (home and keys)."""

    def __init__(self, folder: Path) -> None:
        self.root, self.began = folder / "all", folder / "began"
        os.environ["INJECTION_LOG_KEYS"] = str(self.root / "keys")  # of this test alone: the fixture puts it back
        self.keys = KeyFolder(self.root / "keys")
        new_site(home_at(self.root / "home"), visits=2)
        nursery = Nursery()
        nursery.on_ready = lambda: shutil.copytree(self.root, self.began)
        try:
            options = ("-xx", "-s", "1000000", "-e", f"trace={','.join(CALLS)},writev")
            nursery.run("sign", self.root / "home", *options, out=folder / "calls")
        finally:
            nursery.close()
        self.all = Recording(read_recording(folder / "calls"), self.root, self.began, nursery.opened)

    def cut(self, seed: int) -> int:
        """Cut the power somewhere, and look at what is left; how many acts had been acknowledged."""
        chance = random.Random(seed)
        acknowledged = leave(self.all, chance.randint(1, len(self.all.calls)), chance)
        left = what_is_left(home_at(self.root / "home"), acknowledged, self.keys)
        assert (left.lost, left.wrong) == ((), ""), f"seed {seed}"
        return len(acknowledged)


@pytest.fixture
def recorded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Recorded:
    monkeypatch.setenv("INJECTION_LOG_KEYS", str(tmp_path))
    return Recorded(tmp_path)


def test_no_power_cut_loses_an_acknowledged_act_or_leaves_half_of_one(recorded: Recorded) -> None:
    seen = [recorded.cut(seed) for seed in range(60)]
    assert set(seen) >= {0, 1}


def test_the_replay_itself_loses_what_was_never_synced(recorded: Recorded) -> None:
    unsynced = [call for call in recorded.all.calls if call.name not in ("fsync", "fdatasync")]
    lying = replace(recorded.all, calls=unsynced)
    bad = 0
    for seed in range(12):
        acknowledged = leave(lying, len(unsynced), random.Random(seed))
        try:
            left = what_is_left(home_at(recorded.root / "home"), acknowledged, recorded.keys)
            bad += (left.lost, left.wrong) != ((), "")
        except Exception:  # noqa: BLE001  # whatever a torn file provokes is bad
            bad += 1
    assert bad > 6


@pytest.mark.slow
@pytest.mark.timeout(3000)
def test_soak_of_three_thousand_power_cuts(recorded: Recorded) -> None:
    seen = [recorded.cut(seed) for seed in range(3000)]
    print(f"\n3000 power cuts, {sum(seen)} acknowledged acts before them, 0 lost, 0 half-written")  # noqa: T201
