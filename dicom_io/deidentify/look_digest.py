"""The digest of what a person looked at and of what was written: equal only where every pixel and the area are."""
from __future__ import annotations

import hashlib
from collections.abc import Iterable

from dicom_io.decoding.pixels import Shown
from dicom_io.deidentify.kept_area import KeptArea


def frame_digest(frame: Shown) -> str:
    """SHA-256, hex, of one frame's shape and pixels."""
    return hashlib.sha256(f"{frame.shape}".encode("ascii") + frame.tobytes()).hexdigest()


def look_digest(area: KeptArea, frames: Iterable[tuple[int, str]]) -> str:
    """SHA-256, hex, over the area and each frame's number in the original and digest."""
    told = hashlib.sha256(str(area.to_json()).encode("ascii"))
    for frame, digest in frames:
        told.update(f"\n{frame} {digest}".encode("ascii"))
    return told.hexdigest()
