"""All help from the picture for the hand over it: what is asked, shown and said, and taking it.

Needle, outline and calipers each have a module of their own. Nothing is recorded without a person's act, and an answer
to what is no longer shown is nobody's.
"""
from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from injection_log_napari.canvas.interface import Primitive
from injection_log_napari.presenters.axes_help import AxesHelp
from injection_log_napari.presenters.desk import Desk
from injection_log_napari.presenters.glance import Glance
from injection_log_napari.presenters.hand import Hand
from injection_log_napari.presenters.looking import Key, Looking, NotLooking, Question
from injection_log_napari.presenters.needle_help import NeedleHelp
from injection_log_napari.presenters.seed_help import SeedHelp
from injection_log_napari.presenters.sentence import Tell
from injection_log_napari.presenters.wire_help import WireHelp, still_holds

Found = TypeVar("Found")
_NOTHING = (
    "Nothing is proposed here: A takes what is shown in white along a drawn needle (N), around a click (V), or across "
    "an outline."
)


class PictureHelp:
    """The help over one shown picture; `looking` is given by the picture zone."""

    def __init__(self, desk: Desk, shown: Glance, hand: Hand, tell: Tell) -> None:
        self._hand, self._tell = hand, tell
        self.looking: Looking = NotLooking()
        self.needle = NeedleHelp(desk, shown, hand, self._question())
        self.wire = WireHelp(desk, shown, hand, tell, self._question(still_holds))
        self.seed = SeedHelp(desk, shown, hand, tell, self._question())
        self.axes = AxesHelp(desk, shown, hand, self._question())
        hand.outline_of = self.wire.closing

    def _question(self, holds: Callable[[Key, Key], bool] = lambda one, other: one == other) -> Question[Key, Found]:
        return Question(lambda: self.looking, self._tell.changed, holds)

    def follow(self, *, is_free: bool) -> None:
        """Follow what is in the hand and on the screen; `is_free`: no other tool is out and nothing else is asked."""
        self.needle.follow()
        self.wire.follow()
        self.seed.follow()
        self.axes.follow(is_free=is_free and not self.seed.is_out)

    def take(self) -> None:
        """Take what is proposed."""
        if not (self.needle.take() or self.seed.take() or self.axes.take()):
            self._tell.refuse(_NOTHING)

    def primitives(self) -> tuple[Primitive, ...]:
        """What is proposed, over the picture."""
        return (*self.needle.primitives(), *self.seed.primitives(), *self.axes.primitives())
