"""Which table of a trial stands where in ODM: form, item group, what a repeat is called, and each column's item.

Pure, and nothing of XML. Key columns (study, site, participant, visit, side) are the place in the tree and no items.
What the visit's form has, the gland's does not repeat. The table of changes has no group: it is the audit records.
"""
from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from injection_log.outputs import Cell, Column
from injection_log.trial_content import TrialContent

KEYS = frozenset({"study", "site", "participant", "visit", "side"})
GLAND_FORM = "F.GLAND"
SUBJECT_EVENT = "SE.SUBJECT"
"""Holds what belongs to a participant as a whole: a common event of ODM, not a visit."""
Row = Mapping[str, Cell]


@dataclass(frozen=True)
class Group:
    """The item group of one table; `repeat` are the columns that tell its rows apart within a form."""

    table: str
    form: str
    title: str
    repeat: tuple[str, ...] = ()

    @property
    def oid(self) -> str:
        """Identifier of the item group."""
        return f"IG.{self.table.upper()}"

    def item_oid(self, column: str) -> str:
        """Identifier of a column's item."""
        return f"IT.{self.table.upper()}.{column.upper()}"

    def repeat_key(self, row: Row) -> str:
        """What tells this row from its like, never changed once it was given; "" where there is one row only."""
        parts = [str(row[name]) for name in self.repeat if row.get(name) is not None]
        return "/".join(parts) or ("1" if self.repeat else "")


GROUPS = (
    Group("participants", "F.PARTICIPANT", "Participant"),
    Group("visits", "F.VISIT", "Visit"),
    Group("images", "F.IMAGES", "Picture", ("image",)),
    Group("glands", GLAND_FORM, "Gland"),
    Group("deposits", GLAND_FORM, "Deposit", ("deposit",)),
    Group("needles", GLAND_FORM, "Needle mark", ("needle",)),
    Group("measurements", GLAND_FORM, "Measured value", ("measurement", "quantity")),
    Group("signatures", GLAND_FORM, "Signature", ("version", "kind", "addition")),
    Group("readings", "F.READINGS", "Blinded reading", ("campaign", "reader", "side", "code")),
    Group("queries", "F.QUERIES", "Query", ("query",)),
    Group("deviations", "F.DEVIATIONS", "Deviation", ("deviation", "kind", "side", "what")),
)
FORMS = {
    "F.PARTICIPANT": "Participant", "F.VISIT": "Visit", "F.IMAGES": "Pictures of the visit", GLAND_FORM: "Gland record",
    "F.READINGS": "Blinded readings", "F.QUERIES": "Queries", "F.DEVIATIONS": "Deviations",
}
"""Every form with its title; the gland's repeats, by side."""
_SIDE_IS_AN_ITEM = frozenset({"images", "readings", "queries", "deviations"})


def visit_event(visit: str) -> str:
    """Identifier of a visit of the protocol."""
    return f"SE.{visit.upper()}"


def is_repeating(form: str) -> bool:
    """Whether a visit has the form more than once."""
    return form == GLAND_FORM


def item_columns(content: TrialContent, group: Group) -> tuple[Column, ...]:
    """The columns of a group's table that are items, in their order."""
    table = content.tables[group.table]
    hidden = KEYS - {"side"} if group.table in _SIDE_IS_AN_ITEM else KEYS
    if group.table == "glands":
        of_gland = {"entered_late"}
        hidden = hidden | {one.name for one in content.tables["visits"].columns} - of_gland
    return tuple(one for one in table.columns if one.name not in hidden)


def rows_by_place(content: TrialContent) -> dict[tuple[str, str, str, str], list[tuple[Group, Row]]]:
    """Every row by participant, event, form and repeat of the form, in the order of the tables; "" for what is not."""
    found: dict[tuple[str, str, str, str], list[tuple[Group, Row]]] = {}
    for group, row in _rows(content):
        visit, form = str(row.get("visit") or ""), group.form
        event = visit_event(visit) if visit else SUBJECT_EVENT
        side = str(row["side"]) if is_repeating(form) else ""
        found.setdefault((str(row.get("participant") or ""), event, form, side), []).append((group, row))
    return found


def _rows(content: TrialContent) -> Iterator[tuple[Group, Row]]:
    for group in GROUPS:
        for row in content.tables[group.table].rows:
            yield group, row
