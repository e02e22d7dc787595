"""Real peers for the tests: Debian's Orthanc on a free port of this machine, and a phantom visit to fill it with.

A pytest plugin (tests/conftest.py names it); every fixture ends what it started, by process.
"""
from __future__ import annotations

import json
import shutil
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from dicom_io.errors import DicomIoError
from dicom_io.pacs.address import PacsAddress
from dicom_io.pacs.echo import echo
from dicom_io.phantom import ParticipantTruth, PlannedVisit, make_participant
from tools.dcmtk import dcmtk

PEER_DAY = date(2026, 2, 3)


WEB_PLUGIN = Path("/usr/share/orthanc/plugins/libOrthancDicomWeb.so")


@dataclass(frozen=True)
class Orthanc:
    """A running Orthanc: its address (it knows our AE title INJLOG), HTTP port, folder and process."""

    address: PacsAddress
    http_port: int
    folder: Path
    process: subprocess.Popen[bytes]

    @property
    def web_root(self) -> str:
        """Where its DICOMweb plugin answers, if it was started with it."""
        return f"http://127.0.0.1:{self.http_port}/dicom-web"

    def store(self, files: Sequence[Path]) -> None:
        """Send files with DCMTK's storescu, each in its own transfer syntax."""
        for syntax in ("-x=", "-xy"):  # uncompressed, JPEG 8 bit
            subprocess.run(
                [dcmtk("storescu"), "-aec", self.address.called_aet, "-aet", "STORESCU", "-R", syntax,
                 self.address.host, str(self.address.port), *map(str, files)],
                check=False, capture_output=True, timeout=60,
            )

    def rest(self, method: str, path: str, body: bytes | None = None) -> Any:
        """Ask its REST interface: JSON, or bytes where the answer is none."""
        request = urllib.request.Request(f"http://127.0.0.1:{self.http_port}{path}", body, method=method)
        with urllib.request.urlopen(request, timeout=20) as answer:
            content = answer.read()
        try:
            return json.loads(content)
        except ValueError:
            return content

    def instance(self, sop_instance_uid: str) -> str:
        """Orthanc's own id of an instance."""
        found = self.rest("POST", "/tools/lookup", sop_instance_uid.encode())
        return str(found[0]["ID"])


def free_port() -> int:
    """A port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start_orthanc(folder: Path, address: PacsAddress, http_port: int, **settings: Any) -> Orthanc:
    """Start Orthanc with a configuration of its own; the caller stops it."""
    if shutil.which("Orthanc") is None:
        pytest.skip("Orthanc is not installed (apt-get install orthanc)")
    configuration = {
        "Name": "injection-log tests", "StorageDirectory": str(folder / "storage"),
        "IndexDirectory": str(folder / "storage"), "DicomAet": address.called_aet, "DicomPort": address.port,
        "HttpPort": http_port, "RemoteAccessAllowed": False, "AuthenticationEnabled": False,
        "HttpDescribeErrors": True, "Plugins": [], "StorageCompression": False,
        "MaximumStorageCacheSize": 0, "DicomCheckCalledAet": True,
        "DicomAlwaysAllowGet": False, "DicomAlwaysAllowFind": False, "ConcurrentJobs": 2,
        "DicomModalities": {
            "us": {
                "AET": address.calling_aet, "Host": "127.0.0.1", "Port": address.listen_port,
                "AllowEcho": True, "AllowFind": True, "AllowGet": True, "AllowMove": True, "AllowStore": True,
            }
        },
        **settings,
    }
    file = folder / "orthanc.json"
    file.write_text(json.dumps(configuration), encoding="utf-8")
    process = subprocess.Popen(["Orthanc", str(file)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return Orthanc(address, http_port, folder, process)


def start_web_orthanc(folder: Path, **settings: Any) -> Orthanc:
    """Start an Orthanc that also answers DICOMweb; the caller stops it."""
    if not WEB_PLUGIN.exists():
        pytest.skip("Orthanc's DICOMweb plugin is not installed (apt-get install orthanc-dicomweb)")
    address = PacsAddress("WEBORTHANC", "127.0.0.1", free_port(), listen_port=free_port())
    return start_orthanc(
        folder, address, free_port(), Plugins=[str(WEB_PLUGIN)], DicomWeb={"Enable": True}, **settings
    )


def wait_for(orthanc: Orthanc, seconds: float = 30) -> None:
    """Until it answers an echo."""
    until = time.monotonic() + seconds
    while True:
        try:
            echo(orthanc.address)
        except DicomIoError:
            if time.monotonic() > until or orthanc.process.poll() is not None:
                raise
            time.sleep(0.1)
        else:
            return


def stop(orthanc: Orthanc) -> None:
    """End this one process. What it stored is thrown away with its folder, so it is not waited for long."""
    orthanc.process.terminate()
    try:
        orthanc.process.wait(1)
    except subprocess.TimeoutExpired:
        orthanc.process.kill()
        orthanc.process.wait()


@pytest.fixture(scope="session")
def orthanc(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Orthanc]:
    """One empty Orthanc for the whole run; tests that store must not assume they are alone."""
    folder = tmp_path_factory.mktemp("orthanc")
    address = PacsAddress("ORTHANC", "127.0.0.1", free_port(), listen_port=free_port())
    running = start_orthanc(folder, address, free_port())
    try:
        wait_for(running)
        yield running
    finally:
        stop(running)


@pytest.fixture(scope="session")
def phantom_visit(tmp_path_factory: pytest.TempPathFactory) -> ParticipantTruth:
    """The injection visit of a practice participant: 8 files, truth beside them. Do not change the files."""
    folder = tmp_path_factory.mktemp("phantom-visit")
    return make_participant(folder, 7, visits=[PlannedVisit("injection", PEER_DAY, is_injecting=True)])


@pytest.fixture(scope="session")
def filled_orthanc(orthanc: Orthanc, phantom_visit: ParticipantTruth) -> Orthanc:
    """The running Orthanc with the phantom visit in it."""
    orthanc.store(phantom_visit.files)
    return orthanc


@pytest.fixture(scope="session")
def web_orthanc(tmp_path_factory: pytest.TempPathFactory, phantom_visit: ParticipantTruth) -> Iterator[Orthanc]:
    """An Orthanc with DICOMweb and the phantom visit in it."""
    running = start_web_orthanc(tmp_path_factory.mktemp("orthanc-web"))
    try:
        wait_for(running)
        running.store(phantom_visit.files)
        yield running
    finally:
        stop(running)
