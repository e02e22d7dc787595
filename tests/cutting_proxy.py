"""A line to a peer that breaks or goes dead after so many bytes, counted over everything the peer sends.

`breaks` closes both ends at once, `stalls` keeps them open and passes nothing more. Later connections go through
whole where `once` is set, so that a resume can be seen to complete.
"""
from __future__ import annotations

import socket
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType


@dataclass
class CuttingProxy:
    """A context manager; `port` is where it listens on 127.0.0.1."""

    peer_port: int
    after_bytes: int
    stalls: bool = False
    once: bool = True
    fired: bool = False
    passed: int = 0
    _server: socket.socket = field(default_factory=lambda: socket.create_server(("127.0.0.1", 0)))
    _open: list[socket.socket] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def port(self) -> int:
        return int(self._server.getsockname()[1])

    def __enter__(self) -> CuttingProxy:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.close()
        for connection in self._open:
            connection.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._server.accept()
                peer = socket.create_connection(("127.0.0.1", self.peer_port))
                self._open += [client, peer]
                threading.Thread(target=self._copy, args=(client, peer), daemon=True).start()
                threading.Thread(target=self._copy_counted, args=(peer, client), daemon=True).start()

    def _copy(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                target.sendall(data)
        _close(target)

    def _copy_counted(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                if (left := self._left(len(data))) is not None:
                    target.sendall(data[:left])
                    break
                target.sendall(data)
            else:
                _close(target)
                return
        if self.stalls and self.fired:
            return
        for end in (target, source):
            _close(end)

    def _left(self, length: int) -> int | None:
        """How much of this still passes, when the cut falls into it; None when it does not."""
        with self._lock:
            before, self.passed = self.passed, self.passed + length
            if self.fired:
                return None if self.once else 0
            if self.passed <= self.after_bytes:
                return None
            self.fired = True
            return self.after_bytes - before


def _close(connection: socket.socket) -> None:
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
