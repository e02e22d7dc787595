"""napari's reader for ultrasound: takes ultrasound objects, leaves every other file to others.

What a file says it is is read from its first bytes, without pydicom and without a pixel; only then does it pass
the same gate as everywhere in this program, in a process that can be killed. A file that is refused is told in one
sentence and opens no layer. Folders are not taken, and files are never stacked: each picture has its own scale.
"""
from __future__ import annotations

import atexit
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from dicom_io.errors import NotReadable
from dicom_io.file_meta import stated_class
from dicom_io.gate import Gate
from dicom_io.sop_classes import ULTRASOUND

LayerData = tuple[Any, dict[str, Any], str]
NO_LAYER: Any = (None,)
"""What napari takes for: the file was dealt with, there is nothing to show."""

_GATE = Gate()
"""One for the whole session: its worker starts in 1.5 s and then takes some hundredths of a second a file."""
atexit.register(_GATE.close)


def get_reader(path: str | Sequence[str]) -> Callable[[str | Sequence[str]], list[LayerData]] | None:
    """The function that reads this file, or these files; None where one of them is not ultrasound."""
    paths = _paths(path)
    if not paths or any(stated_class(one) not in ULTRASOUND for one in paths):
        return None
    return read_layers


def read_layers(path: str | Sequence[str]) -> list[LayerData]:
    """One image layer a file. A file that the gate refuses is told through napari and gives none."""
    from napari.utils.notifications import show_error

    layers = []
    _GATE.warm()
    for one in _paths(path):
        try:
            layers.append(read_layer(one, show_error))
        except NotReadable as refused:
            show_error(refused.why)
    return layers or [NO_LAYER]


def read_layer(path: Path, tell: Callable[[str], None]) -> LayerData:
    """The layer of one file. Raises `NotReadable`; `tell` gets a sentence about a frame that fails later."""
    from injection_log_napari.in_napari.layer import layer_of

    admitted = _GATE.admit(path)
    return layer_of(path, admitted.image, tell)


def _paths(path: str | Sequence[str]) -> list[Path]:
    return [Path(path)] if isinstance(path, str) else [Path(one) for one in path]
