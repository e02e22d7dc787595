"""The virtual display of `make demo` and `make test`: it starts, is ours alone, and ends with its command."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tools.display import has_display, virtual_display

REPOSITORY = Path(__file__).resolve().parents[2]


def test_a_window_client_can_use_the_display_and_it_is_gone_afterwards() -> None:
    with virtual_display(os.environ) as inside:
        assert has_display(inside)
        size = subprocess.run(
            ["xdotool", "getdisplaygeometry"], env=inside, capture_output=True, text=True, check=False
        )
    assert size.stdout.split() == ["1920", "1200"]
    assert not has_display(inside)


def test_a_client_without_the_cookie_is_turned_away() -> None:
    with virtual_display(os.environ) as inside:
        stranger = inside | {"XAUTHORITY": os.devnull}
        answer = subprocess.run(
            ["xdotool", "getdisplaygeometry"], env=stranger, capture_output=True, check=False
        )
    assert answer.returncode != 0


def test_the_exit_code_of_the_command_is_ours() -> None:
    command = [sys.executable, "-m", "tools.display", sys.executable, "-c", "raise SystemExit(7)"]
    assert subprocess.run(command, cwd=REPOSITORY, timeout=60, check=False).returncode == 7


def test_ending_the_tool_ends_its_display_and_its_command(tmp_path: Path) -> None:
    note = tmp_path / "note"
    child = "import os, sys, time; print(os.getpid(), os.environ['DISPLAY'], flush=True); time.sleep(60)"
    command = [sys.executable, "-m", "tools.display", sys.executable, "-c", child]
    with note.open("wb") as output:
        tool = subprocess.Popen(command, cwd=REPOSITORY, stdout=output)
    while not note.read_text().endswith("\n"):
        assert tool.poll() is None
        time.sleep(0.05)
    pid, display = note.read_text().split()
    tool.send_signal(signal.SIGTERM)
    assert tool.wait(20) == 128 + signal.SIGTERM
    assert not has_display({"DISPLAY": display})
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid), 0)


@pytest.mark.parametrize("name", ["", "nonsense", ":4711", "localhost:99.0"])
def test_a_display_that_does_not_answer_is_no_display(name: str) -> None:
    assert not has_display({"DISPLAY": name, "WAYLAND_DISPLAY": "wayland-none"})
