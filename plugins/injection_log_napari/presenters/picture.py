"""The picture zone of a site's room: the shown picture with its hand, and the ruler and the help over it.

Which clip and frame are shown is `marked_picture.py`, what is drawn over the picture `overlay.py`, which picture is of
which gland `pictures.py`. Nothing here writes to the record.
"""
from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from typing_extensions import override

from annotate.marks import Axis, Side
from injection_log_napari.canvas.interface import PointerEvent, Primitive
from injection_log_napari.presenters.access import gland_access
from injection_log_napari.presenters.desk import Desk
from injection_log_napari.presenters.marked_picture import MarkedPicture
from injection_log_napari.presenters.overlay import primitives_of
from injection_log_napari.presenters.picture_help import PictureHelp
from injection_log_napari.presenters.ruler import Purpose, Ruler
from injection_log_napari.presenters.ruler_view import rulers_of
from injection_log_napari.presenters.sentence import Tell
from injection_log_napari.presenters.taking_back import TakingBack
from injection_log_napari.presenters.tools import Tool

if TYPE_CHECKING:
    from injection_log_napari.presenters.hand import Hand
    from injection_log_napari.presenters.looking import Looking
    from injection_log_napari.presenters.seed_help import SeedHelp


class PicturePresenter(MarkedPicture):
    """One visit's pictures with marks for one gland at a time (`side` is None where none may be placed)."""

    def __init__(self, desk: Desk, tell: Tell) -> None:
        self._outer = tell
        super().__init__(
            desk, replace(tell, changed=self._changed, redraw=self._redrawn), lambda side: _why_closed(desk, side)
        )
        self._desk = desk
        self.chosen = ""
        """The picture that a person opened for this gland: only they know whose it is."""
        self.help = PictureHelp(desk, self, self.hand, self._tell)
        self.ruler = Ruler(desk, self, self._tell)
        self.taking_back = TakingBack(desk, self, self._tell)

    # ---- what is shown -------------------------------------------------------------------------------------
    @override
    def primitives(self) -> tuple[Primitive, ...]:
        marks = primitives_of(self, self.hand, self.help, self._desk.reading_error)
        return (*self._blurred_words(), *rulers_of(self, self.ruler, self._desk), *marks)

    @override
    def pointer(self, event: PointerEvent) -> None:
        works = self.ruler.is_out or self.help.seed.is_out or self._hand_works
        if not self._is_too_early(event, works=works):
            self._in_hand.pointer(event)

    @override
    def take_looks(self, looking: Looking) -> None:
        self.help.looking = looking

    def take(self, tool: Tool) -> None:
        """Take a tool for marks up; the ruler is put away."""
        self.ruler.put_away()
        self.help.seed.put_away()
        self.taking_back.close()
        self.hand.take(tool)

    def take_ruler(self, purpose: Purpose) -> None:
        """Take the ruler up, to set the picture's scale or to check it; any other tool is put away."""
        self.hand.put_away()
        self.help.seed.put_away()
        self.taking_back.close()
        self.ruler.take(purpose)

    def take_seed(self) -> None:
        """Take up the click for an outline; any other tool is put away."""
        self.taking_back.close()
        self.ruler.put_away()
        self.help.seed.take_up()

    def ask_what_to_take_back(self) -> None:
        """Ask which scale or cross-check of this picture is to be taken back; any tool is put away."""
        self.put_away()
        self.taking_back.open()

    def take_back(self) -> None:
        """Take back the last click, or the mark being edited."""
        self._in_hand.take_back()

    @property
    def is_half_made(self) -> bool:
        """Whether a mark or a line is begun and not recorded yet."""
        return self.hand.is_half_made or self.ruler.is_half_made or self.help.seed.is_half_made

    @override
    def put_away(self) -> None:
        self.taking_back.close()
        self.ruler.put_away()
        self.help.seed.put_away()
        self.hand.put_away()

    def escape(self) -> None:
        """Put away what is in the hand; with an empty hand, what the picture offers."""
        if self._is_free:
            self.help.axes.dismiss()
        self.put_away()

    @property
    def _in_hand(self) -> Ruler | SeedHelp | Hand:
        return self.ruler if self.ruler.is_out else self.help.seed if self.help.seed.is_out else self.hand

    @property
    def _is_free(self) -> bool:
        return not self.ruler.is_out and not self.taking_back.state.items and not self.is_blurred

    def _changed(self) -> None:
        self.help.follow(is_free=self._is_free)
        self._outer.changed()

    def _redrawn(self) -> None:
        self.help.follow(is_free=self._is_free)
        self._outer.redraw()

    # ---- which picture, which side -------------------------------------------------------------------------
    def to_choose_from(self, axis: Axis | None) -> tuple[str, ...]:
        """Pictures among which a person must choose before a caliper (None: the needle); empty when that is settled.

        Two pictures of a plane may be of one gland each, and neither says so: the program never takes one of them.
        """
        suited = self.pictures.suited(self.side, axis) if self.side else ()
        return suited if len(suited) > 1 and not (self.chosen == self.uid and self.uid in suited) else ()

    def is_known_for(self, axis: Axis | None) -> bool:
        """A picture for a caliper (None: the needle) is this gland's by its header or marks, or a person opened it."""
        suited = self.pictures.suited(self.side, axis) if self.side else ()
        is_opened = self.chosen == self.uid and self.uid in suited
        return is_opened or any(self.pictures.side_of(uid) == self.side for uid in suited)

    def scale_warning(self) -> str:
        """A sentence when the burned-in ruler's marks contradict the shown picture's scale."""
        return self.pictures.second_opinion(self.uid) if self.side and self.image else ""

    def side_warning(self) -> str:
        """A sentence when the shown picture is of the other gland."""
        if self.side is None or self.image is None:
            return ""
        return self.pictures.side_warning(self.uid, self.side)

    @property
    def side_is_unsaid(self) -> bool:
        """Neither the shown picture's header nor a mark says of which gland it is."""
        return self.image is not None and not self.pictures.side_of(self.uid)


def _why_closed(desk: Desk, side: Side) -> str:
    access = gland_access(desk, side)
    return "" if access.takes_marks else access.why
