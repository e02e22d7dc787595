"""In a shared log whose pictures are kept apart, one that lies on another workstation is told so, with what to do."""

from __future__ import annotations

from pathlib import Path

import pytest
from kept_once import import_kept, keep_once

from dicom_io.errors import NotReadable
from dicom_io.phantom import ParticipantTruth
from injection_log.acts import visits
from injection_log.errors import Refused
from injection_log.home import DATABASE
from injection_log.log_place import PLACE
from injection_log.site import Session


@pytest.fixture
def sha256(injector: Session, phantom_visit: ParticipantTruth, tmp_path: Path) -> str:
    """A picture of the record, of which this workstation has the record only."""
    still = min(phantom_visit.visits[0].files, key=lambda path: path.stat().st_size)
    kept = keep_once([still], tmp_path / "images")
    opened = visits.confirm_identifiers(injector, visits.open_visit(injector, "SMG-07", "baseline"))
    image = import_kept(injector, opened, kept, tmp_path / "images").images[0]
    injector.site.image_path(image.sha256).unlink()
    return image.sha256


def test_a_picture_of_another_workstation_says_to_pull_it_again_or_join_the_folder(
    injector: Session, sha256: str
) -> None:
    folder = injector.site.home.ledger_folder
    (folder / DATABASE).rename(folder / "aside")  # one folder names one log
    (folder / PLACE).write_text('url = "postgresql://injlog@db/trial"\nschema = "site_01"\n')
    with pytest.raises(Refused) as refused:
        injector.site.image_header(sha256)
    assert refused.value.code == "image_elsewhere"
    assert str(refused.value) == (
        "This picture is not on this workstation: pull its study again from the PACS, or join the folder of pictures"
        " that the site shares."
    )


def test_a_picture_that_is_gone_from_a_log_of_its_own_is_no_picture_of_another_workstation(
    injector: Session, sha256: str
) -> None:
    with pytest.raises(NotReadable):
        injector.site.image_header(sha256)
