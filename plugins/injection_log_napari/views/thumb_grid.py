"""The pictures of a room as thumbnails, in groups under their headings. A click reports the picture."""
from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QIcon, QPixmap
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from injection_log_napari.presenters.thumbs import Thumb
from injection_log_napari.views.parts import PassesEnterOn, empty, label

THUMB = QSize(90, 66)


class Picture(PassesEnterOn, QToolButton):
    """A thumbnail: Space and click show it, Enter is the next act of the page."""


class ThumbGrid(QWidget):
    """Shows thumbnails two in a row; `built` is told when they are others."""

    def __init__(self, show: Callable[[str], None], built: Callable[[], None] = lambda: None) -> None:
        super().__init__()
        self._show, self._built = show, built
        self.thumbs: dict[str, QToolButton] = {}
        self._pixmaps: dict[str, QPixmap] = {}
        self._grid = QVBoxLayout(self)
        self._grid.setContentsMargins(8, 0, 2, 0)
        self._grid.setSpacing(4)
        self._shown: tuple[Thumb, ...] = ()

    def show_thumbs(self, thumbs: tuple[Thumb, ...]) -> None:
        """Show the pictures, in groups; built anew only when they are others."""
        same = [(t.uid, t.group, t.caption) for t in thumbs] == [(t.uid, t.group, t.caption) for t in self._shown]
        self._shown = thumbs
        if not same:
            self._build(thumbs)
        for thumb in thumbs:
            made = self.thumbs[thumb.uid]
            made.setChecked(thumb.is_current)
            # What its words say of the scale can change while its caption does not.
            made.setToolTip(thumb.tip)
            made.setAccessibleName(thumb.tip)
        self._built()

    def _build(self, thumbs: tuple[Thumb, ...]) -> None:
        empty(self._grid)
        self.thumbs = {}
        for group in dict.fromkeys(thumb.group for thumb in thumbs):
            self._grid.addWidget(label(group, "section"))
            holder = QWidget()
            grid = QGridLayout(holder)
            grid.setContentsMargins(0, 2, 0, 6)
            grid.setSpacing(6)
            for place, thumb in enumerate(t for t in thumbs if t.group == group):
                grid.addWidget(self._thumb(thumb), place // 2, place % 2)
            self._grid.addWidget(holder)
        self._grid.addStretch(1)

    def _thumb(self, thumb: Thumb) -> QToolButton:
        made = Picture()
        made.setProperty("role", "thumb")
        made.setCheckable(True)
        made.setText(thumb.caption)
        made.setIconSize(THUMB)
        made.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
        made.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        made.setFixedSize(THUMB.width() + 8, THUMB.height() + 44)
        if thumb.uid in self._pixmaps:
            made.setIcon(QIcon(self._pixmaps[thumb.uid]))
        made.clicked.connect(lambda _checked=False: self._show(thumb.uid))
        self.thumbs[thumb.uid] = made
        return made

    def focus_thumb(self, uid: str) -> None:
        """Lead to a picture of the list, for a person to choose there."""
        if uid in self.thumbs:
            self.thumbs[uid].setFocus(Qt.FocusReason.TabFocusReason)

    def take_pixmap(self, uid: str, pixmap: QPixmap) -> None:
        """A thumbnail came from the worker."""
        self._pixmaps[uid] = pixmap
        if uid in self.thumbs:
            self.thumbs[uid].setIcon(QIcon(pixmap))
