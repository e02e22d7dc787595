"""The PACS as the window sees it: find studies, start a retrieval into HOME/images and follow it.

Everything of the network is imported when first asked for. Runs in worker threads and processes, never waits.
"""
from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from injection_log_napari.presenters.fetching import FetchNews
from injection_log_napari.presenters.study_list import day_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from dicom_io.pacs.answers import Found
    from dicom_io.pacs.find import StudySummary
    from dicom_io.pacs.pull import Pull, PullProgress, PullResult
    from injection_log_napari.connection import Connection
    from injection_log_napari.presenters.images_state import Search


class Fetch:
    """One retrieval that runs: listen often, take the news now and then. Never waits but in `cancel`, a moment."""

    def __init__(self, pull: Pull) -> None:
        self._pull = pull
        self._last: PullProgress | None = None
        self._told = 0

    @property
    def finished(self) -> bool:
        """Whether it is over."""
        return self._pull.finished

    def listen(self) -> None:
        """Take in what the retrieval has said meanwhile."""
        for step in self._pull.poll():
            self._last = step

    def news(self) -> FetchNews:
        """Where it is, with the pictures that arrived since this was asked last."""
        self.listen()
        kept, last = self._pull.kept, self._last
        arrived, self._told = kept[self._told :], len(kept)
        return FetchNews(
            asked=self._pull.asked,
            fetched=len(kept),
            bytes=last.bytes if last else 0,
            bytes_per_second=last.bytes_per_second if last else 0.0,
            way=self._pull.way,
            arrived=arrived,
        )

    def cancel(self) -> None:
        """End it now; nothing half remains."""
        self._pull.cancel()

    def result(self) -> PullResult:
        """How it ended. Raises a DicomIoError with its sentence when nothing could be fetched."""
        return self._pull.result()


@dataclass(frozen=True)
class Retrieval:
    """One PACS, one visit: its day, where images go, and which pictures are there already."""

    connection: Connection
    day: date
    images: Path
    kept: Callable[[], frozenset[str]]

    def find(self, search: Search) -> Found[StudySummary]:
        """Search; raises PacsError with its sentence. For a worker thread."""
        from dicom_io.pacs.browsing import browser_of
        from dicom_io.pacs.find import StudyQuery
        from dicom_io.pacs.ways import ByWeb
        from injection_log.acts.pulls import find_studies

        typed, text = day_of(search.filters.day), search.text.strip()
        wanted = typed or (self.day if search.by == "day" else None)
        day = wanted.strftime("%Y%m%d") if wanted else ""
        query = StudyQuery(
            date_from=day,
            date_to=day,
            modality=search.filters.modality.strip().upper(),
            station=search.filters.station.strip(),
            patient_id=text if search.by == "patient_id" else "",
            accession=text if search.by == "accession" else "",
        )
        source = self.connection.source
        if isinstance(source.way, ByWeb):
            return find_studies(source, query)
        return browser_of(self.connection.address).studies(query)

    def prepare(self) -> None:
        """Have the retrieval's process loaded before it is needed; for a worker thread."""
        from dicom_io.pacs import worker_process

        worker_process.prepare()

    def dismiss(self) -> None:
        """Let the prepared process go, where it was not needed; does not wait for its end."""
        from dicom_io.pacs import worker_process

        threading.Thread(target=worker_process.dismiss, name="spare-worker-end", daemon=True).start()

    def start(self, study_uid: str) -> Fetch:
        """Start retrieving a study in its own process."""
        from injection_log.acts.pulls import start_pull

        return Fetch(start_pull(self.connection.source, study_uid, self.images, skip=self.kept()))
