"""A process at work under strace: its writes counted, killed or failed one by one, or recorded with what they wrote.

A nursery has the program imported and forks a child for each point; strace is attached to the child right before
the act, so that the numbers count from its first call. Linux only.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from killing import REPOSITORY

CALLS = ("openat", "pwrite64", "write", "fsync", "fdatasync", "ftruncate", "unlink", "link", "rename")
"""What changes a disk. Acknowledgements go by writev and are not counted."""

_PATIENCE_SECONDS = 30.0

_NURSERY = f"""
import os, sys
sys.path[:0] = [{str(REPOSITORY)!r}, {str(REPOSITORY / "tests")!r}]
from injection_log.people import passwords
passwords.PRODUCTION = passwords.PasswordCost(passes=1, memory_kib=8, lanes=1)
from saving import acts_in, at_work, home_at, save, say, sign_next
from injection_log.acts import signing
from injection_log.ledger.errors import LedgerError

def tried(act):
    try:
        act()
    except LedgerError as error:
        say("refused", error.code, error.why)

def act_on(session, what):
    if what == "save":
        return lambda: save(session, "the remark of this test")
    return lambda: sign_next(session)

while line := sys.stdin.readline():
    what, home, os.environ["INJECTION_LOG_KEYS"] = line.split()
    go, going = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(going)
        try:
            session = at_work(home_at(home))
        except BaseException as error:
            say("no child", repr(error))
            os._exit(1)
        act = act_on(session, what)
        say("child", os.getpid(), acts_in(session))
        os.read(go, 1)
        tried(act)
        say("again")
        say("acts", acts_in(session))  # what the log really has of it
        tried(act)  # without restart: as a person does it when space is back
        tried(lambda: save(session, "and work goes on"))
        os._exit(0)
    os.close(go)
    sys.stdin.readline()
    os.write(going, b"g")
    os.close(going)
    os.waitpid(child, 0)
    say("over")
"""


class Nursery:
    """Does one act in a child, with strace attached to it; `opened` are the files it had open before, `acts` the acts
    that the log had, and `on_ready` is called when it is logged in and waits."""

    def __init__(self) -> None:
        if shutil.which("strace") is None:
            pytest.skip("strace is not installed")
        self.opened: dict[int, Path] = {}
        self.acts = 0
        self.on_ready: Callable[[], object] = lambda: None
        self._process = subprocess.Popen(
            [sys.executable, "-c", _NURSERY], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
        )

    def close(self) -> None:
        """End it."""
        self._process.stdin.close()
        self._process.wait(timeout=30)

    def run(self, what: str, home: Path, *options: str, out: Path = Path(os.devnull)) -> list[str]:
        """Do `what` in this home under strace with these options; what the child said."""
        self._tell(f"{what} {home} {os.environ['INJECTION_LOG_KEYS']}")
        child = self._read()
        assert child.startswith("child "), child
        self.acts = int(child.split()[2])
        self.on_ready()
        fds = Path("/proc", child.split()[1], "fd")
        self.opened = {int(one.name): Path(os.readlink(one)) for one in fds.iterdir()}
        command = ["strace", "-o", str(out), "-p", child.split()[1], *options]
        watcher = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        # Whatever happens, nothing here waits for ever: the child is ended, and the reading below with it.
        guard = threading.Timer(_PATIENCE_SECONDS, os.kill, (int(child.split()[1]), signal.SIGKILL))
        guard.start()
        try:
            told = watcher.stderr.readline()
            self._tell("go")
            if "attached" not in told:
                pytest.skip(f"strace may not attach here: {told.strip()}")
            said = list(iter(self._read, "over"))
            watcher.wait(timeout=_PATIENCE_SECONDS)
        finally:
            guard.cancel()
            watcher.kill()
            watcher.communicate()
        return said

    def points(self, what: str, home: Path, out: Path) -> Counter[str]:
        """How often each call comes in one act, before anything is tried again."""
        self.run(what, home, "-e", f"trace={','.join(CALLS)},writev", out=out)
        found: Counter[str] = Counter()
        for line in out.read_text().splitlines():
            if line.startswith("writev") and "again" in line:
                return found
            name = re.match(r"[a-z0-9]+", line)
            if name and name[0] in CALLS:
                found[name[0]] += 1
        return found

    def behind_the_unlink(self, what: str, home: Path, out: Path) -> tuple[str, int]:
        """The sync of the folder that follows the act's own unlink of a journal: its call, its number among those."""
        self.run(what, home, "-e", f"trace={','.join(CALLS)},writev", out=out)
        names = [match[0] for line in out.read_text().splitlines() if (match := re.match(r"[a-z0-9]+", line))]
        names = names[: names.index("writev")]  # before the acknowledgement; what was looked at is written before that
        after = len(names) - names[::-1].index("unlink")
        at = next(at for at in range(after, len(names)) if names[at] in ("fsync", "fdatasync"))
        return names[at], names[: at + 1].count(names[at])

    def _tell(self, line: str) -> None:
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()

    def _read(self) -> str:
        line = self._process.stdout.readline()
        assert line, "the nursery ended by itself"
        return line.rstrip("\n")
