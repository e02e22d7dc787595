"""How values of the record are written for the eye: millimetres, millilitres, degrees, times, planes, repeats.

Pure. Figures are rounded for display only; nothing here is stored, and nothing is read back from it.
"""
from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from annotate.appearance import SIDE_WORDS
from annotate.marks import Caliper, Contour, Deposit, Mark, Needle, OutOfPlaneNeedle, Side, Structure, TipVisibility
from annotate.readout import STRUCTURE_WORDS, degrees, millimetres, square_millimetres
from injection_log.protocol.fields import CATALOGUE

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
REPEATS = ("", "", "②", "③", "④", "⑤", "⑥", "⑦", "⑧", "⑨")
TIP_WORDS: dict[TipVisibility, str] = {
    "seen": "seen",
    "inferred_hydrodissection": "inferred from fluid",
    "inferred_shaft": "inferred from shaft",
    "not_seen": "not seen",
}
PLANE_SIGNS = {"transverse": "trans", "longitudinal": "long", "sweep": "swp", "injection": "inj"}
CALIBRATION_SIGNS = {"region": "mm", "pixel_spacing": "mm?", "by_hand": "mm✎", "none": "px", "refused": "px!"}
_VALUES = {
    "": "the whole record", "images": "Pictures", "identifiers_confirmed": "Two identifiers", "needle_mark": "Needle",
    "size": "Size",
}  # fmt: skip
ASSIST_SIGN = "✦"
"""Stands at every number that comes from a mark which the picture proposed and a person took."""
HAND_SIGN = "✎"
"""Stands at every number that depends on a scale set by hand; what it means stands in words beside them."""


def side_words(side: Side) -> str:
    """The side as it stands in the banner."""
    return SIDE_WORDS[side]


def sentence_case(text: str) -> str:
    """A text with its first letter large and the others as they are."""
    return text[:1].upper() + text[1:]


def day_words(day: date) -> str:
    """A day as `22 Nov 2026`."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def dicom_day(text: str) -> str:
    """A DICOM DA as `22 Nov 2026`; what is not one stays as it is."""
    try:
        return day_words(datetime.strptime(text, "%Y%m%d").date())
    except ValueError:
        return text


def dicom_time(text: str) -> str:
    """A DICOM TM as `14:02`."""
    return f"{text[:2]}:{text[2:4]}" if len(text) >= 4 and text[:4].isdigit() else text


def repeats(count: int) -> str:
    """The sign for repeats of one caliper: nothing for one, ② for two."""
    return REPEATS[min(count, len(REPEATS) - 1)]


def plane_title(plane: str) -> str:
    """A plane as a word, also for pictures that do not say theirs."""
    return plane.capitalize() if plane else "Picture"


def measured_words(measured: Mapping[str, Any]) -> str:
    """What a mark measures, in one line, from its stored values."""
    if "length_um" in measured:
        return millimetres(measured["length_um"], measured.get("error_um"))
    if "area_um2" in measured:
        return square_millimetres(measured["area_um2"])
    depth = f"depth {millimetres(measured['depth_um'], measured.get('depth_error_um'))}"
    if measured.get("plane") == "out":
        return depth
    return f"{depth}  ·  {degrees(measured['angle_mdeg'])}"


def needle_lines(mark: Mark, measured: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """A needle's values as rows of label and value; out of plane has depth only."""
    if not isinstance(mark, Needle | OutOfPlaneNeedle):
        return ()
    rows = [("depth", millimetres(measured["depth_um"], measured.get("depth_error_um")))]
    if isinstance(mark, Needle):
        path = "path" if measured["path_is_whole"] else "visible path"
        rows.append((path, millimetres(measured["path_um"], measured.get("path_error_um"))))
        rows.append(("angle", degrees(measured["angle_mdeg"])))
    return (*rows, ("tip", TIP_WORDS[mark.tip_visibility]))


def mark_name(mark: Mark) -> str:
    """A mark's name in a sentence."""
    match mark:
        case Caliper():
            return mark.axis
        case Contour():
            return "contour"
        case Deposit():
            return "deposit"
        case Structure():
            return STRUCTURE_WORDS[mark.kind]
    return "needle"


def role_words(role: str) -> str:
    """A role as a word with spaces."""
    return role.replace("_", " ")


def value_title(field: str) -> str:
    """What a value of the record is called: a fact by the protocol's title, the others by what they are."""
    if field in CATALOGUE:
        return CATALOGUE[field].title
    if field.startswith("caliper."):
        return field.removeprefix("caliper.").capitalize()
    if field.startswith(("mark.", "image.")):
        return "A mark" if field.startswith("mark.") else "A picture"
    return _VALUES.get(field, field.replace("_", " "))
