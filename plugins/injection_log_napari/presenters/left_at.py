"""Where work on a visit is, or was left: a value. Keeping it is `left_off.py`."""
from __future__ import annotations

from dataclasses import dataclass

from injection_log_napari.presenters.next_act import Step


@dataclass(frozen=True)
class LeftAt:
    """Where work on a visit is, or was left: the step, the shown picture ("" for none) and its frame, from 0."""

    step: Step
    uid: str = ""
    frame: int = 0
