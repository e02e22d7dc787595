"""The table [export] of a protocol file: what the product is called while it is masked, and in [export.redcap] what the
trial's REDCap project calls its events, forms and record.

    [export]
    masked_agent = "Study product A or B"

    [export.redcap]
    record_id = "record_id"
    data_access_group = "site_01"
    events = { baseline = "baseline_arm_1", injection = "injection_arm_1" }
    forms = { visit = "injection_visit", ultrasound = "gland_us" }

The table may be missing, and so may each key: an event is then called by its visit, `baseline_arm_1`. What the names
stand for is made by the exporter; here they are only held to REDCap's rules for names.
"""
from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from injection_log.errors import ProtocolRefused

RedcapForm = Literal["visit", "injection", "deposit", "ultrasound"]
FORMS: dict[RedcapForm, str] = {
    "visit": "injection_visit", "injection": "gland_injection", "deposit": "gland_deposit", "ultrasound": "gland_us",
}
"""The forms, and what they are called where the protocol does not say."""
_KEYS = {"record_id", "data_access_group", "events", "forms"}
_EXPORT = {"redcap", "masked_agent"}
MASKED_AGENT = "Masked study product"
"""What the product is called where the protocol does not say."""
_LONGEST_AGENT = 64
"""Of DICOM's LO; it goes into structured reports too."""
_NAME = re.compile(r"[a-z](_?[a-z0-9])*")
_EVENT = re.compile(r"[a-z0-9](_?[a-z0-9])*_arm_[1-9][0-9]*")
_LONGEST_NAME, _LONGEST_EVENT, _LONGEST_GROUP = 26, 18, 18
_RESERVED = ("redcap_", "survey_")


@dataclass(frozen=True)
class RedcapNames:
    """Names in the REDCap project. `events` are unique event names by visit; `data_access_group` "" for none."""

    record_id: str = "record_id"
    data_access_group: str = ""
    events: Mapping[str, str] = field(default_factory=dict)
    forms: Mapping[RedcapForm, str] = field(default_factory=dict)

    def event(self, visit: str) -> str:
        """The unique name of a visit's event: as REDCap makes it of the first 18 characters of the event's name."""
        return self.events.get(visit) or f"{visit[:_LONGEST_EVENT].rstrip('_')}_arm_1"

    def form(self, form: RedcapForm) -> str:
        """The name of a form."""
        return self.forms.get(form) or FORMS[form]


def read_export_names(tables: Mapping[str, Any], visits: Collection[str]) -> RedcapNames:
    """Make the names of what stands under [export.redcap]. Raises ProtocolRefused with the key that is wrong."""
    export = _table(tables, "export", _EXPORT, "[export]")
    table = _table(export, "redcap", _KEYS, "[export.redcap]")
    events = _table(table, "events", set(visits), "[export.redcap] events")
    forms = _table(table, "forms", set(FORMS), "[export.redcap] forms")
    group = str(table.get("data_access_group", ""))
    if group and (not _NAME.fullmatch(group) or len(group) > _LONGEST_GROUP):
        raise ProtocolRefused(
            "[export.redcap] data_access_group must be the group's unique name: at most 18 small letters, digits and _."
        )
    names = RedcapNames(
        _name(table.get("record_id", "record_id"), "record_id"), group,
        {visit: _event(visit, name) for visit, name in events.items()},
        {form: _name(forms[form], f"forms.{form}") for form in FORMS if form in forms},
    )
    _apart([names.event(visit) for visit in visits], "events")
    _apart([names.form(form) for form in FORMS], "forms")
    return names


def read_masked_agent(tables: Mapping[str, Any], refused_words: Collection[str]) -> str:
    """What outputs call the product while it is masked; ProtocolRefused for a name that free text may not hold."""
    agent = _table(tables, "export", _EXPORT, "[export]").get("masked_agent", MASKED_AGENT)
    if not isinstance(agent, str) or not agent.strip() or len(agent) > _LONGEST_AGENT or not agent.isprintable():
        raise ProtocolRefused(f"[export] masked_agent must be one line of at most {_LONGEST_AGENT} letters.")
    said = set(re.findall(r"\w+", agent.casefold()))
    for word in refused_words:
        if word.casefold() in said:
            raise ProtocolRefused(
                f"[export] masked_agent must not hold '{word}', which this protocol refuses in free text; choose a "
                "name that fits every arm."
            )
    return agent


def _table(tables: Mapping[str, Any], name: str, known: set[str], where: str) -> Mapping[str, Any]:
    table = tables.get(name, {})
    if not isinstance(table, dict):
        raise ProtocolRefused(f"{where} is written as a table.")
    for key in table:
        if key not in known:
            raise ProtocolRefused(f"'{key}' in {where} is not known; the known keys are {', '.join(sorted(known))}.")
    return table


def _name(name: object, key: str) -> str:
    is_one = isinstance(name, str) and _NAME.fullmatch(name) and len(name) <= _LONGEST_NAME
    if not is_one or str(name).startswith(_RESERVED):
        raise ProtocolRefused(
            f"[export.redcap] {key} must be a name as REDCap has it: at most 26 small letters, digits and single _, "
            "a letter first, and not one of REDCap's own."
        )
    return str(name)


def _event(visit: str, name: object) -> str:
    if not isinstance(name, str) or not _EVENT.fullmatch(name) or name.rindex("_arm_") > _LONGEST_EVENT:
        raise ProtocolRefused(
            f"[export.redcap] events.{visit} must be the unique event name that REDCap shows: at most 18 small "
            f'letters, digits and _ before its arm, for example "{visit[:_LONGEST_EVENT]}_arm_1".'
        )
    return name


def _apart(names: list[str], what: str) -> None:
    twice = [name for name in names if names.count(name) > 1]
    if twice:
        raise ProtocolRefused(f"[export.redcap] {what}: '{twice[0]}' is given twice; every one has its own name.")
