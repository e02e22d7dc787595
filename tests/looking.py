"""A window in small: a process that opens files and asks for every frame, as the window does, and says what came.

Run by itself it takes one path a line and answers one line of JSON. It has no limits and expects nothing but what
the window's own code expects, so that whatever would reach a person shows here. `Looker` is its other end.
"""
from __future__ import annotations

import json
import selectors
import subprocess
import sys
import time
from pathlib import Path

from dicom_io.errors import NotReadable
from dicom_io.frames import FrameSource, open_frames

SECONDS_A_FILE = 15


class Looker:
    """The process that looks, with an end to waiting."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-P", __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, text=True,
        )  # fmt: skip
        assert self._line() == "ready\n"
        self.at_start = memory(self.process.pid, "VmHWM")

    def _line(self) -> str:
        assert self.process.stdout is not None
        with selectors.DefaultSelector() as waiting:
            waiting.register(self.process.stdout, selectors.EVENT_READ)
            return self.process.stdout.readline() if waiting.select(60) else ""

    def look(self, path: Path) -> dict[str, object]:
        assert self.process.stdin is not None
        begun = time.monotonic()
        self.process.stdin.write(json.dumps(str(path)) + "\n")
        self.process.stdin.flush()
        line = self._line()
        told = json.loads(line) if line else {"raised": f"the process ended or hung ({self.process.poll()})"}
        slow = time.monotonic() - begun > SECONDS_A_FILE
        return {"raised": "took more than 15 s"} if slow else told

    def grown(self) -> float:
        return (memory(self.process.pid, "VmHWM") - self.at_start) / 1024**2

    def end(self) -> None:
        self.process.kill()
        self.process.communicate()


def memory(pid: int | str, field: str) -> int:
    """Bytes of one line of /proc/PID/status; 0 where the process, or the system's /proc, is gone."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith(field + ":")), 0)


def looked_at(path: Path) -> dict[str, object]:
    """How many frames came and how many were refused; `raised` names any other error.

    Each frame is asked for twice, blurred and true; of a file that is refused whole both counts are 0.
    """
    try:
        with open_frames(path) as source:
            came = [_came(source, number, reduced) for reduced in (True, False) for number in range(len(source))]
    except NotReadable:
        return {"shown": 0, "refused": 0}
    except BaseException as wrong:  # noqa: BLE001 - this is what the test looks for
        return {"raised": f"{type(wrong).__name__}: {wrong}"}
    return {"shown": sum(came), "refused": len(came) - sum(came)}


def _came(source: FrameSource, number: int, reduced: bool) -> bool:
    try:
        frame = source.frame(number, reduced=reduced)
    except NotReadable:
        return False
    assert (frame.shape, frame.dtype) == (source.shape[1:], "uint8")
    return int(frame.max()) >= 0


if __name__ == "__main__":
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    for line in sys.stdin:
        sys.stdout.write(json.dumps(looked_at(Path(json.loads(line)))) + "\n")
        sys.stdout.flush()
