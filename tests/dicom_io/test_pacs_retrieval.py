"""A request for a whole study that fails is no end: each image is asked for by itself, and only then is it an error."""
from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest
from pydicom.dataset import Dataset

from dicom_io.errors import PacsFailed
from dicom_io.pacs import retrieval
from dicom_io.pacs.address import PacsAddress
from dicom_io.pacs.find import ImageReference
from dicom_io.pacs.ways import GetOnly

STILL = "1.2.840.10008.5.1.4.1.1.6.1"
ADDRESS = PacsAddress("PACS", "127.0.0.1", 104)
ASKED = retrieval.Asked("2.25.1", [ImageReference("2.25.2", uid, STILL) for uid in ("2.25.3", "2.25.4")], GetOnly())


def receiver_for_both() -> Any:
    return SimpleNamespace(
        asked=frozenset({"2.25.3", "2.25.4"}), kept={}, rejected={}, disk_full=False, tell=lambda _: None,
        settle=lambda: None, handle_store=None,
    )


def pacs_that_sends(sent: set[str], receiver: Any, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A PACS that fails every request with 0xC000 but those for these images; the levels that it is asked."""
    levels: list[str] = []

    def answer(keys: Dataset, _model: str) -> Iterator[tuple[Dataset, None]]:
        levels.append(keys.QueryRetrieveLevel)
        status = Dataset()
        status.Status = 0x0000 if keys.get("SOPInstanceUID") in sent else 0xC000
        receiver.kept |= {keys.SOPInstanceUID: None} if status.Status == 0 else {}
        yield status, None

    line = SimpleNamespace(
        allows=lambda _: True, association=SimpleNamespace(send_c_get=answer), status_of=lambda status: status.Status,
        watch=SimpleNamespace(moved=lambda: None), address=ADDRESS,
    )

    @contextmanager
    def associate(*_: Any) -> Iterator[Any]:
        yield line

    monkeypatch.setattr(retrieval, "associate", associate)
    return levels


def test_images_are_asked_for_one_by_one_where_the_study_as_a_whole_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    receiver = receiver_for_both()
    levels = pacs_that_sends({"2.25.4"}, receiver, monkeypatch)
    retrieval.retrieve(ADDRESS, ASKED, receiver)
    assert (levels, list(receiver.kept)) == (["STUDY", "IMAGE", "IMAGE"], ["2.25.4"])


def test_a_pacs_that_sends_no_image_at_all_is_an_error_with_its_status(monkeypatch: pytest.MonkeyPatch) -> None:
    receiver = receiver_for_both()
    pacs_that_sends(set(), receiver, monkeypatch)
    with pytest.raises(PacsFailed, match="0xC000"):
        retrieval.retrieve(ADDRESS, ASKED, receiver)
