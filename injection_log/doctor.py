"""Examines a workstation: display and OpenGL, PACS, database, clock, disk. Changes nothing.

What can hang or crash (the display, the network) is asked with a time limit, the display in a process of its own.
"""
from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING

from injection_log.home import Home

if TYPE_CHECKING:
    from injection_log.ledger.canonical import Json
    from injection_log.settings import PacsSource

_ENOUGH_BYTES = 2 * 1024**3
_DISPLAY_SECONDS = 60
_DAYS_LEFT = 30


@dataclass(frozen=True)
class Finding:
    """One check: what was looked at, whether it is fit, what was found, and what to do when it is not."""

    check: str
    ok: bool
    found: str
    do: str = ""


def examine(home: Home) -> tuple[Finding, ...]:
    """Run every check; a check that cannot be made says so and counts as wrong."""
    checks: tuple[Callable[[Home], Finding], ...] = (
        _display, _opengl, _pacs, _certificate, _place, _sqlite, _database, _mark, _backup,
        _keys, _clock, _steps, _disk,
    )
    return tuple(check(home) for check in checks)


def _display(home: Home) -> Finding:
    del home
    if sys.platform.startswith("linux") and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        return Finding(
            "display", False, "no display is set (DISPLAY and WAYLAND_DISPLAY are empty)",
            "log in on the desktop; over ssh use 'ssh -X' or work at the workstation itself",
        )
    return Finding("display", True, os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY") or "desktop")


def _opengl(home: Home) -> Finding:
    if not _display(home).ok:
        return Finding("OpenGL", False, "not looked at, because there is no display")
    points = list(entry_points(group="injection_log.windows", name="opengl_check"))
    if not points:
        return Finding("OpenGL", False, "the window is not installed", "install injection-log with its plugins")
    advice = "update the graphics driver, or go on with the plain picture: injection-log open --canvas plain"
    try:
        done = subprocess.run(
            [sys.executable, "-m", points[0].value],
            capture_output=True, text=True, timeout=_DISPLAY_SECONDS, check=False,
        )
    except subprocess.TimeoutExpired:
        return Finding("OpenGL", False, "the graphics driver did not answer within a minute", advice)
    said = done.stdout.strip().splitlines()
    found = said[-1] if said else "the graphics driver ended the check"
    return Finding("OpenGL", done.returncode == 0, found, "" if done.returncode == 0 else advice)


def _pacs(home: Home) -> Finding:
    from dicom_io.errors import DicomIoError
    from dicom_io.pacs.echo import echo
    from injection_log.errors import InjectionLogError
    from injection_log.settings import read_settings

    try:
        settings = read_settings(home.settings_file)
    except InjectionLogError as error:
        return Finding("PACS", False, "the settings file cannot be read", str(error))
    source = settings.default_source()
    if source is None:
        wanted = "say which of them is the default with default_pacs in" if settings.pacs else "add [pacs.NAME] to"
        found = f"{len(settings.pacs)} are set up and none is the default" if settings.pacs else "no PACS is set up"
        return Finding("PACS", False, found, f"{wanted} {home.settings_file}")
    try:
        echo(source.address)
    except DicomIoError as error:
        return Finding("PACS", False, f"{source.address.text()} does not answer", error.why)
    return Finding("PACS", True, f"{source.address.text()} answers (verification accepted); we are {_in_words(source)}")


def _in_words(source: PacsSource) -> str:
    """The settings that hold for a PACS, as one line."""
    from injection_log.pacs_settings import words_of

    address, waits = source.address, source.address.time_outs
    parts = [
        f"{address.calling_aet}; images by {words_of(source.way)}",
        f"our port {address.listen_port}" + (f" on {address.listen_host}" if address.listen_host else ""),
        "TLS" if address.tls is not None else "no TLS",
        f"time-outs in seconds: connection {waits.connection:g}, hand-shake {waits.hand_shake:g}, ACSE {waits.acse:g}, "
        f"DIMSE {waits.dimse:g}, network {waits.network:g}",
    ]
    if source.worklist != address:
        parts.append(f"worklist at {source.worklist.text()}")
    return "; ".join(parts)


def _certificate(home: Home) -> Finding:
    """Our own certificate: usable, its key for nobody else to read, valid for a month more."""
    from dicom_io.errors import DicomIoError
    from dicom_io.pacs.certificate import own_certificate
    from dicom_io.pacs.tls import calling_tls_context
    from injection_log.errors import InjectionLogError
    from injection_log.settings import read_settings

    try:
        address = read_settings(home.settings_file).default_address()
        own = None if address is None else own_certificate(address)
        if address is None or own is None:
            return Finding("certificate", True, "none is set up, so none is shown to the PACS")
        calling_tls_context(address)  # certificate, key and authorities fit together
    except InjectionLogError as error:
        return Finding("certificate", False, "the settings file cannot be read", str(error))
    except DicomIoError as error:
        return Finding("certificate", False, "our TLS files cannot be used", error.why)
    assert address.tls is not None  # there is a certificate
    if os.name == "posix" and Path(address.tls.key).stat().st_mode & 0o077:
        return Finding("certificate", False, "others may read our TLS key", f"chmod 600 {address.tls.key}")
    days = (own.valid_until - datetime.now(UTC)).days
    if own.valid_from > datetime.now(UTC) or days < 0:
        return Finding("certificate", False, "our certificate is not valid today", "have a new one issued")
    found = f"valid until {own.valid_until:%Y-%m-%d}, SHA-256 {own.fingerprint}"
    return Finding("certificate", days >= _DAYS_LEFT, found, "" if days >= _DAYS_LEFT else "have a new one issued now")


def _place(home: Home) -> Finding:
    from injection_log.log_condition import place_of_log

    return Finding("place of the log", *place_of_log(home))


def _sqlite(home: Home) -> Finding:
    from injection_log.log_condition import database_engine

    return Finding("database engine", *database_engine(home))


def _mark(home: Home) -> Finding:
    from injection_log.keys import KeyFolder
    from injection_log.log_condition import high_water

    return Finding("high-water mark", *high_water(home, KeyFolder.default()))


def _backup(home: Home) -> Finding:
    from injection_log.log_condition import last_backup

    if not home.has_ledger():
        return Finding("backup", True, "there is no log to back up")
    return Finding("backup", *last_backup(_values(home).get("ledger:", {})))


def _database(home: Home) -> Finding:
    from injection_log.verify import verify

    if not home.has_ledger():
        return Finding("database", False, f"there is no log in {home.root}", "make one with 'injection-log setup'")
    report = verify(home)
    if report.ok:
        return Finding("database", True, f"{report.events} events, verified")
    wrong = report.first_wrong
    return Finding(
        "database", False, wrong.why if wrong else "the log does not verify",
        "stop work and call the trial's data manager",
    )


def _keys(home: Home) -> Finding:
    """Keys that nobody has vouched for yet: of people after a one-time code, of workstations that joined."""
    from injection_log.people.key_standing import unconfirmed_users, unconfirmed_workstations

    values = _values(home)
    waiting = [f"{user} (confirm-key)" for user in unconfirmed_users(values)]
    waiting += [f"{name} (confirm-workstation)" for name in unconfirmed_workstations(values)]
    if not waiting:
        return Finding("keys", True, "no key waits for a second person")
    advice = "a principal investigator or data manager confirms them, with the fingerprint of `users list`"
    return Finding("keys", True, f"not yet confirmed: {', '.join(waiting)}", advice)


def _steps(home: Home) -> Finding:
    """The last time that the clock of a workstation was set, as the log has it."""
    from injection_log.clock import SystemClock
    from injection_log.clock_watch import notice_of, step_in_words

    told = {key: one for key, one in _values(home).items() if isinstance(one.get("clock_step"), dict)}
    if not told:
        return Finding("steps of the clock", True, "none is in the log")
    clock = SystemClock()
    offset = clock.utc_offset_minutes()
    lines = []
    for key, one in told.items():
        step = one["clock_step"]
        assert isinstance(step, dict)  # as chosen above
        lines.append(f"{key.removeprefix('workstation:')}: {step_in_words(step, offset)}")
    recent = any(notice_of(one, clock.now(), offset) for one in told.values())
    advice = "compare this computer's time with a clock you trust before anything is recorded" if recent else ""
    return Finding("steps of the clock", not recent, "; ".join(lines), advice)


def _values(home: Home) -> dict[str, dict[str, Json]]:
    """The log's current values of workstations, people and of the log itself; empty where they cannot be read."""
    from injection_log.errors import InjectionLogError
    from injection_log.ledger.canonical import parse_json
    from injection_log.store.snapshot import open_snapshot

    found: dict[str, dict[str, Json]] = {}
    try:
        with open_snapshot(home.ledger_folder) as snapshot:
            for subject, name, value, _ in snapshot.values():
                if str(subject).startswith(("workstation:", "user:", "ledger:")):
                    found.setdefault(str(subject), {})[str(name)] = parse_json(str(value).encode())
    except (InjectionLogError, OSError, ValueError, sqlite3.Error):
        return {}  # "database" says what is wrong with it
    return found


def _clock(home: Home) -> Finding:
    del home
    advice = "let the hospital's time service set this computer's clock"
    try:
        done = subprocess.run(
            ["timedatectl", "show", "--property=NTPSynchronized", "--value"],
            capture_output=True, text=True, timeout=10, check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return Finding("clock", True, "set by this computer; whether a time server sets it could not be asked", advice)
    if done.stdout.strip() == "no":
        return Finding("clock", False, "the clock is not set by a time server", advice)
    if done.stdout.strip() != "yes":
        return Finding("clock", True, "set by this computer; whether a time server sets it could not be asked", advice)
    return Finding("clock", True, "set by a time server")


def _disk(home: Home) -> Finding:
    folder = _nearest(home.root)
    free = shutil.disk_usage(folder).free
    gib = f"{free / 1024**3:.1f} GiB free in {folder}"
    if not os.access(folder, os.W_OK):
        return Finding("disk", False, f"{folder} may not be written by this user", "ask for write permission on it")
    if free < _ENOUGH_BYTES:
        return Finding("disk", False, gib, "free at least 2 GiB before the next procedure")
    return Finding("disk", True, gib)


def _nearest(folder: Path) -> Path:
    while not folder.exists():
        folder = folder.parent
    return folder
