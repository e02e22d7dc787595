"""What the pull worker is told and what it tells, as plain values. Nothing here does anything."""
from __future__ import annotations

from dataclasses import dataclass

from dicom_io.pacs.address import PacsAddress
from dicom_io.pacs.ways import Way


@dataclass(frozen=True)
class PullProgress:
    """After one image was kept: images kept, images asked for, bytes kept so far, and which image it was.

    `seconds` since the first image was asked for.
    """

    received: int
    asked: int
    bytes: int
    sop_instance_uid: str
    seconds: float = 0.0

    @property
    def bytes_per_second(self) -> float:
        """The rate so far, waiting for the PACS included; 0.0 where no time has passed."""
        return self.bytes / self.seconds if self.seconds > 0 else 0.0


@dataclass(frozen=True)
class Rejection:
    """An image that came but was not kept; `code` is one of `dicom_io.errors.RejectCode`."""

    sop_instance_uid: str
    code: str
    why: str


@dataclass(frozen=True)
class PullJob:
    """What to fetch and how, where the images are kept, and this job's own folder for what is on its way."""

    address: PacsAddress
    study_uid: str
    images_root: str
    receiving: str
    skip: frozenset[str]
    way: Way


@dataclass(frozen=True)
class PullAsked:
    """The images of the study, as the image-level search gave them, those to be skipped among them."""

    sop_instance_uids: tuple[str, ...]


@dataclass(frozen=True)
class PullTravels:
    """By which way the images now come: "C-GET", "C-MOVE" or "DICOMweb"; told again where another way is tried."""

    way: str


@dataclass(frozen=True)
class PullEnded:
    """The worker is done: what was rejected, bytes of images off the wire, and what went wrong if something did."""

    rejected: tuple[Rejection, ...]
    trouble: Exception | None
    arrived_bytes: int = 0
