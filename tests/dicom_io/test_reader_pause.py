"""No answer of a PACS is lost to the library's own reading thread, however the two threads happen to run."""
from __future__ import annotations

import threading
import time

import pytest
from peers import PEER_DAY, Orthanc
from pynetdicom.association import Association

from dicom_io.pacs.browsing import Browser
from dicom_io.pacs.find import StudyQuery
from dicom_io.pacs.reader_pause import ReaderPause
from dicom_io.phantom import ParticipantTruth

DAY = PEER_DAY.strftime("%Y%m%d")


def _hesitate(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hold the reading thread for a while at the place where a busy machine may hold it for a moment."""

    def lowered(association: Association, paused: bool) -> None:
        if not paused and threading.current_thread() is association:
            time.sleep(0.03)
        association.__dict__["paused"] = paused

    monkeypatch.setattr(
        Association, "_is_paused", property(lambda association: association.__dict__["paused"], lowered), raising=False
    )


def test_a_reading_thread_that_is_held_up_takes_no_answer_away(
    filled_orthanc: Orthanc, phantom_visit: ParticipantTruth, monkeypatch: pytest.MonkeyPatch
) -> None:
    _hesitate(monkeypatch)
    study = phantom_visit.visits[0].study_instance_uid
    with Browser(filled_orthanc.address) as browser:
        for _ in range(5):
            browser.echo()
            assert [one.study_instance_uid for one in browser.studies(StudyQuery(DAY, DAY))] == [study]
            assert len(browser.images(study)) == 8
        assert browser.opened == 1


def test_the_pause_returns_only_when_the_reader_stands() -> None:
    passed: list[float] = []
    ended = threading.Event()

    def read() -> None:
        while not ended.is_set():
            pause.wait()
            time.sleep(0.01)
            passed.append(time.monotonic())

    reader = threading.Thread(target=read, daemon=True)
    pause = ReaderPause(reader)
    reader.start()
    for _ in range(20):
        pause.clear()
        stood = len(passed)
        time.sleep(0.02)
        assert len(passed) == stood
        pause.set()
    ended.set()
    reader.join(5)
    assert passed


def test_a_reader_that_has_ended_or_asks_itself_is_not_waited_for() -> None:
    done: list[str] = []
    reader = threading.Thread(target=lambda: (pause.clear(), done.append("itself")))
    pause = ReaderPause(reader)
    reader.start()
    reader.join(5)
    pause.clear()
    assert done == ["itself"]
