"""Does a stored value still follow from the marks stored beside it? Used by `verify`.

Pure; answers with a sentence, never with an exception: what is checked here may have been tampered with.
Deliberately no look at the picture: that the pixels are the same is checked by their digests elsewhere.
"""
from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from annotate.errors import AnnotateError
from annotate.geometry import measured_to_json, measures, reading_from_json
from annotate.marks import PlacedMark
from annotate.stored_marks import placed_from_json
from annotate.uncertainty import HALF_PIXEL, ReadingError
from annotate.volume import GlandSize, gland_size, size_to_json

# The angle passes through binary floating point, so another platform may round a tie the other way.
_ANGLE_TOLERANCE_MDEG = 1
Reader = Callable[[object], PlacedMark]
"""How a stored mark is read: `placed_from_json`, or something that remembers what that gave."""
_VERSIONS = {"caliper": ("1", "2"), "needle": ("1", "2"), "ellipsoid": ("1", "2"), "contour": ("1",)}
_GAINED_ERRORS = frozenset({"caliper", "needle", "ellipsoid"})
"""Methods whose version 2 stores errors beside what version 1 stored."""
_SINCE_2 = frozenset(
    {"error_um", "depth_error_um", "path_error_um", "errors_um", "volume_error_ul", "reading", "method"}
)
"""What version 1 did not store; all else it computed as version 2 does."""


def wrong_value(
    placed_json: Mapping[str, Any], measured_json: Mapping[str, Any], read: Reader = placed_from_json
) -> str | None:
    """What is wrong with a stored measurement, as a sentence; None when it follows from mark and scale.

    An empty one is right for a mark that measures nothing by itself.
    """
    if not measured_json and _measures_nothing(placed_json, read):
        return None
    if (unknown := _unknown_method(measured_json)) is not None:
        return unknown
    try:
        recomputed = measured_to_json(read(placed_json), _reading_of(measured_json))
    except AnnotateError as refused:
        return f"The stored mark cannot be measured again: {refused.why}"
    except ValueError as malformed:
        return f"A measurement cannot be computed again: {malformed}."
    return _first_difference(recomputed, measured_json)


def wrong_size(
    placed_json: Sequence[Mapping[str, Any]], size_json: Mapping[str, Any], read: Reader = placed_from_json
) -> str | None:
    """What is wrong with a stored gland size, as a sentence, or None when it follows from its calipers."""
    if (unknown := _unknown_method(size_json)) is not None:
        return unknown
    try:
        size = gland_size([read(one) for one in placed_json], _reading_of(size_json))
    except AnnotateError as refused:
        return f"The stored calipers cannot be measured again: {refused.why}"
    except ValueError as malformed:
        return f"A gland size cannot be computed again: {malformed}."
    if not isinstance(size, GlandSize):
        return f"A gland volume is stored, but there is no caliper for its {' and '.join(size.missing)}."
    return _first_difference(size_to_json(size), size_json)


def _measures_nothing(placed_json: Mapping[str, Any], read: Reader) -> bool:
    try:
        return not measures(read(placed_json).mark)
    except AnnotateError:
        return False


def _unknown_method(stored: object) -> str | None:
    found = stored.get("method") if isinstance(stored, Mapping) else None
    if not isinstance(found, Mapping):
        return "A stored measurement does not name its method."
    name, version = found.get("name"), found.get("version")
    known = _VERSIONS.get(name, ()) if isinstance(name, str) else ()
    if version not in known:
        return f"A measurement was made by a method this program does not have: {name} version {version}."
    return None


def _is_without_errors(stored: Mapping[str, Any]) -> bool:
    return bool(stored["method"]["name"] in _GAINED_ERRORS and stored["method"]["version"] == "1")


def _reading_of(stored: Mapping[str, Any]) -> ReadingError:
    """How the reading error was reckoned; half a pixel, which changes nothing, where no error is stored."""
    has_errors = stored["method"]["name"] in _GAINED_ERRORS and not _is_without_errors(stored)
    return reading_from_json(stored.get("reading")) if has_errors else HALF_PIXEL


def _first_difference(recomputed: Mapping[str, Any], stored: Mapping[str, Any]) -> str | None:
    if _is_without_errors(stored):
        as_then = {**recomputed["method"], "version": "1"}
        recomputed = {key: value for key, value in recomputed.items() if key not in _SINCE_2} | {"method": as_then}
    for name in sorted({*recomputed, *stored}):
        ours, theirs = recomputed.get(name), stored.get(name)
        if type(ours) is type(theirs) and ours == theirs:
            continue
        if name == "angle_mdeg" and _nearly(ours, theirs):
            continue
        return f"The stored {name} is {theirs}, but its marks and scale give {ours}."
    return None


def _nearly(ours: object, theirs: object) -> bool:
    return type(ours) is int and type(theirs) is int and abs(ours - theirs) <= _ANGLE_TOLERANCE_MDEG
