"""Bombs: a small file that asks for gigabytes or hours ends in one code, in time, and in little memory."""
from __future__ import annotations

import contextlib
import os
import sys
import threading
import time
from pathlib import Path

import pytest
from bombs import BOMBS
from looking import Looker, memory

from dicom_io.errors import NotReadable
from dicom_io.gate import SECONDS_A_FILE, SECONDS_TO_DIGEST, Gate

MIB = 1024**2
GROWN_HERE, IN_THE_WORKER = 50 * MIB, 1024 * MIB
HARMLESS = frozenset((
    "deflate: a cine just within the bound", "JPEG 2000: 16 megapixels in 300 bytes", "one frame of 190,000 fragments",
    "an offset table of 256 MB", "a private value of 1 GB", "a patient's name of 1 GB",
    "a frame time vector of half a million",
))  # fmt: skip
"""What may be admitted: it is large or odd, and all the same a picture of the size that its header says."""

pytestmark = pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="memory is measured in /proc")


class Watch:
    """The highest memory of the gate's worker while the block runs, killed ones included."""

    def __init__(self, gate: Gate) -> None:
        self.worker, self._gate, self._over = 0, gate, threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def _look(self) -> None:
        while not self._over.wait(0.01):
            self._look_once()

    def _look_once(self) -> None:
        worker = self._gate._worker
        if worker is not None:
            self.worker = max(self.worker, memory(worker._process.pid, "VmHWM"))

    def __enter__(self) -> Watch:
        for pid in (os.getpid(), self._gate._worker._process.pid):
            with contextlib.suppress(OSError):
                Path(f"/proc/{pid}/clear_refs").write_text("5")  # the peak begins again from here
        self._before, self._begun = memory("self", "VmRSS"), time.monotonic()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.seconds = time.monotonic() - self._begun
        self.here = memory("self", "VmHWM") - self._before
        self._over.set()
        self._thread.join()
        self._look_once()


@pytest.fixture(scope="module")
def gate():
    with Gate() as gate:
        yield gate


@pytest.fixture(scope="module")
def looker():
    running = Looker()
    yield running
    running.end()


@pytest.mark.parametrize("name", list(BOMBS))
def test_a_bomb_ends_in_a_code_in_time_and_in_little_memory(gate, tmp_path, name):
    path = tmp_path / "bomb.dcm"
    BOMBS[name](path)
    gate.warm()  # it was killed over the one before, perhaps
    with Watch(gate) as watch:
        try:
            outcome = f"admitted, {gate.admit(path).image.frames} frames"
        except NotReadable as refused:
            outcome = refused.code
    sys.stdout.write(
        f"{name}: {path.stat().st_blocks * 512 / MIB:.1f} MiB on disk, {outcome}, {watch.seconds:.1f} s, "
        f"{watch.here / MIB:.0f} MiB more here, {watch.worker / MIB:.0f} MiB in the worker\n"
    )
    path_size = path.stat().st_size
    path.unlink()
    assert outcome.startswith("admitted") == (name in HARMLESS), outcome
    assert watch.seconds < SECONDS_A_FILE + 5 + (SECONDS_TO_DIGEST if name in HARMLESS else 0)
    assert watch.here < GROWN_HERE
    assert 0 < watch.worker < IN_THE_WORKER
    assert path_size > 0


@pytest.mark.parametrize("name", [name for name in BOMBS if name.startswith(("JPEG", "RLE", "an offset", "one frame"))])
def test_a_bomb_that_came_round_the_gate_does_no_harm_where_it_is_looked_at(looker, tmp_path, name):
    path = tmp_path / "bomb.dcm"
    BOMBS[name](path)
    assert "raised" not in looker.look(path)
    assert looker.grown() < 400
