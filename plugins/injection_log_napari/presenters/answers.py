"""The facts of one gland, or of the visit, as they are typed: what was kept, and what was refused and still stands.

A refused text is stored nowhere but here, and it is not forgotten: it is tried again once another answer beside it
was kept (an end before a wrong start is right when the start is), and until then it stands in the way of signing.
What somebody else changed meanwhile is never tried again by itself: that would overwrite what nobody here has read.
The draft stays until the person takes the other's value or puts the own one again.
"""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from annotate.marks import Side
from injection_log.acts.overtaken import Overtaken
from injection_log.ledger.errors import ChangedMeanwhile
from injection_log.protocol.fields import Field
from injection_log.record.checks import Missing, is_asked
from injection_log_napari.presenters.access import gland_access, why_visit_is_closed
from injection_log_napari.presenters.desk import REFUSALS, Desk
from injection_log_napari.presenters.form import (
    CHOICE_KINDS,
    FieldRow,
    Typed,
    beside_what_is_late,
    rows_of,
    typed_text,
)
from injection_log_napari.presenters.offers import Offer, as_other_gland, own_name
from injection_log_napari.presenters.one_line import line_at, taken_apart

if TYPE_CHECKING:
    from injection_log.ledger.event import Json


class Answers:
    """Answers of one level: `side` is None for the visit."""

    def __init__(self, desk: Desk, side: Side | None) -> None:
        self._desk, self._side = desk, side
        self._refused: dict[str, Typed] = {}

    def rows(self, owed: frozenset[str]) -> tuple[FieldRow, ...]:
        """The rows that are asked now; `owed` are the names that block a signature."""
        record = self._desk.record
        late = record.glands[self._side].late_minutes if self._side else record.late_minutes
        rows = rows_of(self._fields(), self._facts(), self._refused, owed)
        return beside_what_is_late(self._with_ways(rows), late)

    def _with_ways(self, rows: tuple[FieldRow, ...]) -> tuple[FieldRow, ...]:
        """The rows with what can be typed in one line, and what one press would record."""
        if not self._is_open:
            return rows
        offer, names = self.offer, [row.name for row in rows]
        at = offer.field if offer is not None else ""
        lines = {name: line_at(name, names) for name in names}
        return tuple(
            replace(row, hint=line.hint if line else "", offer=offer.words if offer and row.name == at else "")
            for row, line in zip(rows, lines.values(), strict=True)
        )

    @property
    def offer(self) -> Offer | None:
        """What one press would record here, None where nothing is offered."""
        if self._side is None:
            return own_name(self._fields(), self._facts(), self._desk.printed_name)
        other: Side = "left" if self._side == "right" else "right"
        return as_other_gland(self._fields(), self._facts(), (other, self._desk.record.glands[other].facts))

    def take_offer(self) -> str:
        """Record what is offered, each as an answer of the person at work; gives the sentence of a refusal."""
        offer = self.offer
        return self._record_all(offer.answers) if offer is not None else ""

    @property
    def standing(self) -> tuple[Missing, ...]:
        """Refused texts that stand on the screen, as what is still to be done."""
        step = self._side or "participant"
        return tuple(
            Missing(step, field.name, _not_kept(field, self._refused[field.name].why))
            for field in self._fields()
            if field.name in self._refused and self._stands(field)
        )

    def record(self, name: str, text: str) -> str:
        """Record what was typed or chosen; gives the sentence of a refusal, "" when it was kept.

        A line that answers several fields is taken apart; what of it is refused stands in its own field.
        """
        parts = taken_apart(name, text, [field.name for field in self._fields() if is_asked(field, self._facts())])
        if len(parts) > 1:
            return self._record_all(parts)
        if name in self._refused and text.strip() == self._stored(name):
            # Back to what is recorded: there is nothing to keep, and nothing stands in the way.
            del self._refused[name]
            return ""
        why = self._try(name, text)
        if not why:
            self._try_again()
        return why

    def _record_all(self, answers: tuple[tuple[str, str], ...]) -> str:
        whys = {name: self._try(name, text) for name, text in answers}
        if not all(whys.values()):
            self._try_again()
        return next((why for name, why in whys.items() if why and name in self._refused), "")

    def take_theirs(self, name: str) -> None:
        """Let the draft go: what somebody else recorded meanwhile holds."""
        self._refused.pop(name, None)

    def put_again(self, name: str) -> str:
        """Record the draft over what somebody else recorded, which has been read by now; gives a refusal's sentence."""
        mine = self._refused.get(name)
        return "" if mine is None else self.record(name, mine.text)

    def _try(self, name: str, text: str) -> str:
        try:
            self._desk.set_fact(self._side, name, text)
        except REFUSALS as refused:
            self._refused[name] = Typed(text, _in_place(refused), is_overtaken=isinstance(refused, ChangedMeanwhile))
            return str(refused)
        self._refused.pop(name, None)
        return ""

    def _try_again(self) -> None:
        asked = {field.name for field in self._fields() if self._can_change(field) and field.kind not in CHOICE_KINDS}
        for name, typed in list(self._refused.items()):
            if name in asked and not typed.is_overtaken:
                self._try(name, typed.text)

    def _stands(self, field: Field) -> bool:
        """A refused text stands on the screen; a refused press only where the person must say whose holds."""
        is_draft = field.kind not in CHOICE_KINDS or self._refused[field.name].is_overtaken
        return is_draft and self._can_change(field)

    def _fields(self) -> tuple[Field, ...]:
        return self._desk.fields("gland" if self._side else "visit")

    def _facts(self) -> Mapping[str, Json]:
        record = self._desk.record
        return record.glands[self._side].facts if self._side else record.facts

    def _stored(self, name: str) -> str:
        field = next(field for field in self._fields() if field.name == name)
        return typed_text(field.kind, self._facts().get(name))

    def _can_change(self, field: Field) -> bool:
        return self._is_open and is_asked(field, self._facts())

    @property
    def _is_open(self) -> bool:
        side = self._side
        return gland_access(self._desk, side).is_open if side else not why_visit_is_closed(self._desk)


def _in_place(refused: Exception) -> str:
    """What stands under the field: of a conflict only who changed it to what, and when; the field says the rest."""
    if not isinstance(refused, Overtaken) or not refused.other.by or not refused.other.old + refused.other.new:
        return str(refused)
    other = refused.other
    return f"{other.by} changed it from {other.old or 'nothing'} to {other.new or 'nothing'}, {other.at}."


def _not_kept(field: Field, why: str) -> str:
    # Some refusals begin with the field's name already.
    return f"{field.title}: what is typed was not kept: {why.removeprefix(f'{field.title}: ')}"
