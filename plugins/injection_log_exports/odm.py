"""The whole trial as one CDISC ODM 1.3.2 snapshot: study, people, and every value with who put it there and when.

Given values only; equal logs give equal bytes: the document's time is that of the last change of a record, whenever
the export is made. What an ODM reader cannot place in a participant (a deviation of the whole study) is reference data.
Source: CDISC ODM 1.3.2; tests hold it against the schema.
"""
from __future__ import annotations

from collections.abc import Iterable

from injection_log.outputs import OutputFile, OutputImpossible, cell_text
from injection_log.trial_content import TrialContent
from injection_log_exports.odm_audit import (
    Audit,
    add_admin,
    add_audit_record,
    audit_of,
    location_oid,
    meaning_oids,
    user_oid,
)
from injection_log_exports.odm_layout import GROUPS, SUBJECT_EVENT, Group, Row, item_columns, rows_by_place
from injection_log_exports.odm_metadata import add_study, study_oid, unit_oid, version_oid
from injection_log_exports.odm_xml import Element, add, root, xml_bytes

Place = tuple[str, str, str, str]


class Odm:
    """Output `odm`: one XML file."""

    kind = "odm"
    title = "The trial as CDISC ODM 1.3.2 (XML), each value with its audit record"
    content = "trial"

    def files(self, content: object) -> tuple[OutputFile, ...]:
        """The snapshot; OutputImpossible for content that is not of the trial. Equal logs give equal bytes."""
        if not isinstance(content, TrialContent):
            raise OutputImpossible("ODM needs the content of the whole trial; make it with `export odm`.")
        return (OutputFile("odm.xml", "application/xml", xml_bytes(_document(content))),)


def _document(content: TrialContent) -> Element:
    audit, about = audit_of(content.tables["changes"].rows), content.about
    odm, last = root(), audit.last
    written = str(last.get("at_utc") or about.last_event_at)
    attributes = {
        "Description": f"All records of {about.study}, {about.site}",
        "FileType": "Snapshot", "Granularity": "All", "FileOID": f"{about.origin}/event/{last.get('event', 0)}",
        "CreationDateTime": written, "AsOfDateTime": written, "ODMVersion": "1.3.2", "Originator": about.site,
        "SourceSystem": "injection-log", "SourceSystemVersion": about.program_version,
    }
    for name, value in attributes.items():
        odm.set(name, value)
    add_study(odm, content)
    add_admin(odm, content)
    places = rows_by_place(content)
    _reference(odm, content, audit, places)
    data = add(odm, "ClinicalData", StudyOID=study_oid(content), MetaDataVersionOID=version_oid(content))
    for participant in dict.fromkeys(place[0] for place in places if place[0]):
        _subject(data, content, audit, {place: rows for place, rows in places.items() if place[0] == participant})
    return odm


def _reference(
    odm: Element, content: TrialContent, audit: Audit, places: dict[Place, list[tuple[Group, Row]]]
) -> None:
    rows = [one for place, found in places.items() if not place[0] for one in found]
    if rows:
        data = add(odm, "ReferenceData", StudyOID=study_oid(content), MetaDataVersionOID=version_oid(content))
        _groups(data, content, audit, rows)


def _subject(
    data: Element, content: TrialContent, audit: Audit, places: dict[Place, list[tuple[Group, Row]]]
) -> None:
    participant = next(iter(places))[0]
    subject = add(data, "SubjectData", SubjectKey=participant)
    add(subject, "SiteRef", LocationOID=location_oid(content))
    planned = [SUBJECT_EVENT, *(f"SE.{one.upper()}" for one in content.protocol.visits)]
    events = sorted({place[1] for place in places}, key=lambda one: (planned.index(one), one))
    for event in events:
        found = add(subject, "StudyEventData", StudyEventOID=event)
        for (_, of_event, form, side), rows in places.items():
            if of_event == event:
                _form(found, (form, side), content, audit, rows)


def _form(
    event: Element, form: tuple[str, str], content: TrialContent, audit: Audit, rows: list[tuple[Group, Row]]
) -> None:
    data = add(event, "FormData", FormOID=form[0], FormRepeatKey=form[1])
    signed = [
        row for group, row in rows if group.table == "signatures" and row["kind"] == "record" and row["stands"] == "yes"
    ]
    if signed:
        _signature(data, content, signed[-1])
    _groups(data, content, audit, rows)


def _signature(form: Element, content: TrialContent, signed: Row) -> None:
    """The signature of the version that stands; all others are items of the group of signatures."""
    signature = add(form, "Signature")
    add(signature, "UserRef", UserOID=user_oid(signed))
    add(signature, "LocationRef", LocationOID=location_oid(content))
    add(signature, "SignatureRef", SignatureOID=meaning_oids(content)[str(signed["meaning"])])
    add(signature, "DateTimeStamp", str(signed["signed_at"]))


def _groups(parent: Element, content: TrialContent, audit: Audit, rows: Iterable[tuple[Group, Row]]) -> None:
    columns = {group.table: item_columns(content, group) for group in GROUPS}
    for group, row in rows:
        data = add(parent, "ItemGroupData", ItemGroupOID=group.oid, ItemGroupRepeatKey=group.repeat_key(row))
        for column in columns[group.table]:
            value = row.get(column.name)
            if value is None:
                continue
            item = add(data, "ItemData", ItemOID=group.item_oid(column.name))
            item.set("Value", cell_text(value))
            add_audit_record(item, content, audit.of(group, row, column.name))
            if column.unit and column.kind in ("decimal", "integer"):
                add(item, "MeasurementUnitRef", MeasurementUnitOID=unit_oid(column.unit))
