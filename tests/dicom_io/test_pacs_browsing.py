"""One association serves many questions, outlives being idle, and does not outlive the program."""
from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest
from peers import PEER_DAY, Orthanc, free_port
from pynetdicom import AE, evt
from pynetdicom.sop_class import Verification

from dicom_io.errors import PacsRefused, PacsStalled, PacsUnreachable
from dicom_io.pacs.address import PacsAddress
from dicom_io.pacs.browsing import Browser, browser_of
from dicom_io.pacs.find import StudyQuery
from dicom_io.pacs.time_outs import TimeOuts
from dicom_io.phantom import ParticipantTruth

DAY = PEER_DAY.strftime("%Y%m%d")


@pytest.fixture
def browser(filled_orthanc: Orthanc) -> Iterator[Browser]:
    with Browser(filled_orthanc.address) as made:
        yield made


def test_many_questions_use_one_association(browser: Browser, phantom_visit: ParticipantTruth) -> None:
    for _ in range(3):
        browser.echo()
        assert [one.study_instance_uid for one in browser.studies(StudyQuery(DAY, DAY))] == [
            phantom_visit.visits[0].study_instance_uid
        ]
    assert len(browser.images(phantom_visit.visits[0].study_instance_uid)) == 8
    assert browser.opened == 1


def test_a_line_that_we_closed_is_opened_again(browser: Browser) -> None:
    browser.echo()
    browser.close()
    browser.echo()
    assert browser.opened == 2


def test_a_line_that_the_pacs_closed_is_opened_again_without_a_word() -> None:
    entity = AE("CLOSING")
    entity.add_supported_context(Verification)
    entity.network_timeout = 0.3  # it hangs up on whoever is idle
    address = PacsAddress("CLOSING", "127.0.0.1", free_port())
    server = entity.start_server(("127.0.0.1", address.port), block=False)
    try:
        with Browser(address) as browser:
            for _ in range(2):
                browser.echo()
                time.sleep(1.2)
            assert browser.opened == 2
    finally:
        server.shutdown()


def test_a_line_that_breaks_under_a_question_is_tried_once_more() -> None:
    echoes: list[int] = []

    def answer(event: evt.Event) -> int:
        echoes.append(1)
        if len(echoes) == 2:
            event.assoc.abort()
        return 0

    entity = AE("BREAKING")
    entity.add_supported_context(Verification)
    address = PacsAddress("BREAKING", "127.0.0.1", free_port())
    handlers = [(evt.EVT_C_ECHO, answer)]
    server = entity.start_server(("127.0.0.1", address.port), block=False, evt_handlers=handlers)
    try:
        with Browser(address) as browser:
            browser.echo()
            browser.echo()
            assert (browser.opened, len(echoes)) == (2, 3)
    finally:
        server.shutdown()


def test_an_idle_line_is_closed_by_us_and_its_thread_ends(filled_orthanc: Orthanc) -> None:
    with Browser(replace(filled_orthanc.address, time_outs=TimeOuts(idle=0.4))) as browser:
        browser.echo()
        assert browser._line is not None
        until = time.monotonic() + 10
        while browser._line is not None or browser._minder is not None:
            assert time.monotonic() < until
            time.sleep(0.05)
        browser.echo()
        assert browser.opened == 2


def test_silence_while_nothing_is_asked_is_no_stall(filled_orthanc: Orthanc) -> None:
    with Browser(replace(filled_orthanc.address, time_outs=TimeOuts(dimse=0.5, network=0.5))) as browser:
        browser.echo()
        time.sleep(1.5)
        browser.echo()
        assert browser.opened == 1


def test_many_threads_ask_at_once(browser: Browser) -> None:
    found: list[int] = []
    threads = [
        threading.Thread(target=lambda: found.append(len(browser.studies(StudyQuery(DAY, DAY))))) for _ in range(8)
    ]
    for one in threads:
        one.start()
    for one in threads:
        one.join(30)
    assert found == [1] * 8
    assert browser.opened == 1


def test_what_a_pacs_does_not_allow_is_said(orthanc: Orthanc) -> None:
    with Browser(replace(orthanc.address, calling_aet="STRANGER")) as browser, pytest.raises(PacsRefused):
        browser.studies(StudyQuery())


def test_nothing_there_is_said_each_time() -> None:
    with Browser(PacsAddress("GONE", "127.0.0.1", free_port())) as browser:
        for _ in range(2):
            with pytest.raises(PacsUnreachable):
                browser.echo()


def test_a_peer_that_falls_silent_on_a_warm_line_is_told_of_once() -> None:
    entity = AE("SLOW")
    entity.add_supported_context(Verification)
    pause = [0.0]
    handlers = [(evt.EVT_C_ECHO, lambda _: time.sleep(pause[0]) or 0)]
    address = PacsAddress("SLOW", "127.0.0.1", free_port(), time_outs=TimeOuts(dimse=1, network=1))
    server = entity.start_server(("127.0.0.1", address.port), block=False, evt_handlers=handlers)
    try:
        with Browser(address) as browser:
            browser.echo()
            pause[0] = 3.0
            began = time.monotonic()
            with pytest.raises(PacsStalled):
                browser.echo()
            assert time.monotonic() - began < 5
    finally:
        server.shutdown()


def test_one_browser_serves_the_whole_program(orthanc: Orthanc) -> None:
    browser = browser_of(orthanc.address)
    assert browser is browser_of(replace(orthanc.address))
    browser.close()


def test_a_warm_line_does_not_keep_the_program_alive(orthanc: Orthanc) -> None:
    address = orthanc.address
    program = (
        "from dicom_io.pacs.address import PacsAddress\nfrom dicom_io.pacs.browsing import Browser, browser_of\n"
        f"address = PacsAddress({address.called_aet!r}, {address.host!r}, {address.port})\n"
        "browser_of(address).echo()\nforgotten = Browser(address)\nforgotten.echo()\nprint('asked')\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, timeout=60, check=False, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "asked\n", "")
