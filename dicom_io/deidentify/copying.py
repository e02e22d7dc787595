"""Makes coded copies, reads each back, and says beforehand how large they will be.

A copy is written under a name made of its code and a hash, appears whole or not at all, replaces nothing, and
is decoded again before it counts: every kept pixel must be the original's and every other one 0.
"""
from __future__ import annotations

import hashlib
import io
import os
import struct
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate

from dicom_io.deidentify.errors import CopyRefused
from dicom_io.deidentify.header import header_of
from dicom_io.deidentify.look_digest import frame_digest, look_digest
from dicom_io.deidentify.lossless import TRANSFER_SYNTAX, coded
from dicom_io.deidentify.masking import MaskedFrames, masked_frames, spread
from dicom_io.deidentify.request import CopyRequest, Selection
from dicom_io.frames import open_frames
from dicom_io.layout import opened

HEADER_BYTES = 1600
"""About what a copy's header and item heads take; counted into estimates."""
_MEASURED_FRAMES = 8
_SHORTEST_PADDED, _PADDING_HEAD = 256 * 1024, 12
_ONE_TIME = 946_728_000
"""Every copy's file says noon of 2000-01-01: the hour of writing would say which belong together."""
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class CodedCopy:
    """A copy that was written and read back; `look_sha256` is `looking.look_digest` of what was read back."""

    path: Path
    sha256: str
    look_sha256: str
    bytes: int
    sop_instance_uid: str
    frames: tuple[int, ...]


@dataclass(frozen=True)
class SizeEstimate:
    """How large a copy will be: measured on some of its frames, or on all (`exact` but for the header)."""

    bytes: int
    original_bytes: int
    frames: int
    exact: bool


def estimate(selection: Selection) -> SizeEstimate:
    """Code up to eight frames for real and count. Raises `CopyRefused`, `NotReadable`."""
    with masked_frames(selection) as frames:
        tried = spread(len(frames), _MEASURED_FRAMES)
        sizes = [len(coded(frames.masked(place))) for place in tried]
    mean = sum(sizes) / len(sizes)
    total = HEADER_BYTES + round(mean * len(selection.frames))
    count = len(selection.frames)
    return SizeEstimate(total, selection.path.stat().st_size, count, exact=len(tried) == count)


def write_coded_copy(request: CopyRequest, folder: Path, progress: Progress | None = None) -> CodedCopy:
    """Write one coded copy into a folder that is there. `progress` gets (frames done, frames in all).

    Raises `CopyRefused` ("file_there" where a copy of other content has that name; the same content counts as
    written), `NotReadable`, OSError.
    """
    said = progress or (lambda done, of: None)
    with masked_frames(request.selection) as frames, opened(request.selection.path) as layout:
        copy = header_of(layout, request)
        _describe_pixels(copy, frames)
        copy.PixelData = encapsulate([_coded(frames, place, said) for place in range(len(frames))])
        copy["PixelData"].VR = "OB"
        data = _file(copy)
        if request.is_padded:
            data = _padded(data)
    uid = str(copy.SOPInstanceUID)
    path = folder / f"{request.coded_for.code}_{request.uids.name(uid)}.dcm"
    seen = _put(path, data, lambda written: _checked(written, request.selection))
    return CodedCopy(path, hashlib.sha256(data).hexdigest(), seen, len(data), uid, request.selection.frames)


def _coded(frames: MaskedFrames, place: int, said: Progress) -> bytes:
    stream = coded(frames.masked(place))
    said(place + 1, len(frames))
    return stream


def _describe_pixels(copy: Dataset, frames: MaskedFrames) -> None:
    rows, columns = frames.mask.shape
    copy.Rows, copy.Columns = rows, columns
    copy.SamplesPerPixel = 1 if frames.is_grey else 3
    copy.PhotometricInterpretation = "MONOCHROME2" if frames.is_grey else "RGB"
    if not frames.is_grey:
        copy.PlanarConfiguration = 0
    copy.BitsAllocated, copy.BitsStored, copy.HighBit, copy.PixelRepresentation = 8, 8, 7, 0


def _file(copy: Dataset) -> bytes:
    """The file's bytes: a preamble of zeros, the file meta that is owed, the data set, and nothing behind it."""
    copy.file_meta = FileMetaDataset()
    copy.file_meta.TransferSyntaxUID = TRANSFER_SYNTAX
    copy["PixelData"].is_undefined_length = True
    written = io.BytesIO()
    copy.save_as(written, enforce_file_format=True)
    return written.getvalue()


def _padded(data: bytes) -> bytes:
    """Filled up with Data Set Trailing Padding (PS3.10 7.2) to a power of two, 256 KiB at least."""
    owed = max(_SHORTEST_PADDED, 1 << (len(data) + _PADDING_HEAD - 1).bit_length())
    filling = owed - len(data) - _PADDING_HEAD
    return data + struct.pack("<HH2sHL", 0xFFFC, 0xFFFC, b"OB", 0, filling) + bytes(filling)


def _put(path: Path, data: bytes, checked: Callable[[Path], str]) -> str:
    """Write beside the name, check, then take the name; what is there already is not replaced. Gives the check's."""
    if path.exists():
        if path.read_bytes() != data:
            raise CopyRefused("file_there", "A copy of this name is there with other content; choose another folder.")
        return checked(path)
    fresh = path.with_name(path.name + ".new")
    try:
        with fresh.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        seen = checked(fresh)
        os.utime(fresh, (_ONE_TIME, _ONE_TIME))
        os.replace(fresh, path)
        return seen
    finally:
        fresh.unlink(missing_ok=True)


def _checked(written: Path, selection: Selection) -> str:
    """Decode the copy, compare every pixel of every frame with the original's, and give the digest of it all."""
    digests = []
    with masked_frames(selection) as owed, open_frames(written, budget_bytes=0) as found:
        same = len(found) == len(owed)
        for place in range(len(owed)) if same else ():
            frame = found.frame(place)
            same = same and np.array_equal(frame, owed.masked(place))
            digests.append((selection.frames[place], frame_digest(frame)))
    if not same:
        raise CopyRefused("changed_on_the_way", "A copy did not come out as its original and is not kept: report this.")
    return look_digest(selection.area, digests)
