"""One warm association for looking around in a PACS: echo, searches and worklist without a new hand-shake each time.

Kept open while it is used and a while longer; closed by either side in between, it is opened again without a word,
once. Retrieval does not use it: that has a process and an association of its own.
"""
from __future__ import annotations

import atexit
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import TypeVar

from pynetdicom import build_context
from pynetdicom.sop_class import (
    ModalityWorklistInformationFind,
    Verification,
)
from pynetdicom.sop_class import (
    StudyRootQueryRetrieveInformationModelFind as StudyRootFind,
)

from dicom_io.errors import PacsError
from dicom_io.pacs.address import PacsAddress
from dicom_io.pacs.answers import Found
from dicom_io.pacs.association import Line, Wanted, open_line
from dicom_io.pacs.echo import echo_on
from dicom_io.pacs.find import ImageReference, StudyQuery, StudySummary, images_on, studies_on
from dicom_io.pacs.worklist import WorklistItem, WorklistQuery, worklist_on

_LOST = ("connection_lost", "closed_on_request")
_LOOK_SECONDS = 1.0

Answered = TypeVar("Answered")


class Browser:
    """A PACS that is asked now and then. Any thread may ask; one question is answered at a time.

    Every method raises a PacsError that says what is wrong. `opened` counts the associations made so far.
    """

    def __init__(self, address: PacsAddress) -> None:
        self.address = address
        self.opened = 0
        self._asking = threading.Lock()
        self._line: Line | None = None
        self._used = 0.0
        self._minder: threading.Thread | None = None

    def __enter__(self) -> Browser:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def echo(self) -> None:
        """Ask for a sign of life."""
        self._ask(echo_on)

    def studies(self, query: StudyQuery) -> Found[StudySummary]:
        """Studies that match; see `find.find_studies`."""
        return self._ask(lambda line: studies_on(line, query))

    def images(self, study_uid: str) -> tuple[ImageReference, ...]:
        """The pictures of a study; see `find.find_images`."""
        return self._ask(lambda line: images_on(line, study_uid))

    def worklist(self, query: WorklistQuery) -> Found[WorklistItem]:
        """What is planned; see `worklist.find_worklist`."""
        return self._ask(lambda line: worklist_on(line, query))

    def close(self, patience_seconds: float = -1) -> None:
        """Release the association; a later question opens a new one. Waits so long for a question that is on."""
        if self._asking.acquire(timeout=patience_seconds):
            try:
                self._leave()
            finally:
                self._asking.release()

    def _ask(self, question: Callable[[Line], Answered]) -> Answered:
        with self._asking:
            line, fresh = self._standing()
            try:
                return self._answered(line, question)
            except PacsError as error:
                self._leave()
                if fresh or error.code not in _LOST:
                    raise
            # It went away while nobody asked; what happens on a new connection is believed.
            return self._answered(self._standing()[0], question)

    def _answered(self, line: Line, question: Callable[[Line], Answered]) -> Answered:
        line.watch.wake()
        try:
            return question(line)
        finally:
            line.watch.rest()
            self._used = time.monotonic()
            if line.watch.flooded:
                self._leave()

    def _standing(self) -> tuple[Line, bool]:
        """A line that stands, as far as can be seen from here, and whether it is a new one."""
        if self._line is not None and self._line.association.is_established and not self._line.watch.stalled:
            return self._line, False
        self._leave()
        self._line = open_line(self.address, _wanted())
        self.opened += 1
        if self._minder is None:
            self._minder = threading.Thread(target=self._mind, name="pacs-browser", daemon=True)
            self._minder.start()
        return self._line, True

    def _leave(self) -> None:
        line, self._line = self._line, None
        if line is not None:
            line.leave()

    def _mind(self) -> None:
        """On a thread: close what nobody has used for a while, before a firewall forgets it without telling us."""
        while True:
            time.sleep(min(_LOOK_SECONDS, self.address.time_outs.idle / 4))
            with self._asking:
                if self._line is None:
                    self._minder = None
                    return
                if time.monotonic() - self._used > self.address.time_outs.idle:
                    self._leave()


_browsers: dict[PacsAddress, Browser] = {}
_making = threading.Lock()


def browser_of(address: PacsAddress) -> Browser:
    """The one browser of this program for a PACS. Its association ends with the program."""
    with _making:
        if not _browsers:
            atexit.register(_close_all)
        return _browsers.setdefault(address, Browser(address))


def _close_all() -> None:
    for browser in _browsers.values():
        browser.close(patience_seconds=0.5)


def _wanted() -> Wanted:
    services = (Verification, StudyRootFind, ModalityWorklistInformationFind)
    return Wanted([build_context(one) for one in services], purpose="searching")
