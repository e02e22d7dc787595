"""The start: our window against a bare one, its first picture against napari's own, `--help` against bare Python.

Every figure is of whole processes that take turns, from their start to what they put on the screen. The disk's cache
is warm and the byte code is there, as on every start but the first after an installation.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from datetime import date
from functools import partial
from pathlib import Path

import numpy as np

from dicom_io.frames import open_frames
from dicom_io.phantom import PlannedVisit, make_participant
from injection_log.acts.studies import examine_folder, import_findings
from injection_log.acts.visits import open_visit
from injection_log.clock import SystemClock
from injection_log.home import Home
from injection_log.keys import VARIABLE
from injection_log.people import passwords
from injection_log.people.accounts import NewAccount, add_account
from injection_log.practice.world import USERS
from injection_log.protocol.reading import practice_protocol_text
from injection_log.site import NOBODY, Site, log_in
from tools.bench.measuring import Figure, at_most, interleaved, ratio
from tools.bench.start_ways import DECODED, HOME, PARTICIPANT, PASSWORD, USER, VISIT

_REPEATS = 9
_SECONDS = 120.0
_FREEZE_MS = 300.0


def figures(work: Path) -> list[Figure]:
    """Measure in a folder that is thrown away afterwards."""
    os.environ[VARIABLE] = str(work / "keys")
    _make_log(work)
    return [*_window_figures(work), *_help_figures(), _freeze(work)]


def _window_figures(work: Path) -> list[Figure]:
    names = ("bare_window", "our_list", "napari_clip", "our_clip")
    times = interleaved({name: partial(_until_painted, name, work) for name in names}, _REPEATS)
    return [
        at_most("First window, work list usable", ratio(times, "our_list", "bare_window"), 4.0, "a bare Qt window",
                "log opened and logged in; the time a password costs left out"),
        at_most("First frame of a clip, painted", ratio(times, "our_clip", "napari_clip"), 1.1,
                "napari.Viewer and add_image", "napari is given decoded frames; ours opens log, list, visit and file"),
    ]  # fmt: skip


def _help_figures() -> list[Figure]:
    program = str(Path(sys.executable).with_name("injection-log"))
    ways = {
        "bare": partial(_run, sys.executable, "-c", "pass"),
        "typer": partial(_run, sys.executable, "-c", "import typer"),
        "help": partial(_run, program, "--help"),
        "version": partial(_run, program, "--version"),
    }
    times = interleaved(ways, 3 * _REPEATS)
    anchor = "python -c pass"
    return [
        at_most("injection-log --help", ratio(times, "help", "bare"), 6.0, anchor),
        Figure("injection-log --version", ratio(times, "version", "bare").words(), anchor),
        Figure("of which importing typer", ratio(times, "typer", "bare").words(), anchor),
    ]


def _freeze(work: Path) -> Figure:
    longest = sorted(_said(work, "gaps") for _ in range(_REPEATS))
    middle = longest[len(longest) // 2]
    return Figure(
        "Longest time the window answers nothing while napari loads behind it",
        f"{middle:.0f} ms ({longest[0]:.0f} to {longest[-1]:.0f})", "", f"<= {_FREEZE_MS:.0f} ms", middle <= _FREEZE_MS,
        "milliseconds of this machine, because they were asked for; a timer of 5 ms",
    )  # fmt: skip


def _child(way: str, work: Path) -> subprocess.Popen[bytes]:
    words = [sys.executable, "-m", "tools.bench.start_ways", way, str(work)]
    return subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)


def _until_painted(way: str, work: Path) -> float:
    began = time.perf_counter()
    with _child(way, work) as child:
        assert child.stdout is not None
        line = child.stdout.readline()
        took = time.perf_counter() - began
        child.wait(_SECONDS)
    if line.strip() != b"painted":
        raise RuntimeError(f"{way} painted nothing; run it by itself: python -m tools.bench.start_ways {way}")
    return took


def _said(work: Path, way: str) -> float:
    said = _child(way, work).communicate(timeout=_SECONDS)[0]
    return float(said)


def _run(*words: str) -> None:
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL)


def _make_log(work: Path) -> None:
    """A log with one visit of the phantom, whose pictures are taken in, and the frames of its longest clip."""
    passwords.PRODUCTION = cheap = passwords.PasswordCost(passes=1, memory_kib=8, lanes=1)
    clock = SystemClock()
    site = Site.create(Home(work / HOME), practice_protocol_text(), "bench", clock=clock)
    for one in USERS:
        account = NewAccount(one.user, one.printed_name, one.role, one.password, cheap)
        add_account(site.ledger, NOBODY, account, clock=clock, protocol=site.protocol.sha256)
    planned = [PlannedVisit("injection", date(2026, 2, 3), is_injecting=True)]
    phantom = make_participant(work / "phantom", 7, visits=planned)
    session = log_in(site, USER, PASSWORD)
    record = open_visit(session, PARTICIPANT, VISIT)
    record = import_findings(session, record, examine_folder(session, phantom.files[0].parent))
    longest = max(record.images, key=lambda image: image.frames)
    frames = open_frames(site.image_path(longest.sha256))
    np.save(work / DECODED, np.stack([frames.frame(number) for number in range(len(frames))]))
    site.ledger.close()
