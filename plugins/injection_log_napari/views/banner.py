"""The banner: side first, in words and colour, then whose record it is, when it was saved, who is at work."""
from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy

from injection_log_napari.presenters.room_state import Banner
from injection_log_napari.views.parts import Elided, button, label
from injection_log_napari.views.style import set_role

LEAST_NAME_PX = 32
BEFORE_NAME_PX = 8
"""More than between other parts: when it was saved and who is at work are two facts, not one."""


class BannerView(QFrame):
    """Shows a Banner; reports lock and leave."""

    def __init__(self, lock: Callable[[], None], leave: Callable[[], None]) -> None:
        super().__init__()
        self.setObjectName("banner")
        self._side = label()
        self._side.setObjectName("side")
        self._who, self._saved = label("", "value"), label("", "quiet")
        # Who is at work knows it: of all in this line their name gives way first, and no date or state is ever cut.
        self._user = Elided("quiet", LEAST_NAME_PX)
        self._standing = label("", "chip")
        self._practice = label("PRACTICE", "chip")
        self._practice.setProperty("tone", "warn")
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 6, 8, 6)
        row.setSpacing(8)
        row.addWidget(self._side)
        row.addWidget(self._who)
        row.addWidget(self._standing)
        row.addWidget(self._practice)
        row.addStretch(1)
        row.addWidget(self._saved)
        row.addSpacing(BEFORE_NAME_PX)
        row.addWidget(self._user)
        self.leave = button("List", leave, tip="Back to the work list; everything is saved")
        self.lock = button("Lock", lock, tip="Lock the screen (Ctrl+L)")
        for whole in (self._side, self._who, self._standing, self._practice, self._saved):
            whole.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Preferred)
        row.addWidget(self.leave)
        row.addWidget(self.lock)

    def show_banner(self, banner: Banner) -> None:
        """Show another banner."""
        self._side.setText(banner.side_words)
        set_role(self._side, "side", banner.side or "")
        self._who.setText(banner.who)
        self._standing.setText(banner.standing)
        self._standing.setVisible(bool(banner.standing))
        set_role(self._standing, "tone", "good" if banner.is_settled else "")
        self._saved.setText(f"● {banner.saved}" if banner.saved else "")
        self._user.show_text(banner.user)
        self._practice.setVisible(banner.practice)
