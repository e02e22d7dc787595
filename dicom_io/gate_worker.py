"""The gate's worker process: takes one path a line, answers one line of JSON, and may be killed at any
moment.

Everything that parses or decodes a new file happens here, under limits of memory and processor time, unable
to write any file and, where the system allows it, without a network. An answer is either a code with fixed
words or the plain facts; text of an exception never leaves, since it may hold a patient's values. Started by
`dicom_io.gate` only.
"""
from __future__ import annotations

import contextlib
import ctypes
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from dicom_io.admission import Admission, admission_to_json
from dicom_io.decoding.frame import check_frame, shown_frame
from dicom_io.decoding.pixels import pixel_format
from dicom_io.errors import NotReadable, RejectCode
from dicom_io.frame_table import frame_table
from dicom_io.layout import opened
from dicom_io.reading import digests_of, identity_of, image_of

MEMORY_BYTES = 768 * 1024**2
"""What it may hold of its own: a 16-megapixel JPEG 2000 picture and a deflated data set (256 MiB) need most; a file
is mapped and not held."""
ADDRESS_BYTES = 2 * 1024**3 + MEMORY_BYTES + 512 * 1024**2
"""Address space: the longest file's map, its own memory, the libraries."""
PROCESSOR_SECONDS = 20
"""For one file; several threads may decode, so this is more than the gate's 15 s by the clock."""
OPEN_FILES = 64
_NEW_USER_AND_NETWORK = 0x10000000 | 0x40000000
"""CLONE_NEWUSER and CLONE_NEWNET of Linux's unshare(2)."""


def examine(path: Path, checked: Callable[[], None] = lambda: None) -> Admission:
    """All checks of the gate on one file. Raises `NotReadable`.

    Every coded frame is held against the header; the first, the middle and the last are decoded. `checked` is
    called when only the digests are left to do, whose time depends on nothing but the file's length.
    """
    with opened(path) as layout:
        image = image_of(layout)
        form = pixel_format(layout)
        table = frame_table(layout, form, image.frames)
        if layout.syntax.encapsulated:
            for frame in range(image.frames):
                check_frame(table.coded(layout.buffer, frame), form, layout.syntax.codec)
        for frame in sorted({0, image.frames // 2, image.frames - 1}):
            shown_frame(table.coded(layout.buffer, frame), form, layout.syntax.codec)
        checked()
        return Admission(image, digests_of(layout), identity_of(layout), len(layout.file))


def _tell_checked() -> None:
    _limit_processor_time()
    _tell({"checked": True})


def _tell(answer: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


def _answer(path: Path) -> dict[str, Any]:
    try:
        return {"admitted": admission_to_json(examine(path, _tell_checked))}
    except NotReadable as refused:
        return {"refused": refused.code, "why": refused.why}
    except MemoryError:
        return {"refused": RejectCode.GAVE_UP.value, "why": ""}
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException:  # noqa: BLE001 - a hostile file must not end the worker; the error's text must not leave it
        return {"refused": RejectCode.DAMAGED.value, "why": ""}


def _limit() -> None:
    """Take away what checking a file does not need, for good. Systems without `resource` (Windows) keep it all."""
    try:
        import resource
    except ImportError:
        return
    limits = {
        resource.RLIMIT_DATA: MEMORY_BYTES,
        resource.RLIMIT_AS: ADDRESS_BYTES,
        resource.RLIMIT_FSIZE: 0,  # it writes no file; answers go through a pipe
        resource.RLIMIT_CORE: 0,  # a core dump would hold a patient's picture
        resource.RLIMIT_NOFILE: OPEN_FILES,
    }
    for limit, wanted in limits.items():
        _, hard = resource.getrlimit(limit)
        least = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        with contextlib.suppress(ValueError, OSError):  # macOS knows some of these by name only
            resource.setrlimit(limit, (least, least))


def _leave_the_network() -> None:
    """Enter a network of its own with nothing in it (Linux, where it is allowed); nothing depends on it."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).unshare(_NEW_USER_AND_NETWORK)


def _limit_processor_time() -> None:
    """Let the next file use so much more than what is used already."""
    try:
        import resource
    except ImportError:
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    wanted = int(used.ru_utime + used.ru_stime) + PROCESSOR_SECONDS
    resource.setrlimit(resource.RLIMIT_CPU, (wanted if hard == resource.RLIM_INFINITY else min(wanted, hard), hard))


def main() -> None:
    """Serve until standard input closes, that is until the gate's process ends."""
    _leave_the_network()
    _limit()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    for line in sys.stdin:
        _limit_processor_time()
        _tell(_answer(Path(json.loads(line))))


if __name__ == "__main__":
    main()
