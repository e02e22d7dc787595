"""The modality worklist of a real Orthanc and of DCMTK's worklist server, with entries made by dump2dcm."""
from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from peers import Orthanc, free_port, start_orthanc, stop, wait_for
from worklists import WORKLIST_PLUGIN, Planned, write_worklist

from dicom_io.errors import PacsError, PacsRefused
from dicom_io.pacs.address import PacsAddress
from dicom_io.pacs.answers import UNKNOWN_CHARACTERS
from dicom_io.pacs.browsing import Browser
from dicom_io.pacs.worklist import WorklistQuery, find_worklist
from tools.dcmtk import dcmtk

TODAY = "20260203"
PLANNED = (
    Planned("SMG-A", "Sørensen^Åse", "UL spytkirtel injektion", time="093000"),
    Planned("SMG-B", "Jensen^Bo", "UL spytkirtel kontrol", time="081500", station_aet="US2"),
    Planned("SMG-C", "Holm^Cæcilie", "UL spytkirtel kontrol", day="20260204"),
    Planned("SMG-D", "Dam^Dorte", "MR hjerne", modality="MR"),
)


@pytest.fixture(scope="module")
def orthanc_worklist(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PacsAddress]:
    if not WORKLIST_PLUGIN.exists():
        pytest.skip("Orthanc's worklist plugin is not installed (apt-get install orthanc)")
    folder = tmp_path_factory.mktemp("worklist")
    write_worklist(folder / "wl", PLANNED)
    address = PacsAddress("WORKLIST", "127.0.0.1", free_port(), listen_port=free_port())
    running = start_orthanc(
        folder, address, free_port(), Plugins=[str(WORKLIST_PLUGIN)], DicomAlwaysAllowFindWorklist=True,
        Worklists={"Enable": True, "Database": str(folder / "wl"), "FilterIssuerAet": False},
    )
    try:
        wait_for(running)
        yield address
    finally:
        stop(running)


@pytest.fixture
def dcmtk_worklist(tmp_path: Path) -> Iterator[PacsAddress]:
    place = tmp_path / "DCMTKWL"
    write_worklist(place, PLANNED)
    (place / "lockfile").touch()
    address = PacsAddress("DCMTKWL", "127.0.0.1", free_port())
    peer = subprocess.Popen(
        [dcmtk("wlmscpfs"), "-s", "-dfp", str(tmp_path), str(address.port)],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )
    try:
        until = time.monotonic() + 20
        while time.monotonic() < until:
            with suppress(PacsError):
                find_worklist(address, WorklistQuery("19990101"))
                break
            time.sleep(0.1)
        yield address
    finally:
        peer.kill()
        peer.wait()


def test_todays_steps_of_ultrasound_are_read_by_time(orthanc_worklist: PacsAddress) -> None:
    items = find_worklist(orthanc_worklist, WorklistQuery(TODAY))
    assert [(one.time, one.identity.patient_id) for one in items] == [("081500", "SMG-B"), ("093000", "SMG-A")]
    assert dict(items[1].facts)["RequestedProcedureDescription"] == "UL spytkirtel injektion"
    assert items[1].identity.name == "Sørensen^Åse"
    assert items.remarks == ()


def test_what_a_protocol_may_look_at_is_read(orthanc_worklist: PacsAddress) -> None:
    facts = dict(find_worklist(orthanc_worklist, WorklistQuery(TODAY, station_aet="US2"))[0].facts)
    assert facts["ScheduledProcedureStepDescription"] == "trin: UL spytkirtel kontrol"
    assert facts["RequestedProcedureCodeSequence"] == "SMGINJ^99LOCAL^made at test time"
    assert facts["Modality"] == "US"


def test_the_worklist_and_the_archive_share_one_warm_line(orthanc_worklist: PacsAddress) -> None:
    with Browser(orthanc_worklist) as browser:
        browser.echo()
        assert len(browser.worklist(WorklistQuery(TODAY))) == 2
        assert browser.opened == 1


def test_an_entry_prints_nobody(orthanc_worklist: PacsAddress) -> None:
    items = find_worklist(orthanc_worklist, WorklistQuery(TODAY))
    assert "SMG-A" not in repr(items)
    assert "rensen" not in repr(items)


def test_dcmtks_server_without_a_character_set_is_read_and_said(dcmtk_worklist: PacsAddress) -> None:
    items = find_worklist(dcmtk_worklist, WorklistQuery(TODAY))
    names = {one.identity.patient_id: one.identity.name for one in items}
    assert names == {"SMG-A": "Sørensen^Åse", "SMG-B": "Jensen^Bo"}
    assert UNKNOWN_CHARACTERS in items.remarks


def test_a_pacs_without_a_worklist_leads_to_the_setting(orthanc: Orthanc) -> None:
    with pytest.raises(PacsRefused, match="no worklist here; set worklist = ") as refused:
        find_worklist(orthanc.address, WorklistQuery(TODAY))
    assert "please allow" not in refused.value.why


def test_a_title_that_is_not_there_gives_no_worklist(orthanc_worklist: PacsAddress) -> None:
    with pytest.raises(PacsRefused):
        find_worklist(replace(orthanc_worklist, called_aet="NOBODY"), WorklistQuery(TODAY))


