"""The PACS as the window sees it: find the day's studies, start a retrieval into HOME/images.

Everything of the network is imported when first asked for. Runs in worker threads and processes, never waits.
"""
from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from dicom_io.pacs.address import PacsAddress
    from dicom_io.pacs.find import StudySummary
    from dicom_io.pacs.pull import Pull
    from injection_log_napari.presenters.images import Search


@dataclass(frozen=True)
class Retrieval:
    """One PACS, one visit: its day, where images go, and which pictures are there already."""

    address: PacsAddress
    day: date
    images: Path
    kept: Callable[[], frozenset[str]]

    def find(self, search: Search) -> tuple[StudySummary, ...]:
        """Search; raises PacsError with its sentence. For a worker thread."""
        from dicom_io.pacs.browsing import browser_of
        from dicom_io.pacs.find import StudyQuery

        day = self.day.strftime("%Y%m%d")
        query = {
            "day": StudyQuery(date_from=day, date_to=day),
            "patient_id": StudyQuery(patient_id=search.text.strip()),
            "accession": StudyQuery(accession=search.text.strip()),
        }[search.by]
        return browser_of(self.address).studies(query)

    def start(self, study_uid: str) -> Pull:
        """Start retrieving a study in its own process."""
        from dicom_io.pacs.pull import Pull

        return Pull.start(self.address, study_uid, self.images, skip=self.kept())
