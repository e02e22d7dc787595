"""Once in a real `napari.Viewer` on a display: real mouse, real canvas, napari's own way of opening and telling."""
from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from dicom_io.errors import REJECT_WORDS, RejectCode

SCRIPT = Path(__file__).resolve().parents[1] / "in_a_napari.py"


@pytest.fixture(scope="module")
def seen(display, phantom_visit, tmp_path_factory):
    """What the script saw."""
    clip = next(path for path in phantom_visit.visit("injection").files if path.stem.endswith("right-injection"))
    broken = tmp_path_factory.mktemp("broken") / "broken.dcm"
    broken.write_bytes(clip.read_bytes()[:200_000])
    command = [sys.executable, "-W", "ignore", str(SCRIPT), str(clip), str(broken)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    assert "Traceback" not in done.stdout + done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_a_broken_file_is_one_plain_notification_and_no_layer(seen):
    assert seen["told"] == [["Notification", REJECT_WORDS[RejectCode.DAMAGED]]]
    assert seen["after_broken"] == 0


def test_the_screen_shows_the_clips_own_colours(seen):
    assert seen["looked"] > 200
    assert seen["wrong"] == 0


def test_a_line_is_measured_while_the_mouse_draws_it_and_while_an_end_is_dragged(seen):
    lengths = [float(words.split()[0]) for words in (*seen["drawn"], *seen["moved"])]
    assert len(lengths) == 4
    assert lengths == sorted(lengths)
    assert len(set(lengths)) == 4
    assert seen["row"] == ["1", "40", seen["moved"][-1], "scanner region 1"]
