"""The study part of ODM: events, forms, item groups, items with units and code lists, made of the tables' columns.

Pure. Everything follows from protocol and dictionary; the rows are read for one thing only, how long a text can be.
"""
from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from injection_log.outputs import Column, ColumnKind, cell_text
from injection_log.protocol.fields import CATALOGUE
from injection_log.protocol.protocol import Protocol
from injection_log.record.fact_columns import column_name
from injection_log.trial_content import TrialContent
from injection_log_exports.odm_layout import (
    FORMS,
    GROUPS,
    SUBJECT_EVENT,
    Group,
    is_repeating,
    item_columns,
    visit_event,
)
from injection_log_exports.odm_xml import Element, add, add_words

METADATA_NAME = "injection-log"
_TYPES: dict[ColumnKind, str] = {
    "text": "text", "integer": "integer", "decimal": "float", "date": "date", "time": "datetime", "choice": "text",
    "yes_no": "text", "uid": "text", "hash": "text",
}
_FIGURES = {"integer": 10, "float": 16}
_LENGTHS = (40, 200, 1000, 4000, 20_000)
_FEWEST_PLACES = 3


def study_oid(content: TrialContent) -> str:
    """Identifier of the study."""
    return f"S.{content.protocol.id}"


def version_oid(content: TrialContent) -> str:
    """Identifier of the metadata: of this version of the protocol, by its digest."""
    return f"MDV.{content.protocol.version}.{content.protocol.sha256[:12]}"


def add_study(odm: Element, content: TrialContent) -> None:
    """Add Study with its one MetaDataVersion."""
    protocol, study = content.protocol, add(odm, "Study", OID=study_oid(content))
    names = add(study, "GlobalVariables")
    add(names, "StudyName", protocol.id)
    add(names, "StudyDescription", protocol.title + (" - practice, not a patient record" if protocol.practice else ""))
    add(names, "ProtocolName", f"{protocol.id} {protocol.version}")
    _units(study, content)
    version = add(study, "MetaDataVersion", OID=version_oid(content), Name=f"{METADATA_NAME} {protocol.version}")
    _events(version, protocol)
    _forms(version)
    columns = [(group, one) for group in GROUPS for one in item_columns(content, group)]
    _groups(version, content)
    for group, column in columns:
        _item(version, content, group, column)
    for oid, title, terms in _code_lists(content, columns):
        coded = add(version, "CodeList", OID=oid, Name=title, DataType="text")
        for value, words in terms:
            add_words(add(coded, "CodeListItem", CodedValue=value), "Decode", words)


def unit_oid(unit: str) -> str:
    """Identifier of a unit."""
    return "MU." + {"%": "PERCENT", "mm/px": "MM_PER_PX"}.get(unit, unit.upper())


def code_list_of(group: Group, column: Column) -> str:
    """Identifier of a column's code list; "" for one that has none."""
    if column.kind == "yes_no":
        return "CL.YES_NO"
    return f"CL.{group.table.upper()}.{column.name.upper()}" if _coded(column) else ""


def _units(study: Element, content: TrialContent) -> None:
    units = {one.unit for group in GROUPS for one in item_columns(content, group) if _has_unit(one)}
    parent = add(study, "BasicDefinitions")
    for unit in sorted(units):
        add_words(add(parent, "MeasurementUnit", OID=unit_oid(unit), Name=unit), "Symbol", unit)


def _has_unit(column: Column) -> bool:
    return bool(column.unit) and column.kind in ("decimal", "integer")


def _events(version: Element, protocol: Protocol) -> None:
    planned = add(version, "Protocol")
    oids = [SUBJECT_EVENT, *map(visit_event, protocol.visits)]
    for number, oid in enumerate(oids, 1):
        add(planned, "StudyEventRef", StudyEventOID=oid, OrderNumber=str(number), Mandatory="No")
    whole = ["F.PARTICIPANT", "F.QUERIES", "F.DEVIATIONS"]
    titles = ["Participant as a whole", *(visit.title for visit in protocol.visits.values())]
    for oid, title in zip(oids, titles, strict=True):
        kind = "Common" if oid == SUBJECT_EVENT else "Scheduled"
        event = add(version, "StudyEventDef", OID=oid, Name=title, Repeating="No", Type=kind)
        for form in whole if oid == SUBJECT_EVENT else [one for one in FORMS if one != "F.PARTICIPANT"]:
            add(event, "FormRef", FormOID=form, Mandatory="No")


def _forms(version: Element) -> None:
    for oid, title in FORMS.items():
        form = add(version, "FormDef", OID=oid, Name=title, Repeating="Yes" if is_repeating(oid) else "No")
        for group in GROUPS:
            if group.form == oid:
                add(form, "ItemGroupRef", ItemGroupOID=group.oid, Mandatory="No")


def _groups(version: Element, content: TrialContent) -> None:
    for group in GROUPS:
        repeating = "Yes" if group.repeat else "No"
        found = add(version, "ItemGroupDef", OID=group.oid, Name=group.title, Repeating=repeating)
        for column in item_columns(content, group):
            add(found, "ItemRef", ItemOID=group.item_oid(column.name), Mandatory="No")


def _item(version: Element, content: TrialContent, group: Group, column: Column) -> None:
    values = [row[column.name] for row in content.tables[group.table].rows if row.get(column.name) is not None]
    kind, longest = _TYPES[column.kind], max((len(cell_text(one)) for one in values), default=0)
    length = places = ""
    if kind == "text":
        length = str(next((one for one in _LENGTHS if one >= longest), longest))
    elif kind in _FIGURES:
        length = str(max(_FIGURES[kind], longest))
    if kind == "float":
        places = str(max([_FEWEST_PLACES, *(_places(one) for one in values if isinstance(one, Decimal))]))
    item = add(
        version, "ItemDef", OID=group.item_oid(column.name), Name=column.title, DataType=kind, Length=length,
        SignificantDigits=places, Comment=column.source,
    )
    add_words(item, "Question", column.title)
    if _has_unit(column):
        add(item, "MeasurementUnitRef", MeasurementUnitOID=unit_oid(column.unit))
    if code_list_of(group, column):
        add(item, "CodeListRef", CodeListOID=code_list_of(group, column))


def _places(value: Decimal) -> int:
    return max(0, -int(value.as_tuple().exponent))


def _coded(column: Column) -> tuple[str, ...]:
    """The values of a choice, where the dictionary lists them all."""
    if column.kind != "choice" or " | " not in column.values:
        return ()
    values = tuple(column.values.split(" | "))
    return values if all(one and " " not in one for one in values) else ()


def _code_lists(
    content: TrialContent, columns: list[tuple[Group, Column]]
) -> Iterator[tuple[str, str, list[tuple[str, str]]]]:
    yield "CL.YES_NO", "Yes or no", [("yes", "Yes"), ("no", "No")]
    titles = {column_name(field): {one.value: one.title for one in field.choices} for field in CATALOGUE.values()}
    for group, column in columns:
        words = titles.get(column.name, {}) if group.table in ("visits", "glands") else {}
        values = _coded(column)
        if values:
            # A header can say more than the dictionary foresees (a plane): what stands in a row is in the list too.
            there = {str(row[column.name]) for row in content.tables[group.table].rows if row.get(column.name)}
            terms = (*values, *sorted(there - set(values)))
            decoded = [(one, words.get(one) or one.replace("_", " ").capitalize()) for one in terms]
            yield code_list_of(group, column), column.title, decoded
