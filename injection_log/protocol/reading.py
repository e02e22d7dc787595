"""Reads a protocol file (TOML) and refuses one that is incomplete, contradictory or asks for what cannot exist.

Nothing is assumed: a key that is not known is refused by name, so that a misspelt limit is never a missing limit.
"""
from __future__ import annotations

import hashlib
import re
import tomllib
from pathlib import Path
from typing import Any

from annotate.uncertainty import PerCaliper
from injection_log.errors import ProtocolRefused
from injection_log.language import ENGLISH, LANGUAGES
from injection_log.protocol.check_limits import read_check_limits
from injection_log.protocol.export_names import read_export_names, read_masked_agent
from injection_log.protocol.fields import CATALOGUE, INJECTION_ONLY, NOT_ASKED_BY_NAME
from injection_log.protocol.plain_words import plain, words_of
from injection_log.protocol.protocol import AXES, Measuring, Needle, Protocol, Visit, VolumeLimits
from injection_log.protocol.reading_design import read_reading_design
from injection_log.protocol.worklist import read_rules

_TOP = {
    "protocol", "participant", "codes", "volume", "measuring", "checks", "needle", "words", "visit", "reading",
    "export",
}
_LARGEST_READING_ERROR_UM = 5_000
_MOST_REPEATS = 5


def practice_protocol_text() -> str:
    """Give the text of the protocol that the practice participant uses."""
    return (Path(__file__).parent / "practice.toml").read_text(encoding="utf-8")


def read_protocol_file(path: Path) -> str:
    """Give the text of a protocol file. Raises ProtocolRefused for a file that is no text; OSError."""
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ProtocolRefused("The protocol file is not text in UTF-8; give the TOML file of the trial.") from error


def read_protocol(text: str) -> Protocol:
    """Make a protocol of the text of its file.

    Raises ProtocolRefused with one sentence that names the table and key that is wrong.
    """
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ProtocolRefused(f"The protocol file is not valid TOML ({error}); correct that line.") from error
    _only_known(tables, _TOP, "the protocol file")
    head = _table(tables, "protocol", {"id", "version", "title", "practice", "sponsor", "language"})
    participant = _table(tables, "participant", {"pattern", "listed"})
    codes = _table(tables, "codes", {"kit_pattern", "syringe_pattern"})
    words = _table(tables, "words", {"refused", "remarks_belong"})
    visits = _visits(tables)
    return Protocol(
        id=_text(head, "id", "protocol"), version=_text(head, "version", "protocol"),
        title=_text(head, "title", "protocol"), practice=_flag(head, "practice", "[protocol]"),
        sha256=hashlib.sha256(text.encode("utf-8")).hexdigest(), text=text,
        participant_pattern=_pattern(participant, "pattern", "participant"),
        participants=_listed(participant),
        kit_pattern=_pattern(codes, "kit_pattern", "codes"),
        syringe_pattern=_pattern(codes, "syringe_pattern", "codes"),
        volume=_volume(_table(tables, "volume", {"planned_ul", "soft_ul", "hard_ul", "syringe_ul"})),
        needles=_needles(tables),
        refused_words=_refused_words(words),
        remarks_belong=_text(words, "remarks_belong", "words"),
        visits=visits,
        measuring=_measuring(tables),
        checks=read_check_limits(tables),
        language=_language(head),
        sponsor=_text(head, "sponsor", "protocol") if "sponsor" in head else "",
        reading=read_reading_design(tables, visits),
        redcap=read_export_names(tables, visits),
        masked_agent=read_masked_agent(tables, _refused_words(words)),
    )


def _language(head: dict[str, Any]) -> str:
    """The key may be missing: files of earlier versions stay valid, and their sheets stay English."""
    language = head.get("language", ENGLISH)
    if language not in LANGUAGES:
        raise ProtocolRefused(f"[protocol] language must be one of {', '.join(sorted(LANGUAGES))}.")
    return str(language)


def _only_known(table: dict[str, Any], known: set[str], where: str) -> None:
    for key in table:
        if key not in known:
            raise ProtocolRefused(f"'{key}' in {where} is not known; the known keys are {', '.join(sorted(known))}.")


def _table(tables: dict[str, Any], name: str, known: set[str]) -> dict[str, Any]:
    table = tables.get(name)
    if not isinstance(table, dict):
        raise ProtocolRefused(f"The protocol file has no table [{name}]; add it.")
    _only_known(table, known, f"[{name}]")
    return table


def _text(table: dict[str, Any], key: str, where: str) -> str:
    value = table.get(key)
    if not isinstance(value, str) or not value.strip():
        raise ProtocolRefused(f"[{where}] {key} must be a text that is not empty.")
    return value


def _pattern(table: dict[str, Any], key: str, where: str) -> str:
    pattern = _text(table, key, where)
    try:
        re.compile(pattern)
    except re.error as error:
        raise ProtocolRefused(f"[{where}] {key} is not a valid pattern: {error}.") from error
    return pattern


def _listed(participant: dict[str, Any]) -> tuple[str, ...]:
    listed = _texts(participant, "listed", "[participant]")
    wrong = [code for code in listed if not re.fullmatch(participant["pattern"], code, re.ASCII)]
    if wrong:
        raise ProtocolRefused(f"[participant] listed holds '{wrong[0]}', which its own pattern does not accept.")
    small = [code for code in listed if code != code.upper()]
    if small:
        raise ProtocolRefused(
            f"[participant] listed holds '{small[0]}' in small letters; ids are kept in capitals, so write "
            f"'{small[0].upper()}' and a pattern for it."
        )
    return listed


def _refused_words(words: dict[str, Any]) -> tuple[str, ...]:
    """The words, each one a whole word of letters: anything else would stand in the list and never be found."""
    refused = tuple(plain(word) for word in _texts(words, "refused", "[words]"))
    wrong = [word for word in refused if words_of(word) != {word}]
    if wrong:
        raise ProtocolRefused(f"[words] refused holds '{wrong[0]}', which is not one word of letters; split it.")
    return refused


def _texts(table: dict[str, Any], key: str, where: str) -> tuple[str, ...]:
    value = table.get(key, [])
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise ProtocolRefused(f'{where} {key} must be a list of texts, written as ["one", "two"].')
    return tuple(value)


def _rows(tables: dict[str, Any], name: str) -> list[dict[str, Any]]:
    value = tables.get(name, [])
    if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
        raise ProtocolRefused(f"Each {name} of the protocol file is written as a table of its own, [[{name}]].")
    return value


def _flag(row: dict[str, Any], key: str, where: str) -> bool:
    value = row.get(key, False)
    if not isinstance(value, bool):
        raise ProtocolRefused(f"{where} {key} must be true or false, without quotes.")
    return value


def _whole(table: dict[str, Any], key: str, where: str) -> int:
    value = table.get(key)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ProtocolRefused(f"[{where}] {key} must be a whole number that is not negative.")
    return value


def _range(table: dict[str, Any], key: str) -> tuple[int, int]:
    value = table.get(key)
    if not (isinstance(value, list) and len(value) == 2 and all(type(v) is int for v in value)):
        raise ProtocolRefused(f"[volume] {key} must be two whole numbers of microlitres: [lowest, highest].")
    if value[0] < 0 or value[0] > value[1]:
        raise ProtocolRefused(f"[volume] {key} must not be negative and must begin with the lower number.")
    return value[0], value[1]


def _volume(table: dict[str, Any]) -> VolumeLimits:
    limits = VolumeLimits(
        _whole(table, "planned_ul", "volume"), _range(table, "soft_ul"), _range(table, "hard_ul"),
        _whole(table, "syringe_ul", "volume"),
    )
    inside = limits.hard_ul[0] <= limits.soft_ul[0] and limits.soft_ul[1] <= limits.hard_ul[1]
    if not inside or not limits.soft_ul[0] <= limits.planned_ul <= limits.soft_ul[1]:
        raise ProtocolRefused("[volume] the planned volume must lie in soft_ul, and soft_ul must lie in hard_ul.")
    return limits


def _measuring(tables: dict[str, Any]) -> Measuring:
    """The table may be missing: files of earlier versions stay valid, and mean what they meant."""
    if "measuring" not in tables:
        return Measuring()
    table = _table(tables, "measuring", {"hand_scale", "caliper_error_um", "repeats"})
    allowed = table.get("hand_scale", "allowed")
    if allowed not in ("allowed", "forbidden"):
        raise ProtocolRefused('[measuring] hand_scale must be "allowed" or "forbidden".')
    repeats = table.get("repeats", 1)
    if type(repeats) is not int or not 1 <= repeats <= _MOST_REPEATS:
        raise ProtocolRefused(f"[measuring] repeats must be a whole number from 1 to {_MOST_REPEATS}.")
    if "caliper_error_um" not in table:
        return Measuring(allowed == "allowed", repeats=repeats)
    error_um = _whole(table, "caliper_error_um", "measuring")
    if not 0 < error_um <= _LARGEST_READING_ERROR_UM:
        raise ProtocolRefused(
            f"[measuring] caliper_error_um must be from 1 to {_LARGEST_READING_ERROR_UM} micrometres; leave it out "
            "for half a pixel at each end."
        )
    return Measuring(allowed == "allowed", PerCaliper(error_um), repeats)


def _needles(tables: dict[str, Any]) -> tuple[Needle, ...]:
    needles = []
    for row in _rows(tables, "needle"):
        _only_known(row, {"gauge", "length_mm"}, "[[needle]]")
        needles.append(Needle(_whole(row, "gauge", "needle"), _whole(row, "length_mm", "needle")))
    if not needles:
        raise ProtocolRefused("The protocol file lists no needle; add at least one [[needle]].")
    return tuple(needles)


def _visits(tables: dict[str, Any]) -> dict[str, Visit]:
    visits = {}
    for row in _rows(tables, "visit"):
        visit = _visit(row)
        if visit.name in visits:
            raise ProtocolRefused(f"The visit '{visit.name}' stands twice in the protocol file; keep one.")
        visits[visit.name] = visit
    if not visits:
        raise ProtocolRefused("The protocol file lists no visit; add at least one [[visit]].")
    return visits


_VISIT_KEYS = {
    "name", "title", "kind", "asked", "owed", "measured_axes", "needle_owed", "may_sign_without_images", "worklist",
}


def _visit(row: dict[str, Any]) -> Visit:
    _only_known(row, _VISIT_KEYS, "[[visit]]")
    name, kind = _text(row, "name", "visit"), row.get("kind")
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise ProtocolRefused(f"The visit name '{name}' must be small letters, digits and _ only.")
    if kind not in ("measuring", "injecting"):
        raise ProtocolRefused(f"The visit '{name}' must be of kind 'measuring' or 'injecting'.")
    where = f"The visit '{name}':"
    asked, owed = _texts(row, "asked", where), frozenset(_texts(row, "owed", where))
    for field in (*asked, *sorted(owed)):
        _allowed(field, kind, name)
    _check_volumes(set(asked), name)
    if not owed <= set(asked):
        raise ProtocolRefused(f"The visit '{name}' owes {sorted(owed - set(asked))[0]} but does not ask for it.")
    axes = _texts(row, "measured_axes", where) if "measured_axes" in row else AXES
    if not set(axes) <= set(AXES):
        raise ProtocolRefused(f"The visit '{name}' measures an axis that is not length, width or depth.")
    return Visit(
        name, _text(row, "title", "visit"), kind, asked, owed, axes,
        _flag(row, "needle_owed", where), _flag(row, "may_sign_without_images", where),
        read_rules(row.get("worklist", []), where),
    )


_BALANCE = {"injected", "volume_loaded_ul", "volume_residual_ul", "volume_spilled_ul", "volume_reason"}
_COMPARED = {"deposit_volumes_ul", "volume_read_ul"}
"""Volumes that are compared with the balance and so are nothing without it."""


def _check_volumes(asked: set[str], visit: str) -> None:
    """Refuse a part of the volume balance without the rest: the limits would never be reckoned, or never be met."""
    lacking = sorted(_BALANCE - asked)
    if lacking and asked & (_BALANCE - {"injected"} | _COMPARED):
        raise ProtocolRefused(f"The visit '{visit}' asks for a volume but not for {lacking[0]}; ask for all or none.")


def _allowed(field: str, kind: str, visit: str) -> None:
    if field not in CATALOGUE:
        raise ProtocolRefused(
            f"The visit '{visit}' asks for '{field}', which this program does not hold; see the list of fields."
        )
    if field in NOT_ASKED_BY_NAME:
        raise ProtocolRefused(f"The visit '{visit}' asks for '{field}', which is asked by itself; leave it out.")
    if kind == "measuring" and field in INJECTION_ONLY:
        raise ProtocolRefused(f"The measuring visit '{visit}' asks for '{field}', which belongs to an injection.")
