"""What follows from several marks of a gland together: distances of needles to contours, volumes by other methods.

Pure: the fields to write when a mark or the spacing of a sweep changes, and whether stored ones still follow. What one
mark measures by itself, and the size from the calipers, are not made here.
"""
from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from annotate.capsule import capsule_distances, capsule_to_json
from annotate.errors import AnnotateError
from annotate.marks import PlacedMark
from annotate.volume_method import GlandVolume, spacing_of, volume_from_json, volume_to_json
from injection_log.ledger.event import Json
from injection_log.volume_methods import OF_THE_SIZE, method_named, volumes_of

CAPSULE, VOLUME = "capsule.", "volume."
SPACING_FIELDS = ("sweep_spacing_um", "sweep_spacing_known")
"""Facts of a gland that a volume depends on."""
_FACT, _MARK = "fact.", "mark."
_OF_A_METHOD = (ValueError, TypeError, LookupError, ArithmeticError, AttributeError)
_ERRORS = (AnnotateError, *_OF_A_METHOD)


def capsule_values(marks: Sequence[PlacedMark], stored: Iterable[str]) -> dict[str, Json]:
    """The fields of all distances to a contour; None for a `stored` one (needle id) that exists no more.

    Raises MarkRefused `two_contours`.
    """
    found = {name: capsule_to_json(distance) for name, distance in capsule_distances(marks).items()}
    return {CAPSULE + name: found.get(name) for name in sorted({*found, *stored})}


def volume_values(
    marks: Sequence[PlacedMark], facts: Mapping[str, Json], stored: Iterable[str]
) -> dict[str, Json]:
    """The fields of all volumes by other methods than the ellipsoid; None for a `stored` one (name) that is none now.

    Raises MarkRefused where marks contradict each other.
    """
    found = {
        name: volume_to_json(volume) for name, volume in volumes_of(marks, spacing_of(facts)).items()
        if isinstance(volume, GlandVolume) and name != OF_THE_SIZE
    }
    return {VOLUME + name: found.get(name) for name in sorted({*found, *stored})}


def depends_on(field: str) -> bool:
    """Whether a change of this field can change what is made here, or is a change of it."""
    return field.startswith((_MARK, CAPSULE, VOLUME)) or field.removeprefix(_FACT) in SPACING_FIELDS


def wrong_derived(values: Mapping[str, Any], read: Callable[[object], PlacedMark]) -> str | None:
    """Say what does not follow from the marks in the current values of a gland, or None. Never raises for them."""
    try:
        marks = [read(value) for name, value in values.items() if name.startswith(_MARK)]
        expected = capsule_values(marks, ())
    except _ERRORS as wrong:
        return f"The stored marks cannot be measured together: {_why(wrong)}"
    stored = {name: value for name, value in values.items() if name.startswith(CAPSULE)}
    for name in sorted({*expected, *stored}):
        if expected.get(name) != stored.get(name) or not _same_types(expected.get(name), stored.get(name)):
            return "A stored distance of the needle's tip to the contour does not follow from the two marks."
    for name in sorted(name for name in values if name.startswith(VOLUME)):
        wrong_one = _wrong_volume(name.removeprefix(VOLUME), values[name], marks, values)
        if wrong_one is not None:
            return wrong_one
    return None


def _wrong_volume(
    name: str, stored: object, marks: Sequence[PlacedMark], values: Mapping[str, Any]
) -> str | None:
    facts = {field.removeprefix(_FACT): value for field, value in values.items() if field.startswith(_FACT)}
    try:
        said, method = volume_from_json(stored), method_named(name)
        if method is None or (said.method, said.version) != (name, method.version):
            return f"A gland volume was made by a method this program does not have: {name} version {said.version}."
        again = method.volume(marks, spacing_of(facts))
    except _ERRORS as wrong:
        return f"A gland volume cannot be computed again: {_why(wrong)}"
    if not isinstance(again, GlandVolume):
        return f"A gland volume by {name} is stored, but its marks give none. {again.what}"
    if again != said:
        return f"The stored gland volume by {name} is {said.volume_ul} µl, but its marks give {again.volume_ul} µl."
    return None


def _same_types(ours: object, theirs: object) -> bool:
    """True equals 1 in Python, and in the log it is another value."""
    if isinstance(ours, Mapping) and isinstance(theirs, Mapping):
        return all(_same_types(ours[name], theirs.get(name)) for name in ours)
    return type(ours) is type(theirs)


def _why(wrong: Exception) -> str:
    return wrong.why if isinstance(wrong, AnnotateError) else "its method fails on these marks."
