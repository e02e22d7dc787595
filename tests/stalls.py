"""Calls that must give up on a silent peer, waited for all at once: each takes its eight seconds, together too."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass


@dataclass(frozen=True)
class Ending:
    """How a call ended: what it raised (None when it raised nothing), after how many seconds."""

    error: BaseException | None
    seconds: float


def endings(calls: Mapping[str, Callable[[], object]]) -> dict[str, Ending]:
    """Start every call at the same moment and tell how each ended."""

    def ended(call: Callable[[], object]) -> Ending:
        began = time.monotonic()
        try:
            call()
        except Exception as error:  # noqa: BLE001  # the tests judge it
            return Ending(error, time.monotonic() - began)
        return Ending(None, time.monotonic() - began)

    with ThreadPoolExecutor(len(calls)) as pool:
        started = {name: pool.submit(ended, call) for name, call in calls.items()}
        return {name: one.result() for name, one in started.items()}
