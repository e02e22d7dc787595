"""Taking back what was set or checked on the shown picture: the scale set by hand, a cross-check typed wrongly.

Nothing is drawn for it; a person chooses which one and says why. Whether it may go decides the record's floor, and
the log keeps it.
"""
from __future__ import annotations

from dataclasses import dataclass

from annotate.readout import millimetres
from injection_log.record.scales import ScaleCheck
from injection_log_napari.presenters.desk import REFUSALS, Desk
from injection_log_napari.presenters.glance import Glance
from injection_log_napari.presenters.sentence import Tell

SCALE = "scale"


@dataclass(frozen=True)
class TakingBackState:
    """What the panel shows: whether it is offered, and while it is open what can go, as (name, words)."""

    is_offered: bool = False
    items: tuple[tuple[str, str], ...] = ()
    chosen: str = ""

    @property
    def sentence(self) -> str:
        """What Enter and Esc do while the card is open, "" while it is not."""
        if not self.items:
            return ""
        first = "Write it in the line. " if self.chosen else "Choose first what is to be taken back. "
        return f"{first}Press Enter to take it back; Esc leaves it."


NOTHING = TakingBackState()


class TakingBack:
    """The question what is to be taken back; closed, it is nothing."""

    def __init__(self, desk: Desk, shown: Glance, tell: Tell) -> None:
        self._desk, self._shown, self._tell = desk, shown, tell
        self._is_open, self._chosen = False, ""

    @property
    def state(self) -> TakingBackState:
        """What the panel shows now."""
        items = self._items()
        if not self._is_open or not items:
            return TakingBackState(bool(items))
        names = [name for name, _ in items]
        # With one thing alone there is no choice; with several a person makes it.
        chosen = self._chosen if self._chosen in names else names[0] if len(names) == 1 else ""
        return TakingBackState(True, items, chosen)

    def open(self) -> None:
        """Ask what is to be taken back."""
        self._is_open, self._chosen, self._shown.is_settled = True, "", True
        self._tell.changed()

    def close(self) -> None:
        """Ask no more."""
        self._is_open, self._chosen = False, ""

    def choose(self, name: str) -> None:
        """Choose the scale or one cross-check."""
        self._chosen = name
        self._tell.changed()

    def take_back(self, reason: str) -> bool:
        """Take the chosen one back; False, with the sentence, when it was refused."""
        chosen, uid = self.state.chosen, self._shown.uid
        if not chosen:
            self._tell.refuse("Choose first what is to be taken back.")
            return False
        try:
            if chosen == SCALE:
                self._desk.clear_scale(uid, reason)
            else:
                self._desk.withdraw_check(uid, chosen, reason)
        except REFUSALS as refused:
            self._tell.refuse(str(refused))
            return False
        self.close()
        what = "The scale that was set by hand is cleared" if chosen == SCALE else "The cross-check is withdrawn"
        self._tell.note(f"{what}; the log keeps it.")
        self._tell.changed()
        return True

    def _items(self) -> tuple[tuple[str, str], ...]:
        image = self._shown.image
        if image is None or self._shown.side is None:
            return ()
        scale = ((SCALE, "the scale set by hand"),) if image.hand_scale is not None else ()
        return (*scale, *((one.check_id, _words(one)) for one in image.scale_checks))


def _words(one: ScaleCheck) -> str:
    """Short enough for a button: what was typed and what came of it."""
    typed, found = one.checked.check.printed_um, one.checked.calibrated_um
    return f"check {millimetres(typed)}, found {millimetres(found)}"
