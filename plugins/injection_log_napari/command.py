"""The commands `open` and `quick-card` and the windows of the demo, joined to the program by entry points.

Imports nothing heavy before one of them is called: `--help` goes through this module.
"""
from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn, cast

import typer

from injection_log.errors import Refused

if TYPE_CHECKING:
    from injection_log.home import Home
    from injection_log.settings import PacsSource
    from injection_log_napari.canvas.choice import Wish

CANVASES = ("auto", "napari", "plain")


def add_open_command(app: typer.Typer) -> None:
    """Join `open` to the command."""
    app.command("open")(open_command)


def open_command(
    home: Annotated[
        Path | None, typer.Option("--home", help="Folder of the log, images and settings (else INJECTION_LOG_HOME).")
    ] = None,
    user: Annotated[str, typer.Option("--user", help="User id to begin with; the password is asked for.")] = "",
    canvas: Annotated[str, typer.Option("--canvas", help="auto, napari, or plain (without OpenGL).")] = "auto",
    pacs: Annotated[str, typer.Option("--pacs", help="Name from the settings, or dicom(s)://AET@HOST:PORT.")] = "",
) -> None:
    """Open the window: of a site, or of a reading package where the folder is one."""
    from injection_log_napari.window import open_window, start_quickly

    start_quickly()
    # The log before Qt: once Qt's binding is there it looks into every module that is imported.
    from injection_log.home import Home
    from injection_log.site import READING_PACKAGE, Site

    if canvas not in CANVASES:
        raise typer.BadParameter(f"choose one of {', '.join(CANVASES)}", param_hint="--canvas")
    place = Home.locate(home)
    try:
        site = Site.open(place)
    except Refused as refused:
        if refused.code != READING_PACKAGE:
            raise
        _open_reading(place, user, cast("Wish", canvas))
    source = _source(site.home, pacs)
    need_display()
    sys.exit(open_window(site, user=user, pacs=source, canvas=cast("Wish", canvas)))


def _open_reading(home: Home, user: str, canvas: Wish) -> NoReturn:
    """A reader's own window; a site's is never opened on a package, nor a reader's on a site."""
    from injection_log.reading.package_home import PackageHome
    from injection_log_napari.window import open_reading_window

    package = PackageHome.open(home)
    need_display()
    sys.exit(open_reading_window(package, user=user, canvas=canvas))


def add_quick_card_command(app: typer.Typer) -> None:
    """Join `quick-card` to the command."""
    app.command("quick-card")(quick_card_command)


def quick_card_command(
    out: Annotated[Path, typer.Option("--out", help="Folder to write into; it is made when missing.")] = Path(),
    language: Annotated[str, typer.Option("--language", help="en or da.")] = "en",
) -> None:
    """Make the quick card: the steps of a record and all keys on one page (PDF)."""
    from injection_log.language import LANGUAGES
    from injection_log_napari.quick_card_file import FILE_NAME, write_quick_card

    if language not in LANGUAGES:
        raise typer.BadParameter(f"choose one of {', '.join(LANGUAGES)}", param_hint="--language")
    out.mkdir(parents=True, exist_ok=True)
    write_quick_card(out / FILE_NAME, language)
    typer.echo(str(out / FILE_NAME))


def need_display() -> None:
    """Refuse in words where no window can be shown: Qt itself would end the program."""
    given = any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))
    if sys.platform.startswith("linux") and not given:
        raise Refused(
            "no_display",
            "There is no display here: log in to a desktop, or use 'injection-log demo --headless' "
            "or a virtual display (xvfb-run).",
        )


def _source(home: Home, wanted: str) -> PacsSource | None:
    """The PACS that is meant; without one the window opens as well, and images come from a folder."""
    from injection_log.cli.pacs_address import source_of
    from injection_log.settings import read_settings

    return source_of(wanted, "", home.root, False) if wanted else read_settings(home.settings_file).default_source()


def practice_window(home: Home) -> None:
    """Open the window on the practice world, logged in as the practice injector."""
    from injection_log.practice.world import INJECTOR, practice_world
    from injection_log.site import log_in
    from injection_log_napari.window import open_window

    need_display()
    with practice_world(home, typer.echo) as practice:
        session = log_in(practice.site, INJECTOR.user, INJECTOR.password)
        typer.echo(f"Opening the window. Practice password, for signing as {INJECTOR.user}: {INJECTOR.password}")
        open_window(practice.site, session=session, pacs=practice.pacs)
        program = sys.argv[0] if shutil.which("injection-log") is None else "injection-log"
        typer.echo(
            f"The practice log is in {home.root}. Open it again with: {program} open --home '{home.root}' "
            "(user injector, password practice-injector)"
        )


def practice_tour(home: Home, out: Path) -> None:
    """Play the practice story in the real window and leave pictures and exports in a folder."""
    from injection_log.practice.world import INJECTOR, practice_world
    from injection_log_napari.tour import Credentials, play_tour

    need_display()
    with practice_world(home, typer.echo) as practice:
        credentials = Credentials(INJECTOR.user, INJECTOR.password, INJECTOR.printed_name)
        pictures = play_tour(practice.site, practice.truth, practice.pacs, out, credentials)
    for picture in pictures:
        typer.echo(str(picture))
