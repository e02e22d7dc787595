"""The bar over every page: what holds whatever is on the screen - a clock that was set, a lock that is near."""
from __future__ import annotations

from PySide6.QtWidgets import QFrame, QVBoxLayout

from injection_log_napari.views.parts import label


class NoticeBar(QFrame):
    """Shows sentences, one under the other; takes no room while there is none."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("notice")
        self._text = label("", wraps=True)
        self._text.setAccessibleName("Notice")
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 6, 16, 6)
        column.addWidget(self._text)
        self._sentences: dict[str, str] = {}
        self.hide()

    @property
    def text(self) -> str:
        """What is shown now."""
        return self._text.text()

    def tell(self, about: str, sentence: str) -> None:
        """Say something about a matter in place of what was said about it; "" takes it away."""
        if self._sentences.get(about, "") == sentence:
            return
        self._sentences[about] = sentence
        said = [one for one in self._sentences.values() if one]
        self._text.setText("\n".join(f"▲ {one}" for one in said))
        self.setVisible(bool(said))
