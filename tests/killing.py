"""A process of its own that forks, lets the child work, and kills it: what SIGKILL leaves is looked at by the test.

Forking saves the second that the imports cost, and the pipe from the child is read by the test: a line in it is an
acknowledgement that the child gave before it died.
"""

from __future__ import annotations

import random
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent

_HEAD = f"""
import os, signal, sys, time
sys.path[:0] = [{str(REPOSITORY)!r}, {str(REPOSITORY / "tests")!r}]
from injection_log.people import passwords
passwords.PRODUCTION = passwords.PasswordCost(passes=1, memory_kib=8, lanes=1)  # as in the tests themselves
"""
_LOOP = """
def killed(times, work):
    for number, seconds in enumerate(times):
        heard, told = os.pipe()
        child = os.fork()
        if child == 0:
            try:
                work(number, lambda: os.write(told, b"1"))
            finally:
                os._exit(9)
        os.close(told)
        if not os.read(heard, 1):
            sys.exit(f"the child of round {number} died by itself")
        time.sleep(seconds)
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        os.close(heard)
        if not os.WIFSIGNALED(status):
            sys.exit(f"the child of round {number} ended by itself")
        os.write(1, b"killed\\n")

killed([float(word) for word in sys.argv[1].split()], work)
"""


def kill_at_random(work: str, kills: int, longest: float, arguments: Sequence[object], seed: int) -> list[list[str]]:
    """Kill `work(number, ready)` of this script `kills` times within `longest` seconds; what each round wrote.

    The script reads its own arguments from sys.argv[2:]; a line it writes with os.write(1, ...) is an acknowledgement.
    """
    moments = random.Random(seed)
    times = " ".join(f"{moments.uniform(0.0, longest):.5f}" for _ in range(kills))
    command = [sys.executable, "-c", _HEAD + work + _LOOP, times, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60 + kills * (longest + 2))
    assert done.returncode == 0, done.stderr[-2000:]
    rounds: list[list[str]] = [[]]
    for line in done.stdout.splitlines():
        if line == "killed":
            rounds.append([])
        else:
            rounds[-1].append(line)
    assert len(rounds) == kills + 1
    return rounds[:-1]
