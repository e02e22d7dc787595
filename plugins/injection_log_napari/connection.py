"""The PACS's connection as the window tests it: the card, our echo, and waiting for the PACS's echo on a thread.

Everything of the network is imported when first asked for; nothing here knows a widget or says a sentence.
"""
from __future__ import annotations

import math
import queue
import threading
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dicom_io.pacs.address import PacsAddress
    from dicom_io.pacs.listening import Caller
    from injection_log.connection_card import CardContent
    from injection_log.settings import PacsSource

_LOOK_SECONDS = 0.1


@dataclass(frozen=True)
class Connection:
    """One PACS as the settings have it."""

    source: PacsSource

    @property
    def address(self) -> PacsAddress:
        """Where it is, and what we call ourselves there."""
        return self.source.address

    def card(self) -> CardContent:
        """What its administrator must know. Raises PacsError; looks names up, so for a worker thread."""
        from injection_log.connection_card import connection_card

        return connection_card(self.source, datetime.now().astimezone().strftime("%Y-%m-%d %H:%M %z"))

    def save(self, card: CardContent, folder: Path) -> tuple[Path, ...]:
        """Write the card as a page to print. Raises InjectionLogError; for a worker thread."""
        from injection_log.acts.exports import write_files
        from injection_log.outputs import output_of

        return write_files(output_of("card").files(card), folder)

    def echo(self) -> None:
        """Ask the PACS for a sign of life, over a connection of its own. Raises PacsError; for a worker thread."""
        from dicom_io.pacs.echo import echo

        echo(self.address)

    def wait(self, seconds: float) -> EchoWait:
        """Open our port and wait for the PACS's echo; returns at once."""
        return EchoWait(self.address, seconds)


class EchoWait:
    """Our port, open for a while on a thread of its own: who called is asked for, never waited for."""

    def __init__(self, address: PacsAddress, seconds: float) -> None:
        self._address = address
        self._seconds = seconds
        self._until: float | None = None
        self._callers: queue.Queue[Caller] = queue.Queue()
        self._stop = threading.Event()
        self.error: BaseException | None = None
        self._thread = threading.Thread(target=self._listen, name="echo-wait", daemon=True)
        self._thread.start()

    @property
    def seconds_left(self) -> int | None:
        """Whole seconds, rounded up; None until the port is open."""
        until = self._until
        return None if until is None else max(0, math.ceil(until - time.monotonic()))

    @property
    def finished(self) -> bool:
        """Whether the port is closed again."""
        return not self._thread.is_alive()

    def callers(self) -> list[Caller]:
        """Who called since this was asked last."""
        found: list[Caller] = []
        while not self._callers.empty():
            found.append(self._callers.get_nowait())
        return found

    def stop(self) -> None:
        """Close the port soon; does not wait for it."""
        self._stop.set()

    def _listen(self) -> None:
        try:
            self._take_calls()
        # Whatever went wrong belongs to the one who asked, and becomes a sentence there.
        except Exception as error:  # noqa: BLE001
            self.error = error

    def _take_calls(self) -> None:
        from dicom_io.pacs.listening import listening

        with listening(self._address) as listener:
            until = self._until = time.monotonic() + self._seconds
            while not self._stop.is_set() and time.monotonic() < until:
                for caller in listener.callers_for(_LOOK_SECONDS):
                    self._callers.put(caller)
