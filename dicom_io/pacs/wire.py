"""How bytes come off a DICOM connection: places of pynetdicom replaced by ones that copy less, behind a guard.

Whole PDUs are read with `recv_into` (the library reads in steps of 4 KiB and copies each six times), what is a piece
of an image goes straight to its file, waiting is done on the connection instead of asleep, and a PDU that announces
more than was agreed is never read (the library would collect 4 GiB for whoever asks).
Where the library's version is not one that was tested its own ways stay, only that limit is put before them.
"""
from __future__ import annotations

import select
import socket
import ssl
import struct
from contextlib import suppress
from typing import Any

import pynetdicom
from pynetdicom import dimse_messages, evt
from pynetdicom.dul import DULServiceProvider
from pynetdicom.pdu import P_DATA_TF
from pynetdicom.pdu_items import PresentationDataValueItem
from pynetdicom.transport import AssociationSocket

from dicom_io.pacs.arriving_file import ArrivingFile

TESTED = "3.0."
"""Versions of pynetdicom whose ways were compared with what stands here."""
MAX_PDU = 131072
"""Bytes; DCMTK's ceiling too. Larger gains nothing, the library's 16 KiB costs half the speed."""
LONGEST_PDU = MAX_PDU + 64 * 1024
"""Bytes. Peers that count the header into the length, and a whole association request, stay far below."""

_HEAD = struct.Struct(">BBL")  # PS3.8 9.3.1: type, reserved, length
_ITEM = struct.Struct(">LBB")  # PS3.8 9.3.5.1: length of what follows it, context, message control header
_KINDS = range(1, 8)
_P_DATA = 4
_CLOSED, _UNKNOWN_PDU, _DATA_CAME = "Evt17", "Evt19", "Evt10"  # PS3.8 9.2.2
_WAIT_SECONDS = 0.001
"""What the library sleeps when nothing is there; we wait as long, and are awake as soon as something is."""

_their_receive = AssociationSocket.recv


class PduTooLongError(OSError):
    """A peer announced a PDU longer than any that it was allowed to send; the connection is cut."""


def is_tested() -> bool:
    """Whether this version of the library is one whose insides are known."""
    return str(pynetdicom.__version__).startswith(TESTED)


def install() -> None:
    """Put the replacements in place, in this process; harmless when done twice."""
    if not is_tested():
        AssociationSocket.recv = _limited
        return
    AssociationSocket.recv = _receive
    AssociationSocket.ready = property(_ready)
    DULServiceProvider._read_pdu_data = _read_pdu
    dimse_messages.NamedTemporaryFile = ArrivingFile


def _limited(self: Any, nr_bytes: int) -> bytearray:
    _refuse_too_long(self.socket, nr_bytes)
    return bytearray(_their_receive(self, nr_bytes))


def _receive(self: Any, nr_bytes: int) -> bytearray:
    """What `AssociationSocket.recv` does: exactly so many bytes, fewer only when the peer has closed."""
    _refuse_too_long(self.socket, nr_bytes)
    buffer = bytearray(nr_bytes)
    received = _fill(self.socket, memoryview(buffer))
    return buffer if received == nr_bytes else buffer[:received]


def _fill(connection: socket.socket, place: memoryview) -> int:
    """Read until the place is full or the peer has closed; answer how many bytes came. Raises OSError."""
    done = 0
    while done < len(place):
        received = connection.recv_into(place[done:])
        if not received:
            break
        done += received
        _acknowledge(connection)
    return done


def _acknowledge(connection: socket.socket) -> None:
    """Have the system acknowledge what came now (Linux), and not up to 40 ms later in the hope of data to send.

    DCMTK, and Orthanc with it, writes the head of a PDU by itself and then, by Nagle's algorithm, holds what follows
    until that is acknowledged: the same wait for every answer. The system forgets the wish, so it is repeated.
    """
    if hasattr(socket, "TCP_QUICKACK"):
        with suppress(OSError):
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)


def _refuse_too_long(connection: socket.socket, announced_bytes: int) -> None:
    if announced_bytes > LONGEST_PDU:
        with suppress(OSError):
            connection.shutdown(socket.SHUT_RDWR)
        raise PduTooLongError(f"a PDU of {announced_bytes} bytes was announced")


def _ready(self: Any) -> bool:
    """What `AssociationSocket.ready` says, waiting a moment for something to say."""
    reactor = self.assoc.dul
    if self.socket is None or self._is_connected is False:
        reactor._run_loop_delay = _WAIT_SECONDS
        return False
    reactor._run_loop_delay = 0.0  # the waiting is done here
    if isinstance(self.socket, ssl.SSLSocket) and self.socket.pending():
        return True
    try:
        return bool(select.select([self.socket], [], [], _WAIT_SECONDS)[0])
    except (OSError, ValueError):
        self.event_queue.put(_CLOSED)
        return False


def _read_pdu(self: Any) -> None:
    """What `DULServiceProvider._read_pdu_data` does: one PDU to its queue, and its event to the state machine."""
    connection = self.socket.socket
    head = bytearray(_HEAD.size)
    try:
        if _fill(connection, memoryview(head)) < len(head):
            self.event_queue.put(_CLOSED)
            return
        kind, _, length = _HEAD.unpack(head)
        if kind not in _KINDS:
            self.event_queue.put(_UNKNOWN_PDU)
            return
        _refuse_too_long(connection, length)
        whole = bytearray(_HEAD.size + length)
        whole[: _HEAD.size] = head
        if _fill(connection, memoryview(whole)[_HEAD.size :]) < length:
            self.event_queue.put(_CLOSED)
            return
    except OSError:
        self.event_queue.put(_CLOSED)
        return
    try:
        pdu, event = (_data_of(self, whole), _DATA_CAME) if kind == _P_DATA else self._decode_pdu(whole)
    except Exception:  # noqa: BLE001 - the library raises many kinds over a PDU that is none
        self.event_queue.put(_UNKNOWN_PDU)
        return
    self.event_queue.put(event)
    self._recv_pdu.put(pdu)


def _data_of(self: Any, whole: bytearray) -> P_DATA_TF:
    """The P-DATA-TF PDU in these bytes, its values not copied. Raises ValueError or struct.error."""
    view = memoryview(whole)
    evt.trigger(self.assoc, evt.EVT_DATA_RECV, {"data": view})
    pdu = P_DATA_TF()
    place = _HEAD.size
    while place < len(view):
        length, context, _ = _ITEM.unpack_from(view, place)
        end = place + 4 + length
        if length < 2 or end > len(view):
            raise ValueError("a value reaches beyond its PDU")
        item = PresentationDataValueItem()
        item.presentation_context_id, item.presentation_data_value = context, view[place + 5 : end]
        pdu.presentation_data_value_items.append(item)
        place = end
    evt.trigger(self.assoc, evt.EVT_PDU_RECV, {"pdu": pdu})
    return pdu
