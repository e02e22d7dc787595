"""The log file for support: what failed and where in the program, never what anybody typed or any patient's value.

Messages of exceptions are left out, because libraries put values into them; types, files and lines are kept.
"""
from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

from typing_extensions import override

OURS = ("injection_log_napari", "injection_log", "annotate", "dicom_io")
Caught = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
_log = logging.getLogger("injection_log_napari")


class PlaceFormatter(logging.Formatter):
    """Writes the place of an exception, not its words."""

    @override
    def formatException(self, ei: Caught) -> str:
        """Type, files and lines of an exception."""
        frames = traceback.extract_tb(ei[2])
        places = [f"    {Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames]
        return "\n".join([ei[0].__name__ if ei[0] else "unknown", *places])


def begin_log(file: Path) -> logging.Handler:
    """Write our own loggers to a file of the owner; the caller removes the handler with `end_log`."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch(mode=0o600, exist_ok=True)
    handler = logging.FileHandler(file, encoding="utf-8")
    handler.setFormatter(PlaceFormatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    handler.setLevel(logging.WARNING)
    for name in OURS:
        logging.getLogger(name).addHandler(handler)
    return handler


def end_log(handler: logging.Handler) -> None:
    """Stop writing."""
    for name in OURS:
        logging.getLogger(name).removeHandler(handler)
    handler.close()


def catch_all(say: Callable[[str], None]) -> Callable[[], None]:
    """Turn what nobody caught into one sentence and a log entry; gives back the way to undo it."""
    before = sys.excepthook

    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            before(kind, error, trace)
            return
        _log.error("an error that nobody caught", exc_info=(kind, error, trace))
        say(
            "Something went wrong inside the program; what was saved is safe. Try again, "
            "and give the log file to support if it happens twice."
        )

    def undo() -> None:
        sys.excepthook = before

    sys.excepthook = hook
    return undo
