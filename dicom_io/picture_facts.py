"""What can be told of a picture without naming anybody: plain values for JSON and for other programs.

No UID, date, name of a maker or digest, and no text of the file but its coding. It judges nothing: the values are
those of `UltrasoundImage`.
"""
from __future__ import annotations

from typing import Any

from dicom_io.image import UltrasoundImage


def picture_facts(image: UltrasoundImage) -> dict[str, Any]:
    """Size, coding, frame times (ms), regions (mm per pixel as row, column) and calibration.

    Scripts that read `image --json` depend on these names.
    """
    return {
        "frames": image.frames,
        "rows": image.rows,
        "columns": image.columns,
        "photometric": image.photometric,
        "transfer_syntax": image.transfer_syntax,
        "burned_in": image.burned_in,
        "frame_times": {"source": image.frame_times.source, "ms": list(image.frame_times.starts_ms)},
        "regions": [
            {
                "index": region.index,
                "kind": region.kind,
                "box": list(region.box),
                "mm_per_px": None if region.mm_per_px is None else [float(part) for part in region.mm_per_px],
                "usable": region.usable,
                "why": region.why,
            }
            for region in image.regions
        ],
        "calibration": {"state": image.calibration.state, "why": image.calibration.why},
    }
