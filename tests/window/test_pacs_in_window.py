"""The PACS in the real window, against Orthanc with its worklist plugin: today, pictures as they arrive, tests."""
from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pydicom
import pytest
from cutting_proxy import CuttingProxy
from opened_window import practice_site, wait
from peers import PEER_DAY, Orthanc, free_port, start_orthanc, stop, wait_for
from worklists import WORKLIST_PLUGIN, Planned, write_worklist

from dicom_io.pacs.address import PacsAddress
from dicom_io.pacs.browsing import browser_of
from dicom_io.pacs.ways import GetOrMove, MoveOnly
from injection_log.protocol.reading import practice_protocol_text
from injection_log.settings import PacsSource
from injection_log.site import log_in

PATIENCE_S = 60.0
RULE = "[[visit.worklist]]\nRequestedProcedureDescription = 'spytkirtel.*injektion'\n\n"
MIDDLE_BYTES = 12_000_000
"""Of the phantom's 20 MB: some of its eight pictures are there by then, and not all."""
BROKEN_DAY = PEER_DAY + timedelta(days=1)
PROCEDURE = "UL spytkirtel injektion"
OTHER = Planned("250950-9999", "Hidden^Person", "UL skulder", time="080000")
SOMEBODY = Planned("240940-1111", "Unknown^Somebody", PROCEDURE, time="111500")


def protocol_with_rule() -> str:
    """The practice protocol, with a rule by which entries of the worklist mean the injection visit."""
    head, mark, tail = practice_protocol_text().partition('[[visit]]\nname = "month_4"')
    return head + RULE + mark + tail


@pytest.fixture(scope="module")
def hospital(tmp_path_factory, phantom_visit) -> Iterator[Orthanc]:
    """A PACS with the phantom's study and a worklist with its patient, somebody unknown, and another examination."""
    if not WORKLIST_PLUGIN.exists():
        pytest.skip("Orthanc's worklist plugin is not installed (apt-get install orthanc)")
    folder = tmp_path_factory.mktemp("hospital")
    own = Planned(phantom_visit.patient_id, "PRACTICE^PHANTOM", PROCEDURE, time="093000")
    write_worklist(folder / "wl", (own, SOMEBODY, OTHER))
    running = start_orthanc(
        folder, PacsAddress("HOSPITAL", "127.0.0.1", free_port(), listen_port=free_port()), free_port(),
        Plugins=[str(WORKLIST_PLUGIN)], DicomAlwaysAllowFindWorklist=True,
        Worklists={"Enable": True, "Database": str(folder / "wl"), "FilterIssuerAet": False},
    )
    try:
        wait_for(running)
        running.store(phantom_visit.files)
        yield running
    finally:
        browser_of(running.address).close(1.0)  # Orthanc does not end while a line stands
        stop(running)


class Desk:
    """The window on a fresh site, logged in, at the work list."""

    def __init__(self, app, root, source: PacsSource, protocol: str = "") -> None:
        from injection_log_napari.window import make_window

        self.app, self.site = app, practice_site(root, protocol)
        session = log_in(self.site, "injector", "practice-injector")
        self.window = make_window(self.site, session=session, pacs=source, canvas="plain")
        self.window.resize(1366, 768)
        self.window.show()
        wait(app, lambda: self.window.zone.canvas is not None)

    @property
    def room(self):
        return self.window.room

    def wait(self, until) -> None:
        wait(self.app, until, PATIENCE_S)

    def go_to_images(self) -> None:
        """Open the injection visit at its images step, and wait for the day's list."""
        self.window.work_list.table.selectRow(1)
        self.window.work_list.open_chosen()
        self.room.room.go("images")
        self.wait(lambda: not self.room.images.state.busy)

    def link_and_retrieve(self) -> None:
        """Choose the only study and say that it is the participant's."""
        self.room.images_page.table.selectRow(0)
        self.wait(self.room.images_page.link.isVisible)
        self.room.images_page.link.click()

    def left_idle(self) -> None:
        """Nothing is on its way."""
        self.wait(lambda: not self.room.images.state.busy)


def source_of(address: PacsAddress, worklist: PacsAddress | None = None) -> PacsSource:
    return PacsSource(address, GetOrMove(), worklist or address)


@pytest.fixture
def opened(app, tmp_path) -> Iterator:
    """Makes a desk with a PACS; closes every window at the end."""
    desks: list[Desk] = []

    def make(source: PacsSource, protocol: str = "") -> Desk:
        desks.append(Desk(app, tmp_path / str(len(desks)), source, protocol))
        return desks[-1]

    yield make
    for desk in desks:
        desk.window.close()


def texts_of(table) -> list[list[str]]:
    columns = range(table.columnCount())
    return [[table.item(row, column).text() for column in columns] for row in range(table.rowCount())]


# ---- today -------------------------------------------------------------------------------------------------
def test_today_s_list_shows_who_is_expected_and_no_name_until_one_is_chosen(opened, hospital):
    desk = opened(source_of(hospital.address), protocol_with_rule())
    today = desk.window.work_list.today
    desk.wait(today.isVisible)
    rows = [row[:3] for row in texts_of(today.table)]
    assert rows == [["09:30", "not linked yet", "Injection visit"], ["11:15", "not linked yet", "Injection visit"]]
    assert today._name.text() == ""
    today.table.selectRow(1)
    assert today._name.text() == "Unknown Somebody"
    assert desk.window.work_list.table.selectedItems() == []
    today.not_this.click()
    assert today._name.text() == ""
    assert desk.window.work_list.line.text.startswith("Press Enter to begin SMG-07")


def test_one_act_opens_the_visit_of_today_and_afterwards_the_list_knows_the_participant(opened, hospital):
    desk = opened(source_of(hospital.address), protocol_with_rule())
    today = desk.window.work_list.today
    desk.wait(today.isVisible)
    today.table.selectRow(0)
    today.participant.setText("smg-07")
    today.participant.textEdited.emit("smg-07")
    today.open()
    assert (desk.room.desk.record.participant, desk.room.desk.record.visit) == ("SMG-07", "injection")
    desk.room.room.go("images")
    desk.left_idle()
    desk.link_and_retrieve()
    desk.left_idle()
    desk.window.leave_room()
    desk.wait(lambda: texts_of(today.table)[0][1] == "SMG-07")
    assert texts_of(today.table)[1][1] == "not linked yet"


def test_no_name_of_the_worklist_is_kept_anywhere(opened, hospital):
    desk = opened(source_of(hospital.address), protocol_with_rule())
    today = desk.window.work_list.today
    desk.wait(today.isVisible)
    today.table.selectRow(1)
    desk.window.say("something of the program")
    assert desk.window.windowTitle() == "Injection log"
    words = [part.encode() for part in ("Unknown", "Somebody", SOMEBODY.patient_id, "Hidden", OTHER.patient_id)]
    for path in desk.site.home.root.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert not any(word in content for word in words), path.name


def test_a_pacs_without_a_worklist_shows_nothing_of_it(opened, filled_orthanc):
    desk = opened(source_of(filled_orthanc.address))
    desk.wait(lambda: desk.window.workers.is_idle)
    assert not desk.window.work_list.today.isVisible()


def test_a_worklist_that_fails_is_one_line_and_no_dialog(app, opened, filled_orthanc):
    gone = replace(filled_orthanc.address, called_aet="RIS", port=free_port())
    desk = opened(source_of(filled_orthanc.address, gone))
    today = desk.window.work_list.today
    desk.wait(today.isVisible)
    assert today._line.text().startswith("The worklist is not shown: Nothing answers at 127.0.0.1")
    assert not today.table.isVisible()
    assert app.activeModalWidget() is None


# ---- pictures arrive ---------------------------------------------------------------------------------------
def test_a_picture_can_be_opened_while_the_rest_comes_and_cancel_keeps_it(opened, hospital):
    with CuttingProxy(hospital.address.port, after_bytes=MIDDLE_BYTES, stalls=True) as line:
        desk = opened(source_of(replace(hospital.address, port=line.port)))
        desk.go_to_images()
        desk.link_and_retrieve()
        desk.wait(lambda: line.fired and desk.room.room.uids)
        uid = desk.room.room.uids[0]
        desk.wait(lambda: desk.room.clips.opened(uid))
        assert (desk.room.images.state.busy, desk.room.column.thumbs[uid].icon().isNull()) == ("retrieving", False)
        assert "by C-GET" in desk.room.images_page.fetching.words.text()
        desk.room.images_page.cancel.click()
        here = len(desk.room.room.uids)
        assert 0 < here < 8
        assert desk.room.line.text.startswith(f"Stopped. {here} of 8 pictures are here and stay")
        desk.room.images_page.retrieve.click()
        desk.left_idle()
        assert len(desk.room.room.uids) == 8
        assert desk.room.images.sentence.text.startswith("All 8 pictures are here")


def test_a_visit_that_is_left_in_the_middle_keeps_what_had_arrived(opened, hospital):
    with CuttingProxy(hospital.address.port, after_bytes=MIDDLE_BYTES, stalls=True) as line:
        desk = opened(source_of(replace(hospital.address, port=line.port)))
        desk.go_to_images()
        desk.link_and_retrieve()
        desk.wait(lambda: line.fired and desk.room.room.uids)
        here = desk.room.room.uids
        desk.window.leave_room()
        desk.window.work_list.open_chosen()
        assert set(here) <= set(desk.room.room.uids)  # one that arrived later may stand before them
        incoming = [path for path in desk.site.home.images.rglob("pull-*")]
        assert incoming == []


def broken_study(hospital: Orthanc, files, folder) -> None:
    """A study of the next day: two good stills, one that the gate refuses, one that the PACS has lost."""
    for place in range(4):
        data_set = pydicom.dcmread(files[place % 2])
        data_set.StudyInstanceUID, data_set.SeriesInstanceUID = "2.25.77", "2.25.771"
        data_set.StudyDate, data_set.PatientID = BROKEN_DAY.strftime("%Y%m%d"), "OTHER-PRACTICE"
        data_set.SOPInstanceUID = data_set.file_meta.MediaStorageSOPInstanceUID = f"2.25.77{place}0000000"
        if place == 2:
            data_set.PixelData = data_set.PixelData[:1000]
        data_set.save_as(folder / f"{place}.dcm", enforce_file_format=True)
    hospital.store(sorted(folder.glob("*.dcm")))
    for stored in (hospital.folder / "storage").rglob("*"):
        if stored.is_file() and stored.suffix == "" and b"2.25.7710000000" in stored.read_bytes()[:4000]:
            stored.unlink()


def test_what_did_not_come_is_named_with_the_reason_and_can_be_fetched_alone(
    opened, hospital, phantom_visit, tmp_path
):
    broken_study(hospital, phantom_visit.files, tmp_path)
    desk = opened(source_of(hospital.address))
    desk.go_to_images()
    page = desk.room.images_page
    page.searching.day.setText(BROKEN_DAY.isoformat())
    page.searching.search()
    desk.left_idle()
    desk.link_and_retrieve()
    desk.left_idle()
    assert [(one.uid, one.why[:24]) for one in desk.room.images.state.left_out] == [
        ("2.25.7720000000", "The picture is missing o"), ("2.25.7710000000", "The PACS did not send it"),
    ]
    assert desk.room.line.text == "▲ 2 of 4 pictures are here; missing are …20000000, …10000000 (end of the UID)."
    assert page.fetching.fetch_missing.isVisible()
    page.fetching.fetch_missing.click()
    desk.wait(lambda: desk.room.images.state.fetch is None or desk.room.images.state.fetch.asked)
    desk.left_idle()
    assert len(desk.room.room.uids) == 2


def test_the_way_is_c_move_where_the_settings_say_so(opened, hospital):
    desk = opened(PacsSource(hospital.address, MoveOnly(), hospital.address))
    desk.go_to_images()
    desk.link_and_retrieve()
    words: list[str] = []
    desk.wait(lambda: words.append(desk.room.images_page.fetching.words.text()) or not desk.room.images.state.busy)
    assert any(text.endswith("by C-MOVE") for text in words)
    assert len(desk.room.room.uids) == 8


# ---- the connection ----------------------------------------------------------------------------------------
def test_the_connection_is_tested_both_ways_and_said_in_sentences(opened, hospital):
    desk = opened(source_of(hospital.address))
    desk.go_to_images()
    desk.room.images_page.to_connection.click()
    page = desk.room.images_page.connection
    page.ours.button.click()
    page.theirs.button.click()
    desk.wait(lambda: "Waiting for HOSPITAL's test" in page.theirs.sentence.text())
    hospital.rest("POST", "/modalities/us/echo", json.dumps({"Timeout": 5}).encode())
    desk.wait(lambda: not page.presenter.is_waiting)
    assert page.ours.sentence.text() == "HOSPITAL answers: verification accepted."
    assert page.theirs.sentence.text() == "HOSPITAL at 127.0.0.1 called INJLOG and was answered."


def test_the_card_is_copied_and_saved_as_a_page(app, opened, hospital, tmp_path):
    desk = opened(source_of(hospital.address))
    desk.go_to_images()
    desk.room.images_page.to_connection.click()
    page = desk.room.images_page.connection
    desk.wait(page.copy.isEnabled)
    page.copy.click()
    assert f"{hospital.address.listen_port}, open only while" in app.clipboard().text()
    page.save_card(tmp_path)
    desk.wait(lambda: list(tmp_path.glob("*.pdf")))


def test_a_pacs_that_is_gone_leads_from_the_sentence_to_the_connection(opened):
    desk = opened(source_of(PacsAddress("GONE", "127.0.0.1", free_port())))
    desk.go_to_images()
    assert desk.room.line.text.startswith("▲ Nothing answers at 127.0.0.1")
    page = desk.room.images_page
    assert (page.to_connection.isVisible(), page.to_connection.property("role")) == (True, "missing")


def test_the_day_can_be_changed_and_what_is_elsewhere_is_not_listed(opened, hospital):
    desk = opened(source_of(hospital.address))
    desk.go_to_images()
    searching = desk.room.images_page.searching
    searching.day.setText("2020-01-01")
    searching.search()
    desk.left_idle()
    assert desk.room.images.state.rows == ()
    searching.day.setText(PEER_DAY.isoformat())
    searching.search()
    desk.left_idle()
    assert len(desk.room.images.state.rows) == 1
