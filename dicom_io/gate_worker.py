"""The gate's worker process: takes one path a line, answers one line of JSON, and may be killed at any
moment.

Everything that parses or decodes a new file happens here, under limits of memory and processor time. An
answer is either a code with fixed words or the plain facts; text of an exception never leaves, since it
may hold a patient's values. Started by `dicom_io.gate` only.
"""
from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from dicom_io.admission import Admission, admission_to_json
from dicom_io.decoding.frame import shown_frame
from dicom_io.decoding.pixels import pixel_format
from dicom_io.errors import NotReadable, RejectCode
from dicom_io.frame_table import frame_table
from dicom_io.layout import opened
from dicom_io.reading import digests_of, identity_of, image_of

MEMORY_BYTES = 5 * 1024**3
"""Address space: the file is mapped (up to 2 GiB), a deflated one inflated (0.5 GiB), libraries take about 1 GiB."""
PROCESSOR_SECONDS = 30
"""For one file; several threads may decode, so this is more than the gate's 15 s by the clock."""


def examine(path: Path) -> Admission:
    """All checks of the gate on one file. Raises `NotReadable`."""
    with opened(path) as layout:
        image = image_of(layout)
        form = pixel_format(layout)
        table = frame_table(layout, form, image.frames)
        for frame in sorted({0, image.frames // 2, image.frames - 1}):
            shown_frame(table.coded(layout.buffer, frame), form, layout.syntax.codec)
        return Admission(image, digests_of(layout), identity_of(layout), len(layout.file))


def _answer(path: Path) -> dict[str, Any]:
    try:
        return {"admitted": admission_to_json(examine(path))}
    except NotReadable as refused:
        return {"refused": refused.code, "why": refused.why}
    except MemoryError:
        return {"refused": RejectCode.GAVE_UP.value, "why": ""}
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException:  # noqa: BLE001 - a hostile file must not end the worker; the error's text must not leave it
        return {"refused": RejectCode.DAMAGED.value, "why": ""}


def _limit_memory() -> None:
    try:
        import resource
    except ImportError:
        return
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    wanted = MEMORY_BYTES if hard == resource.RLIM_INFINITY else min(MEMORY_BYTES, hard)
    resource.setrlimit(resource.RLIMIT_AS, (wanted, hard))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core dump would hold a patient's picture


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
    _limit_memory()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    for line in sys.stdin:
        _limit_processor_time()
        sys.stdout.write(json.dumps(_answer(Path(json.loads(line)))) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
