"""What a REDCap project needs of the trial: its data dictionary, events, instruments by event, and the records.

Source: REDCap's own import files (data dictionary, record import, events, instrument designation, repeating
instruments). Longitudinal projects only: every visit is an event. Nothing is sent anywhere; a person imports the files,
and REDCap writes its own audit trail of that.
"""
from __future__ import annotations

from collections.abc import Iterator

from injection_log.outputs import OutputFile, OutputImpossible
from injection_log.protocol.export_names import FORMS, RedcapForm
from injection_log.protocol.protocol import Protocol, Visit
from injection_log.trial_content import TrialContent
from injection_log_exports.csv_text import CSV, csv_bytes
from injection_log_exports.redcap_fields import HEADER, fields_of
from injection_log_exports.redcap_rows import record_rows

_ORDER = """\
Import into a longitudinal REDCap project, in this order (Project Setup and Data Import Tool):

1. events.csv                     Define My Events, Upload events (or compare: names must be the same)
2. data_dictionary.csv            Data Dictionary; it replaces ALL instruments of the project: in a project that has
                                  others, add these lines to its own dictionary instead
3. instrument_event_mapping.csv   Designate Instruments, Upload instrument mappings
4. repeating_instruments.csv      to compare with Repeating instruments: these three repeat in the events named
5. records.csv                    Data Import Tool: record format rows, dates YYYY-MM-DD, and "Allow blank values to
                                  overwrite existing saved values": Yes - a value that was cleared in the log is blank
                                  here and would stay in REDCap otherwise

Import again whenever you like: instances keep their numbers, and unchanged records are unchanged lines.
"""


class Redcap:
    """Output `redcap`: data dictionary, events, mapping and record import for a REDCap project."""

    kind = "redcap"
    title = "REDCap: data dictionary, events, instruments and record import (CSV)"
    content = "trial"

    def files(self, content: object) -> tuple[OutputFile, ...]:
        """The files; OutputImpossible for content that is not of the trial."""
        if not isinstance(content, TrialContent):
            raise OutputImpossible("The REDCap files need the content of the whole trial; use `export redcap`.")
        protocol = content.protocol
        return (
            OutputFile("how_to_import.txt", "text/plain; charset=utf-8", _ORDER.encode()),
            OutputFile("data_dictionary.csv", CSV, _dictionary(protocol)),
            OutputFile("events.csv", CSV, csv_bytes(("event_name", "arm_num", "unique_event_name"), _events(protocol))),
            OutputFile("instrument_event_mapping.csv", CSV,
                       csv_bytes(("arm_num", "unique_event_name", "form"), _mapping(protocol))),
            OutputFile("repeating_instruments.csv", CSV,
                       csv_bytes(("event_name", "form_name", "custom_form_label"), _repeating(protocol))),
            OutputFile("records.csv", CSV, _records(content)),
        )  # fmt: skip


def _dictionary(protocol: Protocol) -> bytes:
    names = protocol.redcap
    first = [names.record_id, names.form("visit"), "", "text", "Participant", *([""] * 13)]
    return csv_bytes(HEADER, (first, *(field.line(names.form(field.form)) for field in fields_of(protocol))))


def _records(content: TrialContent) -> bytes:
    names, fields = content.protocol.redcap, fields_of(content.protocol)
    columns = [names.record_id, "redcap_event_name", "redcap_repeat_instrument", "redcap_repeat_instance"]
    columns += ["redcap_data_access_group"] if names.data_access_group else []
    for form in FORMS:
        columns += [column for field in fields if field.form == form for column in field.columns]
        columns.append(f"{names.form(form)}_complete")
    rows = record_rows(content, fields)
    return csv_bytes(columns, ([row.get(column, "") for column in columns] for row in rows))


def _events(protocol: Protocol) -> Iterator[list[str]]:
    for visit in protocol.visits.values():
        event = protocol.redcap.event(visit.name)
        yield [_label(event), _arm(event), event]


def _mapping(protocol: Protocol) -> Iterator[list[str]]:
    for visit in protocol.visits.values():
        event = protocol.redcap.event(visit.name)
        for form in forms_at(visit):
            yield [_arm(event), event, protocol.redcap.form(form)]


def _repeating(protocol: Protocol) -> Iterator[list[str]]:
    for visit in protocol.visits.values():
        for form in forms_at(visit):
            if form != "visit":
                label = "[gd_side], deposit [gd_number]" if form == "deposit" else ""
                yield [protocol.redcap.event(visit.name), protocol.redcap.form(form), label]


def forms_at(visit: Visit) -> tuple[RedcapForm, ...]:
    """The forms of a visit's event: injections and deposits only where something is injected."""
    return tuple(form for form in FORMS if form in ("visit", "ultrasound") or visit.kind == "injecting")


def _label(event: str) -> str:
    """The name of an event of which REDCap makes this unique name again: it knows no other way to it."""
    return event.rpartition("_arm_")[0].replace("_", " ").capitalize()


def _arm(event: str) -> str:
    return event.rpartition("_")[2]
