"""What is said while something is in the hand: the next click of a tool, or how an edited mark is moved. Pure."""
from __future__ import annotations

from injection_log_napari.presenters.picture import PicturePresenter
from injection_log_napari.presenters.tools import CaliperTool, ContourTool, Tool


def in_hand_sentence(picture: PicturePresenter) -> str:
    """The sentence for the tool or the mark in the hand, "" when the hand is empty."""
    hand = picture.hand
    if picture.ruler.is_out:
        return picture.ruler.sentence
    if hand.asked_needle is not None:
        return "How was the tip seen? Choose it in the panel, and the needle is placed. Esc drops it."
    placing = hand.placing
    if placing is not None:
        side = picture.side
        check = f"  Check that the picture says {side}." if side and picture.side_is_unsaid else ""
        return _tool_sentence(placing.tool, len(placing.points)) + check
    if hand.editing is not None:
        return "Editing: drag a handle, or nudge with the arrows (Shift: a tenth). Backspace removes. Esc ends."
    return ""


def _tool_sentence(tool: Tool, given: int) -> str:
    if isinstance(tool, CaliperTool):
        what = f"{tool.axis.capitalize()}: "
        return what + ("click one side, then the other; or drag across." if not given else "click the other side.")
    if isinstance(tool, ContourTool):
        return "Outline: click along the capsule. Enter, or a click on the first point, closes it."
    if not tool.in_plane:
        return "Needle out of plane: click the tip, the bright dot."
    return "Needle: click where it enters the picture." if not given else "Needle: now click the tip."
