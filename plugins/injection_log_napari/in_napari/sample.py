"""The practice clip for napari's sample menu: a simulated injection, made on this machine, the same every time.

Made once a session in a temporary folder that goes with the session. Nothing in it was ever a patient.
"""
from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from injection_log_napari.in_napari.reader import LayerData, read_layers

SEED = 7
_folders: list[TemporaryDirectory[str]] = []


def practice_clip() -> list[LayerData]:
    """The layer of the practice clip: 60 frames, a needle goes into a right gland. Takes some seconds once."""
    return read_layers(str(_clip_file()))


@cache
def _clip_file() -> Path:
    from dicom_io.phantom import make_participant, planned_visits

    folder = tempfile.TemporaryDirectory(prefix="injection-log-practice-", ignore_cleanup_errors=True)
    _folders.append(folder)  # the folder goes when this list does
    injection = [visit for visit in planned_visits() if visit.name == "injection"]
    truth = make_participant(Path(folder.name), SEED, visits=injection)
    return next(file for file in truth.visit("injection").files if file.stem.endswith("right-injection"))
