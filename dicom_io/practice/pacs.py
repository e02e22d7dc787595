"""A PACS for practice and quick tests: pynetdicom's query/retrieve server in a process of its own.

Listens on 127.0.0.1 only and keeps what it is given in the folder it is told, which the caller throws away.
Not for a real study: it trusts whoever connects and stores under the names a sender gives.
"""
from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType

from pydicom import dcmread
from pynetdicom import build_context

from dicom_io.errors import DicomIoError, PacsFailed
from dicom_io.pacs.address import PacsAddress
from dicom_io.pacs.association import Wanted, associate
from dicom_io.pacs.echo import echo

__all__ = ["PRACTICE_AE_TITLE", "PracticePacs"]

PRACTICE_AE_TITLE = "PRACTICE"
_START_SECONDS = 30.0
_STOP_SECONDS = 5.0
_ATTEMPTS = 3


class PracticePacs:
    """A running practice PACS, as a context manager. Ends with the `with` block, or with its parent."""

    def __init__(self, folder: Path, *, move_to: PacsAddress | None = None) -> None:
        """`folder` holds the server's files; `move_to` is its one C-MOVE destination: our title and port."""
        self._folder = folder.absolute()
        self._move_to = move_to
        self._process: subprocess.Popen[bytes] | None = None
        self._address: PacsAddress | None = None

    @property
    def address(self) -> PacsAddress:
        """Where it listens. Only inside the `with` block."""
        if self._address is None:
            raise RuntimeError("the practice PACS is not running")
        return self._address

    @property
    def process_id(self) -> int:
        """The server's process. Only inside the `with` block."""
        if self._process is None:
            raise RuntimeError("the practice PACS is not running")
        return self._process.pid

    def __enter__(self) -> PracticePacs:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for attempt in range(_ATTEMPTS):
            self._start(_free_port())
            if self._answers():
                return self
            self._stop()
            if attempt == _ATTEMPTS - 1:
                break
        raise PacsFailed("practice_pacs", "The practice PACS did not start; try again.")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    def load(self, files: Iterable[Path]) -> None:
        """Send files to it by C-STORE, each in the transfer syntax it has. Raises PacsError."""
        headers = {path: dcmread(path, stop_before_pixels=True) for path in files}
        kinds = {
            (str(header.SOPClassUID), str(header.file_meta.TransferSyntaxUID)) for header in headers.values()
        }
        contexts = [build_context(sop_class, syntax) for sop_class, syntax in sorted(kinds)]
        with associate(self.address, Wanted(contexts, purpose="storing")) as line:
            for path in headers:
                code = line.status_of(line.association.send_c_store(path))
                if code != 0:
                    raise PacsFailed("store_failed", f"The practice PACS did not take a file (0x{code:04X}).")

    def _start(self, port: int) -> None:
        self._address = PacsAddress(PRACTICE_AE_TITLE, "127.0.0.1", port)
        settings = self._folder / "server.ini"
        settings.write_text(self._settings(port), encoding="utf-8")
        # Its standard input is a pipe from us: however we end, the server sees the pipe close and ends too.
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "dicom_io.practice.server", os.fspath(settings)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )

    def _settings(self, port: int) -> str:
        lines = [
            "[DEFAULT]",
            f"ae_title = {PRACTICE_AE_TITLE}",
            f"port = {port}",
            "max_pdu = 131072",
            "acse_timeout = 30",
            "dimse_timeout = 30",
            "network_timeout = 30",
            "bind_address = 127.0.0.1",
            f"instance_location = {self._folder / 'instances'}",
            f"database_location = {self._folder / 'instances.sqlite'}",
            "log_identifier = False",
        ]
        if self._move_to is not None:
            lines += [f"[{self._move_to.calling_aet}]", "address = 127.0.0.1"]
            lines += [f"port = {self._move_to.listen_port}"]
        # ConfigParser takes % as the start of a reference; a folder may have one in its name.
        return "\n".join(line.replace("%", "%%") for line in lines) + "\n"

    def _answers(self) -> bool:
        until = time.monotonic() + _START_SECONDS
        while time.monotonic() < until and self._process is not None and self._process.poll() is None:
            with contextlib.suppress(DicomIoError):
                echo(self.address)
                return True
            time.sleep(0.1)
        return False

    def _stop(self) -> None:
        process, self._process, self._address = self._process, None, None
        if process is None:
            return
        if process.stdin is not None:
            process.stdin.close()
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
