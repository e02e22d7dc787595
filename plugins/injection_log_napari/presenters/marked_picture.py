"""The picture that is shown and the hand over it: which clip and frame, which gland's marks may be placed on it.

What a room of any kind needs. What only a site's record has over its pictures (ruler, help from the picture, taking
back) is added in `picture.py`. Nothing here writes to a log.
"""
from __future__ import annotations

from collections.abc import Callable

from annotate.marks import Axis, PlacedMark, Side
from dicom_io.calibration import Point
from injection_log.record.values import VisitImage
from injection_log_napari.canvas.interface import Label, PointerEvent, Primitive
from injection_log_napari.presenters.desk import Where
from injection_log_napari.presenters.hand import Hand
from injection_log_napari.presenters.looking import Looking
from injection_log_napari.presenters.mark_desk import MarkDesk
from injection_log_napari.presenters.overlay import primitives_of
from injection_log_napari.presenters.pictures import Pictures
from injection_log_napari.presenters.playing import Player
from injection_log_napari.presenters.sentence import Tell
from injection_log_napari.presenters.turning import Turning

BLURRED = "This frame is still blurred: it becomes sharp in a moment. Mark it then."
BLURRED_WORDS = "blurred: sharpening…"
BLURRED_COLOUR = "#ffc24a"
BLURRED_AT = Point(24, 0)
"""Upper left: words of the picture itself that lie under it cannot be read yet anyway."""


class MarkedPicture:
    """Pictures with marks for one gland at a time (`side` is None where none may be placed).

    `why_closed` says why no mark of a gland may be placed now, "" where one may.
    """

    def __init__(self, desk: MarkDesk, tell: Tell, why_closed: Callable[[Side], str]) -> None:
        self._marks_desk, self._tell = desk, tell
        self.pictures = Pictures(desk)
        self.side: Side | None = None
        self.is_settled = False
        """Somebody works on the shown picture: it must not change by itself any more."""
        self.uid = ""
        self.frame = 0
        self._frames: dict[str, int] = {}
        self.hand = Hand(desk, self, tell, why_closed)
        self.player = Player()
        self.turning = Turning(lambda: self.where, self._put, tell.refuse)

    # ---- what is shown -------------------------------------------------------------------------------------
    @property
    def image(self) -> VisitImage | None:
        """The shown picture."""
        return next((image for image in self._marks_desk.record.images if image.sop_instance_uid == self.uid), None)

    @property
    def where(self) -> Where:
        """Picture and frame."""
        return self.uid, self.frame

    @property
    def marks(self) -> tuple[PlacedMark, ...]:
        """All marks, of both glands."""
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
        return (*self._blurred_words(), *primitives_of(self, self.hand, None, self._marks_desk.reading_error))

    def _blurred_words(self) -> tuple[Primitive, ...]:
        return (Label(BLURRED_AT, BLURRED_WORDS, BLURRED_COLOUR),) if self.is_blurred else ()

    # ---- the hand ------------------------------------------------------------------------------------------
    def pointer(self, event: PointerEvent) -> None:
        """One act of the pointer over the picture. A mark has no end on a blurred frame."""
        if not self._is_too_early(event, works=self._hand_works):
            self.hand.pointer(event)

    def when_sharp(self, act: Callable[[], None]) -> None:
        """Do what changes a mark of this frame, or say that the frame is still blurred."""
        if self.is_blurred:
            self._tell.refuse(BLURRED)
        else:
            act()

    def put_away(self) -> None:
        """Put away whatever is in the hand or asked about."""
        self.hand.put_away()

    def take_looks(self, looking: Looking) -> None:
        """Somebody can look into the frames now; here nobody asks."""

    @property
    def _hand_works(self) -> bool:
        return self.hand.placing is not None or self.hand.editing is not None

    def _is_too_early(self, event: PointerEvent, *, works: bool) -> bool:
        """Whether a line or mark would get an end on a blurred frame; that is said."""
        places = event.act in ("press", "double_click", "release")
        if not (places and works and self.is_blurred):
            return False
        if event.act != "release":
            self._tell.refuse(BLURRED)
        return True

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

    def show_suited(self, axis: Axis | None) -> None:
        """Show the picture for a caliper (None: the needle); what a person chose stays, as where none suits."""
        suited = self.pictures.suited(self.side, axis) if self.side else ()
        if suited and self.uid not in suited:
            self.show(suited[0])

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
