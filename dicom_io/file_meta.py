"""The first bytes of a DICOM file: preamble, mark and file meta (PS3.10 7.1), read without any library.

Enough to tell what a file says it is, for a millionth of the work of opening it. It deliberately believes
nothing: what the file really holds is found out behind the gate.
"""
from __future__ import annotations

from pathlib import Path

from dicom_io.errors import NotReadable, RejectCode

MARK = b"DICM"
_MARK_AT = 128
_START = 132
_HEAD_BYTES = 64 * 1024
"""The file meta of scanners is a few hundred bytes; private information in it may be some thousands."""
_MEDIA_STORAGE_SOP_CLASS_UID = 0x00020002
_LONG_VRS = (b"OB", b"UN", b"UT", b"OW", b"SQ")


def stated_class(path: Path) -> str:
    """The SOP Class UID in a file's meta; "" of a folder, a file without the mark, or one that cannot be read."""
    try:
        if not path.is_file():  # a pipe would be waited for
            return ""
        with path.open("rb") as file:
            head = file.read(_HEAD_BYTES)
    except (OSError, ValueError):
        return ""
    if head[_MARK_AT:_START] != MARK:
        return ""
    try:
        uids, _ = file_meta(memoryview(head))
    except NotReadable:
        return ""
    return uids.get(_MEDIA_STORAGE_SOP_CLASS_UID, "")


def file_meta(view: memoryview) -> tuple[dict[int, str], int]:
    """The UIDs of the file meta by tag, and where the data set starts. Raises `NotReadable` where it is cut short.

    The group is walked to its last element; its stated length is often wrong and is not needed.
    """
    position, uids = _START, dict[int, str]()
    while position + 8 <= len(view) and bytes(view[position : position + 2]) == b"\x02\x00":
        tag = 0x00020000 | int.from_bytes(view[position + 2 : position + 4], "little")
        long = bytes(view[position + 4 : position + 6]) in _LONG_VRS
        head = 12 if long else 8
        length = int.from_bytes(view[position + (8 if long else 6) : position + head], "little")
        if position + head + length > len(view):
            raise NotReadable(RejectCode.DAMAGED)
        if length <= 64:
            uids[tag] = bytes(view[position + head : position + head + length]).decode("latin-1").strip(" \0")
        position += head + length
    return uids, position
