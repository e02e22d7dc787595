"""What lies over the picture: recorded marks, the mark under the hand, and why it cannot be one. It paints nothing."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from annotate.marks import PlacedMark
from annotate.uncertainty import HALF_PIXEL, ReadingError
from injection_log_napari.canvas.interface import Primitive
from injection_log_napari.presenters import marks_view
from injection_log_napari.presenters.desk import REFUSALS
from injection_log_napari.presenters.glance import Glance
from injection_log_napari.presenters.hand import Hand
from injection_log_napari.presenters.picture_help import PictureHelp


def primitives_of(
    shown: Glance, hand: Hand, assistance: PictureHelp | None, reading: ReadingError = HALF_PIXEL
) -> tuple[Primitive, ...]:
    """All marks over the shown frame, what the picture proposes (None: no help), and the mark under the hand."""
    editing = hand.editing
    look = marks_view.Shown(
        *shown.where, shown.side, editing.mark_id if editing else "", editing.handle if editing else -1, reading,
        shown.pictures.assisted,
    )
    marks = [replace(m, mark=editing.mark) if editing and m.mark_id == editing.mark_id else m for m in shown.marks]
    proposed = assistance.primitives() if assistance is not None else ()
    return (*_recorded(marks, look), *proposed, *_half_made(shown, hand, assistance))


def _recorded(marks: Sequence[PlacedMark], look: marks_view.Shown) -> tuple[Primitive, ...]:
    try:
        return marks_view.recorded(marks, look)
    except REFUSALS:  # a handle is just now dragged where nothing can be measured
        return ()


def _half_made(shown: Glance, hand: Hand, assistance: PictureHelp | None) -> tuple[Primitive, ...]:
    if shown.side is None or not hand.is_where_it_drew:
        return ()
    if hand.asked is not None:
        words, refused = hand.preview(hand.asked.mark)
        return marks_view.unanswered(hand.asked.mark, shown.side, words, refused=refused)
    if hand.placing is None:
        return ()
    if assistance is not None and (followed := assistance.wire.primitives()) is not None:
        return followed
    mark = hand.mark_of(hand.placing, hand.placing.shown_points)
    words, refused = hand.preview(mark) if mark else ("", False)
    return marks_view.half_made(hand.placing, shown.side, words, refused=refused)
