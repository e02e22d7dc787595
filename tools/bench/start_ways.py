"""What `start` times, each a whole process from its first byte: `python -m tools.bench.start_ways WAY [FOLDER]`.

A way ends itself when what it waits for is on the screen: it says so and is gone, without tidying up. Everything is
imported inside its way, because importing is most of what is timed.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

PARTICIPANT, VISIT = "SMG-07", "injection"
USER, PASSWORD = "injector", "practice-injector"
HOME, DECODED = "home", "clip.npy"
"""In the folder: the log with its pictures, and the frames of the clip as numpy keeps them."""


def bare_window(_folder: Path) -> None:
    """A Qt window with nothing in it."""
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication, QMainWindow
    from typing_extensions import override

    class Bare(QMainWindow):
        @override
        def paintEvent(self, _event: Any) -> None:
            QTimer.singleShot(0, _painted)

    app = QApplication(sys.argv[:1])
    window = Bare()
    window.showMaximized()
    app.exec()


def napari_clip(folder: Path) -> None:
    """napari's own window with the clip, its frames decoded already and mapped from the disk."""
    import napari
    import numpy as np

    viewer = napari.Viewer()
    viewer.add_image(np.load(folder / DECODED, mmap_mode="r"), rgb=True)
    _when_drawn(viewer.window._qt_viewer.canvas._scene_canvas, lambda: True)
    napari.run()


def our_list(folder: Path) -> None:
    """Our window with the work list."""
    _our_window(folder, lambda _window: _soon(_painted))


def our_clip(folder: Path) -> None:
    """Our window with the clip of a visit, opened as soon as the work list is there."""
    _our_window(folder, lambda window: _soon(lambda: _open_clip(window)))


def _soon(act: Callable[[], None]) -> None:
    from PySide6.QtCore import QTimer

    QTimer.singleShot(0, act)


def gaps(folder: Path) -> None:
    """Our window with the clip again; says the longest time that it answered nothing, in milliseconds."""
    measured: list[Any] = []

    def begin(window: Any) -> None:
        from PySide6.QtCore import QTimer

        from tools.bench.event_gaps import Gaps

        measured.append(Gaps())
        window.when_loaded(lambda: QTimer.singleShot(300, end))

    def end() -> None:
        print(measured[0].longest_ms, flush=True)
        os._exit(0)

    _our_window(folder, begin)


def _our_window(folder: Path, listed: Callable[[Any], None]) -> None:
    # In the order of the command `open`.
    from injection_log_napari.window import application, open_window, start_quickly

    start_quickly()
    from injection_log.home import Home
    from injection_log.people import passwords
    from injection_log.site import Site, log_in

    # A password is meant to cost time; that of a person is not the program's start.
    passwords.PRODUCTION = passwords.PasswordCost(passes=1, memory_kib=8, lanes=1)
    site = Site.open(Home(folder / HOME))
    watch = _list_watch(application(), listed)
    open_window(site, session=log_in(site, USER, PASSWORD))
    del watch


def _list_watch(app: Any, listed: Callable[[Any], None]) -> Any:
    from PySide6.QtCore import QEvent, QObject
    from PySide6.QtWidgets import QTableWidget
    from typing_extensions import override

    class ListPainted(QObject):
        @override
        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            table = watched.parent() if event.type() == QEvent.Type.Paint else None
            if isinstance(table, QTableWidget) and table.rowCount() > 0:
                app.removeEventFilter(self)
                listed(table.window())
            return False

    watch = ListPainted()
    app.installEventFilter(watch)
    return watch


def _open_clip(window: Any) -> None:
    from injection_log.acts.visits import find_visit

    window.open_record(find_visit(window.session, PARTICIPANT, VISIT))
    room = window.room.room
    room.go("right")
    longest = max(window.room.desk.record.images, key=lambda image: image.frames)
    room.picture_chosen(longest.sop_instance_uid)

    def is_shown() -> bool:
        return bool(window.zone._on_glass[0] == longest.sop_instance_uid)

    window.when_loaded(lambda: _when_drawn(window.zone.canvas._viewer.canvas._scene_canvas, is_shown))


def _when_drawn(scene: Any, is_shown: Callable[[], bool]) -> None:
    from PySide6.QtCore import QTimer

    scene.events.draw.connect(lambda _event: QTimer.singleShot(0, _painted) if is_shown() else None, position="last")


def _painted() -> None:
    print("painted", flush=True)
    os._exit(0)


WAYS = {way.__name__: way for way in (bare_window, napari_clip, our_list, our_clip, gaps)}

if __name__ == "__main__":
    WAYS[sys.argv[1]](Path(sys.argv[2]))
