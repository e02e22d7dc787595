"""Studies to fetch, made at run time from the phantom: one of uncompressed clips, one of JPEG clips.

The pictures are the phantom's own injection clip; only identifiers and the number of frames change, so that every
file is another object of the same weight. Nothing here is a patient's.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pydicom
from pydicom.dataset import Dataset
from pydicom.encaps import encapsulate, generate_frames
from pydicom.uid import ExplicitVRLittleEndian

from dicom_io.frames import open_frames
from dicom_io.phantom import PlannedVisit, make_participant

DAY = date(2026, 2, 3)


@dataclass(frozen=True)
class MadeStudy:
    """A study on the disk: its UID, its files, and the sum of their bytes without file meta."""

    study_uid: str
    files: tuple[Path, ...]

    @property
    def bytes(self) -> int:
        """Bytes of all files, file meta included."""
        return sum(path.stat().st_size for path in self.files)


@dataclass(frozen=True)
class Maker:
    """Makes studies of one phantom visit, whose files it was given."""

    folder: Path
    still: Path
    clip: Path

    @staticmethod
    def begin(folder: Path) -> Maker:
        """Draw the phantom's visit; a few seconds."""
        visit = make_participant(folder / "phantom", 7, visits=[PlannedVisit("injection", DAY, is_injecting=True)])
        return Maker(folder, visit.files[0], visit.files[3])

    def uncompressed(self, name: str, *, stills: int = 12, clips: int = 4, frames: int = 60) -> MadeStudy:
        """RGB clips as they are on many scanners: 12 stills and 4 x 60 frames of 800 x 600 are 363 MB."""
        source = open_frames(self.clip)
        pixels = b"".join(np.asarray(source.frame(number % len(source))).tobytes() for number in range(frames))
        head = pydicom.dcmread(self.clip)
        head.PhotometricInterpretation, head.NumberOfFrames = "RGB", frames
        head.PixelData = pixels
        head["PixelData"].is_undefined_length = False
        head["PixelData"].VR = "OB"
        head.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        return self._study(name, [(pydicom.dcmread(self.still), stills), (head, clips)])

    def jpeg(self, name: str, *, stills: int = 4, clips: int = 16, frames: int = 120) -> MadeStudy:
        """JPEG baseline clips: 4 stills and 16 x 120 frames are 144 MB."""
        head = pydicom.dcmread(self.clip)
        coded = list(generate_frames(head.PixelData, number_of_frames=int(head.NumberOfFrames)))
        head.PixelData = encapsulate([coded[number % len(coded)] for number in range(frames)])
        head["PixelData"].is_undefined_length = True
        head.NumberOfFrames = frames
        return self._study(name, [(pydicom.dcmread(self.still), stills), (head, clips)])

    def _study(self, name: str, kinds: list[tuple[Dataset, int]]) -> MadeStudy:
        place = self.folder / name
        place.mkdir(parents=True)
        uid = f"2.25.{int.from_bytes(name.encode(), 'big') % 10**30}"
        files: list[Path] = []
        for head, count in kinds:
            for _ in range(count):
                number = len(files) + 1
                head.StudyInstanceUID, head.SeriesInstanceUID = uid, f"{uid}.1"
                head.SOPInstanceUID = head.file_meta.MediaStorageSOPInstanceUID = f"{uid}.1.{number}"
                head.InstanceNumber = number
                files.append(place / f"{number:03d}.dcm")
                head.save_as(files[-1], enforce_file_format=True)
        return MadeStudy(uid, tuple(files))
