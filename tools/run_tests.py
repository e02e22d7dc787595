"""Runs the tests as two processes side by side: `python -m tools.run_tests PYTEST OPTIONS ...`, one core each.

Both find all tests; one begins with the first file, the other with the last, and each takes the next file that is
not taken (`taken_files`), so that neither waits for the other. Each has a virtual display of its own. The first one's
words appear as they come, the second's when it ends. What tests write lies in memory where there is room
(docs/decisions/tests-in-memory.md). It chooses no tests: the options do. Fails when either fails.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

MEMORY = Path("/dev/shm")
"""Where Linux keeps a disk that is memory."""
ROOM_BYTES = 6 << 30
"""What has to be free there and as memory: the tests leave about a gigabyte, and the rest needs some too."""


def commands(options: list[str], taken: Path) -> tuple[list[str], list[str]]:
    """The two commands; `taken` is the empty folder in which they say which file is whose."""
    pytest = [sys.executable, "-m", "tools.display", sys.executable, "-m", "pytest", "-p", "tools.taken_files"]
    first = [*pytest, f"--taken={taken}", *options]
    return first, [*first, "--from-the-end"]


@contextmanager
def place(memory: Path = MEMORY) -> Iterator[Path]:
    """A folder for what the tests write, removed afterwards: in memory where there is room, else on the disk."""
    with tempfile.TemporaryDirectory(prefix="injection-log-tests-", dir=memory if has_room(memory) else None) as made:
        yield Path(made)


def has_room(memory: Path, needed_bytes: int = ROOM_BYTES) -> bool:
    """Whether a memory disk is there, lets programs run, and has that much free, as has the machine's memory."""
    try:
        disk, words = os.statvfs(memory), Path("/proc/meminfo").read_text(encoding="ascii")
    except OSError:
        return False
    free = next((line.split()[1] for line in words.splitlines() if line.startswith("MemAvailable:")), "0")
    is_runnable = os.access(memory, os.W_OK) and not disk.f_flag & os.ST_NOEXEC
    return is_runnable and min(disk.f_bavail * disk.f_frsize, int(free) * 1024) >= needed_bytes


def main() -> int:
    """Entry point: 0 when both went well."""
    with place() as folder, tempfile.TemporaryFile("w+", encoding="utf-8") as words:
        (folder / "taken").mkdir()
        first, second = commands(sys.argv[1:], folder / "taken")
        environment = {**os.environ, "PYTEST_DEBUG_TEMPROOT": str(folder)}
        with ended(subprocess.Popen(second, stdout=words, stderr=subprocess.STDOUT, env=environment)) as beside:
            with ended(subprocess.Popen(first, env=environment)) as running:
                failed = running.wait()
            failed_beside = beside.wait()
        words.seek(0)
        sys.stdout.write(f"\nBeside them, from the last file on:\n{words.read()}")
    return 1 if failed or failed_beside else 0


@contextmanager
def ended(process: subprocess.Popen[bytes]) -> Iterator[subprocess.Popen[bytes]]:
    """The process; it is told to end with what it started, and waited for, where it still runs."""
    try:
        yield process
    finally:
        process.terminate()
        process.wait()


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that nothing stays behind in memory
    sys.exit(main())
