"""Echo and search: the warm association against a new one, and C-FIND of 1,000 studies against DCMTK's findscu.

The studies are made at run time, one tiny grey picture each, of nobody. Orthanc is the PACS in every figure.
"""

from __future__ import annotations

import importlib
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pydicom
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian
from pynetdicom import _config

from dicom_io.pacs.address import PacsAddress
from dicom_io.pacs.browsing import Browser
from dicom_io.pacs.echo import echo
from dicom_io.pacs.find import StudyQuery, find_studies
from tools.bench.measuring import Figure, at_most, interleaved, ratio
from tools.dcmtk import dcmtk

_STUDIES = 1000
_REPEATS = 9
_DAY = "20260203"
_EVERYTHING = StudyQuery(_DAY, _DAY)
_ONE = StudyQuery(patient_id="BENCH-0500")
_SECONDARY_CAPTURE = "1.2.840.10008.5.1.4.1.1.7"
_KEYS = (
    "QueryRetrieveLevel=STUDY", f"StudyDate={_DAY}", "ModalitiesInStudy=US", "StudyInstanceUID", "StudyTime",
    "StudyDescription", "AccessionNumber", "StationName", "NumberOfStudyRelatedInstances", "PatientID",
    "IssuerOfPatientID", "PatientName", "PatientBirthDate",
)


def figures(work: Path) -> list[Figure]:
    """Measure in a folder that is thrown away afterwards."""
    with _filled_pacs(work) as address, Browser(address) as browser:
        return [*_warm_figures(address, browser), *_find_figures(address, browser)]


def _warm_figures(address: PacsAddress, browser: Browser) -> list[Figure]:
    ways: dict[str, Callable[[], object]] = {
        "echo, new": lambda: echo(address), "echo, warm": browser.echo,
        "find, new": lambda: find_studies(address, _ONE), "find, warm": lambda: browser.studies(_ONE),
    }
    times = interleaved(ways, _REPEATS)
    return [
        at_most("C-ECHO on the warm association", ratio(times, "echo, warm", "echo, new"), 0.2, "a new association",
                "asked: 3.8 ms against 62 ms, which is 0.06"),
        at_most("C-FIND of one patient on the warm association", ratio(times, "find, warm", "find, new"), 1.0,
                "a new association"),
    ]


def _find_figures(address: PacsAddress, browser: Browser) -> list[Figure]:
    times = interleaved(
        {
            "findscu": lambda: _findscu(address),
            "ours": lambda: _all(find_studies(address, _EVERYTHING)),
            "warm": lambda: _all(browser.studies(_EVERYTHING)),
            "logged": lambda: _with_identifiers_logged(address),
        },
        _REPEATS,
    )
    anchor = "findscu, whole process"
    return [
        at_most(f"C-FIND of {_STUDIES} studies", ratio(times, "ours", "findscu"), 3.0, anchor),
        at_most(f"C-FIND of {_STUDIES} studies, warm association", ratio(times, "warm", "findscu"), 3.0, anchor),
        Figure(
            f"C-FIND of {_STUDIES} studies with the library's logging of identifiers",
            ratio(times, "logged", "findscu").words(), anchor,
            note="what it would cost; it is off and a test keeps it so",
        ),
    ]


def _all(found: tuple[object, ...]) -> None:
    if len(found) != _STUDIES:
        raise RuntimeError(f"{len(found)} studies were found, not {_STUDIES}")


def _findscu(address: PacsAddress) -> None:
    words = [dcmtk("findscu"), "-S", "-aet", address.calling_aet, "-aec", address.called_aet]
    for key in _KEYS:
        words += ["-k", key]
    done = subprocess.run([*words, address.host, str(address.port)], capture_output=True, check=True, timeout=120)
    if (done.stdout + done.stderr).count(b"StudyInstanceUID") < _STUDIES:
        raise RuntimeError("findscu did not list every study")


def _with_identifiers_logged(address: PacsAddress) -> None:
    before = _config.LOG_REQUEST_IDENTIFIERS, _config.LOG_RESPONSE_IDENTIFIERS
    _config.LOG_REQUEST_IDENTIFIERS = _config.LOG_RESPONSE_IDENTIFIERS = True
    try:
        _all(find_studies(address, _EVERYTHING))
    finally:
        _config.LOG_REQUEST_IDENTIFIERS, _config.LOG_RESPONSE_IDENTIFIERS = before


@contextmanager
def _filled_pacs(work: Path) -> Iterator[PacsAddress]:
    sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tests"))
    peers = importlib.import_module("peers")  # a plugin of the tests

    address = PacsAddress("BENCH", "127.0.0.1", peers.free_port(), listen_port=peers.free_port())
    running = peers.start_orthanc(work, address, peers.free_port(), LimitFindResults=0)
    try:
        peers.wait_for(running)
        files = _write_studies(work / "studies")
        words = [dcmtk("storescu"), "-aec", address.called_aet, "+sd", address.host, str(address.port), str(files)]
        subprocess.run(words, check=True, capture_output=True, timeout=600)
        yield address
    finally:
        peers.stop(running)


def _write_studies(folder: Path) -> Path:
    folder.mkdir()
    for number in range(_STUDIES):
        image = Dataset()
        image.file_meta = FileMetaDataset()
        image.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        image.SpecificCharacterSet = "ISO_IR 100"
        image.SOPClassUID, image.SOPInstanceUID = _SECONDARY_CAPTURE, f"2.25.7.{number}.3"
        image.StudyInstanceUID, image.SeriesInstanceUID = f"2.25.7.{number}.1", f"2.25.7.{number}.2"
        image.PatientID, image.PatientName = f"BENCH-{number:04}", f"Nobody^Bench {number} æøå"
        image.PatientBirthDate, image.StudyID, image.SeriesNumber = "19500101", "1", 1
        image.StudyDate, image.StudyTime = _DAY, f"{8 + number // 100:02}{number % 60:02}00"
        image.StudyDescription, image.AccessionNumber = "UL spytkirtel", f"ACC{number:05}"
        image.Modality, image.StationName, image.InstanceNumber = "US", "BENCH-US", 1
        image.Rows = image.Columns = 2
        image.SamplesPerPixel, image.PhotometricInterpretation = 1, "MONOCHROME2"
        image.BitsAllocated = image.BitsStored = 8
        image.HighBit, image.PixelRepresentation, image.PixelData = 7, 0, bytes(4)
        pydicom.dcmwrite(folder / f"{number}.dcm", image, enforce_file_format=True)
    return folder
