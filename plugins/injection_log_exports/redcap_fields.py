"""The fields of the four REDCap forms: how each is declared in the data dictionary, and how a cell becomes its value.

Source: the 18 columns of REDCap's data dictionary and its rules for import. Raw values only: yes and no are 1 and 0, a
side is 1 (right) or 2 (left), every other choice has the word under which the log stores it, which never changes when
another is added. Fields are read-only in REDCap: what is corrected is corrected in the log and imported again.
"""
from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

from injection_log.outputs import Cell
from injection_log.protocol.export_names import RedcapForm
from injection_log.protocol.fields import INJECTION_ONLY, Choice, Field
from injection_log.protocol.protocol import AXES, Protocol
from injection_log.record.fact_columns import column_name, facts_of

HEADER = (
    "Variable / Field Name", "Form Name", "Section Header", "Field Type", "Field Label",
    "Choices, Calculations, OR Slider Labels", "Field Note", "Text Validation Type OR Show Slider Number",
    "Text Validation Min", "Text Validation Max", "Identifier?", "Branching Logic (Show field only if...)",
    "Required Field?", "Custom Alignment", "Question Number (surveys only)", "Matrix Group Name", "Matrix Ranking?",
    "Field Annotation",
)  # fmt: skip
"""The columns of a data dictionary, exactly."""
PREFIX: dict[RedcapForm, str] = {"visit": "iv_", "injection": "gi_", "deposit": "gd_", "ultrasound": "us_"}
_READ_ONLY, _MOST_BUTTONS = "@READONLY", 4
EVERYWHERE = ("gland_remark", "late_reason")
"""Facts of a gland at every visit: they stand in the form of the injection where there is one."""
FieldType = Literal["text", "notes", "radio", "dropdown", "checkbox", "yesno"]
Validation = Literal["", "date_ymd", "datetime_seconds_ymd", "number", "integer"]
SIDES = (("1", "Right"), ("2", "Left"))
_STATES = (
    ("draft", "Draft"), ("complete", "Complete, not signed"), ("signed", "Signed"), ("reviewed", "Reviewed"),
    ("locked", "Locked"),
)


@dataclass(frozen=True)
class RedcapField:
    """One variable. `column` is the column of our table it is filled from; `choices` are (raw value, label)."""

    name: str
    form: RedcapForm
    type: FieldType
    label: str
    column: str
    choices: tuple[tuple[str, str], ...] = ()
    validation: Validation = ""
    lowest: str = ""
    highest: str = ""
    note: str = ""

    @property
    def columns(self) -> tuple[str, ...]:
        """Its columns in the record file: one, or one for each choice of a checkbox."""
        return tuple(f"{self.name}___{code}" for code, _ in self.choices) if self.type == "checkbox" else (self.name,)

    def line(self, form: str) -> list[str]:
        """Its line in the data dictionary."""
        choices = " | ".join(f"{code}, {label}" for code, label in self.choices)
        return [
            self.name, form, "", self.type, self.label, choices, self.note, self.validation, self.lowest, self.highest,
            "", "", "", "", "", "", "", _READ_ONLY,
        ]

    def values(self, cell: Cell) -> Iterator[tuple[str, str]]:
        """Its columns with their raw values; nothing where nothing is recorded, so that they stay blank."""
        if cell is None:
            return
        if self.type == "checkbox":
            chosen = {raw(one) for one in str(cell).split(";")}
            yield from ((f"{self.name}___{code}", str(int(code in chosen))) for code, _ in self.choices)
        else:
            yield self.name, self._raw(cell)

    def _raw(self, cell: Cell) -> str:
        if isinstance(cell, Decimal):
            return format(cell, "f")
        text = str(cell)
        if self.type == "yesno":
            return {"yes": "1", "no": "0"}[text]
        if self.choices is SIDES:
            return {"right": "1", "left": "2"}[text]
        if self.choices:
            return raw(text)
        return _moment(text) if self.validation == "datetime_seconds_ymd" else " ".join(text.split())


def raw(value: str) -> str:
    """A stored word as a raw value: small letters, digits and _."""
    return re.sub(r"[^a-z0-9]+", "_", value.lower()).strip("_")


def fields_of(protocol: Protocol) -> tuple[RedcapField, ...]:
    """Every field of the four forms but the record's id, form by form."""
    facts = facts_of(protocol)
    of_visit = [_fact(one, "visit", protocol) for one in facts if one.level == "visit"]
    of_gland = [one for one in facts if one.level == "gland"]
    of_injection = INJECTION_ONLY | set(EVERYWHERE)
    injected = [_fact(one, "injection", protocol) for one in of_gland if one.name in of_injection]
    seen = [_fact(one, "ultrasound", protocol) for one in of_gland if one.name not in INJECTION_ONLY]
    return (
        *_VISIT_HEAD, *of_visit, *_VISIT_TAIL, *_gland_head("injection"), *injected, *_injection(protocol),
        *_gland_tail("injection"), *_DEPOSIT, *_gland_head("ultrasound"), *seen, *_ULTRASOUND,
        *_gland_tail("ultrasound"),
    )


def _fact(fact: Field, form: RedcapForm, protocol: Protocol) -> RedcapField:
    column = column_name(fact)
    plain = RedcapField(
        PREFIX[form] + column, form, "text", f"{fact.title} ({fact.unit})" if fact.unit else fact.title, column
    )
    if fact.kind in ("choice", "choices"):
        return _choice(plain, fact, protocol)
    within = {"lowest": f"{fact.lowest / 1000:g}", "highest": f"{fact.highest / 1000:g}" if fact.highest else ""}
    declared: dict[str, dict[str, Any]] = {
        "yes_no": {"type": "yesno"},
        "time": {"validation": "datetime_seconds_ymd", "note": "Local time"},
        "volume": {"validation": "number", **within},
        "length": {"validation": "number", **within},
        "integer": {"validation": "integer", "lowest": str(fact.lowest), "highest": str(fact.highest)},
        "volumes": {"note": "One after another, separated by ;"},
        "text": {"type": "notes" if fact.name.endswith("_remark") else "text"},
    }
    return replace(plain, **declared.get(fact.kind, {}))


def _choice(plain: RedcapField, fact: Field, protocol: Protocol) -> RedcapField:
    needles = tuple(Choice(one.code, one.title) for one in protocol.needles)
    choices = tuple((raw(one.value), _label(one)) for one in (needles if fact.name == "needle" else fact.choices))
    one_of: FieldType = "dropdown" if len(choices) > _MOST_BUTTONS else "radio"
    return replace(plain, type="checkbox" if fact.kind == "choices" else one_of, choices=choices)


def _label(choice: Choice) -> str:
    """A title as a label: a comma is allowed in it, a bar would begin the next choice."""
    return choice.title.replace("|", "/")


def _number(name: str, form: RedcapForm, label: str, column: str, lowest: str = "0") -> RedcapField:
    return RedcapField(PREFIX[form] + name, form, "text", label, column, (), "number", lowest)


def _integer(name: str, form: RedcapForm, label: str, column: str) -> RedcapField:
    return RedcapField(PREFIX[form] + name, form, "text", label, column, (), "integer", "0")


def _text(name: str, form: RedcapForm, label: str, column: str, note: str = "") -> RedcapField:
    return RedcapField(PREFIX[form] + name, form, "text", label, column, note=note)


def _chosen(name: str, form: RedcapForm, label: str, choices: tuple[tuple[str, str], ...]) -> RedcapField:
    return RedcapField(PREFIX[form] + name, form, "radio", label, name, choices)


_VISIT_HEAD = (
    _text("visit", "visit", "Visit as the protocol names it", "visit"),
    RedcapField("iv_date", "visit", "text", "Day of the visit", "visit_date", validation="date_ymd"),
    RedcapField("iv_state", "visit", "radio", "Whether the visit counts", "visit_state",
                (("counts", "Counts"), ("withdrawn", "Withdrawn"), ("not_done", "Not done"))),
    _text("why_not", "visit", "Withdrawn or not done: why", "withdrawn_reason"),
    RedcapField("iv_identifiers_ok", "visit", "yesno", "Two identifiers compared", "identifiers_confirmed"),
    _integer("images", "visit", "Pictures of the visit", "images"),
    _text("images_pending", "visit", "Images pending, why", "images_pending"),
)  # fmt: skip
_VISIT_TAIL = (
    _text("log_origin", "visit", "Log that this comes from: its origin", "log_origin"),
    _integer("last_event", "visit", "Last event of the log that changed this visit", "last_event"),
    _text("source_sha256", "visit", "SHA-256 of what was imported for this visit", "source_sha256",
          "Of the lines name=value of all rows of this visit, this field and _complete left out"),
)  # fmt: skip


def _gland_head(form: RedcapForm) -> tuple[RedcapField, ...]:
    prefix = PREFIX[form]
    return (
        RedcapField(f"{prefix}side", form, "radio", "Side", "side", SIDES),
        RedcapField(f"{prefix}counts", form, "yesno", "The visit counts", "counts"),
        RedcapField(f"{prefix}state", form, "radio", "State of the record", "state", _STATES),
        _integer("version", form, "Version of the record", "version"),
    )


def _gland_tail(form: RedcapForm) -> tuple[RedcapField, ...]:
    return (
        _text("signed_by", form, "Signed by", "signed_by"),
        RedcapField(f"{PREFIX[form]}signed_at", form, "text", "Signed at", "signed_at",
                    validation="datetime_seconds_ymd", note="UTC"),
        _text("record_sha256", form, "SHA-256 of the signed text", "record_sha256"),
    )  # fmt: skip


def _injection(protocol: Protocol) -> tuple[RedcapField, ...]:
    lowest, highest = (f"{ul / 1000:g}" for ul in protocol.volume.hard_ul)
    return (
        RedcapField("gi_vol_ml", "injection", "text", "Injected volume (ml)", "volume_injected_ml", (), "number",
                    lowest, highest, "Loaded - residual - spilled"),
        _integer("needle_passes", "injection", "Needle marks", "needle_passes"),
        _chosen("needle_plane", "injection", "Needle plane, last pass", (("in", "In plane"), ("out", "Out of plane"))),
        _number("needle_depth_mm", "injection", "Needle depth, last pass (mm)", "needle_depth_mm"),
        _number("needle_path_mm", "injection", "Needle path, last pass (mm)", "needle_path_mm"),
        _number("needle_angle_deg", "injection", "Needle angle to the probe face (degrees)", "needle_angle_deg"),
        RedcapField("gi_tip_visibility", "injection", "radio", "How the tip was seen", "tip_visibility", (
            ("seen", "Seen"), ("inferred_hydrodissection", "Inferred from the fluid"),
            ("inferred_shaft", "Inferred from the shaft"), ("not_seen", "Not seen"),
        )),
    )  # fmt: skip


_DEPOSIT = (
    RedcapField("gd_side", "deposit", "radio", "Side", "side", SIDES),
    _integer("number", "deposit", "Deposit: running number within the gland", "deposit"),
    RedcapField("gd_stands", "deposit", "yesno", "The mark stands", "stands", note="No: it was taken out"),
    _number("volume_ml", "deposit", "Volume of the deposit (ml)", "volume_ml"),
    RedcapField("gd_volume_known", "deposit", "yesno", "Its volume was seen", "volume_known"),
    _chosen("along", "deposit", "Where along the gland",
            (("anterior", "Anterior"), ("middle", "Middle"), ("posterior", "Posterior"))),
    _chosen("layer", "deposit", "Which part of the gland", (("superficial", "Superficial"), ("deep", "Deep"))),
    _text("sop_instance_uid", "deposit", "Picture: SOP Instance UID", "sop_instance_uid"),
    _integer("frame", "deposit", "Frame, counted from 1", "frame"),
)  # fmt: skip
_ULTRASOUND = (
    *(_number(f"{axis}_mm", "ultrasound", f"Gland {axis} (mm)", f"{axis}_mm") for axis in AXES),
    _number("gland_volume_ml", "ultrasound", "Gland volume, ellipsoid (ml)", "gland_volume_ml"),
    _number("volume_error_ml", "ultrasound", "Error of the gland volume (ml)", "gland_volume_error_ml"),
    _text("calibration", "ultrasound", "Where the millimetres come from", "calibration"),
    RedcapField("us_pictures", "ultrasound", "notes", "Marked pictures: SOP Instance UID and frame from 1", "images"),
)


def _moment(text: str) -> str:
    """An ISO 8601 time as REDCap writes it, by the clock it was written with."""
    return datetime.fromisoformat(text).strftime("%Y-%m-%d %H:%M:%S")
