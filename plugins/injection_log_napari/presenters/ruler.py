"""The ruler in the hand: setting a picture's scale along the burned-in ruler, or checking the scale that stands.

A line is drawn as a caliper is, then the length that is printed there is typed. The record's floor decides whether
a scale follows and whether it may be set; nothing is assumed here, and nothing is kept before the last answer.
"""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from annotate.scale_check import Against, CalibrationCheck
from dicom_io.calibration import Point
from dicom_io.hand_scale import RulerLine
from injection_log_napari.canvas.interface import PointerEvent
from injection_log_napari.presenters.desk import REFUSALS, Desk, Where
from injection_log_napari.presenters.glance import Glance
from injection_log_napari.presenters.sentence import Tell
from injection_log_napari.presenters.tools import Placing, RulerTool, distance
from injection_log_napari.presenters.typed_length import micrometres

Purpose = Literal["scale", "check"]
TITLES: dict[Purpose, str] = {"scale": "Set the scale", "check": "Check the scale"}


@dataclass(frozen=True)
class Drawn:
    """A line that is drawn, on its picture and frame, before its length is typed; `found` by the program."""

    start: Point
    end: Point
    where: Where
    found: str = ""


@dataclass(frozen=True)
class RulerState:
    """What is asked about the line that is drawn."""

    purpose: Purpose
    title: str
    known: str
    asks_reason: bool
    may_add_line: bool


@dataclass(frozen=True)
class RulerShown:
    """What the panel shows of the ruler: what is asked about a drawn line, and what is offered for the picture."""

    asked: RulerState | None
    offers: tuple[tuple[Purpose, str], ...]


NO_RULER = RulerShown(None, ())


class Ruler:
    """One ruler over the shown picture; away from it, it is nothing."""

    def __init__(self, desk: Desk, shown: Glance, tell: Tell) -> None:
        self._desk, self._shown, self._tell = desk, shown, tell
        self.purpose: Purpose = "scale"
        self.placing: Placing[RulerTool] | None = None
        self.drawn: Drawn | None = None
        self.lines: tuple[RulerLine, ...] = ()
        self._dragged = -1

    @property
    def is_out(self) -> bool:
        """Whether the ruler is in the hand."""
        return self.placing is not None or self.drawn is not None

    @property
    def is_half_made(self) -> bool:
        """Whether a line is begun and not answered for yet."""
        return self.drawn is not None or bool(self.placing and self.placing.points)

    @property
    def state(self) -> RulerState | None:
        """What is asked now, None while nothing is drawn."""
        image = self._shown.image
        if self.drawn is None or image is None:
            return None
        is_scale, stands = self.purpose == "scale", image.hand_scale is not None
        known = self.drawn.found or (f"first line: {_mm(self.lines[0].length_um)}" if self.lines else "")
        return RulerState(
            self.purpose, TITLES[self.purpose], known,
            asks_reason=is_scale and stands, may_add_line=is_scale and not self.lines,
        )  # fmt: skip

    @property
    def sentence(self) -> str:
        """What to do next with the ruler; "" when it is away."""
        if self.drawn is not None:
            again = " Say why it is set again." if self.state and self.state.asks_reason else ""
            return f"Type the length that is printed along the line, with its unit (20 mm or 2 cm), then Enter.{again}"
        if self.placing is None:
            return ""
        if self.placing.points:
            return "Now click the other end of the ruler. Backspace takes the click back, Esc puts the ruler away."
        if self.lines:
            return "Second line: click two ends of a ruler that runs the other way (across, or down); or drag."
        if self.purpose == "check":
            return "Check the scale: click both ends of the burned-in ruler or of the vendor's caliper; or drag."
        return "Set the scale: click two marks of the burned-in ruler, as far apart as you can; or drag along it."

    @property
    def shown(self) -> RulerShown:
        """What the panel of the gland at work shows."""
        return RulerShown(self.state, self.offers)

    @property
    def offers(self) -> tuple[tuple[Purpose, str], ...]:
        """What can be done about the shown picture's scale, with the words of the button."""
        image, offers = self._shown.image, list[tuple[Purpose, str]]()
        if image is None:
            return ()
        if not self._why_not("scale"):
            offers.append(("scale", "set again S" if image.hand_scale is not None else "set the scale  S"))
        if not self._why_not("check"):
            offers.append(("check", "check X" if offers else "check scale  X"))
        return tuple(offers)

    # ---- taking it up --------------------------------------------------------------------------------------
    def take(self, purpose: Purpose) -> None:
        """Take the ruler up, or say why there is nothing to set or to check on this picture."""
        why = self._why_not(purpose)
        self.put_away()
        if why:
            self._tell.refuse(why)
            return
        self.purpose, self._shown.is_settled = purpose, True
        self.drawn = self._found() if purpose == "scale" else None
        self.placing = None if self.drawn else Placing(RulerTool())
        self._tell.changed()

    def put_away(self) -> None:
        """Put the ruler away; what was drawn and not answered for is dropped."""
        self.placing, self.drawn, self.lines, self._dragged = None, None, (), -1

    def _why_not(self, purpose: Purpose) -> str:
        image, allowed = self._shown.image, self._desk.hand_scale_allowed
        if image is None:
            return "There is no picture yet: pull or import the images first."
        if self._shown.side is None:
            return "Choose the right or the left gland first: the scale is set beside its measurements."
        if purpose == "scale" and not image.may_be_scaled_by_hand:
            return (
                "This picture has a scale of its own that is trusted, and it is not replaced by hand. To check it "
                "against the ruler, press X."
            )
        if purpose == "scale" and not allowed:
            return "The protocol does not allow a scale set by hand: measure on a picture that has its own."
        if purpose == "check" and image.may_be_scaled_by_hand and image.hand_scale is None:
            return "There is no scale to check on this picture" + (
                ": set it along the burned-in ruler first (S)." if allowed else "."
            )
        return ""

    def _found(self) -> Drawn | None:
        """The ruler that the program found, as a line to begin with: a person answers for it, or draws another."""
        ticks = self._shown.pictures.ticks(self._shown.uid)
        if ticks is None:
            return None
        first, last = ((ticks.first_px, ticks.line_px), (ticks.last_px, ticks.line_px))
        if ticks.axis == "columns":
            first, last = first[::-1], last[::-1]
        words = f"{ticks.count} marks of a ruler were found: is the line right? Drag its ends, or draw it again."
        return Drawn(Point(*first), Point(*last), self._shown.where, words)

    # ---- drawing -------------------------------------------------------------------------------------------
    def pointer(self, event: PointerEvent) -> None:
        """One act of the pointer with the ruler in the hand."""
        if event.act == "leave":
            return
        if self.placing is not None:
            self._draw(self.placing, event)
        elif self.drawn is not None:
            self._drag(self.drawn, event)
        self._tell.redraw() if event.act == "move" else self._tell.changed()

    def _draw(self, placing: Placing[RulerTool], event: PointerEvent) -> None:
        if event.act in ("press", "double_click"):
            placing = placing.pressed(event.at)
        elif event.act == "move":
            placing = placing.moved(event.at)
        else:
            placing = placing.released(event.at, event.reach_px)
        self.placing = placing
        if placing.is_done:
            start, end = placing.points
            self.placing, self.drawn = None, Drawn(start, end, self._shown.where)

    def _drag(self, drawn: Drawn, event: PointerEvent) -> None:
        ends = (drawn.start, drawn.end)
        if event.act == "press":
            near = [place for place in (0, 1) if distance(ends[place], event.at) <= event.reach_px]
            self._dragged = near[0] if near else -1
        elif event.act == "release":
            self._dragged = -1
        elif self._dragged >= 0:
            moved = replace(drawn, found="")
            self.drawn = replace(moved, start=event.at) if self._dragged == 0 else replace(moved, end=event.at)

    def take_back(self) -> None:
        """The last click, or the drawn line, taken back; the empty ruler is put away."""
        if self.drawn is not None:
            self.drawn, self.placing = None, Placing(RulerTool())
        elif self.placing is not None and self.placing.points:
            self.placing = self.placing.without_last()
        else:
            self.put_away()
        self._tell.changed()

    def draw_again(self) -> None:
        """Drop the drawn line and draw another one."""
        if self.drawn is not None:
            self.take_back()

    # ---- answering -----------------------------------------------------------------------------------------
    def add_line(self, text: str) -> bool:
        """Keep the drawn line with its length and draw a second one; False, in words, when the length is none."""

        def keep() -> str:
            assert self.drawn is not None
            self.lines = (RulerLine(self.drawn.start, self.drawn.end, micrometres(text)),)
            self.drawn, self.placing = None, Placing(RulerTool())
            return ""

        return self._try(keep)

    def set_scale(self, text: str, reason: str) -> bool:
        """Set the scale from the drawn lines; False, with the sentence, when it was refused."""

        def keep() -> str:
            assert self.drawn is not None
            line = RulerLine(self.drawn.start, self.drawn.end, micrometres(text))
            self._desk.set_scale(self.drawn.where, (*self.lines, line), reason)
            self.put_away()
            return "The scale is set by hand; every number measured on this picture says so, on the signed record too."

        return self._try(keep)

    def check(self, text: str, against: Against) -> bool:
        """Keep the cross-check; a difference that reading cannot explain is said at once."""

        def keep() -> str:
            drawn = self.drawn
            assert drawn is not None
            self._desk.check_scale(
                drawn.where, CalibrationCheck(drawn.start, drawn.end, micrometres(text), against)
            )
            self.put_away()
            image = self._shown.image
            made = image.scale_checks[-1].checked if image and image.scale_checks else None
            if made is not None and made.warning:
                self._tell.refuse(made.warning)
                return ""
            return f"The scale agrees: {made.words}." if made is not None else ""

        return self._try(keep)

    def _try(self, keep: Callable[[], str]) -> bool:
        if self.drawn is None:
            return False
        try:
            said = keep()
        except REFUSALS as refused:
            self._tell.refuse(str(refused))
            return False
        if said:
            self._tell.note(said)
        self._tell.changed()
        return True


def _mm(length_um: int) -> str:
    return f"{length_um / 1000:g} mm"
