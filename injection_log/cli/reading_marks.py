"""`reading caliper`, `reading contour` and `reading remove`: the marks of a reader, by their pixels.

For programs, and for a workstation without a window; who sees the pictures places marks on them. What is owed, and what
a mark measures, is told after each.
"""
from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from injection_log.cli.answers import wrong_use
from injection_log.cli.options import HomeOption, JsonOption, PasswordStdinOption, UserOption
from injection_log.cli.reading_case import CaseArgument, SideArgument, gland_named, open_package, tell_case

if TYPE_CHECKING:
    from dicom_io.calibration import Point
    from injection_log.reading.case import Case

PictureOption = Annotated[int, typer.Option("--picture", help="Picture of 'next', counted from 1.")]
FrameOption = Annotated[int, typer.Option("--frame", help="Frame, counted from 0.")]
_LARGEST_FILE = 100_000
"""Bytes; the most points that a contour has fill a tenth of it."""


def caliper(
    code: CaseArgument, side: SideArgument, user: UserOption, picture: PictureOption,
    axis: Annotated[str, typer.Option("--axis", help="length, width or depth.")],
    points: Annotated[str, typer.Option("--points", help="Both ends in pixels: row,column,row,column.")],
    frame: FrameOption = 0,
    home: HomeOption = None, as_json: JsonOption = False, password_stdin: PasswordStdinOption = False,
) -> None:
    """Measure one diameter of a gland."""
    from annotate.marks import AXES, Caliper
    from injection_log.reading.reading_acts import known_case, place_mark

    session = open_package(home, user, password_stdin)
    ends, gland = _points(points, as_json), gland_named(side, as_json)
    if axis not in AXES or len(ends) != 2:
        wrong_use("Name an axis (length, width, depth), and in --points both ends: row,column,row,column.", as_json)
    case = known_case(session, code)
    where = (_picture(case, picture, as_json), frame)
    tell_case(session, place_mark(session, case, gland, where, Caliper(axis, *ends)), as_json)


def contour(
    code: CaseArgument, side: SideArgument, user: UserOption, picture: PictureOption,
    points: Annotated[
        str, typer.Option("--points", help="3 to 400 points along the capsule, in pixels: row,column,row,column,...")
    ] = "",
    points_file: Annotated[
        Path | None, typer.Option("--points-file", help="File with these points, one 'row,column' a line.")
    ] = None,
    frame: FrameOption = 0,
    home: HomeOption = None, as_json: JsonOption = False, password_stdin: PasswordStdinOption = False,
) -> None:
    """Trace the outline of a gland on one frame."""
    from annotate.marks import FEWEST_POINTS, MOST_POINTS, Contour
    from injection_log.reading.reading_acts import known_case, place_mark

    session = open_package(home, user, password_stdin)
    if bool(points) == (points_file is not None):
        wrong_use("Give the outline once: with --points, or with --points-file.", as_json)
    if points_file is not None:
        points = _read(points_file, as_json)
    traced, gland = _points(points, as_json), gland_named(side, as_json)
    if not FEWEST_POINTS <= len(traced) <= MOST_POINTS:
        wrong_use(f"An outline has {FEWEST_POINTS} to {MOST_POINTS} points; here are {len(traced)}.", as_json)
    case = known_case(session, code)
    where = (_picture(case, picture, as_json), frame)
    tell_case(session, place_mark(session, case, gland, where, Contour(traced)), as_json)


def remove(
    code: CaseArgument,
    mark: Annotated[str, typer.Argument(help="Id of the mark, as 'next' prints it.")],
    user: UserOption,
    home: HomeOption = None, as_json: JsonOption = False, password_stdin: PasswordStdinOption = False,
) -> None:
    """Take a mark out of the open case; the log keeps what it was."""
    from injection_log.reading.reading_acts import known_case, remove_mark

    session = open_package(home, user, password_stdin)
    case = known_case(session, code)
    sides = [side for side, gland in case.glands.items() if any(placed.mark_id == mark for placed in gland.marks)]
    side = sides[0] if sides else next(iter(case.glands))  # the act says that there is none, and asks its table
    tell_case(session, remove_mark(session, case, side, mark), as_json)


def _points(text: str, as_json: bool) -> tuple[Point, ...]:
    """Points written as row,column, after each other. The command ends where they are none."""
    from dicom_io.calibration import Point

    try:
        numbers = [float(one) for one in text.split(",")]
    except ValueError:
        numbers = []
    if not numbers or len(numbers) % 2:
        wrong_use("Points are row,column,row,column,... in pixels, with decimal points.", as_json)
    return tuple(Point(row, column) for row, column in zip(numbers[::2], numbers[1::2], strict=True))


def _read(file: Path, as_json: bool) -> str:
    """The points of a file, joined to one line. The command ends where it cannot be read."""
    try:
        with file.open("rb") as opened:
            lines = opened.read(_LARGEST_FILE).decode("utf-8-sig").splitlines()
    except (OSError, ValueError):
        wrong_use(f"{file} cannot be read as text; give a file with one 'row,column' a line.", as_json)
    return ",".join(line.strip() for line in lines if line.strip())


def _picture(case: Case, number: int, as_json: bool) -> str:
    if not 1 <= number <= len(case.pictures):
        wrong_use(f"This case has {len(case.pictures)} pictures; 'next' prints their numbers.", as_json)
    return case.pictures[number - 1].sop_instance_uid
