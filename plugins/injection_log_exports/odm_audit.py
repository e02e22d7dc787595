"""Who last changed what an item of ODM shows: audit records, people, places and meanings of signatures.

Pure. A recorded value has the record of its own last change; a computed one that of the last change of what it is
computed from: the mark, else the gland, else the visit. The whole history, with what stood before, is the table of
changes: a snapshot has room for the last change only. No time of export is in it.
"""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from injection_log.outputs import Cell
from injection_log.protocol.fields import CATALOGUE
from injection_log.record.fact_columns import column_name
from injection_log.trial_content import TrialContent
from injection_log_exports.odm_layout import Group, Row
from injection_log_exports.odm_metadata import study_oid, version_oid
from injection_log_exports.odm_xml import Element, add

NOBODY = "USR.NOBODY"
_USER_TYPES = {"injector": "Investigator", "principal_investigator": "Investigator"}
"""ODM knows Sponsor, Investigator, Lab and Other; the role itself stands in DisplayName."""
_EDIT_POINTS = {"monitor": "Monitoring", "data_manager": "DataManagement"}
_FACTS = {column_name(one): f"fact.{one.name}" for one in CATALOGUE.values()}
_DIRECT = {
    "state": "state", "version": "version", "visit_date": "opened_on", "identifiers_confirmed": "identifiers_confirmed",
    "images_pending": "images_pending",
}
_GLAND_VOLUME = frozenset({"gland_volume_ml", "gland_volume_error_ml", "length_mm", "width_mm", "depth_mm"})
Key = tuple[str, ...]


@dataclass
class Audit:
    """The last change of every field, mark, gland, visit and participant; made by `audit_of`."""

    fields: dict[Key, Row] = field(default_factory=dict)
    places: dict[Key, Row] = field(default_factory=dict)
    ids: dict[str, Row] = field(default_factory=dict)
    events: dict[str, Row] = field(default_factory=dict)
    last: Row = field(default_factory=dict)

    def of(self, group: Group, row: Row, column: str) -> Row:
        """The change that an item's audit record shows; an empty one where the log has none."""
        participant, visit, side = (str(row.get(name) or "") for name in ("participant", "visit", "side"))
        if group.table == "signatures":
            return self.events.get(str(row.get("event")), {})
        for name in ("mark_id", "query", "deviation", "sop_instance_uid"):
            if str(row.get(name) or "") in self.ids:
                return self.ids[str(row[name])]
        stored = _FACTS.get(column) or _DIRECT.get(column) or ("size" if column in _GLAND_VOLUME else "")
        places: tuple[Key, ...] = ((participant, visit, side), (participant, visit, ""), (participant,))
        for place in places:
            if (*place, stored) in self.fields:
                return self.fields[(*place, stored)]
        for place in places:
            if place in self.places:
                return self.places[place]
        return self.last


def audit_of(changes: tuple[Mapping[str, Cell], ...]) -> Audit:
    """Go through the changes once, oldest first."""
    audit = Audit()
    for row in changes:
        participant, visit, side = (str(row.get(name) or "") for name in ("participant", "visit", "side"))
        name = str(row["field"])
        audit.fields[participant, visit, side, name] = row
        if name.startswith("mark."):
            audit.ids[name.removeprefix("mark.")] = row
        if row.get("subject_id"):
            audit.ids[str(row["subject_id"])] = row
        if row["subject"] in ("visit", "gland"):
            audit.places[participant, visit, side] = row
        audit.places[(participant,)] = row
        audit.events[str(row["event"])] = row
        audit.last = row
    return audit


def user_oid(row: Row) -> str:
    """Identifier of who acted, in the role in which it was done."""
    return f"USR.{row['user']}.{row.get('role') or ''}" if row.get("user") else NOBODY


def meaning_oids(content: TrialContent) -> dict[str, str]:
    """The identifier of every meaning that a signature has, in the order of the table."""
    meanings = dict.fromkeys(str(row["meaning"]) for row in content.tables["signatures"].rows)
    return {meaning: f"SD.{number}" for number, meaning in enumerate(meanings, 1)}


def location_oid(content: TrialContent) -> str:
    """Identifier of the site."""
    return f"LOC.{content.about.site}"


def add_audit_record(item: Element, content: TrialContent, change: Row) -> None:
    """Who, where, when, why, and the number of the event; nothing where the log has no change."""
    if not change:
        return
    record = add(item, "AuditRecord", EditPoint=_EDIT_POINTS.get(str(change.get("role")), "DBAudit"))
    add(record, "UserRef", UserOID=user_oid(change))
    add(record, "LocationRef", LocationOID=location_oid(content))
    add(record, "DateTimeStamp", str(change["at_utc"]))
    if change.get("reason"):
        add(record, "ReasonForChange", str(change["reason"]))
    add(record, "SourceID", f"{change['event']}")


def add_admin(odm: Element, content: TrialContent) -> None:
    """Add AdminData: everybody who changed or signed something, the site, the meanings of signatures."""
    admin = add(odm, "AdminData", StudyOID=study_oid(content))
    people = {NOBODY: ("", "Nobody was logged in", "")}
    for name in ("changes", "signatures"):
        for row in content.tables[name].rows:
            if row.get("user"):
                people[user_oid(row)] = (str(row["user"]), str(row["printed_name"]), str(row.get("role") or ""))
    for oid, (login, printed, role) in sorted(people.items()):
        user = add(admin, "User", OID=oid, UserType=_USER_TYPES.get(role, "Other"))
        if login:
            add(user, "LoginName", login)
        add(user, "DisplayName", f"{printed} ({role.replace('_', ' ')})" if role else printed)
        if login:
            add(user, "FullName", printed)
    place = add(admin, "Location", OID=location_oid(content), Name=content.about.site, LocationType="Site")
    effective = str(content.tables["changes"].rows[0]["at_utc"])[:10] if content.tables["changes"].rows else (
        content.about.last_event_at[:10]
    )
    add(place, "MetaDataVersionRef", StudyOID=study_oid(content), MetaDataVersionOID=version_oid(content),
        EffectiveDate=effective)
    for meaning, oid in meaning_oids(content).items():
        signed = add(admin, "SignatureDef", OID=oid, Methodology="Electronic")
        add(signed, "Meaning", meaning)
        add(signed, "LegalReason", "Signature of a gland record, by password and the person's own key")
