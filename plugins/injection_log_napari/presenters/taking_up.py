"""Taking a caliper or the needle up where the record asks for one: on the picture that suits it, or asking for it.

It chooses no picture that a person must choose, also not the only one that is there while others are on their way,
and it measures nothing.
"""
from __future__ import annotations

from collections.abc import Callable

from annotate.marks import Axis
from injection_log_napari.presenters.next_act import NextAct, choose_sentence, still_coming_sentence
from injection_log_napari.presenters.picture import PicturePresenter
from injection_log_napari.presenters.room_state import Wish
from injection_log_napari.presenters.tools import CaliperTool, ContourTool, DepositTool, NeedleTool, StructureTool, Tool

_SCALE_FIRST = (
    "This picture has no scale: press S and draw along its burned-in ruler first, or open another picture."
)


class TakingUp:
    """The way from what is missing to the tool in the hand; the gland at work is the picture's."""

    def __init__(
        self, picture: PicturePresenter, wish: Callable[[Wish], None], refuse: Callable[[str], None]
    ) -> None:
        self._picture, self._wish, self._refuse = picture, wish, refuse
        self.are_arriving: Callable[[], bool] = lambda: False
        """Whether pictures of this visit are on their way now."""

    def take_caliper(self, axis: Axis, *, suited: bool) -> None:
        """Take a caliper up; `suited` first shows the picture that this diameter is measured on, or asks for it."""
        if not suited or self._shows_suited(axis):
            self._picture.take(CaliperTool(axis))
            self._wish(Wish("picture"))

    def take_needle(self, *, in_plane: bool, suited: bool) -> None:
        """Take the needle up; `suited` first shows the injection clip, or asks for it."""
        if not suited or self._shows_suited(None):
            self._picture.take(NeedleTool(in_plane))
            self._wish(Wish("picture"))

    def take_contour(self) -> None:
        """Take the outline up, on the picture that is shown; once it is in the hand, follow the capsule or not."""
        wire = self._picture.help.wire
        if wire.is_tracing and wire.can_follow:
            wire.switch()
            self._wish(Wish("picture"))
        else:
            self._take_here(ContourTool())

    def take_seed(self) -> None:
        """Take the click for an outline up, on the picture that is shown."""
        self._picture.take_seed()
        self._wish(Wish("picture"))

    def take_deposit(self) -> None:
        """Take the deposit up, on the picture that is shown."""
        self._take_here(DepositTool())

    def take_structure(self) -> None:
        """Take the structure to stay away from up, on the picture that is shown."""
        self._take_here(StructureTool())

    def _take_here(self, tool: Tool) -> None:
        self._picture.take(tool)
        self._wish(Wish("picture"))

    def asked_first(self, act: NextAct) -> str:
        """The sentence that asks for a picture or a scale before this act, "" where nothing is in its way."""
        return self._choice_asked(act) or self._scale_asked(act)

    def take_by_itself(self, act: NextAct) -> None:
        """Take up what is owed next, where nothing has to be chosen or set before; else leave the hand empty."""
        if act.kind not in ("caliper", "needle") or self.asked_first(act):
            return
        self._picture.show_suited(act.axis)
        # Of the picture that is shown now; an outline on it offers its diameters only to an empty hand.
        if act.axis is not None and self._picture.help.axes.has_to_offer:
            if not self._picture.hand.is_half_made:
                self._picture.hand.put_away()
        elif not self._scale_asked(act):
            self.take(act)

    def take(self, act: NextAct) -> None:
        """Take up the tool of an act, on the picture that suits it, or ask for that picture."""
        if act.axis is not None:
            self.take_caliper(act.axis, suited=True)
        else:
            self.take_needle(in_plane=True, suited=True)

    def _shows_suited(self, axis: Axis | None) -> bool:
        """Show the picture that suits a tool; False where a person must choose it: they are asked to."""
        asked = self._asked_to_choose(axis)
        if not asked:
            self._picture.show_suited(axis)
            return True
        self._picture.put_away()
        self._refuse(asked)
        choice = self._picture.to_choose_from(axis)
        if choice:
            self._wish(Wish("choose", choice[0]))
        return False

    def _asked_to_choose(self, axis: Axis | None) -> str:
        """The sentence that asks a person for a picture, "" where the one for this tool is settled."""
        picture = self._picture
        if picture.side is None:
            return ""
        if self.are_arriving() and not picture.is_known_for(axis):
            return still_coming_sentence(picture.side, axis)
        return choose_sentence(picture.side, axis) if picture.to_choose_from(axis) else ""

    def _choice_asked(self, act: NextAct) -> str:
        """The sentence that asks for the picture of the next mark, "" when the program knows it."""
        return self._asked_to_choose(act.axis) if act.kind in ("caliper", "needle") else ""

    def _scale_asked(self, act: NextAct) -> str:
        """The sentence that asks for a scale first, where the next mark is on a picture without one."""
        offers = [purpose for purpose, _ in self._picture.ruler.offers]
        is_mark = self._picture.side is not None and act.kind in ("caliper", "needle")
        return _SCALE_FIRST if is_mark and "scale" in offers and "check" not in offers else ""
