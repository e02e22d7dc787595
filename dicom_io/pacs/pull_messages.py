"""What the pull worker is told and what it tells, as plain values. Nothing here does anything."""
from __future__ import annotations

from dataclasses import dataclass

from dicom_io.pacs.address import PacsAddress


@dataclass(frozen=True)
class PullProgress:
    """After one image was kept: images kept, images asked for, bytes kept so far, and which image it was."""

    received: int
    asked: int
    bytes: int
    sop_instance_uid: str


@dataclass(frozen=True)
class Rejection:
    """An image that came but was not kept; `code` is one of `dicom_io.errors.RejectCode`."""

    sop_instance_uid: str
    code: str
    why: str


@dataclass(frozen=True)
class PullJob:
    """What to fetch, where the images are kept, and this job's own folder for what is on its way."""

    address: PacsAddress
    study_uid: str
    images_root: str
    receiving: str
    skip: frozenset[str]


@dataclass(frozen=True)
class PullAsked:
    """The images of the study, as the image-level search gave them, those to be skipped among them."""

    sop_instance_uids: tuple[str, ...]


@dataclass(frozen=True)
class PullEnded:
    """The worker is done: what was rejected, and what went wrong where something did."""

    rejected: tuple[Rejection, ...]
    trouble: Exception | None
