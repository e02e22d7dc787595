"""Mutants: thousands of broken files, each admitted or refused with one code; each admitted one can be looked at."""
from __future__ import annotations

import contextlib
import os
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from looking import Looker, memory
from mutants import Mutator, corpus_seeds, good_files, seeds

from dicom_io.decoding.frame import shown_frame
from dicom_io.decoding.pixels import pixel_format
from dicom_io.errors import NotReadable
from dicom_io.frame_table import frame_table
from dicom_io.gate import FIXED_WORDS, SECONDS_A_FILE, Gate
from dicom_io.layout import opened
from dicom_io.reading import number_of_frames

WORDS = FIXED_WORDS
RUN = int(os.environ.get("INJECTION_LOG_FUZZ_SEED", time.time_ns() % 2**32))
MOST_HERE, MOST_THERE = 50, 300
"""MiB: how much this process may grow, and how much the process that looks may hold more than at its start."""


@pytest.fixture
def looker():
    running = Looker()
    yield running
    running.end()


def campaign(mutator: Mutator, count: int, looker: Looker, folder: Path) -> Counter[str]:
    """Pass so many mutants through the gate, and look at those that are admitted."""
    outcomes: Counter[str] = Counter()
    path = folder / "mutant.dcm"
    before = memory("self", "VmRSS")
    with Gate() as gate:
        for number in range(count):
            what, content = mutator.mutant(number)
            path.write_bytes(content)
            told = f"INJECTION_LOG_FUZZ_SEED={RUN}, mutant {number} ({what})"
            outcomes[_outcome(gate, looker, path, told)] += 1
    outcomes["MiB more here"] = max(memory("self", "VmRSS") - before, 0) // 1024**2
    outcomes["MiB more where they were looked at"] = int(looker.grown())
    return outcomes


def _outcome(gate: Gate, looker: Looker, path: Path, told: str) -> str:
    begun, admitted = time.monotonic(), None
    try:
        admitted = gate.admit(path)
    except NotReadable as no:
        refused = no
    assert time.monotonic() - begun < SECONDS_A_FILE + 5, told
    if admitted is None:
        assert refused.why in WORDS, told
        return refused.code
    frames = admitted.image.frames
    seen = looker.look(path)
    assert "raised" not in seen, f"{told}: {seen}"
    assert seen["shown"] + seen["refused"] == 2 * frames, told
    return "admitted, every frame shown" if not seen["refused"] else "admitted, a frame between refused"


def told(outcomes: Counter[str], count: int, capsys: pytest.CaptureFixture[str]) -> None:
    """Print the counts whatever pytest shows, and judge them."""
    with capsys.disabled():
        sys.stdout.write(f"\n{count} mutants, INJECTION_LOG_FUZZ_SEED={RUN}\n")
        for name, times in outcomes.most_common():
            sys.stdout.write(f"{times:8} {name}\n")
    assert outcomes["gave_up"] <= count // 1000
    assert outcomes["MiB more here"] < MOST_HERE
    assert outcomes["MiB more where they were looked at"] < MOST_THERE


def test_every_file_that_is_broken_here_was_good(phantom_visit, looker, tmp_path):
    with Gate() as gate:
        for path in good_files(phantom_visit.files[0], tmp_path):
            frames = gate.admit(path).image.frames
            assert looker.look(path) == {"shown": 2 * frames, "refused": 0}, path.name


def test_a_frame_that_is_cut_anywhere_is_refused_or_shown_at_once(phantom_visit, tmp_path):
    for path in good_files(phantom_visit.files[0], tmp_path):
        with opened(path) as layout:
            form, codec = pixel_format(layout), layout.syntax.codec
            coded = bytes(frame_table(layout, form, number_of_frames(layout)).coded(layout.buffer, 0))
            for end in range(0, len(coded), max(len(coded) // 150, 1)):
                begun = time.monotonic()
                with contextlib.suppress(NotReadable):
                    shown_frame(coded[:end], form, codec)
                assert time.monotonic() - begun < 5, f"{path.name} cut to {end} bytes"


def test_two_thousand_mutants_are_admitted_or_refused_with_one_code(phantom_visit, looker, tmp_path, capsys):
    mutator = Mutator(seeds(phantom_visit.files[0], tmp_path), RUN)
    told(campaign(mutator, 2000, looker, tmp_path), 2000, capsys)


def test_mutants_of_real_files_too(looker, tmp_path, shared_data, capsys):
    mutator = Mutator(corpus_seeds(shared_data), RUN)
    told(campaign(mutator, 200, looker, tmp_path), 200, capsys)


@pytest.mark.slow
@pytest.mark.timeout(6 * 3600)
def test_fuzz_a_hundred_thousand_mutants(phantom_visit, looker, tmp_path, capsys):
    count = int(os.environ.get("INJECTION_LOG_FUZZ_COUNT", "100000"))
    mutator = Mutator(seeds(phantom_visit.files[0], tmp_path), RUN)
    told(campaign(mutator, count, looker, tmp_path), count, capsys)


@pytest.mark.slow
@pytest.mark.timeout(6 * 3600)
def test_fuzz_ten_thousand_mutants_of_real_files(looker, tmp_path, shared_data, capsys):
    mutator = Mutator(corpus_seeds(shared_data), RUN)
    told(campaign(mutator, 10_000, looker, tmp_path), 10_000, capsys)
