"""The clock of a workstation: a step is noticed and told, sleep is none; recorded time never runs back unseen."""

from __future__ import annotations

import itertools
import json
import os
import random
import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from injection_log.clock import FixedClock, Steady
from injection_log.clock_watch import ClockWatch, LastSeen, read_last_seen, step_between
from injection_log.doctor import examine
from injection_log.site import Session, Site, lock_screen, log_in, log_out

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)
FAKETIME = Path("/usr/lib") / "x86_64-linux-gnu" / "faketime" / "libfaketime.so.1"


def seen(wall: timedelta, seconds: float, boot: str = "boot-1") -> LastSeen:
    return LastSeen(NOON + wall, Steady(boot, seconds))


def test_two_hundred_steps_of_two_minutes_and_more_are_all_noticed() -> None:
    chance = random.Random(4)
    for _ in range(200):
        passed = chance.uniform(0, 86_400)
        by = chance.choice([-1, 1]) * timedelta(seconds=chance.uniform(120, 10_000))
        step = step_between(seen(timedelta(), 50), seen(timedelta(seconds=passed) + by, 50 + passed))
        assert step is not None
        assert abs(step.by - by) < SECOND


def test_a_day_of_slow_corrections_is_no_step() -> None:
    for per_million in (-500, -100, 0, 100, 500):  # 500 is the most that NTP slews
        wall = timedelta(seconds=86_400 * (1 + per_million / 1_000_000))
        assert step_between(seen(timedelta(), 50), seen(wall, 50 + 86_400)) is None


def test_sleep_is_no_step_because_the_steady_clock_goes_on_through_it() -> None:
    assert step_between(seen(timedelta(), 50), seen(timedelta(hours=9), 50 + 9 * 3600)) is None


def test_a_start_of_the_computer_later_is_no_step_and_earlier_is_one() -> None:
    assert step_between(seen(timedelta(), 9_000), seen(timedelta(days=30), 20, "boot-2")) is None
    step = step_between(seen(timedelta(), 9_000), seen(-5 * MINUTE, 20, "boot-2"))
    assert step is not None
    assert step.by == -5 * MINUTE


@pytest.mark.proves("F-06")
def test_a_clock_that_went_back_by_a_second_is_a_step() -> None:
    assert step_between(seen(timedelta(), 50), seen(-SECOND, 50)) is not None


def test_without_names_for_starts_only_a_step_back_is_sure() -> None:
    assert step_between(seen(timedelta(), 50, ""), seen(timedelta(hours=3), 51, "")) is None
    assert step_between(seen(timedelta(), 50, ""), seen(-MINUTE, 51, "")) is not None


def test_what_was_last_seen_is_kept_for_the_next_program(tmp_path: Path) -> None:
    clock = FixedClock(NOON)
    assert ClockWatch(clock, tmp_path / "clock.json").look() is None
    clock.set_by(-3 * MINUTE)
    assert ClockWatch(clock, tmp_path / "clock.json").look() is not None
    assert ClockWatch(clock, tmp_path / "clock.json").look() is None


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"wall": 3}', b'{"wall": "x", "boot_id": "", "seconds": 1}'])
def test_an_unreadable_note_of_the_clock_is_none(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "clock.json"
    path.write_bytes(content)
    assert read_last_seen(path) is None
    assert ClockWatch(FixedClock(NOON), path).look() is None


def steps(site: Site) -> list[int]:
    """The steps in the log, in seconds."""
    return [
        round(change.new["by_ms"] / 1000)
        for event in site.ledger.events() if event.kind == "ClockStepped"
        for change in event.changes
    ]  # fmt: skip


def clock_of(site: Site) -> FixedClock:
    assert isinstance(site.clock, FixedClock)
    return site.clock


def test_a_step_is_an_event_before_the_next_act_and_a_banner_for_a_day(site: Site, injector: Session) -> None:
    from injection_log.acts import visits

    assert site.clock_notice == ""
    clock_of(site).set_by(-3 * MINUTE)
    visits.open_visit(injector, "SMG-07", "injection")
    kinds = [event.kind for event in site.ledger.events()]
    assert kinds[-2:] == ["ClockStepped", "VisitOpened"]
    assert steps(site) == [-180]
    assert site.clock_notice.startswith("The clock of this computer was set back by 3 minutes")
    clock_of(site).advance(timedelta(hours=25))
    visits.confirm_identifiers(injector, visits.find_visit(injector, "SMG-07", "injection"))
    assert (site.clock_notice, steps(site)) == ("", [-180])


def test_recorded_time_never_runs_back_without_an_event_that_says_so(site: Site, injector: Session) -> None:
    from injection_log.acts import visits

    for number, by in enumerate((-1, -30, -600, 600, -2), start=10):
        clock_of(site).set_by(timedelta(seconds=by))
        visits.open_visit(injector, f"SMG-{number}", "injection")
    events = list(site.ledger.events())
    for before, after in itertools.pairwise(events):
        assert after.recorded_at >= before.recorded_at or after.kind == "ClockStepped"


def test_a_log_whose_last_event_lies_in_the_time_to_come_says_so_without_a_note_beside_the_keys(site: Site) -> None:
    for note in site.keys.root.glob("clock-*.json"):
        note.unlink()
    earlier = FixedClock(clock_of(site).now() - timedelta(hours=2), SECOND)
    again = Site.open(site.home, clock=earlier, keys=site.keys)
    log_in(again, "monitor", "practice-monitor")
    (step,) = steps(again)
    assert -7260 < step < -7100
    again.ledger.close()


def test_the_first_log_in_covers_by_a_checkpoint_and_so_does_the_log_out(site: Site) -> None:
    session = log_in(site, "monitor", "practice-monitor")
    log_in(site, "monitor", "practice-monitor")
    lock_screen(session, "idle")
    log_out(session)
    tail = [event.kind for event in site.ledger.events()][-6:]
    assert tail == ["LoggedIn", "CheckpointMade", "LoggedIn", "ScreenLocked", "LoggedOut", "CheckpointMade"]


def test_doctor_tells_a_step(site: Site, injector: Session) -> None:
    assert injector.site is site
    clock_of(site).set_by(timedelta(hours=1))
    log_in(site, "monitor", "practice-monitor")
    found = {one.check: one for one in examine(site.home)}["steps of the clock"]
    assert "set forward by 1 hour" in found.found


SCRIPT = """
import json, sys, time
from pathlib import Path
from injection_log.clock import SystemClock
from injection_log.clock_watch import ClockWatch
offsets, note, fake = json.loads(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3])
found, watch = [], None
for offset in offsets:
    fake.write_text(f"{offset:+d}\\n")
    watch = watch or ClockWatch(SystemClock(), note)
    step = watch.look()
    found.append(None if step is None else round(step.by.total_seconds()))
print(json.dumps(found))
"""


@pytest.mark.skipif(not FAKETIME.is_file(), reason="libfaketime (Debian: faketime) is not on this machine")
def test_every_step_of_a_real_process_under_a_faked_wall_clock_is_noticed(tmp_path: Path) -> None:
    """200 steps of two minutes and 200 of a second forward; the steady clocks are the real ones."""
    chance, offset, offsets, wanted = random.Random(7), 0, [0], [None]
    for place in range(400):
        by = chance.choice([-120, 120]) if place % 2 else 1
        offset += by
        offsets.append(offset)
        wanted.append(by if abs(by) == 120 else None)
    fake = tmp_path / "faked"
    fake.write_text("+0\n")
    environment = {
        **os.environ, "LD_PRELOAD": str(FAKETIME), "FAKETIME_TIMESTAMP_FILE": str(fake), "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1", "FAKETIME_FORCE_MONOTONIC_FIX": "0",
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, json.dumps(offsets), str(tmp_path / "clock.json"), str(fake)],
        capture_output=True, text=True, env=environment, timeout=60, check=False,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == wanted


@pytest.mark.skipif(shutil.which("faketime") is None, reason="faketime is not on this machine")
def test_a_step_between_two_runs_of_the_program_is_an_event(site: Site) -> None:
    environment = {
        **os.environ, "INJECTION_LOG_KEYS": str(site.keys.root), "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }  # fmt: skip
    before = len(steps(site))
    for shift in ("+30d", "+31d"):  # the site's clock of the tests lies in the past of any real one
        done = subprocess.run(
            ["faketime", "-f", shift, sys.executable, "-m", "injection_log", "list", "--user", "monitor",
             "--password-stdin", "--home", str(site.home.root)],
            input="practice-monitor\n", capture_output=True, text=True, env=environment, timeout=120, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
    assert "set forward by 1 day" in done.stderr
    assert abs(steps(site)[before:][-1] - 86_400) < 60
