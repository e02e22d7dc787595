"""The real window that opens one case after another, each with another picture, in a process of its own.

`python many_cases.py HOME CANVAS CASES`: a line of JSON for each case, {"rss_mb", "layers", "widgets"}, after what can
be given back was given back. HOME as `driven_window.make_home` makes it. It asserts nothing.
"""
from __future__ import annotations

import ctypes
import gc
import json
import sys
from pathlib import Path

from driven_window import VISIT, at_work
from looking import memory
from opened_window import wait
from PySide6.QtCore import QEvent

from injection_log.acts.visits import find_visit


def main(home: Path, canvas: str, cases: int) -> None:
    """Open, look, leave."""
    from injection_log_napari.window import application, make_window

    app, session = application(), at_work(home)
    window = make_window(session.site, session=session, canvas=canvas)
    window.resize(1366, 768)
    window.show()
    wait(app, lambda: window.zone.canvas is not None, 60)
    for case in range(cases):
        one_case(app, window, session, case)
        for _ in range(5):
            app.processEvents()
            # What a running event loop does by itself between two events.
            app.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        say(app, window)
    window.close()


def one_case(app, window, session, case: int) -> None:
    """Open the visit, look at the last frame of one of its pictures, leave."""
    window.open_record(find_visit(session, *VISIT))
    page = window.room
    uids = page.room.uids
    wait(app, lambda: page.clips.all_opened(uids), 60)
    page.room.go("right")
    uid = uids[case % len(uids)]
    page.room.picture_chosen(uid)
    wait(app, lambda: window.zone._on_glass[0] == uid, 60)
    page.room.picture.go(page.room.picture.image.frames - 1)
    wait(app, lambda: not page.room.picture.turning.is_waiting, 60)
    window.zone.canvas.snapshot()
    window.leave_room()


def say(app, window) -> None:
    """One line about what is held now."""
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
    model = getattr(window.zone.canvas, "model", None)
    held = {
        "rss_mb": round(memory("self", "VmRSS") / 1e6, 1), "layers": len(model.layers) if model is not None else 0,
        "widgets": len(app.allWidgets()),
    }  # fmt: skip
    sys.stdout.write(json.dumps(held) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
