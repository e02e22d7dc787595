"""Putting a visit away: a text that was refused is recorded nowhere and would be lost; that is said once before."""
from __future__ import annotations

from collections.abc import Callable, Sequence

from injection_log.record.checks import Missing
from injection_log_napari.presenters.wording import value_title


class Leaving:
    """Whether the visit on the desk can be put away; `standing` are the texts that were refused and still stand."""

    def __init__(self, standing: Callable[[], Sequence[Missing]], refuse: Callable[[str], None]) -> None:
        self._standing, self._refuse = standing, refuse
        self._told: tuple[tuple[str, str], ...] = ()

    def may_leave(self) -> bool:
        """True when nothing would be lost, or that was said for just these texts before."""
        lost = tuple((one.step, one.field) for one in self._standing())
        if not lost or lost == self._told:
            return True
        self._told = lost
        names = " and ".join(dict.fromkeys(value_title(field) for _, field in lost))
        self._refuse(f"{names}: what is typed there is not recorded. Correct it, or press List again to leave it out.")
        return False
