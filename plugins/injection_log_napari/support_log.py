"""The log file for support: what failed and where in the program, never what anybody typed or any patient's value.

Messages of exceptions are left out, because libraries put values into them; types, files and lines are kept. Of our own
messages the fixed words are kept and of what is put into them only numbers and types: a person's words are neither.
"""
from __future__ import annotations

import logging
import platform
import sys
import threading
import time
import traceback
from collections.abc import Callable, Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from types import TracebackType

from typing_extensions import override

OURS = ("injection_log_napari", "injection_log", "annotate", "dicom_io")
LARGEST_BYTES = 1_000_000
AGAIN_AFTER_S = 10.0
"""What fails in the same place again within this time is not said or written again: a paint fails at each paint."""
SENTENCE = (
    "Something went wrong inside the program; what was saved is safe. Try again; if it happens twice, save the log for "
    "support (My account) and send it."
)
_VERSIONS = ("injection-log", "napari", "PySide6-Essentials", "numpy", "pydicom")
Caught = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
_log = logging.getLogger("injection_log_napari")


class PlaceFormatter(logging.Formatter):
    """Writes the place of an exception, not its words; of a message its own words, not what is put into them."""

    @override
    def format(self, record: logging.LogRecord) -> str:
        """One entry."""
        harmless = logging.makeLogRecord({**record.__dict__, "exc_text": None, "stack_info": None})
        harmless.msg, harmless.args = _fixed_words(record), None
        return super().format(harmless)

    @override
    def formatException(self, ei: Caught) -> str:
        """Type, files and lines of an exception."""
        frames = traceback.extract_tb(ei[2])
        places = [f"    {Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames]
        return "\n".join([ei[0].__name__ if ei[0] else "unknown", *places])


def _fixed(value: object) -> object:
    """A number or the name of a class; anything else could hold a patient's value."""
    if isinstance(value, type):
        return value.__name__
    return value if isinstance(value, int | float) else "…"


def _fixed_words(record: logging.LogRecord) -> str:
    given = record.args if isinstance(record.args, tuple) else ()
    told = tuple(_fixed(one) for one in given)
    try:
        return str(record.msg) % told if told else str(record.msg)
    except (TypeError, ValueError):  # a message that does not fit what is put into it
        return "a message that could not be written"


def begin_log(file: Path) -> logging.Handler:
    """Write our own loggers to a file of the owner; the caller removes the handler with `end_log`."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch(mode=0o600, exist_ok=True)
    is_full = file.stat().st_size > LARGEST_BYTES
    handler = logging.FileHandler(file, mode="w" if is_full else "a", encoding="utf-8")
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


def save_for_support(log_file: Path, target: Path, about: Mapping[str, str]) -> None:
    """Write what support needs into one text file: versions, what the caller says about the window, the log.

    Neither the name of this computer or its user nor the folder of the log is in it. Raises OSError.
    """
    lines = [f"{name}: {_version(name)}" for name in _VERSIONS]
    lines += [f"Python: {platform.python_version()}", f"system: {platform.system()} {platform.release()}"]
    lines += [f"{name}: {value}" for name, value in about.items()]
    kept = log_file.read_text(encoding="utf-8") if log_file.exists() else ""
    target.write_text("\n".join([*lines, "", kept or "The log is empty: nothing went wrong.", ""]), encoding="utf-8")


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"


class _Said:
    """What was said lately, by its place in the program."""

    def __init__(self) -> None:
        self._at: dict[tuple[str, str, int], float] = {}

    def is_news(self, kind: type[BaseException], trace: TracebackType | None) -> bool:
        """Whether this failed here for the first time since a while."""
        frames = traceback.extract_tb(trace)
        place = (kind.__name__, frames[-1].filename, frames[-1].lineno or 0) if frames else (kind.__name__, "", 0)
        now = time.monotonic()
        before = self._at.get(place)
        self._at[place] = now
        return before is None or now - before > AGAIN_AFTER_S


def catch_all(say: Callable[[str], None]) -> Callable[[], None]:
    """Turn what nobody caught, in any thread, into one sentence and a log entry; gives back the way to undo it.

    `say` may be called in any thread. What fails while it is being said is written down and not said.
    """
    before, before_in_threads, said = sys.excepthook, threading.excepthook, _Said()

    def tell(kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
        if not said.is_news(kind, trace):
            return
        _log.error("an error that nobody caught", exc_info=(kind, error or kind(), trace))
        try:
            say(SENTENCE)
        except Exception:  # noqa: BLE001 - the last place where an error can go
            _log.exception("an error that could not be said")

    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            before(kind, error, trace)
        else:
            tell(kind, error, trace)

    def hook_of_threads(ended: threading.ExceptHookArgs) -> None:
        if not issubclass(ended.exc_type, SystemExit):
            tell(ended.exc_type, ended.exc_value, ended.exc_traceback)

    def undo() -> None:
        sys.excepthook, threading.excepthook = before, before_in_threads

    sys.excepthook, threading.excepthook = hook, hook_of_threads
    return undo
