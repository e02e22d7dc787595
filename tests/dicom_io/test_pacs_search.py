"""Echo and find against a real Orthanc, and every way in which a PACS can say no."""
from __future__ import annotations

import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path

import pydicom
import pytest
from peers import PEER_DAY, Orthanc, free_port
from stalls import Ending, endings

from dicom_io.errors import PacsError, PacsRefused, PacsStalled, PacsUnreachable
from dicom_io.pacs.address import PacsAddress
from dicom_io.pacs.echo import echo
from dicom_io.pacs.find import StudyQuery, find_images, find_series, find_studies
from dicom_io.phantom import ParticipantTruth
from tools.dcmtk import dcmtk

DAY = PEER_DAY.strftime("%Y%m%d")


@contextmanager
def silent_peer() -> Iterator[PacsAddress]:
    """Something that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield PacsAddress("SILENT", "127.0.0.1", server.getsockname()[1])


@contextmanager
def dripping_peer() -> Iterator[PacsAddress]:
    """Something that answers a connection with a byte now and then, and never finishes a message."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def drip() -> None:
            connection, _ = server.accept()
            with suppress(OSError):
                connection.sendall(b"\x02\x00\x00\x00\x01\x00")  # it accepts, in 256 bytes
                while True:
                    connection.sendall(b"\x02")
                    time.sleep(0.5)

        threading.Thread(target=drip, daemon=True).start()
        yield PacsAddress("DRIPPING", "127.0.0.1", server.getsockname()[1])


@pytest.fixture(scope="module")
def stalled() -> dict[str, Ending]:
    with silent_peer() as silent, dripping_peer() as dripping:
        return endings({"silent": partial(echo, silent), "dripping": partial(echo, dripping)})


def with_danish_names(file: Path, folder: Path) -> Path:
    data_set = pydicom.dcmread(file)
    data_set.SpecificCharacterSet = "ISO_IR 100"
    data_set.PatientName, data_set.PatientID = "Sørensen^Åse Ærø", "PRACTICE-ÆØÅ"
    data_set.StudyInstanceUID, data_set.SOPInstanceUID = "2.25.900", "2.25.901"
    data_set.SeriesInstanceUID = "2.25.902"
    data_set.file_meta.MediaStorageSOPInstanceUID = "2.25.901"
    data_set.StudyDate = "20250101"
    data_set.save_as(folder / "danish.dcm", enforce_file_format=True)
    return folder / "danish.dcm"


def test_an_echo_is_answered(orthanc: Orthanc) -> None:
    echo(orthanc.address)


def test_todays_ultrasound_studies_are_found(filled_orthanc: Orthanc, phantom_visit: ParticipantTruth) -> None:
    studies = find_studies(filled_orthanc.address, StudyQuery(date_from=DAY, date_to=DAY))
    assert [study.study_instance_uid for study in studies] == [phantom_visit.visits[0].study_instance_uid]
    study = studies[0]
    assert (study.study_date, study.modalities, study.station) == (DAY, ("US",), "PRACTICE-US")
    assert study.accession == phantom_visit.visits[0].accession
    assert study.identity.patient_id == phantom_visit.patient_id


def test_another_day_or_modality_finds_nothing(filled_orthanc: Orthanc) -> None:
    address = filled_orthanc.address
    assert find_studies(address, StudyQuery(date_from="19990101", date_to="19990102")) == ()
    assert find_studies(address, StudyQuery(date_from=DAY, date_to=DAY, modality="MR")) == ()


def test_a_patient_id_or_an_accession_number_finds_the_study(
    filled_orthanc: Orthanc, phantom_visit: ParticipantTruth
) -> None:
    by_id = find_studies(filled_orthanc.address, StudyQuery(patient_id=phantom_visit.patient_id))
    by_number = find_studies(filled_orthanc.address, StudyQuery(accession=phantom_visit.visits[0].accession))
    assert by_id == by_number
    assert len(by_id) == 1


def test_the_image_level_search_gives_exactly_the_images_of_the_study(
    filled_orthanc: Orthanc, phantom_visit: ParticipantTruth
) -> None:
    visit = phantom_visit.visits[0]
    found = find_images(filled_orthanc.address, visit.study_instance_uid)
    truth = {uid for gland in visit.glands.values() for uid in gland.images.values()}
    assert {reference.sop_instance_uid for reference in found} == truth


@pytest.fixture
def strict_archive(phantom_visit: ParticipantTruth, tmp_path: Path) -> Iterator[PacsAddress]:
    """DCMTK's archive, which refuses a search below the study that lacks one of the upper keys."""
    address = PacsAddress("STRICT", "127.0.0.1", free_port())
    (tmp_path / "db").mkdir()
    configuration = tmp_path / "dcmqrscp.cfg"
    configuration.write_text(
        f"NetworkTCPPort = {address.port}\nMaxPDUSize = 16384\nMaxAssociations = 16\n"
        "HostTable BEGIN\nHostTable END\nVendorTable BEGIN\nVendorTable END\n"
        f"AETable BEGIN\nSTRICT {tmp_path / 'db'} RW (100, 1024mb) ANY\nAETable END\n"
    )
    peer = subprocess.Popen(
        [dcmtk("dcmqrscp"), "-c", str(configuration), "+xy"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        until = time.monotonic() + 20
        while time.monotonic() < until:
            with suppress(PacsError):
                echo(address)
                break
        Orthanc(address, 0, tmp_path, peer).store(phantom_visit.files)
        yield address
    finally:
        peer.terminate()
        peer.wait()


def test_a_strict_archive_is_asked_with_every_upper_key(
    strict_archive: PacsAddress, phantom_visit: ParticipantTruth
) -> None:
    visit = phantom_visit.visits[0]
    truth = {uid for gland in visit.glands.values() for uid in gland.images.values()}
    study = find_studies(strict_archive, StudyQuery(DAY, DAY))[0].study_instance_uid
    series = find_series(strict_archive, study)
    assert {one.modality for one in series} == {"US"}
    found = find_images(strict_archive, study)
    assert {one.sop_instance_uid for one in found} == truth
    assert {one.series_instance_uid for one in found} == {one.series_instance_uid for one in series}


def test_danish_letters_survive(orthanc: Orthanc, phantom_visit: ParticipantTruth, tmp_path: Path) -> None:
    orthanc.store([with_danish_names(phantom_visit.files[1], tmp_path)])
    study = find_studies(orthanc.address, StudyQuery(date_from="20250101", date_to="20250101"))[0]
    assert study.identity.name == "Sørensen^Åse Ærø"
    assert study.identity.patient_id == "PRACTICE-ÆØÅ"


def test_a_summary_shows_no_identity_when_printed(filled_orthanc: Orthanc) -> None:
    study = find_studies(filled_orthanc.address, StudyQuery(date_from=DAY, date_to=DAY))[0]
    assert "PHANTOM" not in repr(study) + str(study)


def test_a_search_with_wildcards_is_refused() -> None:
    with pytest.raises(PacsError):
        StudyQuery(patient_id="*")


def test_nothing_listening_is_unreachable() -> None:
    with pytest.raises(PacsUnreachable, match="firewall"):
        echo(PacsAddress("PACS", "127.0.0.1", free_port()))


@pytest.mark.parametrize("host", ["no-such-host.invalid", "a..b", "x" * 70 + ".invalid"])
def test_a_host_that_does_not_exist_is_unreachable(host: str) -> None:
    with pytest.raises(PacsUnreachable, match="no computer called"):
        echo(PacsAddress("PACS", host, 104))


def test_a_wrong_title_of_the_pacs_is_named(orthanc: Orthanc) -> None:
    with pytest.raises(PacsRefused, match="no AE title WRONG"):
        echo(replace(orthanc.address, called_aet="WRONG"))


def test_an_unknown_title_of_ours_gives_the_text_for_the_administrator(filled_orthanc: Orthanc) -> None:
    stranger = replace(filled_orthanc.address, calling_aet="STRANGER")
    with pytest.raises(PacsRefused, match=r"administrator: please allow AE title STRANGER, host 127\.0\.0\.1"):
        find_studies(stranger, StudyQuery())


@pytest.mark.parametrize("peer", ["silent", "dripping"])
def test_a_peer_that_stops_answering_ends_in_a_clear_error_within_ten_seconds(
    stalled: dict[str, Ending], peer: str
) -> None:
    assert isinstance(stalled[peer].error, PacsStalled)
    assert "stopped answering" in str(stalled[peer].error)
    assert stalled[peer].seconds < 10
