"""The bytes of a DICOM file that may leave this machine: the preamble zeroed, nothing behind the pixels.

The first 128 bytes of a DICOM file mean nothing to DICOM and everything to other programs: a file can be a
picture and an executable at once (CVE-2019-11687), or end in a zip archive. Kept originals are left as
they came; whatever copies one of them out goes through here. It deliberately changes nothing of the data
set itself: taking a patient's name out is another room's work.
"""
from __future__ import annotations

import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dicom_io.elements import Buffer
from dicom_io.layout import Layout, opened

PREAMBLE_BYTES = 128
_STEP = 1024**2
_SEQUENCE_DELIMITER = b"\xfe\xff\xdd\xe0\0\0\0\0"


@contextmanager
def with_zeroed_preamble(path: Path) -> Iterator[tuple[Buffer, ...]]:
    """The parts of a file that may leave, in order, valid while the block runs; their lengths add up to its size.

    128 zero bytes, then everything from the "DICM" mark to the end of PixelData. What follows PixelData
    (trailing padding, signatures of the original, bytes that belong to no data set) stays behind. Nothing
    is copied: the parts look into the mapped file. Raises `NotReadable`.
    """
    with opened(path) as layout:
        body = layout.file[PREAMBLE_BYTES : _end_in_file(layout)]
        try:
            yield (bytes(PREAMBLE_BYTES), body, _closing(layout))
        finally:
            if isinstance(body, memoryview):
                body.release()


def copy_with_zeroed_preamble(path: Path, target: Path) -> int:
    """Write what may leave of a file to `target`, which must not exist; answer its bytes.

    Raises `NotReadable`; OSError where `target` exists or cannot be written. Not fsynced.
    """
    with with_zeroed_preamble(path) as parts, target.open("xb") as written:
        return sum(written.write(part) for part in parts)


def _end_in_file(layout: Layout) -> int:
    """Where PixelData, or the deflated data set, ends in the file; the file's end where there are no pixels."""
    if layout.syntax.deflated:
        return layout.data_set_start + _deflated_bytes(layout.file[layout.data_set_start :])
    return len(layout.file) if layout.pixels is None else layout.pixels.end


def _deflated_bytes(deflated: Buffer) -> int:
    """How long a raw deflate stream is that was inflated once already; nothing of it is held."""
    stream, position, rest = zlib.decompressobj(wbits=-zlib.MAX_WBITS), 0, b""
    while not stream.eof and (rest or position < len(deflated)):
        piece = rest or deflated[position : position + _STEP]
        position += 0 if rest else len(piece)
        stream.decompress(piece, _STEP)
        rest = stream.unconsumed_tail
    return position - len(stream.unused_data)


def _closing(layout: Layout) -> bytes:
    """The delimiter behind encapsulated pixels, which ends the file whether the original had it or not."""
    encapsulated = layout.pixels is not None and layout.pixels.fragments is not None
    return _SEQUENCE_DELIMITER if encapsulated and not layout.syntax.deflated else b""
