"""What tells one scanner's screen from another's: maker, model, size of the picture, regions; as one digest.

What people confirmed once is remembered under it. The digest stands in the log instead of the words, because
the words are free text of a header; it is keyed, so that the words cannot be guessed from it either.
"""
from __future__ import annotations

import hmac
from pathlib import Path

from dicom_io.layout import Layout, opened
from dicom_io.reading import image_of


def layout_digest(path: Path, key: bytes) -> str:
    """Hex HMAC-SHA256 of an original's device and layout. Raises `NotReadable`."""
    with opened(path) as layout:
        return layout_digest_of(layout, key)


def layout_digest_of(layout: Layout, key: bytes) -> str:
    """The same of an open file."""
    image = image_of(layout)
    regions = [f"{region.kind} {region.box} {region.usable}" for region in image.regions]
    words = (image.manufacturer.strip(), image.model.strip(), f"{image.rows} x {image.columns}", *regions)
    return hmac.digest(key, "\x00".join(("layout 1", *words)).encode("utf-8"), "sha256").hex()
