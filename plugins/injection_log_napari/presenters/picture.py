"""The picture zone: which clip and frame are shown, and for which gland.

The tool in the hand is `hand.py`, what is drawn over the picture `overlay.py`, which picture belongs to which gland
`pictures.py`, how one frame follows another `turning.py`. Nothing here writes to the record.
"""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from annotate.marks import Axis, PlacedMark, Side
from dicom_io.calibration import Point
from injection_log.record.values import VisitImage
from injection_log_napari.canvas.interface import Label, PointerEvent, Primitive
from injection_log_napari.presenters.desk import Desk, Where
from injection_log_napari.presenters.hand import Hand
from injection_log_napari.presenters.overlay import primitives_of
from injection_log_napari.presenters.picture_help import PictureHelp
from injection_log_napari.presenters.pictures import Pictures
from injection_log_napari.presenters.playing import Player
from injection_log_napari.presenters.ruler import Purpose, Ruler
from injection_log_napari.presenters.ruler_view import rulers_of
from injection_log_napari.presenters.seed_help import SeedHelp
from injection_log_napari.presenters.sentence import Tell
from injection_log_napari.presenters.taking_back import TakingBack
from injection_log_napari.presenters.tools import Tool
from injection_log_napari.presenters.turning import Turning

BLURRED = "This frame is still blurred: it becomes sharp in a moment. Mark it then."
BLURRED_WORDS = "blurred: sharpening…"
BLURRED_COLOUR = "#ffc24a"
BLURRED_AT = Point(24, 0)
"""Upper left: words of the picture itself that lie under it cannot be read yet anyway."""


class PicturePresenter:
    """One visit's pictures with marks for one gland at a time (`side` is None where none may be placed)."""

    def __init__(self, desk: Desk, tell: Tell) -> None:
        self._outer = tell
        tell = replace(tell, changed=self._changed, redraw=self._redrawn)
        self._desk, self._tell = desk, tell
        self.pictures = Pictures(desk)
        self.side: Side | None = None
        self.is_settled = False
        """Somebody works on the shown picture: it must not change by itself any more."""
        self.chosen = ""
        """The picture that a person opened for this gland: only they know whose it is."""
        self.uid = ""
        self.frame = 0
        self._frames: dict[str, int] = {}
        self.hand = Hand(desk, self, tell)
        self.help = PictureHelp(desk, self, self.hand, tell)
        self.ruler = Ruler(desk, self, tell)
        self.taking_back = TakingBack(desk, self, tell)
        self.player = Player()
        self.turning = Turning(lambda: self.where, self._put, self._tell.refuse)

    # ---- what is shown -------------------------------------------------------------------------------------
    @property
    def image(self) -> VisitImage | None:
        """The shown picture."""
        return next((image for image in self._desk.record.images if image.sop_instance_uid == self.uid), None)

    @property
    def where(self) -> Where:
        """Picture and frame."""
        return self.uid, self.frame

    @property
    def marks(self) -> tuple[PlacedMark, ...]:
        """All marks of the visit, of both glands."""
        return self.pictures.marks

    @property
    def marked_frames(self) -> tuple[int, ...]:
        """Frames of the shown clip that carry marks, for the strip."""
        return tuple(sorted({m.on.frame for m in self.marks if m.on.sop_instance_uid == self.uid}))

    @property
    def is_blurred(self) -> bool:
        """The shown frame is a first, blurred picture of itself: for looking only."""
        return self.turning.blurred is not None

    def primitives(self) -> tuple[Primitive, ...]:
        """All that lies over the picture."""
        said = (Label(BLURRED_AT, BLURRED_WORDS, BLURRED_COLOUR),) if self.is_blurred else ()
        marks = primitives_of(self, self.hand, self.help, self._desk.reading_error)
        return (*said, *rulers_of(self, self.ruler, self._desk), *marks)

    def pointer(self, event: PointerEvent) -> None:
        """One act of the pointer over the picture. A line or mark has no end on a blurred frame."""
        places = event.act in ("press", "double_click", "release")
        in_hand = self.hand.placing is not None or self.hand.editing is not None
        works = self.ruler.is_out or self.help.seed.is_out or in_hand
        if places and works and self.is_blurred:
            if event.act != "release":
                self._tell.refuse(BLURRED)
            return
        self._in_hand.pointer(event)

    def take(self, tool: Tool) -> None:
        """Take a tool for marks up; the ruler is put away."""
        self.ruler.put_away()
        self.help.seed.put_away()
        self.taking_back.close()
        self.hand.take(tool)

    def when_sharp(self, act: Callable[[], None]) -> None:
        """Do what changes a mark of this frame, or say that the frame is still blurred."""
        if self.is_blurred:
            self._tell.refuse(BLURRED)
        else:
            act()

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

    def put_away(self) -> None:
        """Put away whatever is in the hand or asked about."""
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

    # ---- clips and frames ----------------------------------------------------------------------------------
    def show(self, uid: str, frame: int | None = None) -> None:
        """Show a picture, at the frame where it was left."""
        if uid != self.uid:
            self._frames[self.uid] = self.frame
            self.put_away()
        self.uid = uid
        self.turning.begin()
        self.frame = self._bounded(self._frames.get(uid, 0) if frame is None else frame)
        self._tell.changed()

    def go(self, frame: int) -> None:
        """Show another frame of the clip; a clip that plays goes on from there."""
        self.is_settled = True
        self.player.elsewhere()
        self.turning.go(self._bounded(frame))

    def step(self, by: int) -> None:
        """Step frames and stop playing; steps never skip, and take no more turns than a slow clip can follow."""
        self.is_settled = True
        if self.player.is_playing:
            self.player.stop()
            self.turning.stay()
        self.turning.step(by, self.frames)

    def play_to(self, frame: int) -> None:
        """Show a frame because it is due; one that cannot be decoded is passed over."""
        self.is_settled = True
        self.turning.play_to(self._bounded(frame), self.frames)

    @property
    def frames(self) -> int:
        """How many frames the shown clip has."""
        return self.image.frames if self.image else 1

    def _put(self, frame: int) -> None:
        """A frame is there: from now on it is the shown one."""
        if frame == self.frame:
            self._tell.redraw()
            return
        ended = self.hand.end_editing()
        self.frame = frame
        self._tell.changed() if ended else self._tell.redraw()

    def _bounded(self, frame: int) -> int:
        return max(0, min(self.frames - 1, frame))

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

    def show_suited(self, axis: Axis | None) -> None:
        """Show the picture for a caliper (None: the needle); what a person chose stays, as where none suits."""
        suited = self.pictures.suited(self.side, axis) if self.side else ()
        if suited and self.uid not in suited:
            self.show(suited[0])

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
