"""The one gate that every new file passes: a warm worker process that is limited and can be killed.

This side parses nothing of a file and imports neither pydicom nor a decoder; it sends a path, waits 15
seconds at most for the checks (then, for the digests of a good file, as long as its length needs), and
believes only answers of the expected form. Not a sandbox against an attacker who takes over the worker: it
keeps crashes, hangs and memory of hostile files away from the program.
"""
from __future__ import annotations

import contextlib
import json
import os
import queue
import signal
import subprocess
import sys
import threading
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from dicom_io.admission import Admission, admission_from_json
from dicom_io.errors import PLAINER_WORDS, REJECT_WORDS, NotReadable, RejectCode
from dicom_io.transfer_syntaxes import UNDECODED_WORDS

__all__ = ["FIXED_WORDS", "Admission", "Gate"]

SECONDS_A_FILE = 15.0
SECONDS_TO_DIGEST = 60.0
"""For the digests of a file that has passed every check: two gibibytes take seconds, on a busy machine tens of them."""
SECONDS_TO_START = 60.0
"""A cold start loads the decoders from disk; it counts apart from a file's own time."""
FIXED_WORDS = UNDECODED_WORDS | PLAINER_WORDS | frozenset(REJECT_WORDS.values())
"""All that the gate ever says of a file it refuses."""


class Gate:
    """Owns the worker: started by the first file, restarted after a kill, ended with the block. Thread-safe."""

    def __init__(self, *, seconds_a_file: float = SECONDS_A_FILE) -> None:
        self._seconds = seconds_a_file
        self._worker: _Worker | None = None
        self._lock = threading.Lock()

    def __enter__(self) -> Gate:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def warm(self) -> None:
        """Start the worker now, without waiting for it, so that the first file does not."""
        with self._lock:
            if self._worker is None:
                self._worker = _Worker()

    def admit(self, path: Path) -> Admission:
        """Check a file. Raises `NotReadable` with a code and fixed words.

        A refusal comes within 15 s once the worker runs.
        """
        if not os.access(path, os.R_OK) or not path.is_file():
            raise NotReadable(RejectCode.UNREADABLE_FILE)
        with self._lock:
            answer = self._ask(path.resolve())
        if "admitted" in answer:
            with contextlib.suppress(KeyError, TypeError, ValueError):
                return admission_from_json(answer["admitted"])
        raise _refusal(answer)

    def close(self) -> None:
        """End the worker. A later `admit` starts a new one."""
        with self._lock:
            self._end()

    def _ask(self, path: Path) -> dict[str, Any]:
        if self._worker is None:
            self._worker = _Worker()
        answer = self._worker.ask(path, self._seconds)
        if answer is None:
            code = RejectCode.UNDECODABLE if self._worker.crashed() else RejectCode.GAVE_UP
            self._end()
            return {"refused": code.value}
        return answer

    def _end(self) -> None:
        if self._worker is not None:
            self._worker.end()
            self._worker = None


def _refusal(answer: dict[str, Any]) -> NotReadable:
    """The worker's refusal, where it is one of ours in our own words."""
    code, why = answer.get("refused"), answer.get("why")
    if code not in set(RejectCode):
        return NotReadable(RejectCode.DAMAGED)
    return NotReadable(str(code), why if why in FIXED_WORDS else "")


class _Worker:
    """The process, and a thread that reads its lines so that waiting has an end on every system."""

    def __init__(self) -> None:
        # -P keeps the working folder (a stick full of strange files, perhaps) off the module path.
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-B", "-m", "dicom_io.gate_worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # libraries write patients' values into warnings
            env={**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "2"},
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            text=True,
            encoding="utf-8",
        )
        self._lines: queue.Queue[str] = queue.Queue()
        assert self._process.stdout is not None
        threading.Thread(target=self._read, args=(self._process.stdout,), daemon=True).start()
        self._ready = False

    def _read(self, lines: IO[str]) -> None:
        with contextlib.suppress(ValueError, OSError), lines:
            for line in lines:
                self._lines.put(line)
        self._lines.put("")

    def ask(self, path: Path, seconds: float) -> dict[str, Any] | None:
        """The worker's answer; None where it gave none in time, ended, or answered nonsense."""
        if not self._ready and self._line(SECONDS_TO_START) != "ready\n":
            return None
        self._ready = True
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(str(path)) + "\n")
            self._process.stdin.flush()
            answer = json.loads(self._line(seconds))
            if answer == {"checked": True}:
                answer = json.loads(self._line(SECONDS_TO_DIGEST))
        except (OSError, ValueError):
            return None
        return answer if isinstance(answer, dict) else None

    def _line(self, seconds: float) -> str:
        try:
            return self._lines.get(timeout=seconds)
        except queue.Empty:
            return ""

    def crashed(self) -> bool:
        """Whether the process ended by itself on a file (a decoder's fault), not by a limit of time or memory."""
        try:
            status = self._process.wait(timeout=0.5)
        except subprocess.TimeoutExpired:
            return False
        return -status not in (getattr(signal, "SIGXCPU", 0), getattr(signal, "SIGKILL", 0))

    def end(self) -> None:
        """Kill the process and wait until it is gone."""
        self._process.kill()
        with contextlib.suppress(OSError, ValueError, subprocess.TimeoutExpired):
            self._process.wait(timeout=5)
            if self._process.stdin is not None:
                self._process.stdin.close()
