"""What the sentence says while the focus is already where the next act is: how that act is done there.

It is told where the focus is, moves none, and knows no widget.
"""
from __future__ import annotations

from typing import TYPE_CHECKING

from injection_log_napari.presenters.form import CHOICE_KINDS
from injection_log_napari.presenters.next_act import CONFIRM_HERE, GO_TO_IT, NextAct

if TYPE_CHECKING:
    from annotate.marks import Side
    from injection_log_napari.presenters.desk import Desk

CHOOSE_HERE = "Choose an answer: arrows, then Space, or a click."
TYPE_HERE = "Type it, then press Enter."


class Focused:
    """The field (or the check of identifiers) that has the focus in one room."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.at: tuple[Side | None, str] = (None, "")
        """The gland (None: the visit) and the field's name; "" while the focus is in none."""

    def sentence(self, act: NextAct, side: Side | None) -> str:
        """The sentence of the next act on the step of a gland (None: of the visit)."""
        if self.at != (side, act.target) or not act.target:
            return act.sentence
        if act.kind == "confirm":
            return CONFIRM_HERE
        if act.kind != "field":
            return act.sentence
        kinds = {one.name: one.kind for one in self._desk.fields("gland" if side else "visit")}
        here = CHOOSE_HERE if kinds.get(act.target) in CHOICE_KINDS else TYPE_HERE
        return f"{act.sentence.removesuffix(GO_TO_IT)}{here}"
