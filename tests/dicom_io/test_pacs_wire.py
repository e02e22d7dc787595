"""What was put in the place of the library's own reading does the same, refuses giants, and knows its version."""
from __future__ import annotations

import queue
import socket
import struct
import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pynetdicom
import pytest
from peers import Orthanc
from pynetdicom import build_context, dimse_messages
from pynetdicom.dul import DULServiceProvider
from pynetdicom.sop_class import Verification
from pynetdicom.transport import AssociationSocket

from dicom_io.pacs import wire
from dicom_io.pacs.arriving_file import ArrivingFile
from dicom_io.pacs.association import Wanted, associate


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    ours, theirs = socket.socketpair()
    ours.settimeout(5)
    with ours, theirs:
        yield ours, theirs


def reactor_on(ours: socket.socket) -> Any:
    """As much of the library's network thread as reading a PDU needs."""
    association = SimpleNamespace(get_handlers=lambda _: [])
    return SimpleNamespace(
        socket=SimpleNamespace(socket=ours), event_queue=queue.Queue(), _recv_pdu=queue.Queue(), assoc=association
    )


def pdu_of(*items: bytes) -> bytes:
    body = b"".join(struct.pack(">LB", len(item) + 1, 1) + item for item in items)
    return struct.pack(">BBL", 4, 0, len(body)) + body


def test_the_installed_library_is_one_that_was_tested() -> None:
    assert wire.is_tested(), "compare dicom_io/pacs/wire.py with the new pynetdicom, then name its version there"


def test_another_version_keeps_its_own_ways_behind_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    for place, name in ((AssociationSocket, "recv"), (DULServiceProvider, "_read_pdu_data")):
        monkeypatch.setattr(place, name, getattr(place, name))
    monkeypatch.setattr(dimse_messages, "NamedTemporaryFile", None)
    monkeypatch.setattr(pynetdicom, "__version__", "3.1.0")
    wire.install()
    assert dimse_messages.NamedTemporaryFile is None
    assert AssociationSocket.recv is wire._limited
    with pytest.raises(wire.PduTooLongError):
        AssociationSocket.recv(SimpleNamespace(socket=socket.socket()), wire.LONGEST_PDU + 1)


def test_exactly_so_many_bytes_are_read_and_fewer_only_at_the_end(pair: tuple[socket.socket, socket.socket]) -> None:
    ours, theirs = pair
    content = bytes(range(256)) * 800
    threading.Thread(target=lambda: (theirs.sendall(content), theirs.close()), daemon=True).start()
    reader = SimpleNamespace(socket=ours)
    assert bytes(wire._receive(reader, 150_000)) == content[:150_000]
    assert bytes(wire._receive(reader, 150_000)) == content[150_000:]


@pytest.mark.skipif(not hasattr(socket, "TCP_QUICKACK"), reason="only Linux can be told so")
def test_every_part_that_came_is_acknowledged_at_once() -> None:
    class _InParts:
        told = 0

        def recv_into(self, place: memoryview) -> int:
            return min(4, len(place))

        def setsockopt(self, _level: int, option: int, value: int) -> None:
            self.told += (option, value) == (socket.TCP_QUICKACK, 1)

    connection = _InParts()
    assert wire._fill(connection, memoryview(bytearray(10))) == 10  # type: ignore[arg-type]
    assert connection.told == 3


def test_the_second_part_of_a_request_does_not_wait_for_the_first(orthanc: Orthanc) -> None:
    with associate(orthanc.address, Wanted([build_context(Verification)])) as line:
        assert line.association.dul.socket.socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_the_values_of_a_pdu_are_those_that_were_sent(pair: tuple[socket.socket, socket.socket]) -> None:
    reactor = reactor_on(pair[0])
    pair[1].sendall(pdu_of(b"\x03command", b"\x02data"))
    wire._read_pdu(reactor)
    found = reactor._recv_pdu.get_nowait().to_primitive().presentation_data_value_list
    assert [(context, bytes(value)) for context, value in found] == [(1, b"\x03command"), (1, b"\x02data")]
    assert reactor.event_queue.get_nowait() == "Evt10"


@pytest.mark.parametrize(
    ("sent", "event"),
    [
        (struct.pack(">BBL", 9, 0, 4) + b"????", "Evt19"),
        (struct.pack(">BBL", 4, 0, 10) + struct.pack(">LB", 50, 1) + b"\x02cut!", "Evt19"),
        (struct.pack(">BBL", 4, 0, 6) + struct.pack(">LB", 1, 1) + b"?", "Evt19"),
        (struct.pack(">BBL", 4, 0, 0xFFFFFFFF), "Evt17"),
        (struct.pack(">BBL", 4, 0, 100) + b"half", "Evt17"),
        (b"\x04\x00", "Evt17"),
    ],
)
def test_a_pdu_that_is_none_ends_the_connection(
    pair: tuple[socket.socket, socket.socket], sent: bytes, event: str
) -> None:
    reactor = reactor_on(pair[0])
    pair[1].sendall(sent)
    pair[1].shutdown(socket.SHUT_WR)
    wire._read_pdu(reactor)
    assert reactor.event_queue.get_nowait() == event
    assert reactor._recv_pdu.empty()


def test_a_write_that_failed_once_is_told_at_the_end_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    file = ArrivingFile()
    file.write(b"something")
    with monkeypatch.context() as broken:
        broken.setattr("os.fsync", lambda _: (_ for _ in ()).throw(OSError(5, "input/output error")))
        with pytest.raises(OSError, match="input/output"):
            file.to_disk()
    with pytest.raises(OSError, match="input/output"):
        file.to_disk()
    file.close()
