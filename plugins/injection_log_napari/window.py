"""Opening the window: the application with its look and log, the window on a site, and the end of both.

`open_window` is what the command, the demo and scripts call. It holds no page and no rule.
"""
from __future__ import annotations

import gc
import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from dicom_io.pacs.address import PacsAddress
    from injection_log.home import Home
    from injection_log.reading.package_home import PackageHome, ReaderSession
    from injection_log.settings import PacsSource
    from injection_log.site import Session, Site
    from injection_log_napari.canvas.choice import Wish
    from injection_log_napari.views.guarded_window import GuardedWindow
    from injection_log_napari.views.main_window import MainWindow
    from injection_log_napari.views.palettes import Look
    from injection_log_napari.views.reading.window import ReadingWindow


def application(look: Look | None = None) -> QApplication:
    """The one application of this process, dressed in these colours, else in those it wears."""
    os.environ.setdefault("QT_API", "pyside6")
    from PySide6.QtWidgets import QApplication

    from injection_log_napari.views.style import dress, worn

    existing = QApplication.instance()
    app = existing if isinstance(existing, QApplication) else QApplication(sys.argv[:1])
    app.setApplicationName("Injection log")
    dress(app, look or worn())
    return app


def start_quickly() -> None:
    """Put collections off until the canvas is loaded: while a thousand classes are made they cost a tenth of the start
    and free nothing. `open_window` does it too; who imports much before calls this first."""
    gc.disable()


def make_window(
    site: Site,
    *,
    session: Session | None = None,
    user: str = "",
    pacs: PacsSource | PacsAddress | None = None,
    canvas: Wish = "auto",
) -> MainWindow:
    """Make the window on a site without showing it; `session` skips the log-in page.

    `pacs` as the settings have it, or a plain address: then images come by C-GET or C-MOVE.
    """
    application()
    from injection_log_napari.views.main_window import MainWindow, WindowWishes

    return MainWindow(site, session, WindowWishes(user, canvas, _source(pacs)))


def _source(pacs: PacsSource | PacsAddress | None) -> PacsSource | None:
    from dicom_io.pacs.address import PacsAddress
    from dicom_io.pacs.ways import GetOrMove
    from injection_log.settings import PacsSource

    return PacsSource(pacs, GetOrMove(), pacs) if isinstance(pacs, PacsAddress) else pacs


def _language_of(site: Site) -> str:
    from injection_log.language.choice import chosen_language
    from injection_log.settings import SettingsMalformed, read_settings

    try:
        of_site = read_settings(site.home.settings_file).language
    except SettingsMalformed:  # a window is opened all the same; whoever asks for a PACS is told what is wrong
        return chosen_language(site.home.language_file)
    return chosen_language(site.home.language_file, of_site)


def _look_of(home: Home) -> Look:
    from injection_log.kept_word import read_word
    from injection_log_napari.views.palettes import LOOKS

    return read_word(home.look_file, LOOKS, "dark")


def open_window(
    site: Site,
    *,
    session: Session | None = None,
    user: str = "",
    pacs: PacsSource | PacsAddress | None = None,
    canvas: Wish = "auto",
) -> int:
    """Show the window until it is closed; gives the exit code. Errors go to the site's log file, without values."""
    start_quickly()
    app = application(_look_of(site.home))
    _speak(_language_of(site))
    window = make_window(site, session=session, user=user, pacs=pacs, canvas=canvas)
    return _shown_until_closed(app, window, site.home)


def make_reading_window(
    package: PackageHome, *, session: ReaderSession | None = None, user: str = "", canvas: Wish = "auto"
) -> ReadingWindow:
    """Make the window on a reading package without showing it; `session` skips the log-in page."""
    application()
    from injection_log_napari.views.reading.window import ReadingWindow

    return ReadingWindow(package, session=session, user=user, canvas=canvas)


def open_reading_window(package: PackageHome, *, user: str = "", canvas: Wish = "auto") -> int:
    """Show the window on a reading package until it is closed; gives the exit code."""
    from injection_log.language.choice import chosen_language

    start_quickly()
    app = application(_look_of(package.home))
    _speak(chosen_language(package.home.language_file))
    return _shown_until_closed(app, make_reading_window(package, user=user, canvas=canvas), package.home)


def _speak(language: str) -> None:
    from injection_log_napari.said import speak

    speak(language)


def _shown_until_closed(app: QApplication, window: GuardedWindow, home: Home) -> int:
    from injection_log_napari.support_log import begin_log, catch_all, end_log

    handler = begin_log(home.log_file)
    undo = catch_all(window.fault.emit)
    window.showMaximized()
    window.when_loaded(gc.enable)
    try:
        return app.exec()
    finally:
        gc.enable()
        undo()
        end_log(handler)
