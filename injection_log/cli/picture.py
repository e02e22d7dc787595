"""`image`, `frame` and `measure`: one DICOM file looked at by itself. No log-in, no log, nothing is kept.

Every file passes the gate first, so that a hostile one is met by a process that can be killed. What needs pydicom,
numpy or OpenCV is imported inside the functions: `--help`, `list` and `verify` go through this module too.
"""
from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from injection_log.cli import answers
from injection_log.cli.options import HomeOption, JsonOption
from injection_log.cli.ruler_option import RulerOption, scale_facts, scale_given, scale_travelled
from injection_log.cli.tables import print_table

if TYPE_CHECKING:
    from dicom_io.calibration import Point, Scale
    from dicom_io.gate import Admission
    from dicom_io.image import UltrasoundImage

FileArgument = Annotated[Path, typer.Argument(help="A DICOM file.")]
FrameOption = Annotated[int, typer.Option("--frame", help="Frame, counted from 0.")]

_POINT = re.compile(r"\s*([+-]?\d{1,6}(?:\.\d{1,6})?)\s*,\s*([+-]?\d{1,6}(?:\.\d{1,6})?)\s*")


def add_picture_commands(app: typer.Typer) -> None:
    """Join `image`, `frame` and `measure` to the command."""
    app.command("image")(image)
    app.command("frame")(frame)
    app.command("measure")(measure)


def image(
    file: FileArgument, rulers: RulerOption = None,
    ticks: Annotated[bool, typer.Option("--ticks", help="Look for a burned-in ruler: a second opinion.")] = False,
    home: HomeOption = None, as_json: JsonOption = False,
) -> None:
    """Show what a DICOM file says of its picture: size, frames, times, regions and calibration."""
    del home  # every command takes --home; this one looks at no home
    admission = _admitted(file, as_json)
    facts = image_facts(admission)
    by_hand = scale_given(rulers, admission.image, as_json) or scale_travelled(file, admission.image)
    if by_hand is not None:
        facts["hand_scale"] = scale_facts(by_hand)
    if ticks:
        facts |= _ticks_facts(file, admission.image, by_hand, as_json)
    answers.answer(facts, as_json, lambda: _print_image(facts))


def frame(
    file: FileArgument, number: FrameOption,
    out: Annotated[Path, typer.Option("--out", help="PNG file to write.")],
    home: HomeOption = None, as_json: JsonOption = False,
) -> None:
    """Write one frame as it would be shown, full size, as a PNG."""
    del home
    if out.exists() and file.exists() and out.samefile(file):
        answers.wrong_use("--out is the DICOM file itself, which is never overwritten; name another file.", as_json)
    admission = _admitted(file, as_json)
    _check_frame(number, admission.image, as_json)
    from dicom_io.errors import NotReadable

    try:
        png = _png_of(file, number)
    except NotReadable as refused:
        answers.refuse(refused.code, refused.why, as_json)
    try:
        out.write_bytes(png)
    except OSError as wrong:
        answers.fail(f"{out} could not be written ({wrong.strerror}); choose another place for --out.", as_json)
    facts = {"out": str(out), "frame": number, "rows": admission.image.rows, "columns": admission.image.columns}
    answers.answer(
        facts, as_json,
        lambda: typer.echo(f"{out}: frame {number}, {facts['rows']} rows x {facts['columns']} columns"),
    )


def measure(
    file: FileArgument, number: FrameOption,
    start: Annotated[str, typer.Option("--from", help="ROW,COL of one end; pixel centres at whole numbers.")],
    end: Annotated[str, typer.Option("--to", help="ROW,COL of the other end.")],
    rulers: RulerOption = None,
    home: HomeOption = None, as_json: JsonOption = False,
) -> None:
    """Give the length of a line on a frame in mm, or say why there is none."""
    del home
    a, b = _point("--from", start, as_json), _point("--to", end, as_json)
    admission = _admitted(file, as_json)
    _check_frame(number, admission.image, as_json)
    from dicom_io.errors import MeasurementRefused
    from dicom_io.line_scale import scale_between

    by_hand = scale_given(rulers, admission.image, as_json) or scale_travelled(file, admission.image)
    try:
        scale = scale_between(admission.image, a, b, by_hand)
    except MeasurementRefused as refused:
        answers.refuse(refused.code, refused.why, as_json)
    state = "manual" if scale.is_by_hand else admission.image.calibration.state
    facts = {
        "length_mm": round(scale.length_mm(a, b), 3),
        "calibration": {"state": state, "region": scale.region},
        "error_mm": _error_mm(scale, a, b),
        "scale": scale_facts(scale),
    }
    answers.answer(
        facts, as_json, lambda: typer.echo(f"{facts['length_mm']} ± {facts['error_mm']} mm ({scale.source})")
    )


def _error_mm(scale: Scale, a: Point, b: Point) -> float:
    """Half a pixel at each end, and the error of a scale set by hand."""
    from annotate.uncertainty import HALF_PIXEL, measured_length

    return measured_length(round(scale.length_mm(a, b) * 1000), (a, b), scale, HALF_PIXEL).error_um / 1000


def image_facts(admission: Admission) -> dict[str, Any]:
    """The facts of `image --json`; scripts depend on these names."""
    from dicom_io.picture_facts import picture_facts

    names = {"sop_instance_uid": admission.image.sop_instance_uid, "sha256": admission.digests.file}
    return names | picture_facts(admission.image)


def _ticks_facts(file: Path, one: UltrasoundImage, by_hand: Scale | None, as_json: bool) -> dict[str, Any]:
    """The burned-in ruler on the first frame, and what it says of each scale that the picture has."""
    from dataclasses import asdict

    from annotate.ruler_ticks import second_opinion, ticks_beside
    from dicom_io.errors import NotReadable
    from dicom_io.frames import open_frames

    try:
        with open_frames(file) as source:
            found = ticks_beside(source.frame(0), one.regions)
    except NotReadable as refused:
        answers.refuse(refused.code, refused.why, as_json)
    scales = {region.mm_per_px for region in one.regions if region.usable and region.mm_per_px is not None}
    if by_hand is not None:
        scales = {(by_hand.mm_per_px_row, by_hand.mm_per_px_column)}
    opinions = [second_opinion(found, (float(row), float(column))) for row, column in sorted(scales)]
    return {
        "ruler_ticks": None if found is None else asdict(found),
        "second_opinion": " ".join(filter(None, opinions)),
    }


def _print_image(facts: dict[str, Any]) -> None:
    typer.echo(f"SOP Instance UID  {facts['sop_instance_uid']}")
    typer.echo(f"SHA-256           {facts['sha256']}")
    frames = "1 frame" if facts["frames"] == 1 else f"{facts['frames']} frames"
    typer.echo(f"Picture           {frames} of {facts['rows']} rows x {facts['columns']} columns")
    typer.echo(f"Pixels            {facts['photometric']}, {_coding(facts['transfer_syntax'])}")
    typer.echo(f"Burned-in text    {facts['burned_in']}")
    times = facts["frame_times"]
    typer.echo(f"Frame times       {times['source']}, last frame starts at {times['ms'][-1]:g} ms")
    typer.echo(f"Calibration       {facts['calibration']['state']}: {facts['calibration']['why']}")
    if "hand_scale" in facts:
        scale = facts["hand_scale"]
        typer.echo(f"Scale given       {_short(scale['mm_per_px'])} mm per pixel, {scale['source']}")
    if "ruler_ticks" in facts:
        typer.echo(f"Ruler ticks       {_ticks_words(facts)}")
    if facts["regions"]:
        rows = [
            {
                **region, "region": region["index"] + 1, "mm_per_px": _short(region["mm_per_px"]),
                "usable": "yes" if region["usable"] else "no",
            }
            for region in facts["regions"]
        ]
        print_table(["region", "kind", "box", "mm_per_px", "usable", "why"], rows)


def _coding(uid: str) -> str:
    from dicom_io.transfer_syntaxes import TRANSFER_SYNTAXES

    known = TRANSFER_SYNTAXES.get(uid)
    return f"transfer syntax {uid}" if known is None else f"{known.name} (transfer syntax {uid})"


def _ticks_words(facts: dict[str, Any]) -> str:
    ticks = facts["ruler_ticks"]
    if ticks is None:
        return "none found that are sure"
    way = "down" if ticks["axis"] == "rows" else "across"
    found = f"{ticks['count']} {way} the picture, {ticks['spacing_px']:.2f} pixels apart"
    return f"{found}. {facts['second_opinion']}" if facts["second_opinion"] else found


def _short(mm_per_px: list[float] | None) -> str:
    return "" if mm_per_px is None else " x ".join(f"{part:.5g}" for part in mm_per_px)


def _admitted(file: Path, as_json: bool) -> Admission:
    """Let the file through the gate; a missing one is wrong use, a refused one is refused."""
    from dicom_io.errors import NotReadable
    from dicom_io.gate import Gate

    if file.is_dir():
        answers.wrong_use(f"{file} is a folder; name one DICOM file in it.", as_json)
    if not file.is_file():
        answers.wrong_use(f"There is no file {file}; check the path.", as_json)
    with Gate() as gate:
        try:
            return gate.admit(file)
        except NotReadable as refused:
            answers.refuse(refused.code, refused.why, as_json)


def _check_frame(number: int, one: UltrasoundImage, as_json: bool) -> None:
    if not 0 <= number < one.frames:
        answers.wrong_use(
            f"There is no frame {number}; this picture has {one.frames}, counted from 0 to {one.frames - 1}.", as_json
        )


def _point(option: str, text: str, as_json: bool) -> Point:
    from dicom_io.calibration import Point

    found = _POINT.fullmatch(text)
    if found is None:
        answers.wrong_use(f"{option} wants ROW,COL with decimal points, for example 120.5,300; not {text!r}.", as_json)
    return Point(float(found[1]), float(found[2]))


def _png_of(file: Path, number: int) -> bytes:
    """The frame as PNG: grey stays grey, RGB is handed to OpenCV in its own order."""
    import cv2

    from dicom_io.frames import open_frames

    with open_frames(file) as source:
        shown = source.frame(number)
        made, png = cv2.imencode(".png", shown if shown.ndim == 2 else cv2.cvtColor(shown, cv2.COLOR_RGB2BGR))
        if not made:
            answers.fail("The picture could not be written as PNG; report this file's transfer syntax.")
        return png.tobytes()
