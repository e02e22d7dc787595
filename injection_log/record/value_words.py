"""Values that stand in the log, as a person reads them: volumes, marks with what they measure, signatures.

Pure. Whatever cannot be read is said to be so and nothing is raised: a history must be readable when the log holds
something that should not be there. Digests, keys and identifiers of pictures are never given.
"""
from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, cast

from annotate.capsule import capsule_from_json
from annotate.errors import AnnotateError
from annotate.marks import AXES, Caliper, Contour, Deposit, PlacedMark, Structure
from annotate.readout import STRUCTURE_WORDS, capsule_words, millilitres, millimetres
from annotate.readout import value_words as measured_words
from annotate.stored_marks import placed_from_json
from annotate.volume_method import volume_from_json
from dicom_io.errors import MeasurementRefused
from injection_log.ledger.errors import NameRefused
from injection_log.ledger.event import Json, Subject
from injection_log.record.assisted import METHOD_WORDS, assisted_from_json
from injection_log.record.event_words import role_words
from injection_log.record.field_words import FieldWords, field_words
from injection_log.record.rendering import fact_in_words
from injection_log.record.scales import SetByHand, check_from_json
from injection_log.record.vocabulary import (
    FACT,
    Vocabulary,
    asked_title,
    field_title,
    is_hidden,
    moment_words,
    subject_in_words,
)
from injection_log.words import volume_figures

UNREADABLE = "a value that cannot be read"
_DIGEST = re.compile(r"[0-9a-fA-F]{32,}")
_UID = re.compile(r"\d+(\.\d+){3,}")
_CODE = re.compile(r"[a-z]+(_[a-z0-9]+)+")
_WRONG = (ValueError, TypeError, KeyError, IndexError, AttributeError, AnnotateError, MeasurementRefused)
_PEOPLE = ("by", "user", "drawn_by")


def value_in_words(name: str, value: Json, vocabulary: Vocabulary) -> str:
    """The value of a field in words; "" for none."""
    if value is None:
        return ""
    try:
        if name.startswith(FACT):
            fact = vocabulary.fact(name.removeprefix(FACT))
            return _plain(name, value, vocabulary) if fact is None else fact_in_words(fact, value)
        known = field_words(name) or FieldWords("")
        if isinstance(value, str) and value in known.values:
            return known.values[value]
        read = _READERS.get(known.kind)
        return read(name, value, vocabulary) if read else _plain(name, value, vocabulary)
    except _WRONG:
        return UNREADABLE


def mark_title(value: Json) -> str:
    """What a stored mark is called: `Length caliper`, `Needle mark`, `Facial vein mark`."""
    try:
        mark = placed_from_json(value).mark
    except _WRONG:
        return "Mark"
    match mark:
        case Caliper():
            return f"{mark.axis.capitalize()} caliper"
        case Contour():
            return "Contour mark"
        case Deposit():
            return "Deposit mark"
        case Structure():
            return f"{STRUCTURE_WORDS[mark.kind].capitalize()} mark"
    return "Needle mark"


# ---- one reader for each kind of value -----------------------------------------------------------------------------
def _plain(name: str, value: Json, vocabulary: Vocabulary) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return _number(name, value)
    if isinstance(value, str):
        return _text(value, vocabulary)
    if isinstance(value, list):
        return ", ".join(words for one in value if (words := _plain(name, one, vocabulary)))
    if isinstance(value, dict):
        return _mapping(value, vocabulary)
    return ""


def _number(name: str, value: int) -> str:
    if name.endswith("_ul"):
        return volume_figures(value)
    return millimetres(value) if name.endswith("_um") else str(value)


def _text(value: str, vocabulary: Vocabulary) -> str:
    if re.match(r"\d{4}-\d\d-\d\dT", value):
        return moment_words(value, vocabulary.offset_minutes)
    if _DIGEST.fullmatch(value):
        return ""
    if _UID.fullmatch(value):
        return vocabulary.picture(value)
    return value.replace("_", " ") if _CODE.fullmatch(value) else " ".join(value.split())


def _mapping(value: Mapping[str, Json], vocabulary: Vocabulary) -> str:
    """The parts of a value that has several; a person first, then what is said, the time last."""
    parts = []
    for key, one in value.items():
        if is_hidden(key) or key in ("value", "rendering", "origin", "offset_minutes"):
            continue
        words = value_in_words(key, one, vocabulary)
        if key in _PEOPLE and isinstance(one, str):
            words = vocabulary.person(one)
        if words:
            parts.append(f"{field_title(key, vocabulary).lower()}: {words}")
    return "; ".join(parts)


def _mark(name: str, value: Json, vocabulary: Vocabulary) -> str:
    del name
    placed = placed_from_json(value)
    where = f"on {vocabulary.picture(placed.on.sop_instance_uid)}, frame {placed.on.frame + 1}"
    return f"{measured_words(placed, vocabulary.protocol.reading_error)}, {where}{_by_whom(placed)}"


def _by_whom(placed: PlacedMark) -> str:
    return f" ({placed.scale.source})" if placed.scale.is_by_hand else ""


def _size(name: str, value: Json, vocabulary: Vocabulary) -> str:
    del name, vocabulary
    size = cast("dict[str, Any]", value)
    errors = size.get("errors_um", {})
    axes = ", ".join(f"{axis} {millimetres(size[f'{axis}_um'], errors.get(axis))}" for axis in AXES)
    return f"{millilitres(size['volume_ul'], size.get('volume_error_ul'))} ({axes})"


def _capsule(name: str, value: Json, vocabulary: Vocabulary) -> str:
    del name, vocabulary
    return capsule_words(capsule_from_json(value).distance_um)


def _assisted(name: str, value: Json, vocabulary: Vocabulary) -> str:
    del name, vocabulary
    helped = assisted_from_json(value)
    since = "changed by the person" if helped.is_changed else "as proposed"
    return f"{METHOD_WORDS[helped.method]} ({helped.method.replace('_', ' ')} version {helped.version}), {since}"


def _gland_volume(name: str, value: Json, vocabulary: Vocabulary) -> str:
    del vocabulary
    volume = volume_from_json(value)
    method = name.partition(".")[2].replace("_", " ")
    words = (f"{method} version {volume.version}: {volume.basis}", *volume.warnings)
    return f"{millilitres(volume.volume_ul)} ({'; '.join(words)})"


def _signature(name: str, value: Json, vocabulary: Vocabulary) -> str:
    del name
    signed = cast("dict[str, Any]", value)
    at = moment_words(signed["signed_at"], int(signed.get("offset_minutes", vocabulary.offset_minutes)))
    return f"{signed['printed_name']}, {role_words(signed['role'])}, {at}: {signed['meaning']}"


def _statement(name: str, value: Json, vocabulary: Vocabulary) -> str:
    """Who said something about a record, when and why, and what else was said."""
    del name
    said = dict(cast("dict[str, Any]", value))
    at = moment_words(said.pop("at"), int(said.pop("offset_minutes")))
    who = f"{said.pop('printed_name')}, {role_words(said.pop('role'))}, {at}"
    who = f"{who}: {said.pop('reason')}" if said.get("reason") else who
    for known in ("user", "content_sha256", "marks_before", "state_before"):
        said.pop(known, None)
    more = _mapping(said, vocabulary)
    return f"{who} ({more})" if more else who


def _clock(name: str, value: Json, vocabulary: Vocabulary) -> str:
    del name
    step = cast("dict[str, Any]", value)
    seconds = round(abs(step["by_ms"]) / 1000)
    direction = "back" if step["by_ms"] < 0 else "forward"
    span = str(timedelta(seconds=seconds))
    return f"{direction} by {span} (hours:minutes:seconds), noticed {_moment('', step['seen_at'], vocabulary)}"


def _minutes(name: str, value: Json, vocabulary: Vocabulary) -> str:
    del name, vocabulary
    hours, minutes = divmod(cast("int", value), 60)
    return f"{hours} h {minutes} min after it"


def _hand_scale(name: str, value: Json, vocabulary: Vocabulary) -> str:
    del name, vocabulary
    return SetByHand.from_json(value).scale.source


def _scale_check(name: str, value: Json, vocabulary: Vocabulary) -> str:
    del name, vocabulary
    return check_from_json("", value).words


def _picture(name: str, value: Json, vocabulary: Vocabulary) -> str:
    del value
    return vocabulary.picture(name.partition(".")[2])


def _study(name: str, value: Json, vocabulary: Vocabulary) -> str:
    del name, value, vocabulary
    return "a study"


def _person(name: str, value: Json, vocabulary: Vocabulary) -> str:
    del name
    return vocabulary.person(str(value))


def _files(name: str, value: Json, vocabulary: Vocabulary) -> str:
    del vocabulary
    stored = cast("dict[str, Any]", value)
    if not name.startswith("coded_copy."):
        return ", ".join(sorted(stored))
    whom = "a blinded reader" if stored["for"] == "reading" else "sharing"
    count = len(stored["files"])
    return f"{count} {'file' if count == 1 else 'files'} for {whom} as {stored['code']}, dates {stored['dates']}"


def _output(name: str, value: Json, vocabulary: Vocabulary) -> str:
    del name, vocabulary
    made = cast("dict[str, Any]", value)
    count = int(made["files"])
    return f"{made['output']}, {count} {'file' if count == 1 else 'files'}"


def _archived(name: str, value: Json, vocabulary: Vocabulary) -> str:
    del name, vocabulary
    told = cast("dict[str, Any]", value)
    return f"{told['what']}, at {told['to']}, SHA-256 {told['sha256'][:16]}…"


def _moment(name: str, value: Json, vocabulary: Vocabulary) -> str:
    del name
    return moment_words(str(value), vocabulary.offset_minutes)


def _day(name: str, value: Json, vocabulary: Vocabulary) -> str:
    del name, vocabulary
    return str(value)


def _volume(name: str, value: Json, vocabulary: Vocabulary) -> str:
    del name, vocabulary
    return volume_figures(cast("int", value))


def _protocol(name: str, value: Json, vocabulary: Vocabulary) -> str:
    del name, vocabulary
    adopted = cast("dict[str, Any]", value)
    return f"{adopted['id']} version {adopted['version']}"


def _checkpoint(name: str, value: Json, vocabulary: Vocabulary) -> str:
    del name, vocabulary
    return f"over {cast('dict[str, Any]', value)['size']} events"


def _role(name: str, value: Json, vocabulary: Vocabulary) -> str:
    del name, vocabulary
    return role_words(str(value))


def _subject(name: str, value: Json, vocabulary: Vocabulary) -> str:
    del name
    try:
        return subject_in_words(Subject.parse(str(value)), vocabulary)
    except NameRefused:
        return UNREADABLE


def _field(name: str, value: Json, vocabulary: Vocabulary) -> str:
    del name
    return asked_title(str(value), vocabulary)


def _message(name: str, value: Json, vocabulary: Vocabulary) -> str:
    del name, vocabulary
    return str(cast("dict[str, Any]", value)["text"]) or "without words"


def _verified(name: str, value: Json, vocabulary: Vocabulary) -> str:
    del name
    mark = cast("dict[str, Any]", value)
    at = moment_words(mark["at"], int(mark.get("offset_minutes", vocabulary.offset_minutes)))
    return f"{mark['printed_name']}, {role_words(mark['role'])}, {at}"


_READERS: dict[str, Callable[[str, Json, Vocabulary], str]] = {
    "mark": _mark, "size": _size, "signature": _signature, "hand_scale": _hand_scale, "scale_check": _scale_check,
    "picture": _picture, "study": _study, "person": _person, "files": _files, "output": _output, "moment": _moment,
    "day": _day, "volume": _volume, "protocol": _protocol, "checkpoint": _checkpoint, "role": _role,
    "subject": _subject, "field": _field, "statement": _statement, "clock": _clock, "minutes": _minutes,
    "message": _message, "verified": _verified, "capsule": _capsule, "gland_volume": _gland_volume,
    "assisted": _assisted, "archived": _archived,
    "hidden": lambda name, value, vocabulary: "",
}
