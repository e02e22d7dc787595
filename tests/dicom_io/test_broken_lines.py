"""A line to Orthanc cut or stalled at random bytes: nothing truncated is kept, nothing half is called complete.

A few cuts in every run, a hundred of each way in `make soak`. The seed is printed, so that a failure can be had again.
"""
from __future__ import annotations

import hashlib
import random
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from cutting_proxy import CuttingProxy
from peers import Orthanc

from dicom_io.errors import DicomIoError
from dicom_io.pacs.pull import Pull, PullResult
from dicom_io.pacs.ways import ByWeb, GetOnly, Way
from dicom_io.pacs.web_address import WebAddress
from dicom_io.phantom import ParticipantTruth

SEED = 20260203
STUDY_BYTES = 20_500_000
"""What Orthanc sends for the phantom visit, associations and searches included, is a little more than its files."""


@dataclass(frozen=True)
class Line:
    """A study on a PACS, and how to ask for it through a proxy."""

    orthanc: Orthanc
    study_uid: str
    images: int
    web: bool

    @property
    def peer_port(self) -> int:
        return self.orthanc.http_port if self.web else self.orthanc.address.port

    def pull(self, proxy: CuttingProxy, folder: Path, skip: frozenset[str] = frozenset()) -> Pull:
        address = replace(self.orthanc.address, port=proxy.port)
        web = WebAddress(f"http://127.0.0.1:{proxy.port}/dicom-web")
        way: Way = ByWeb(web) if self.web else GetOnly()
        return Pull.start(address, self.study_uid, folder, skip=skip, way=way)


@pytest.fixture(params=["C-GET", "DICOMweb"])
def line(request: pytest.FixtureRequest, web_orthanc: Orthanc, phantom_visit: ParticipantTruth) -> Line:
    uid = phantom_visit.visits[0].study_instance_uid
    return Line(web_orthanc, uid, len(phantom_visit.files), request.param == "DICOMweb")


def ended(pull: Pull) -> PullResult | DicomIoError:
    try:
        return pull.result()
    except DicomIoError as error:
        return error


def everything_kept_is_whole(images: Path, sent: frozenset[str]) -> bool:
    files = [path for path in images.rglob("*") if path.is_file()]
    return all(hashlib.sha256(file.read_bytes()).hexdigest() == file.name for file in files) and {
        hashlib.sha256(file.read_bytes()[-4000:]).hexdigest() for file in files
    } <= sent


def tails(files: list[Path]) -> frozenset[str]:
    """The end of each file as it was sent: what is truncated cannot have it."""
    return frozenset(hashlib.sha256(file.read_bytes()[-4000:]).hexdigest() for file in files)


def cut_and_resume(line: Line, at: int, folder: Path, sent: frozenset[str]) -> None:
    """Cut every connection from byte `at` on; then fetch what is missing over a whole line."""
    with CuttingProxy(line.peer_port, at, once=False) as proxy:
        first = ended(line.pull(proxy, folder))
    assert everything_kept_is_whole(folder, sent), at
    kept: frozenset[str] = frozenset()
    if isinstance(first, PullResult):
        kept = frozenset(one.admission.image.sop_instance_uid for one in first.kept)
        assert first.complete == (len(kept) == line.images), at
        assert first.complete or first.trouble, at
        assert len(kept) + len(first.missing) == line.images, at
    with CuttingProxy(line.peer_port, 10**12) as proxy:
        second = line.pull(proxy, folder, kept).result()
    assert second.complete, at
    assert len(second.kept) == line.images - len(kept), at


def cuts(count: int) -> list[int]:
    chance = random.Random(SEED)
    sys.stdout.write(f"seed {SEED}, {count} cuts\n")
    return [chance.randrange(STUDY_BYTES) for _ in range(count)]


def test_a_few_cuts_leave_nothing_truncated_and_a_resume_completes(
    line: Line, phantom_visit: ParticipantTruth, tmp_path: Path
) -> None:
    for number, at in enumerate(cuts(4)):
        cut_and_resume(line, at, tmp_path / str(number), tails(list(phantom_visit.files)))


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_a_hundred_cuts_leave_nothing_truncated_soak(
    line: Line, phantom_visit: ParticipantTruth, tmp_path: Path
) -> None:
    for number, at in enumerate(cuts(100)):
        cut_and_resume(line, at, tmp_path / str(number), tails(list(phantom_visit.files)))


def test_a_line_that_breaks_once_is_made_good_within_the_pull(line: Line, tmp_path: Path) -> None:
    with CuttingProxy(line.peer_port, 9_000_000, once=True) as proxy:
        result = line.pull(proxy, tmp_path).result()
        assert proxy.fired
    assert (result.complete, len(result.kept)) == (True, line.images)


def stall(line: Line, at: int, folder: Path) -> None:
    with CuttingProxy(line.peer_port, at, stalls=True, once=False) as proxy:
        pull = line.pull(proxy, folder)
        fell_silent = until(lambda: proxy.fired or pull.finished, pull)
        outcome = ended(pull)
        assert time.monotonic() - fell_silent < 10.5, at  # the last half second is the machine's
    if isinstance(outcome, DicomIoError):
        assert "stopped answering" in outcome.why, at
    else:
        assert outcome.complete or "stopped answering" in outcome.trouble, at


def until(happened: Callable[[], bool], pull: Pull) -> float:
    while not happened():
        pull.poll()
        time.sleep(0.005)
    return time.monotonic()


def test_a_stall_ends_in_a_clear_error_within_ten_seconds(
    line: Line, phantom_visit: ParticipantTruth, tmp_path: Path
) -> None:
    stall(line, STUDY_BYTES // 3, tmp_path)
    assert everything_kept_is_whole(tmp_path, tails(list(phantom_visit.files)))


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_stalls_at_random_bytes_soak(line: Line, phantom_visit: ParticipantTruth, tmp_path: Path) -> None:
    for number, at in enumerate(cuts(30)):
        stall(line, at, tmp_path / str(number))
        assert everything_kept_is_whole(tmp_path / str(number), tails(list(phantom_visit.files))), at
