"""Turns recorded and half-made marks into canvas primitives: colours, letters, words. Pure.

Colours are Okabe-Ito's, told apart by colour-blind eyes too; the side is the handle's shape (right round, left
square) and the letter says the mark, so that colour never speaks alone.
"""
from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from annotate import appearance
from annotate.errors import AnnotateError
from annotate.geometry import measured_to_json
from annotate.marks import (
    Caliper,
    Contour,
    Deposit,
    ImageUse,
    Mark,
    Needle,
    OutOfPlaneNeedle,
    PlacedMark,
    Side,
    Structure,
)
from annotate.readout import STRUCTURE_WORDS, deposit_words
from annotate.uncertainty import HALF_PIXEL, ReadingError
from dicom_io.calibration import Point, Scale
from dicom_io.image import Digests
from injection_log_napari.canvas.interface import Handle, HandleShape, Label, PointerEvent, Primitive, Stroke
from injection_log_napari.presenters.tools import Placing, Tool
from injection_log_napari.presenters.wording import ASSIST_SIGN, HAND_SIGN, measured_words

REFUSED_COLOUR = "#FF8A5C"
GHOST_FRAMES = 2
_DENSE = 12
_FOLLOWS = {-2: 0.25, -1: 0.7, 0: 1.0, 1: 0.7, 2: 0.25}
"""How far the neighbours of a moved point follow it, by their distance along the outline."""
NO_DIGESTS = Digests("", "", "")


@dataclass(frozen=True)
class Shown:
    """What decides how marks look now: the frame, the gland at work, the mark being edited, its hot handle."""

    sop_instance_uid: str
    frame: int
    side: Side | None
    editing: str = ""
    hot_handle: int = -1
    reading: ReadingError = HALF_PIXEL
    assisted: frozenset[str] = frozenset()


def colour_of(mark: Mark) -> str:
    """The colour of a mark, as everywhere else in the program."""
    return _hex(appearance.colour_of(mark))


def _hex(rgb: appearance.Rgb) -> str:
    return "#{:02x}{:02x}{:02x}".format(*rgb)


def points_of(mark: Mark) -> tuple[Point, ...]:
    """The handles of a mark, in order."""
    match mark:
        case Caliper():
            return mark.start, mark.end
        case Needle():
            return mark.entry, mark.tip
        case OutOfPlaneNeedle():
            return (mark.tip,)
        case Contour():
            return mark.points
        case Deposit() | Structure():
            return (mark.at,)


def with_point(mark: Mark, index: int, at: Point) -> Mark:
    """The same mark with one handle somewhere else; in a dense outline its neighbours follow."""
    match mark:
        case Caliper():
            return replace(mark, start=at) if index == 0 else replace(mark, end=at)
        case Needle() if index == 0:
            return replace(mark, entry=at)
        case Needle() | OutOfPlaneNeedle():
            return replace(mark, tip=at)
        case Contour():
            return Contour(_bent(mark.points, index, at))
        case Deposit() | Structure():
            return replace(mark, at=at)


def _bent(points: tuple[Point, ...], index: int, at: Point) -> tuple[Point, ...]:
    """An outline with one point somewhere else. One with as many points as the picture proposes bends softly there."""
    rows, columns = at.row - points[index].row, at.column - points[index].column
    parts = {0: 1.0} if len(points) < _DENSE else _FOLLOWS
    moved = list(points)
    for step, part in parts.items():
        place = (index + step) % len(points)
        moved[place] = Point(points[place].row + part * rows, points[place].column + part * columns)
    moved[index] = at
    return tuple(moved)


def near(mark: Mark, event: PointerEvent) -> int:
    """The handle within reach of the pointer, -1 for none."""
    distances = [
        math.dist((p.row, p.column), (event.at.row, event.at.column)) for p in points_of(mark)
    ]
    best = min(range(len(distances)), key=distances.__getitem__)
    return best if distances[best] <= event.reach_px else -1


def recorded(marks: Sequence[PlacedMark], shown: Shown) -> tuple[Primitive, ...]:
    """Marks of the shown frame, and ghosts of its near frames."""
    primitives: list[Primitive] = []
    for placed in marks:
        distance = abs(placed.on.frame - shown.frame)
        if placed.on.sop_instance_uid == shown.sop_instance_uid and distance <= GHOST_FRAMES:
            primitives.extend(_one(placed, shown, faint=distance > 0 or placed.side != shown.side))
    return tuple(primitives)


def _one(placed: PlacedMark, shown: Shown, *, faint: bool) -> list[Primitive]:
    mark, colour = placed.mark, colour_of(placed.mark)
    points = points_of(mark)
    closed = (*points, points[0]) if isinstance(mark, Contour) else points
    primitives: list[Primitive] = [Stroke(closed, colour, faint=faint)] if len(points) > 1 else []
    primitives.extend(_handles(placed, shown, faint=faint))
    if placed.on.frame == shown.frame:
        words = _words(placed, shown.reading) + (f" {ASSIST_SIGN}" if placed.mark_id in shown.assisted else "")
        name = f"{placed.side} · " if placed.side != shown.side else ""
        labelled = (_lowest(points),) if isinstance(mark, Contour) else points
        if isinstance(mark, Deposit | Structure):  # beside it: a deposit lies at a tip, whose words stand below
            primitives.append(Label(mark.at, name + words, colour, "right", faint))
        else:
            is_caliper = isinstance(mark, Caliper)
            primitives.append(_label(labelled, name + words, colour, is_caliper=is_caliper, faint=faint))
    if isinstance(mark, Needle | OutOfPlaneNeedle) and not faint:
        primitives.extend(skin_line(mark.skin_row_px, mark.tip))
    return primitives


def _handles(placed: PlacedMark, shown: Shown, *, faint: bool) -> list[Handle]:
    """A handle on every point; of a contour only on its lowest until it is edited: they would hide the capsule."""
    mark, colour, letter = placed.mark, colour_of(placed.mark), appearance.letter_of(placed.mark)
    points, edited = points_of(mark), placed.mark_id == shown.editing
    lettered = points.index(_lowest(points)) if isinstance(mark, Contour) else -1
    return [
        Handle(
            point, letter if lettered in (-1, index) else "", colour, shape_of(placed.side),
            hot=edited and index == shown.hot_handle, faint=faint,
        )
        for index, point in enumerate(points) if edited or lettered in (-1, index)
    ]


def _lowest(points: Sequence[Point]) -> Point:
    return max(points, key=lambda point: point.row)


def skin_line(row: float, tip: Point) -> tuple[Primitive, ...]:
    """The skin line above a tip, and the depth as a dashed plumb line."""
    above = Point(row, tip.column)
    left, right = Point(row, tip.column - 40), Point(row, tip.column + 40)
    return (
        Stroke((left, right), _hex(appearance.SKIN_COLOUR), dashed=True),
        Stroke((above, tip), _hex(appearance.SKIN_COLOUR), dashed=True),
        Label(right, "skin line", _hex(appearance.SKIN_COLOUR), "right"),
    )


def half_made(placing: Placing[Tool], side: Side, words: str, *, refused: bool) -> tuple[Primitive, ...]:
    """The mark under the hand: dashed, with its length as it would be, or why it cannot be one."""
    points = placing.shown_points
    if not points:
        return ()
    tool = placing.tool
    colour = REFUSED_COLOUR if refused else _hex(tool.rgb)
    lines, handles, labelled = points[:2], points[: tool.points_needed], points
    if tool.is_traced:  # as it would be closed now
        lines, handles, labelled = (*points, points[0]), points[:1], (_lowest(points),)
    primitives: list[Primitive] = [Stroke(lines, colour, dashed=True)] if len(points) > 1 else []
    primitives.extend(Handle(point, tool.letter, colour, shape_of(side)) for point in handles)
    if words:
        primitives.append(_label(labelled, words, colour, is_caliper=tool.lies_across))
    return tuple(primitives)


def unanswered(mark: Mark, side: Side, words: str, *, refused: bool) -> tuple[Primitive, ...]:
    """A drawn mark that still owes an answer: dashed, with the skin line of a needle."""
    points, colour = points_of(mark), REFUSED_COLOUR if refused else colour_of(mark)
    letter = "?" if isinstance(mark, Structure) else appearance.letter_of(mark)
    primitives: list[Primitive] = [Stroke(points, colour, dashed=True)] if len(points) > 1 else []
    primitives.extend(Handle(point, letter, colour, shape_of(side)) for point in points)
    if words:
        primitives.append(_label(points, words, colour, is_caliper=False))
    if isinstance(mark, Needle | OutOfPlaneNeedle):
        primitives.extend(skin_line(mark.skin_row_px, mark.tip))
    return tuple(primitives)


def shape_of(side: Side) -> HandleShape:
    """Right is round, left is square."""
    return appearance.HANDLE_SHAPES[side]


def preview(mark: Mark, scale: Scale, reading: ReadingError = HALF_PIXEL) -> str:
    """What a mark not yet placed would measure, "" where it has no length yet."""
    # The side changes no length.
    placed = PlacedMark("-", "right", ImageUse("-", 0, NO_DIGESTS), mark, scale)
    try:
        return _words(placed, reading)
    except AnnotateError:
        return ""


def _words(placed: PlacedMark, reading: ReadingError) -> str:
    match placed.mark:
        case Deposit():
            return deposit_words(placed.mark)
        case Structure():
            return STRUCTURE_WORDS[placed.mark.kind]
    by_hand = f" {HAND_SIGN} scale by hand" if placed.scale.is_by_hand else ""
    return measured_words(measured_to_json(placed, reading)) + by_hand


def _label(mark_points: Sequence[Point], text: str, colour: str, *, is_caliper: bool, faint: bool = False) -> Label:
    """Words beside the middle of a caliper, and below the tip of a needle, so that neither hides the picture."""
    if not is_caliper or len(mark_points) == 1:
        return Label(mark_points[-1], text, colour, "below", faint)
    first, second = mark_points[0], mark_points[1]
    lies_flat = abs(first.column - second.column) > abs(first.row - second.row)
    # Length and depth cross in the middle: the words of flat and of steep lines keep out of each other's way.
    part = 0.25 if (first.column <= second.column) == lies_flat else 0.75
    place = Point(first.row + part * (second.row - first.row), first.column + part * (second.column - first.column))
    return Label(place, text, colour, "above" if lies_flat else "right", faint)
