"""What is said while something is in the hand: the next click of a tool, or how an edited mark is moved. Pure."""
from __future__ import annotations

from injection_log_napari.presenters.hand import Hand
from injection_log_napari.presenters.picture import PicturePresenter

EDITING = "Editing: drag a handle, or nudge with the arrows (Shift: a tenth). Backspace removes. Esc ends."


def in_hand_sentence(picture: PicturePresenter) -> str:
    """The sentence for the tool or the mark in the hand, "" when the hand is empty."""
    hand = picture.hand
    if picture.ruler.is_out:
        return picture.ruler.sentence
    if hand.asked is not None:
        return picture.help.needle.sentence or hand.asked.sentence
    if picture.help.seed.is_out:
        return picture.help.seed.sentence
    placing = hand.placing
    if placing is not None:
        side = picture.side
        check = f"  Check that the picture says {side}." if side and picture.side_is_unsaid else ""
        return (picture.help.wire.sentence or placing.tool.sentence(len(placing.points))) + check
    return EDITING if hand.editing is not None else ""


def mark_in_hand(hand: Hand) -> str:
    """The same for a hand without help from the picture."""
    if hand.placing is not None:
        return hand.placing.tool.sentence(len(hand.placing.points))
    return EDITING if hand.editing is not None else ""
