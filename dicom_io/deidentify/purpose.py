"""What kind of coded copies lie in a folder: for a blinded reader or for sharing, by what each says itself.

A copy under the participant's code beside a reader's copies would tell what the reading code is there to hide.
Looks at the names and headers alone, and changes nothing.
"""
from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from dicom_io.errors import NotReadable
from dicom_io.layout import opened

CopyPurpose = Literal["reading", "sharing", ""]
_NAME = re.compile(r"[A-Z0-9][A-Z0-9_-]{0,31}_[0-9a-f]{16}\.dcm", re.ASCII | re.IGNORECASE)
_SUBJECT_ID, _READING_ID = 0x00120040, 0x00120042


def purposes_in(folder: Path) -> Iterator[CopyPurpose]:
    """For each file in a folder that has a copy's name, whom it is for; "" where it does not say or is none."""
    if not folder.is_dir():
        return
    for path in sorted(folder.iterdir()):
        if _NAME.fullmatch(path.name):
            yield purpose_of(path)


def purpose_of(path: Path) -> CopyPurpose:
    """Whom one copy is for (0012,0040 or 0012,0042), "" where it does not say so or cannot be read."""
    try:
        with opened(path) as layout:
            reading, sharing = layout.word(_READING_ID), layout.word(_SUBJECT_ID)
    except (NotReadable, OSError):
        return ""
    if bool(reading) == bool(sharing):
        return ""
    return "reading" if reading else "sharing"
