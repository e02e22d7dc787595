"""Fetching a study: our pull, every file hashed, gated and fsynced, against DCMTK's tools on the same Orthanc.

Two studies made from the phantom: 363 MB of uncompressed clips and 150 MB of JPEG clips. Our worker is ready when the
clock starts, as it is when the window's PACS page is open; the cold start is a figure of its own.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from dicom_io.pacs import worker_process
from dicom_io.pacs.address import PacsAddress
from dicom_io.pacs.pull import Pull, PullResult
from dicom_io.pacs.time_outs import TimeOuts
from dicom_io.pacs.ways import ByWeb, GetOnly, MoveOnly, Way
from dicom_io.pacs.web_address import WebAddress
from tests.peers import WEB_PLUGIN, Orthanc, free_port, start_orthanc, stop, wait_for
from tools.bench.measuring import Figure, at_most, interleaved, ratio
from tools.bench.studies import MadeStudy, Maker
from tools.dcmtk import dcmtk

REPEATS = 3
MIB = 2**20
_MOST_EXTRA_BYTES = 16 * MIB
_READY_SECONDS = 3.0
_GETSCU, _MOVESCU = "getscu +B -pdu 131072", "movescu + storescp"


@dataclass(frozen=True)
class Bench:
    """A filled Orthanc, the studies in it, and a folder for what comes out."""

    orthanc: Orthanc
    work: Path
    scp_port: int

    def ours(self, study: MadeStudy, way: Way, *, warm: bool = True) -> float:
        """Seconds of one pull that has to be complete."""
        return self.pulled(study, way, warm=warm)[0]

    def pulled(self, study: MadeStudy, way: Way, *, warm: bool = True) -> tuple[float, PullResult]:
        """The same, with the result."""
        images = self.work / "images"
        shutil.rmtree(images, ignore_errors=True)
        if warm:
            worker_process.prepare()
            time.sleep(_READY_SECONDS)
        began = time.perf_counter()
        result = Pull.start(self.orthanc.address, study.study_uid, images, way=way).result()
        seconds = time.perf_counter() - began
        if not result.complete:
            raise RuntimeError(f"the pull was not complete: {result.trouble}")
        return seconds, result

    def getscu(self, study: MadeStudy) -> float:
        """Seconds of DCMTK's C-GET, bit-preserving, with its largest PDU."""
        with self._out() as out:
            return self._timed(
                [dcmtk("getscu"), "+B", "-pdu", "131072", *self._titles(), "-S", *_keys(study), "-od", str(out),
                 self.orthanc.address.host, str(self.orthanc.address.port)], out, study,
            )

    def movescu(self, study: MadeStudy) -> float:
        """Seconds of DCMTK's C-MOVE to a storescp that was started before."""
        with self._out() as out:
            command = [dcmtk("storescp"), "+B", "+xa", "-pdu", "131072", "-aet", "STORESCP", "-od", str(out)]
            scp = subprocess.Popen([*command, str(self.scp_port)])
            try:
                time.sleep(0.3)
                return self._timed(
                    [dcmtk("movescu"), *self._titles(), "-aem", "STORESCP", "-S", *_keys(study),
                     self.orthanc.address.host, str(self.orthanc.address.port)], out, study,
                )
            finally:
                scp.terminate()
                scp.wait()

    @contextmanager
    def _out(self) -> Iterator[Path]:
        out = self.work / "dcmtk"
        shutil.rmtree(out, ignore_errors=True)
        out.mkdir()
        yield out

    def _titles(self) -> list[str]:
        return ["-aet", self.orthanc.address.calling_aet, "-aec", self.orthanc.address.called_aet]

    @staticmethod
    def _timed(command: list[str], out: Path, study: MadeStudy) -> float:
        began = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        seconds = time.perf_counter() - began
        if len(list(out.iterdir())) != len(study.files):
            raise RuntimeError(f"{command[0]} did not fetch the whole study")
        return seconds


def figures(work: Path) -> list[Figure]:
    """Speed, bytes and memory of a pull."""
    maker = Maker.begin(work)
    raw, jpeg = maker.uncompressed("raw"), maker.jpeg("jpeg")
    small = maker.uncompressed("small", stills=1, clips=1, frames=5)
    with _bench(work, [raw, jpeg, small]) as bench:
        # Orthanc prepares a whole answer before its first byte, which on a busy machine takes longer than a site waits.
        web = ByWeb(WebAddress(bench.orthanc.web_root, time_outs=TimeOuts(dimse=120, network=120)))
        found = [*_uncompressed(bench, raw, web), *_jpeg(bench, jpeg, web)]
        found += [_bytes(bench, study, name) for study, name in ((raw, "uncompressed"), (jpeg, "JPEG"))]
        found += [_memory(bench, small, raw, way, name) for way, name in ((GetOnly(), "C-GET"), (web, "DICOMweb"))]
    worker_process.dismiss()
    return found


@contextmanager
def _bench(work: Path, studies: list[MadeStudy]) -> Iterator[Bench]:
    folder = work / "orthanc"
    folder.mkdir()
    scp_port = free_port()
    address = PacsAddress("BENCH", "127.0.0.1", free_port(), listen_port=free_port())
    us = {"AET": address.calling_aet, "Host": "127.0.0.1", "Port": address.listen_port}
    rights = {"AllowGet": True, "AllowFind": True, "AllowMove": True, "AllowStore": True, "AllowEcho": True}
    running = start_orthanc(
        folder, address, free_port(), Plugins=[str(WEB_PLUGIN)], DicomWeb={"Enable": True}, DicomAlwaysAllowMove=True,
        DicomModalities={
            "us": {**us, **rights}, "scp": {"AET": "STORESCP", "Host": "127.0.0.1", "Port": scp_port},
        },
    )
    try:
        wait_for(running)
        for study in studies:
            running.store(study.files)
        yield Bench(running, work, scp_port)
    finally:
        stop(running)


def _uncompressed(bench: Bench, study: MadeStudy, web: ByWeb) -> list[Figure]:
    ways: dict[str, Callable[[], float]] = {
        "getscu": lambda: bench.getscu(study),
        "C-GET": lambda: bench.ours(study, GetOnly()),
        "cold": lambda: bench.ours(study, GetOnly(), warm=False),
        "web": lambda: bench.ours(study, web),
    }
    times = interleaved(ways, REPEATS)
    name = f"{study.bytes / 1e6:.0f} MB uncompressed"
    return [
        at_most(f"{name}, C-GET", ratio(times, "C-GET", "getscu"), 1.0, _GETSCU, "aim 0.8; gated and fsynced"),
        Figure(f"{name}, C-GET, cold start of the worker", ratio(times, "cold", "getscu").words(), _GETSCU),
        Figure(f"{name}, DICOMweb", ratio(times, "web", "getscu").words(), _GETSCU),
    ]


def _jpeg(bench: Bench, study: MadeStudy, web: ByWeb) -> list[Figure]:
    ways: dict[str, Callable[[], float]] = {
        "movescu": lambda: bench.movescu(study),
        "C-GET": lambda: bench.ours(study, GetOnly()),
        "C-MOVE": lambda: bench.ours(study, MoveOnly()),
        "web": lambda: bench.ours(study, web),
    }
    times = interleaved(ways, REPEATS)
    name = f"{study.bytes / 1e6:.0f} MB JPEG"
    return [
        at_most(f"{name}, C-GET", ratio(times, "C-GET", "movescu"), 0.6, _MOVESCU, "aim 0.4; gated and fsynced"),
        Figure(f"{name}, C-MOVE", ratio(times, "C-MOVE", "movescu").words(), _MOVESCU),
        Figure(f"{name}, DICOMweb", ratio(times, "web", "movescu").words(), _MOVESCU),
    ]


def _bytes(bench: Bench, study: MadeStudy, name: str) -> Figure:
    _, result = bench.pulled(study, GetOnly(), warm=False)
    found = round(result.arrived_bytes / study.bytes, 3)
    return Figure(f"bytes received, {name}, C-GET", f"{found:.3f} x", "bytes stored", "= 1.000 x", found == 1.0)


def _memory(bench: Bench, small: MadeStudy, large: MadeStudy, way: Way, name: str) -> Figure:
    peaks = []
    for study in (small, large):
        watch = _Memory()
        bench.pulled(study, way, warm=False)
        peaks.append(watch.end())
    extra = peaks[1] - peaks[0]
    value = f"{extra / MIB:.1f} MiB more"
    return Figure(f"memory, {large.bytes / 1e6:.0f} MB, {name}", value, f"a {small.bytes / 1e6:.0f} MB study",
                  "<= 16 MiB", extra <= _MOST_EXTRA_BYTES, "anonymous memory of pull, worker and gate")


class _Memory:
    """The most anonymous memory that this process and those below it held at once, looked at every 5 ms."""

    def __init__(self) -> None:
        self._most, self._over = 0, threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def end(self) -> int:
        """Stop looking; bytes."""
        self._over.set()
        self._thread.join()
        return self._most

    def _watch(self) -> None:
        while not self._over.wait(0.005):
            self._most = max(self._most, sum(map(_anonymous, _family(os.getpid()))))


def _family(pid: int) -> list[int]:
    """A process and those below it that are Python: Orthanc is ours too, and not meant."""
    try:
        below = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
        threads = [int(one.name) for one in Path(f"/proc/{pid}/task").iterdir()]
        for thread in threads:
            if thread != pid:
                below += Path(f"/proc/{pid}/task/{thread}/children").read_text(encoding="ascii").split()
        if "python" not in Path(f"/proc/{pid}/exe").resolve().name:
            return []
    except OSError:
        return []
    return [pid, *(one for child in below for one in _family(int(child)))]


def _anonymous(pid: int) -> int:
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    except OSError:
        return 0
    found = re.search(r"RssAnon:\s+(\d+) kB", status)
    return 0 if found is None else int(found[1]) * 1024


def _keys(study: MadeStudy) -> list[str]:
    return ["-k", "QueryRetrieveLevel=STUDY", "-k", f"StudyInstanceUID={study.study_uid}"]
