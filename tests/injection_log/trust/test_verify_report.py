"""What verification answers: always, in one form, from the command line too, without the heavy parts of the program."""

from __future__ import annotations

import gc
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from injection_log.ledger.event import Actor, Change, EventDraft, Subject
from injection_log.verify import verify

COMMAND = "from injection_log.cli import main; main()"
KEYS = {"ok", "events", "first_wrong", "checkpoint", "not_covered"}


def run(place, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "INJECTION_LOG_KEYS": str(place.keys.root)}
    command = [sys.executable, "-c", COMMAND, "verify", "--home", str(place.home.root), *arguments]
    return subprocess.run(command, capture_output=True, text=True, env=environment, timeout=60, check=False)


@pytest.mark.parametrize("content", [None, b"", b"not a database" * 500, b"SQLite format 3\x00" + b"\xff" * 5000])
def test_a_log_that_cannot_be_opened_is_an_answer(place, content: bytes | None) -> None:
    place.home.make()
    if content is not None:
        place.database.write_bytes(content)
    report = verify(place.home, keys=place.keys)
    assert (report.ok, report.events, report.checkpoint) == (False, 0, None)
    assert report.first_wrong is not None
    assert report.first_wrong.sequence == 0


def test_the_command_prints_the_fixed_form(signed) -> None:
    answer = run(signed, "--json")
    facts = json.loads(answer.stdout)
    assert (answer.returncode, facts.keys(), facts["ok"], facts["events"]) == (0, KEYS, True, 9), answer.stderr
    assert facts["first_wrong"] is None
    assert facts["checkpoint"].startswith("injection-log/SMG/01/")


def test_the_command_names_the_first_wrong_event(signed) -> None:
    signed.tamper("UPDATE event SET salt = zeroblob(32) WHERE sequence = 4")
    answer = run(signed, "--json")
    facts = json.loads(answer.stdout)
    assert (answer.returncode, facts["ok"]) == (1, False)
    assert facts["first_wrong"].keys() == {"sequence", "what", "why"}
    assert facts["first_wrong"]["sequence"] == 4


def test_the_command_answers_when_there_is_no_log(place) -> None:
    answer = run(place, "--json")
    assert (answer.returncode, json.loads(answer.stdout).keys()) == (1, KEYS)
    assert "Traceback" not in answer.stderr


def test_the_command_says_in_words_what_it_cannot_cover(signed) -> None:
    answer = run(signed)
    assert answer.returncode == 0
    assert "The log holds: 9 events" in answer.stdout
    assert "Not covered:" in answer.stdout


def test_verification_loads_no_heavy_part_of_the_program(signed) -> None:
    code = (
        "import sys; from pathlib import Path; from injection_log.verify import verify;"
        f"report = verify(Path({str(signed.home.root)!r}));"
        "heavy = {'pydicom', 'napari', 'cv2', 'numpy', 'sqlalchemy', 'alembic', 'keyring', 'qtpy'};"
        "print(report.ok, sorted(heavy & set(sys.modules)))"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert answer.stdout.strip() == "True []", answer.stderr


def test_the_command_loads_neither_pydicom_nor_napari(signed) -> None:
    code = (
        "import sys; from injection_log.cli import main;"
        f"sys.argv = ['injection-log', 'verify', '--json', '--home', {str(signed.home.root)!r}]\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "print(sorted({'pydicom', 'napari', 'cv2', 'qtpy', 'alembic'} & set(sys.modules)), file=sys.stderr)"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert answer.stderr.strip() == "[]"


def test_events_after_the_last_checkpoint_are_named_as_not_covered(signed) -> None:
    ledger = signed.open()
    ledger.append(Actor("amina", "injector"), [EventDraft("LoggedOut", Subject("user", id="amina"))], protocol="p1")
    ledger.close()
    report = verify(signed.home, keys=signed.keys)
    assert report.ok
    assert any(sentence.startswith("Events 9 to 10 came after") for sentence in report.not_covered)


def test_progress_is_told(signed) -> None:
    told: list[tuple[int, int]] = []
    verify(signed.home, keys=signed.keys, progress=lambda done, of: told.append((done, of)))
    assert told[-1] == (9, 9)


def test_a_measurement_that_does_not_follow_from_its_marks_is_named(signed) -> None:
    ledger = signed.open()
    right = Subject("gland", "SMG-07", "injection", "right")
    changes = (Change("mark.m1", None, {"axis": "length"}), Change("measured.m1", None, {"length_um": 1}))
    ledger.append(Actor("amina", "injector"), [EventDraft("MarkPlaced", right, changes)], protocol="p1")
    ledger.close()
    wrong = verify(signed.home, keys=signed.keys).first_wrong
    assert wrong is not None
    assert (wrong.sequence, wrong.what) == (10, "measurement")


def test_a_home_may_be_given_as_a_path(signed) -> None:
    assert verify(Path(signed.home.root), keys=signed.keys).ok


@pytest.mark.parametrize("change", ["", "UPDATE event SET salt = zeroblob(32) WHERE sequence = 4"])
def test_the_search_for_garbage_is_on_again_whatever_was_found(signed, change: str) -> None:
    if change:
        signed.tamper(change)
    seen = []
    report = verify(signed.home, keys=signed.keys, progress=lambda done, of: seen.append(gc.isenabled()))
    assert (report.ok, gc.isenabled()) == (not change, True)
    assert not any(seen)
