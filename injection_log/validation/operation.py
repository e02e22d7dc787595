"""Operation qualification: the program does on this machine what it promises, shown in a scratch folder.

Each step is a command as a person would give it, in a process of its own, on practice data with practice keys; nothing
of the home is touched. The workstation itself is looked at by `doctor`, whose findings are taken over.
"""
from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from injection_log.doctor import examine
from injection_log.home import Home
from injection_log.practice.world import INVESTIGATOR, MONITOR, USERS
from injection_log.validation.report import Check, Name, checked, not_run

_SECONDS = 600
_MANAGER = USERS[4]
_NOT_SET_UP = "no PACS is set up"


@dataclass(frozen=True)
class _Scratch:
    """A folder for practice, with keys of its own."""

    root: Path

    @property
    def home(self) -> Path:
        return self.root / "home"

    @property
    def backups(self) -> Path:
        return self.root / "backups"

    def run(self, *words: str, typed: str = "") -> subprocess.CompletedProcess[str]:
        """Give a command of the program; what a person would type stands in `typed`."""
        known = os.environ | {"INJECTION_LOG_KEYS": str(self.root / "keys")}
        return subprocess.run(
            [sys.executable, "-m", "injection_log", *words], input=typed, env=known, capture_output=True, text=True,
            timeout=_SECONDS, check=False,
        )


def operation_checks(home: Home) -> Iterator[Check]:
    """Make the checks of the operation, one after the other; takes about a minute."""
    yield from _workstation(home)
    with _scratch() as scratch:
        played = scratch.run("demo", "--headless", "--home", str(scratch.home), "--out", str(scratch.root / "out"))
        ok = played.returncode == 0
        yield checked(
            ("OQ-20", "operation", "A practice procedure from the PACS to both signatures"),
            "pictures pulled over the network, both glands signed, log verified", _said(played), ok,
        )
        if ok:
            yield _verified(scratch)
            yield from _checked_elsewhere(scratch)
            yield _backed_up(scratch)
            yield _changed_picture(scratch)
            # Last: the keys know from then on that the log goes on in the restored home.
            yield _restored(scratch)


@contextmanager
def _scratch() -> Iterator[_Scratch]:
    with tempfile.TemporaryDirectory(prefix="injection-log-validate-", ignore_cleanup_errors=True) as folder:
        yield _Scratch(Path(folder))


def _workstation(home: Home) -> Iterator[Check]:
    for number, one in enumerate(examine(home), start=1):
        name: Name = (f"OQ-{number:02d}", "operation", f"Workstation: {one.check}")
        if one.found == _NOT_SET_UP:
            yield not_run(name, "fit for use", one.found)
        else:
            observed = one.found if one.ok or not one.do else f"{one.found}; {one.do}"
            yield checked(name, "fit for use", observed, one.ok)


def _verified(scratch: _Scratch) -> Check:
    done = scratch.run("verify", "--json", "--home", str(scratch.home))
    name = "Verification of the log"
    return checked(("OQ-21", "operation", name), "the log holds", _verdict(done), done.returncode == 0)


def _backed_up(scratch: _Scratch) -> Check:
    made = scratch.run(
        "backup", "--out", str(scratch.backups), "--user", _MANAGER.user, "--password-stdin",
        "--home", str(scratch.home),
        typed=f"{_MANAGER.password}\n",
    )
    ok = made.returncode == 0
    return checked(("OQ-24", "operation", "Backup"), "a copy that was verified", _said(made), ok)


def _restored(scratch: _Scratch) -> Check:
    restored, expected = scratch.root / "restored", "the restored log holds"
    name = "Restore by two people into an empty folder"
    copy = next(scratch.backups.glob("*/"), None) if scratch.backups.is_dir() else None
    if copy is None:
        return not_run(("OQ-26", "operation", name), expected, "there is no backup to restore")
    done = scratch.run(
        "restore", str(copy), "--user", INVESTIGATOR.user, "--second", _MANAGER.user, "--why", "Validation",
        "--password-stdin", "--home", str(restored), typed=f"{INVESTIGATOR.password}\n{_MANAGER.password}\n",
    )
    holds = scratch.run("verify", "--json", "--home", str(restored))
    return checked(
        ("OQ-26", "operation", name), expected, f"{_said(done)} {_verdict(holds)}",
        done.returncode == 0 and holds.returncode == 0,
    )


def _checked_elsewhere(scratch: _Scratch) -> Iterator[Check]:
    out = scratch.root / "log"
    name = "The log is checked without the program (check_log.py)"
    left = scratch.run(
        "export-log", "--out", str(out), "--user", MONITOR.user, "--password-stdin", "--home", str(scratch.home),
        typed=f"{MONITOR.password}\n",
    )
    if left.returncode:
        yield checked(("OQ-22", "operation", name), "the export holds", _said(left), ok=False)
        return
    done = _standalone(out)
    yield checked(
        ("OQ-22", "operation", name), "the export holds", _first_line(done.stdout), done.returncode == 0,
    )
    events = out / "events.jsonl"
    said = events.read_bytes()
    middle = said.index(b"volume_loaded_ul")
    events.write_bytes(said[:middle] + b"V" + said[middle + 1 :])
    done = _standalone(out)
    yield checked(
        ("OQ-23", "operation", "One changed byte of the log is found"), "the event is named", _first_line(done.stdout),
        done.returncode != 0 and ", event " in _first_line(done.stdout),
    )


def _standalone(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(folder / "check_log.py"), str(folder)], capture_output=True, text=True, timeout=_SECONDS,
        check=False,
    )


def _changed_picture(scratch: _Scratch) -> Check:
    """Flip the last byte of one kept picture; comes last, as the log does not hold any more."""
    files = (one for one in (scratch.home / "images").rglob("*") if one.is_file())
    path = max(files, key=lambda one: one.stat().st_size)
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.chmod(0o600)
    path.write_bytes(data)
    done = scratch.run("verify", "--json", "--home", str(scratch.home))
    return checked(
        ("OQ-25", "operation", "One changed byte of a picture is found"), "verification fails and says where",
        _verdict(done), done.returncode != 0 and "first wrong" in _verdict(done),
    )


def _verdict(done: subprocess.CompletedProcess[str]) -> str:
    """What a verification printed as JSON, in a sentence."""
    try:
        said = json.loads(done.stdout)
    except ValueError:
        return _said(done)
    wrong = said.get("first_wrong")
    return f"first wrong: {wrong}" if wrong else f"The log holds, {said['events']} events."


def _said(done: subprocess.CompletedProcess[str]) -> str:
    lines = (done.stdout if done.returncode == 0 else done.stderr or done.stdout).strip().splitlines()
    return lines[-1].strip() if lines else f"ended with {done.returncode}, saying nothing"


def _first_line(text: str) -> str:
    return text.strip().partition("\n")[0]
