"""Turns what a person typed into the value that is stored, or refuses it in one sentence.

Pure: the day of the visit and the local offset come in as arguments. Refused free text is repeated nowhere.
"""
from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone

from annotate.readout import exact_millimetres
from injection_log.errors import Refused
from injection_log.protocol.fields import Field
from injection_log.protocol.plain_words import words_of
from injection_log.protocol.protocol import Protocol
from injection_log.words import volume_figures

StoredValue = str | int | list[str] | list[int] | None
_ML = re.compile(r"(\d{1,3})(?:[.,](\d{1,2}))?", re.ASCII)
_MM = re.compile(r"(\d{1,3})(?:[.,](\d{1,3}))?", re.ASCII)
_CLOCK = re.compile(r"(\d{1,2})[:.](\d{2})", re.ASCII)
_BETWEEN_VOLUMES = re.compile(r"\s*\+\s*|\s*;\s*|\s+")
_MOST_DEPOSITS = 10
_LONGEST_TEXT = 400
_LEAST_LETTERS = 3


@dataclass(frozen=True)
class TypedIn:
    """Where and when something is typed: the protocol, the day of the visit, the offset of local time."""

    protocol: Protocol
    day: date
    utc_offset_minutes: int


def value_of(field: Field, text: str, place: TypedIn) -> StoredValue:
    """Give the value to store for a typed text; an empty text clears the field (None).

    Volumes become microlitres (several of them a list in the order typed), lengths micrometres, times ISO 8601 with
    offset, several choices a sorted list.
    Raises Refused: what was wrong and the form that is expected.
    """
    stripped = text.strip()
    return _PARSERS[field.kind](field, stripped, place) if stripped else None


def microlitres(text: str) -> int:
    """Read millilitres typed with comma or point ("0,5", "0.50") as microlitres.

    At most two decimals, no sign, no thousands separator: "1,234" could be read in two ways and is refused.
    """
    match = _ML.fullmatch(text.strip())
    if match is None:
        raise Refused(
            "malformed_number",
            "That is not a volume: type millilitres as 0.5 or 0,50, with at most two decimals and no other separator.",
        )
    return int(match[1]) * 1000 + int((match[2] or "").ljust(2, "0")) * 10


def micrometres(text: str) -> int:
    """Read millimetres typed with comma or point ("2", "1,25") as micrometres, at most three decimals."""
    match = _MM.fullmatch(text.strip())
    if match is None:
        raise Refused("malformed_number", "That is not a length: type millimetres as 2, 1.5 or 1,25.")
    return int(match[1]) * 1000 + int((match[2] or "").ljust(3, "0"))


def check_words(text: str, protocol: Protocol) -> None:
    """Refuse free text that holds, as a whole word, one of the words that could give the arm away."""
    if words_of(text) & set(protocol.refused_words):
        raise Refused(
            "word_not_allowed",
            "This remark was not kept, because it could hint at what was injected: "
            f"tell it to {protocol.remarks_belong}.",
        )


def remark_of(text: str, protocol: Protocol, title: str) -> str:
    """Give a free text (a question, an answer, a reason) as it is kept: one line, three letters or more, scanned.

    Raises Refused, and never repeats what was typed.
    """
    stripped = text.strip()
    if sum(one.isalpha() for one in stripped) < _LEAST_LETTERS:
        raise Refused("text_too_short", f"{title}: say it in words, at least {_LEAST_LETTERS} letters.")
    _check_line(stripped, protocol, title)
    return stripped


def _volumes(field: Field, text: str, place: TypedIn) -> StoredValue:
    del place
    parts = _BETWEEN_VOLUMES.split(text)
    if len(parts) > _MOST_DEPOSITS:
        raise Refused("malformed_number", f"{field.title}: at most {_MOST_DEPOSITS} volumes; type them again.")
    try:
        volumes_ul = [microlitres(part) for part in parts]
    except Refused as refused:
        raise Refused(
            refused.code,
            f"{field.title}: type each in millilitres with a space or + between, as 0,5 0,65 or 0.5 + 0.65.",
        ) from None
    if not all(volumes_ul):
        raise Refused("malformed_number", f"{field.title}: a deposit without a volume is none; leave it out.")
    return volumes_ul


def _volume(field: Field, text: str, place: TypedIn) -> StoredValue:
    del place
    volume_ul = microlitres(text)
    if field.highest and volume_ul > field.highest:
        raise Refused("hard_limit", f"{field.title}: at most {volume_figures(field.highest)}; type it again.")
    return volume_ul


def _length(field: Field, text: str, place: TypedIn) -> StoredValue:
    del place
    length_um = micrometres(text)
    if not field.lowest <= length_um <= field.highest:
        lowest, highest = exact_millimetres(field.lowest), exact_millimetres(field.highest)
        raise Refused("hard_limit", f"{field.title}: from {lowest} to {highest}; type it again.")
    return length_um


def _choice(field: Field, text: str, place: TypedIn) -> StoredValue:
    del place
    if text not in {choice.value for choice in field.choices}:
        raise Refused("malformed_choice", f"{field.title}: choose one of the answers that are listed.")
    return text


def _choices(field: Field, text: str, place: TypedIn) -> StoredValue:
    chosen = sorted({part.strip() for part in text.split(",") if part.strip()})
    for part in chosen:
        _choice(field, part, place)
    if "none" in chosen and len(chosen) > 1:
        raise Refused("malformed_choice", f"{field.title}: 'none' cannot stand beside another answer.")
    return chosen


def _yes_no(field: Field, text: str, place: TypedIn) -> StoredValue:
    del place
    if text not in ("yes", "no"):
        raise Refused("malformed_choice", f"{field.title}: answer yes or no.")
    return text


def _time(field: Field, text: str, place: TypedIn) -> StoredValue:
    match = _CLOCK.fullmatch(text)
    if match is None or int(match[1]) > 23 or int(match[2]) > 59:
        raise Refused("malformed_time", f"{field.title}: type the time of day as 14:05.")
    zone = timezone(timedelta(minutes=place.utc_offset_minutes))
    return datetime.combine(place.day, time(int(match[1]), int(match[2])), zone).isoformat()


def _code(field: Field, text: str, place: TypedIn) -> StoredValue:
    pattern = place.protocol.kit_pattern if field.name == "kit_code" else place.protocol.syringe_pattern
    code = text.upper()
    if not re.fullmatch(pattern, code, re.ASCII):
        raise Refused("malformed_code", f"{field.title}: this is not a code of this trial; scan or type it again.")
    return code


def _integer(field: Field, text: str, place: TypedIn) -> StoredValue:
    del place
    if not re.fullmatch(r"\d{1,4}", text, re.ASCII) or not field.lowest <= int(text) <= field.highest:
        raise Refused("malformed_number", f"{field.title}: a whole number from {field.lowest} to {field.highest}.")
    return int(text)


def _text(field: Field, text: str, place: TypedIn) -> StoredValue:
    _check_line(text, place.protocol, field.title)
    return text


def _check_line(text: str, protocol: Protocol, title: str) -> None:
    if len(text) > _LONGEST_TEXT:
        raise Refused("text_too_long", f"{title}: at most {_LONGEST_TEXT} characters.")
    if not text.isprintable():
        raise Refused("malformed_text", f"{title}: one line of plain text.")
    check_words(text, protocol)


_PARSERS: dict[str, Callable[[Field, str, TypedIn], StoredValue]] = {
    "volume": _volume, "volumes": _volumes, "length": _length,
    "choice": _choice, "choices": _choices, "yes_no": _yes_no, "time": _time,
    "code": _code, "integer": _integer, "text": _text, "person": _text,
}
