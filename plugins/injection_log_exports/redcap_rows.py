"""The rows of a REDCap record import: one for each visit, and one for each instance of a repeating form.

Instances never change their number: right is 1 and left is 2, the n-th deposit of the right gland is 2n - 1, of the
left 2n. A deposit that was taken out keeps its instance and says so, so that REDCap does not keep it as if it stood. A
cell is blank where nothing is recorded, and in columns of another form than the row's own.
"""
from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from hashlib import sha256

from injection_log.outputs import Cell
from injection_log.protocol.export_names import FORMS, RedcapForm
from injection_log.trial_content import TrialContent
from injection_log_exports.redcap_fields import EVERYWHERE, RedcapField

Row = dict[str, str]
_COMPLETE = {"draft": "0", "complete": "1", "signed": "2", "reviewed": "2", "locked": "2"}
_INSTANCE = {"right": 1, "left": 2}
_OWN_HEAD = frozenset({"us_side", "us_counts", "us_state", "us_version", "us_signed_by", "us_signed_at",
                       "us_record_sha256"})  # fmt: skip
"""What a gland says of itself in any case: alone it is no ultrasound."""


def record_rows(content: TrialContent, fields: tuple[RedcapField, ...]) -> Iterator[Row]:
    """All rows, by participant and visit; each has only the columns that it fills."""
    glands = _by_visit(content.tables["glands"].rows)
    deposits = _by_visit((*content.tables["deposits"].rows, *_taken_out(content)))
    of_form = {form: [one for one in fields if one.form == form] for form in FORMS}
    for visit in content.tables["visits"].rows:
        place = (visit["participant"], visit["visit"])
        own = {**visit, "log_origin": content.about.origin}
        repeating = [
            *_glands(content, of_form, glands.get(place, [])),
            *_deposits(content, of_form["deposit"], deposits.get(place, []), glands.get(place, [])),
        ]
        first = _values(of_form["visit"], own)
        first["iv_source_sha256"] = _digest((first, *(row for row in repeating)))
        first[f"{content.protocol.redcap.form('visit')}_complete"] = _of_visit(visit)
        for row in (first, *repeating):
            yield {**_head(content, str(place[0]), str(place[1])), **row}


def _head(content: TrialContent, participant: str, visit: str) -> Row:
    names = content.protocol.redcap
    head = {names.record_id: participant, "redcap_event_name": names.event(visit)}
    return head | ({"redcap_data_access_group": names.data_access_group} if names.data_access_group else {})


def _glands(
    content: TrialContent, fields: Mapping[RedcapForm, list[RedcapField]], glands: list[Mapping[str, Cell]]
) -> Iterator[Row]:
    for gland in glands:
        said = {**gland, "counts": "yes" if gland["visit_state"] == "counts" else "no"}
        visit, instance = content.protocol.visits.get(str(gland["visit"])), _INSTANCE[str(gland["side"])]
        if visit is not None and visit.kind == "injecting":
            yield _instance(content, "injection", instance, (_values(fields["injection"], said), _complete(gland)))
            said |= dict.fromkeys(EVERYWHERE)
        seen = _values(fields["ultrasound"], said)
        if seen.keys() - _OWN_HEAD:
            yield _instance(content, "ultrasound", instance, (seen, _complete(gland)))


def _deposits(
    content: TrialContent, fields: list[RedcapField], deposits: list[Mapping[str, Cell]],
    glands: list[Mapping[str, Cell]],
) -> Iterator[Row]:
    complete = {gland["side"]: _complete(gland) for gland in glands}
    numbered = [(2 * int(str(one["deposit"])) - 2 + _INSTANCE[str(one["side"])], one) for one in deposits]
    for instance, deposit in sorted(numbered, key=lambda one: one[0]):
        said = _values(fields, {"stands": "yes", **deposit})
        yield _instance(content, "deposit", instance, (said, complete[deposit["side"]]))


def _instance(content: TrialContent, form: RedcapForm, instance: int, said: tuple[Row, str]) -> Row:
    name, (values, complete) = content.protocol.redcap.form(form), said
    head = {"redcap_repeat_instrument": name, "redcap_repeat_instance": str(instance)}
    return {**head, **values, f"{name}_complete": complete}


def _values(fields: list[RedcapField], cells: Mapping[str, Cell]) -> Row:
    return dict(pair for field in fields for pair in field.values(cells.get(field.column)))


def _complete(gland: Mapping[str, Cell]) -> str:
    """How complete a gland's forms are; of a visit that does not count nothing more will come."""
    return _COMPLETE[str(gland["state"])] if gland["visit_state"] == "counts" else "2"


def _of_visit(visit: Mapping[str, Cell]) -> str:
    """As complete as the less complete gland; a visit that does not count is finished."""
    if visit["visit_state"] != "counts":
        return "2"
    return min(_COMPLETE[str(visit[f"{side}_state"])] for side in _INSTANCE)


def _digest(rows: tuple[Row, ...]) -> str:
    lines = (f"{name}={value}\n" for row in rows for name, value in row.items() if not name.endswith("_complete"))
    return sha256("".join(lines).encode()).hexdigest()


def _by_visit(rows: tuple[Mapping[str, Cell], ...]) -> dict[tuple[Cell, Cell], list[Mapping[str, Cell]]]:
    found: dict[tuple[Cell, Cell], list[Mapping[str, Cell]]] = {}
    for row in rows:
        found.setdefault((row["participant"], row["visit"]), []).append(row)
    return found


def _taken_out(content: TrialContent) -> Iterator[Mapping[str, Cell]]:
    """Deposits that were marked once and stand no more, with the number they had: told by the changes."""
    standing = {row["mark_id"] for row in content.tables["deposits"].rows}
    seen: dict[tuple[Cell, ...], list[str]] = {}
    for change in content.tables["changes"].rows:
        name = str(change["field"])
        if not name.startswith("mark.") or not _is_deposit(change.get("new_stored")):
            continue
        place, mark = (change["participant"], change["visit"], change["side"]), name.removeprefix("mark.")
        marks = seen.setdefault(place, [])
        if mark not in marks:
            marks.append(mark)
    for (participant, visit, side), marks in seen.items():
        for number, mark in enumerate(marks, start=1):
            if mark not in standing:
                yield {"participant": participant, "visit": visit, "side": side, "deposit": number, "stands": "no"}


def _is_deposit(stored: Cell) -> bool:
    mark = json.loads(str(stored)).get("mark") if stored else None
    return isinstance(mark, dict) and mark.get("type") == "deposit"
