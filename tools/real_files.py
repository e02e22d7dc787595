"""The table of real ultrasound files in docs/ultrasound.md, made from the program's own answers.

`python -m tools.real_files FOLDER` writes it anew after a rule changed; a test holds the document against the
files where they are at hand. Names, makers and answers only: no picture and no value of a patient.
"""
from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

from dicom_io.calibration import Region
from dicom_io.errors import NotReadable
from dicom_io.gate import Gate
from dicom_io.image import UltrasoundImage
from dicom_io.transfer_syntaxes import TRANSFER_SYNTAXES

BEGIN, END = "<!-- real files: begin -->", "<!-- real files: end -->"
DOCUMENT = Path(__file__).resolve().parent.parent / "docs" / "ultrasound.md"
_HEAD = "| file | maker | picture | millimetres | what is refused on it, and why |"


def table(files: Iterable[Path]) -> str:
    """The table in Markdown, one line a file, in the order of their names."""
    with Gate() as gate:
        rows = [_row(path, gate) for path in sorted(files)]
    return "\n".join([_HEAD, "|---|---|---|---|---|", *rows])


def documented(text: str) -> str:
    """The table that stands in the document. Raises ValueError where it has none."""
    begin, end = text.index(BEGIN) + len(BEGIN), text.index(END)
    return text[begin:end].strip()


def main() -> None:
    """Put the table of the files in the folder named on the command line into the document."""
    made = table(Path(sys.argv[1]).glob("*.dcm"))
    text = DOCUMENT.read_text(encoding="utf-8")
    DOCUMENT.write_text(text.replace(documented(text), made), encoding="utf-8")


def _row(path: Path, gate: Gate) -> str:
    try:
        image = gate.admit(path).image
    except NotReadable as refused:
        return f"| {path.stem} | | not taken | | {refused.why} |"
    maker = " ".join(part for part in (image.manufacturer, image.model) if part) or "not said"
    return f"| {path.stem} | {maker} | {_picture(image)} | {_millimetres(image)} | {_refused(image)} |"


def _picture(image: UltrasoundImage) -> str:
    frames = "1 frame" if image.frames == 1 else f"{image.frames} frames ({image.frame_times.source})"
    coding = TRANSFER_SYNTAXES[image.transfer_syntax].name
    return f"{image.photometric}, {coding}, {image.rows} x {image.columns}, {frames}"


def _millimetres(image: UltrasoundImage) -> str:
    usable = [region for region in image.regions if region.usable and region.mm_per_px is not None]
    if image.calibration.state in ("none", "refused") or not usable:
        return "none"
    return "; ".join(f"region {region.index + 1}: {_scale(region)}" for region in usable)


def _scale(region: Region) -> str:
    assert region.mm_per_px is not None
    rows, columns = (f"{float(part):.4f}" for part in region.mm_per_px)
    each = f"{rows} mm a pixel" if rows == columns else f"{rows} mm a row, {columns} mm a column"
    notes = [note for note in region.why.split("; ") if "exclusive" in note]
    return f"{each} ({'; '.join(notes)})" if notes else each


def _refused(image: UltrasoundImage) -> str:
    said = [] if image.calibration.state == "region" else [image.calibration.why.rstrip(".")]
    for region in image.regions:
        if not region.usable and not any(region.why in one for one in said):
            said.append(f"region {region.index + 1} ({region.kind}): {region.why}")
    if sum(region.usable for region in image.regions) > 1:
        said.append("a line from one region into the other: two regions")
    return "; ".join(said) or "nothing but lines that leave the region"


if __name__ == "__main__":
    main()
