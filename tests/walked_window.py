"""The real window walked through every page, and each looked at in both languages, in a process of its own.

`python walked_window.py HOME WIDTH HEIGHT [PICTURES]`: one line of JSON, {"pages": [...], "faults": [...]}. The size is
in pixels of the screen: with QT_SCALE_FACTOR=1.5 a screen of 1920 x 1080 has room for 1280 x 720. HOME as
`driven_window.make_home` makes it. It asserts nothing.
"""
from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from driven_window import VISIT, at_work
from opened_window import wait
from PySide6.QtCore import QEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from window_faults import colour_alone, keyless, nameless, out_of_order, outside, slits
from words_on_screen import cut

from injection_log.acts.visits import find_visit
from injection_log_napari.presenters.room_state import Wish
from injection_log_napari.said import speak

LANGUAGES = ("en", "da")


class Walk:
    """The window on the visit; `look` is called on every page with its name, in each language."""

    def __init__(self, home: Path, size: tuple[int, int], look: Callable[[QWidget, str], None]) -> None:
        from injection_log_napari.window import application, make_window

        self.app, self.session, self._look = application(), at_work(home), look
        self.pages: list[str] = []
        self.window: Any = make_window(self.session.site, session=self.session, canvas="plain")
        self.window.resize(*size)
        self.window.show()
        wait(self.app, lambda: self.window.zone.canvas is not None, 60)

    def page(self, name: str, root: QWidget | None = None) -> None:
        """Look at what is shown now."""
        self.pages.append(name)
        for language in LANGUAGES:
            speak(language)
            self.settle()
            self._look(root or QApplication.activeModalWidget() or self.window, f"{name} ({language})")
        speak("en")

    def settle(self, seconds: float = 0.08) -> None:
        """A layout takes a few rounds of events."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.app.processEvents()
            self.app.sendPostedEvents(None, QEvent.Type.LayoutRequest.value)
            time.sleep(0.002)

    def all(self) -> None:
        """Every page, one after the other."""
        self.page("work list")
        self.visit()
        self.beside()
        self.window.lock()
        self.page("lock")
        self.window.close()

    def visit(self) -> None:
        """The steps of a visit and what lies over them."""
        window = self.window
        window.open_record(find_visit(self.session, *VISIT))
        page = window.room
        wait(self.app, lambda: page.clips.all_opened(page.room.uids), 60)
        for step in ("participant", "images", "review"):
            page._go(step)
            self.page(step)
        for side in ("right", "left"):
            page._go(side)
            self.settle(0.3)
            self.page(f"{side} gland")
            panel = page.panels[side]
            panel.before.fields["injected"].choices["yes"].click()
            for area in panel.findChildren(QWidget):
                bar = getattr(area, "verticalScrollBar", lambda: None)()
                if bar is not None and bar.maximum() > 0:
                    bar.setValue(bar.maximum())
            self.page(f"{side} gland, injected")
        clip = max(page.desk.record.images, key=lambda image: image.frames)
        page.room.picture_chosen(clip.sop_instance_uid)
        for key in "XLNE":
            QTest.keyClick(window.zone.canvas.surface, key)
            self.page(f"key {key}")
        page._talk("left", "volume_loaded_ul")
        self.page("a value talked about")
        page.fulfil(Wish("keys"))
        self.page("keys")
        page.keys.hide()
        page._teach()
        self.page("tutorial")
        page._teach()
        page._go("participant")
        page.participant.paper.click()
        self.page("from paper")
        page._go("images")
        page.images_page.coded_copy.click()
        wait(self.app, lambda: QApplication.activeModalWidget() is not None)
        self.page("coded copy")
        page.coded_copy.choice.rows[0].chosen.click()
        self.page("coded copy, chosen")
        page.coded_copy.close_down()

    def beside(self) -> None:
        """The pages beside a visit."""
        window, page = self.window, self.window.room
        window.beside.show_history(page.desk, None, "")
        self.page("history")
        window.beside.shown.table.selectRow(1)
        self.page("history, a line")
        window.show_queries()
        self.page("queries")
        window.show_account()
        self.page("account")
        window.beside.leave()


def faults_of(page: QWidget, size: tuple[int, int]) -> Iterator[str]:
    """All that is wrong with a page."""
    window = page.window()
    if window.width() > size[0] or window.height() > size[1]:
        yield f"needs {window.width()} x {window.height()}"
    yield from (f"cut: {text}" for text in cut(page))
    yield from outside(page)
    yield from slits(page)
    yield from colour_alone(page)
    yield from keyless(page)
    yield from nameless(page)
    yield from out_of_order(page)


def main(words: list[str]) -> None:
    """Walk, and say what was found."""
    factor = float(os.environ.get("QT_SCALE_FACTOR", "1"))
    width, height = (int(int(word) / factor) for word in words[1:3])
    pictures = Path(words[3]) if len(words) > 3 else None
    found: list[str] = []

    def look(page: QWidget, name: str) -> None:
        # A layout takes a few rounds of events; what is still wrong a second later is wrong.
        end = time.monotonic() + 1.5
        while (faults := set(faults_of(page, (width, height)))) and time.monotonic() < end:
            walk.settle(0.1)
        found.extend(f"{name}: {fault}" for fault in sorted(faults))
        if pictures is not None:
            pictures.mkdir(parents=True, exist_ok=True)
            page.grab().save(str(pictures / f"{len(list(pictures.iterdir())):02d} {name}.png"))

    walk = Walk(Path(words[0]), (width, height), look)
    walk.all()
    sys.stdout.write(json.dumps({"pages": walk.pages, "faults": found}) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
