"""Pictures that pass the gate once and are imported into many homes: for tests that are not about importing."""
from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

from dicom_io.gate import Gate
from dicom_io.image_folder import ImageFolder
from injection_log.acts import studies
from injection_log.acts.studies import FolderFindings
from injection_log.record.values import VisitRecord
from injection_log.site import Session


def keep_once(files: Iterable[Path], images: Path) -> FolderFindings:
    """Pass files through the gate into an image folder of their own."""
    folder = ImageFolder(images)
    with Gate() as gate:
        kept = tuple(folder.keep(path, gate) for path in sorted(files))
    return FolderFindings(kept, (), kept[0].admission.identity)


def keep_without_and_with_scale(files: Iterable[Path], folder: Path) -> tuple[FolderFindings, Path]:
    """The smallest of these files twice: without its regions under another identity, and as it is."""
    import pydicom

    still = min(files, key=lambda path: path.stat().st_size)
    image = pydicom.dcmread(still)
    del image.SequenceOfUltrasoundRegions
    image.SOPInstanceUID = image.file_meta.MediaStorageSOPInstanceUID = "1.2.826.0.1.3680043.9.77.1"
    image.save_as(folder / "without.dcm")
    return keep_once([folder / "without.dcm", still], folder / "images"), folder / "images"


def import_kept(session: Session, record: VisitRecord, findings: FolderFindings, images: Path) -> VisitRecord:
    """Import what was kept, without asking the gate again."""
    shutil.copytree(images, session.site.home.images, dirs_exist_ok=True)
    return studies.import_findings(session, record, findings)
