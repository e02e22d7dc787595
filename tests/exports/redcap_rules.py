"""REDCap's rules for a data dictionary and for a record import, as a checker of its own.

Written from REDCap's rules and from the form of public sample projects, not from the exporter: it imports nothing of
ours. It takes the files as text and gives a sentence for everything that REDCap would refuse or warn of.
"""
from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

HEADER = (
    "Variable / Field Name", "Form Name", "Section Header", "Field Type", "Field Label",
    "Choices, Calculations, OR Slider Labels", "Field Note", "Text Validation Type OR Show Slider Number",
    "Text Validation Min", "Text Validation Max", "Identifier?", "Branching Logic (Show field only if...)",
    "Required Field?", "Custom Alignment", "Question Number (surveys only)", "Matrix Group Name", "Matrix Ranking?",
    "Field Annotation",
)
NAME, FORM, _, TYPE, LABEL, CHOICES, _, VALIDATION, LOW, HIGH, IDENTIFIER, *_ = range(18)
TYPES = {
    "text", "notes", "radio", "dropdown", "checkbox", "yesno", "truefalse", "calc", "file", "descriptive", "slider",
    "sql",
}
WITH_CHOICES = {"radio", "dropdown", "checkbox"}
VALIDATIONS = {
    "": r".*", "date_ymd": r"\d{4}-\d\d-\d\d", "datetime_ymd": r"\d{4}-\d\d-\d\d \d\d:\d\d",
    "datetime_seconds_ymd": r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", "time": r"([01]\d|2[0-3]):[0-5]\d",
    "integer": r"-?\d+", "number": r"-?\d+(\.\d+)?", "number_1dp": r"-?\d+\.\d", "number_2dp": r"-?\d+\.\d\d",
    "number_3dp": r"-?\d+\.\d{3}", "email": r"[^@]+@[^@]+",
}
_DAY_FORMS = {
    "date_ymd": "%Y-%m-%d", "datetime_ymd": "%Y-%m-%d %H:%M", "datetime_seconds_ymd": "%Y-%m-%d %H:%M:%S",
}
RESERVED = {
    "redcap_event_name", "redcap_repeat_instrument", "redcap_repeat_instance", "redcap_data_access_group",
    "redcap_survey_identifier",
}
SYSTEM = ("redcap_event_name", "redcap_repeat_instrument", "redcap_repeat_instance", "redcap_data_access_group")
_NAME = re.compile(r"[a-z](_?[a-z0-9])*")
LONGEST_NAME = 26


@dataclass(frozen=True)
class Variable:
    """One line of a dictionary."""

    name: str
    form: str
    type: str
    codes: tuple[str, ...]
    validation: str
    low: str
    high: str


@dataclass(frozen=True)
class Project:
    """A project as its files say it: variables in order, forms by event, forms that repeat at an event."""

    variables: tuple[Variable, ...]
    mapping: frozenset[tuple[str, str]]
    repeating: frozenset[tuple[str, str]]

    @property
    def record_id(self) -> str:
        return self.variables[0].name

    def columns(self) -> dict[str, Variable]:
        """Every column of an import with the variable it belongs to."""
        found = {}
        for one in self.variables:
            names = [f"{one.name}___{code}" for code in one.codes] if one.type == "checkbox" else [one.name]
            found.update(dict.fromkeys(names, one))
        for form in dict.fromkeys(one.form for one in self.variables):
            name = f"{form}_complete"
            found[name] = Variable(name, form, "dropdown", ("0", "1", "2"), "", "", "")
        return found


def lines_of(text: str) -> list[list[str]]:
    """A CSV file as lines of cells."""
    return list(csv.reader(io.StringIO(text, newline=""), strict=True))


def dictionary_faults(text: str) -> list[str]:
    """What REDCap would refuse in a data dictionary, or warn of."""
    head, *lines = lines_of(text)
    if tuple(head) != HEADER:
        return ["the header is not the 18 columns of a data dictionary"]
    faults = [f"line {number} has {len(line)} cells" for number, line in enumerate(lines, 2) if len(line) != 18]
    if faults:
        return faults
    names = [line[NAME] for line in lines]
    faults += [f"{name} stands twice" for name in sorted({one for one in names if names.count(one) > 1})]
    forms = [line[FORM] for line in lines]
    gathered = [form for place, form in enumerate(forms) if place == 0 or forms[place - 1] != form]
    faults += [f"form {one} is interrupted" for one in sorted({one for one in gathered if gathered.count(one) > 1})]
    if lines[0][TYPE] != "text":
        faults.append("the first variable is the record id and must be text")
    for line in lines:
        faults += [f"{line[NAME]}: {fault}" for fault in _line_faults(line)]
    return faults


def _line_faults(line: Sequence[str]) -> Iterator[str]:
    yield from _name_faults(line[NAME], line[FORM])
    yield from _type_faults(line)
    validation = line[VALIDATION]
    if validation not in VALIDATIONS or (validation and line[TYPE] != "text"):
        yield f"a validation {validation!r} that there is none of for {line[TYPE]}"
    for bound in (line[LOW], line[HIGH]):
        if bound and (not validation or not is_valid(bound, validation)):
            yield f"a bound {bound!r} that is no {validation}"
    if line[IDENTIFIER] not in ("", "y"):
        yield "identifier is y or blank"


def _name_faults(name: str, form: str) -> Iterator[str]:
    if not _NAME.fullmatch(name):
        yield "a name is small letters, digits and single underscores, a letter first"
    if len(name) > LONGEST_NAME:
        yield "a name of more than 26 characters"
    if name in RESERVED or name.endswith("_complete") or name.startswith("redcap_"):
        yield "a reserved name"
    if not _NAME.fullmatch(form):
        yield "a malformed form name"


def _type_faults(line: Sequence[str]) -> Iterator[str]:
    kind = line[TYPE]
    if kind not in TYPES:
        yield f"no field type {kind!r}"
    if not line[LABEL].strip():
        yield "no label"
    if (kind in WITH_CHOICES) != bool(line[CHOICES]):
        yield "choices belong to radio, dropdown and checkbox, and only there"
    if kind in WITH_CHOICES:
        yield from _choice_faults(line[CHOICES], kind)


def _choice_faults(text: str, kind: str) -> Iterator[str]:
    codes = []
    for choice in text.split("|"):
        code, comma, label = choice.partition(",")
        codes.append(code.strip())
        if not comma or not label.strip():
            yield f"a choice without code and label: {choice.strip()!r}"
    if len(set(codes)) != len(codes):
        yield "two choices with one code"
    form = r"[a-z0-9_]+" if kind == "checkbox" else r"[A-Za-z0-9._-]+"
    yield from (f"a code that REDCap does not take: {code!r}" for code in codes if not re.fullmatch(form, code))


def is_valid(value: str, validation: str) -> bool:
    """Whether a value passes a validation type."""
    if not re.fullmatch(VALIDATIONS[validation], value):
        return False
    if validation in _DAY_FORMS:
        try:
            datetime.strptime(value, _DAY_FORMS[validation])
        except ValueError:
            return False
    return True


def unique_event_name(event_name: str, arm: str) -> str:
    """What REDCap calls an event of this name: its first 18 letters and digits, small, and the arm."""
    return re.sub("[^a-z0-9]+", "_", event_name.lower()).strip("_")[:18].rstrip("_") + f"_arm_{arm}"


def project_of(dictionary: str, mapping: str, repeating: str) -> Project:
    """The project of files whose dictionary is without faults. Raises AssertionError for a malformed mapping."""
    variables = []
    for line in lines_of(dictionary)[1:]:
        kind = line[TYPE]
        codes = tuple(one.partition(",")[0].strip() for one in line[CHOICES].split("|")) if line[CHOICES] else ()
        codes = ("0", "1") if kind in ("yesno", "truefalse") else codes
        variables.append(Variable(line[NAME], line[FORM], kind, codes, line[VALIDATION], line[LOW], line[HIGH]))
    head, *mapped = lines_of(mapping)
    assert head == ["arm_num", "unique_event_name", "form"]
    head, *repeated = lines_of(repeating)
    assert head == ["event_name", "form_name", "custom_form_label"]
    forms = {one.form for one in variables}
    assert all(form in forms and event.endswith(f"_arm_{arm}") for arm, event, form in mapped)
    of_event = frozenset((event, form) for _, event, form in mapped)
    repeats = frozenset((event, form) for event, form, _ in repeated)
    assert repeats <= of_event
    return Project(tuple(variables), of_event, repeats)


def record_faults(text: str, project: Project) -> list[str]:
    """What REDCap would refuse in a record import, or put where it does not belong."""
    head, *lines = lines_of(text)
    columns = project.columns()
    faults = [f"unknown column {one}" for one in head if one not in columns and one not in SYSTEM]
    faults += [f"column {one} stands twice" for one in sorted({one for one in head if head.count(one) > 1})]
    if head[:1] != [project.record_id] or head[1:4] != list(SYSTEM[:3]):
        faults.append("the record id comes first, then event, repeat instrument and instance")
    if faults:
        return faults
    seen: set[tuple[str, ...]] = set()
    for number, line in enumerate(lines, 2):
        if len(line) != len(head):
            return [f"line {number} has {len(line)} cells of {len(head)}"]
        row = dict(zip(head, line, strict=True))
        key = tuple(row[name] for name in (project.record_id, *SYSTEM[:3]))
        if key in seen:
            faults.append(f"line {number}: the same record, event, form and instance twice")
        seen.add(key)
        faults += [f"line {number}: {fault}" for fault in _row_faults(row, columns, project)]
    return faults


def _row_faults(row: Mapping[str, str], columns: Mapping[str, Variable], project: Project) -> Iterator[str]:
    event, form, instance = (row[name] for name in SYSTEM[:3])
    if not row[project.record_id]:
        yield "no record id"
    if event not in {one for one, _ in project.mapping}:
        yield f"no event {event!r}"
    if bool(form) != bool(instance):
        yield "a repeat instrument and an instance go together"
    if form and ((event, form) not in project.repeating or not re.fullmatch("[1-9][0-9]*", instance)):
        yield f"{form!r} does not repeat at {event!r}, or its instance {instance!r} is none"
    for name, value in row.items():
        if not value or name in SYSTEM or name == project.record_id:
            continue
        of = columns[name]
        if form and of.form != form:
            yield f"{name} is filled in a row of {form}"
        if not form and (event, of.form) in project.repeating:
            yield f"{name} of a repeating form is filled in a row that does not repeat"
        if (event, of.form) not in project.mapping:
            yield f"{of.form} is not designated for {event}"
        yield from (f"{name}: {fault}" for fault in _value_faults(value, of))


def _is_within(value: str, of: Variable) -> bool:
    return (not of.low or float(value) >= float(of.low)) and (not of.high or float(value) <= float(of.high))


def _value_faults(value: str, of: Variable) -> Iterator[str]:
    if of.type == "checkbox":
        if value not in ("0", "1"):
            yield f"a checkbox is 0 or 1, not {value!r}"
        return
    if of.codes and value not in of.codes:
        yield f"{value!r} is not one of its codes"
    if of.type == "text":
        if not is_valid(value, of.validation):
            yield f"{value!r} is no {of.validation}"
        elif of.validation in ("number", "integer") and not _is_within(value, of):
            yield f"{value} lies outside {of.low} to {of.high}"
        if "\n" in value:
            yield "a text field holds one line"
