"""Help from the picture: a needle near a dragged line, an outline from clicks or one seed, calipers of a contour.

Everything returned is a proposal with the name and version of its method; only a person makes a mark of it. Pure,
without randomness, numpy and OpenCV only. Deliberately without Qt, records and measuring.
"""
from __future__ import annotations

from annotate.assist.live_wire import LiveWire
from annotate.assist.longest_axes import propose_axes
from annotate.assist.needle import propose_needle
from annotate.assist.proposal import AxesProposal, ContourProposal, NeedleProposal, NoNeedleSeen, NoOutlineFound
from annotate.assist.seed_outline import propose_outline
from annotate.assist.usable import grey_of

__all__ = [
    "AxesProposal",
    "ContourProposal",
    "LiveWire",
    "NeedleProposal",
    "NoNeedleSeen",
    "NoOutlineFound",
    "grey_of",
    "propose_axes",
    "propose_needle",
    "propose_outline",
]
