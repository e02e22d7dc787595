"""What does not fit together in a record, gathered for where it is signed: the soft findings, and an odd volume.

No Qt, and no rules of its own: the checks of the one visit on the desk, which the window has run for its panels
already. None of it blocks a signature.
"""
from __future__ import annotations

from annotate.marks import Side
from injection_log.protocol.protocol import VolumeLimits
from injection_log.record.values import GlandRecord
from injection_log.words import volume_figures, volume_range
from injection_log_napari.presenters.desk import Desk


def to_look_at(desk: Desk, side: Side | None) -> tuple[str, ...]:
    """The sentences about one gland, or about the visit as a whole where `side` is None, each of them once."""
    found = [
        one.sentence for one in desk.talk.findings() if one.severity == "soft" and one.subject.gland == (side or "")
    ]
    volume = _odd_volume(desk.record.glands[side], desk.volume) if side is not None else ""
    return tuple(dict.fromkeys(filter(None, (volume, *found))))


def is_outside_range(gland: GlandRecord, limits: VolumeLimits) -> bool:
    """Whether what was injected lies outside the planned range."""
    lowest, highest = limits.soft_ul
    return gland.volumes is not None and not lowest <= gland.volumes.injected_ul <= highest


def outside_words(limits: VolumeLimits) -> str:
    """`outside the planned range 0.90 to 1.10 ml`."""
    return f"outside the planned range {volume_range(*limits.soft_ul)}"


def _odd_volume(gland: GlandRecord, limits: VolumeLimits) -> str:
    # The check of this name is silent once a reason is given; who signs reads it all the same.
    if gland.volumes is None or gland.facts.get("injected") != "yes" or not is_outside_range(gland, limits):
        return ""
    injected = volume_figures(gland.volumes.injected_ul)
    return f"{gland.side.capitalize()} gland: {injected} injected is {outside_words(limits)}."
