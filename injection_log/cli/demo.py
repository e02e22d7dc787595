"""`demo`: practice on a simulated participant, in the window or, with --headless, played without one."""
from __future__ import annotations

import time
from importlib.metadata import entry_points
from pathlib import Path
from typing import Annotated, Any

import platformdirs
import typer

from injection_log.cli.answers import answer, fail, say
from injection_log.cli.options import JsonOption
from injection_log.home import Home


def add_demo_command(app: typer.Typer) -> None:
    """Join `demo` to the command."""
    app.command("demo")(demo)


def demo(
    headless: Annotated[bool, typer.Option("--headless", help="Play the whole story without a window.")] = False,
    tour: Annotated[
        Path | None, typer.Option("--tour", help="Play the story in the window; leave pictures and exports here.")
    ] = None,
    home: Annotated[Path | None, typer.Option("--home", help="Folder of the practice log.")] = None,
    out: Annotated[Path | None, typer.Option("--out", help="Folder for sheets and table of --headless.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Practise on a simulated participant: practice PACS, practice users, nothing real."""
    place = Home(home.expanduser().absolute()) if home else practice_home()
    if headless:
        _play(place, out or place.root / "exports", as_json)
    elif tour is not None:
        _window("tour", place, tour)
    else:
        _window("practice", place)


def practice_home() -> Home:
    """Give the practice folder of today: the phantom's studies carry the day, so each day begins anew."""
    today = time.strftime("%Y-%m-%d")
    return Home(platformdirs.user_data_path("injection-log", appauthor=False) / "practice" / today)


def _window(name: str, *arguments: Any) -> None:
    points = list(entry_points(group="injection_log.windows", name=name))
    if not points:
        fail("The window is not installed; install injection-log with its plugins, or use --headless.")
    points[0].load()(*arguments)


def _play(home: Home, out: Path, as_json: bool) -> None:
    from injection_log.acts.exports import export_sheet, export_table, write_files
    from injection_log.practice.story import play_visit
    from injection_log.practice.world import MONITOR, practice_world
    from injection_log.record.values import SIDES
    from injection_log.site import log_in
    from injection_log.verify import verify

    began = time.monotonic()
    with practice_world(home, say) as practice:
        session, record = play_visit(practice, "injection", say)
        say("Making the sheets and the table")
        files = [file for side in SIDES for file in export_sheet(session, record, side)]
        monitor = log_in(practice.site, MONITOR.user, MONITOR.password)
        written = write_files((*files, *export_table(monitor)), out)
    say("Verifying the log")
    report = verify(home)
    facts = {
        "participant": record.participant, "visit": record.visit,
        "glands": {side: _gland_facts(gland) for side, gland in record.glands.items()},
        "images": len(record.images), "events": report.events, "ok": report.ok,
        "written": [str(path) for path in written], "home": str(home.root),
        "seconds": round(time.monotonic() - began, 1),
    }
    answer(facts, as_json, lambda: _print(facts))
    if not report.ok:
        fail("The practice log does not verify; run 'injection-log verify' for what is wrong.")


def _gland_facts(gland: Any) -> dict[str, Any]:
    return {
        "state": gland.state, "injected_ul": gland.volumes.injected_ul, "gland_volume_ul": gland.size.volume_ul,
        "signed_by": gland.signature.printed_name,
    }


def _print(facts: dict[str, Any]) -> None:
    typer.echo(f"{facts['participant']}, {facts['visit']} visit: {facts['images']} images pulled over the network")
    for side, gland in facts["glands"].items():
        typer.echo(
            f"  {side} gland: {gland['injected_ul'] / 1000:.2f} ml injected, gland "
            f"{gland['gland_volume_ul'] / 1000:.2f} ml, {gland['state']} by {gland['signed_by']}"
        )
    verdict = "verified" if facts["ok"] else "NOT VERIFIED"
    typer.echo(f"  log: {facts['events']} events, {verdict}")
    for path in facts["written"]:
        typer.echo(f"  {path}")
    typer.echo(f"Done in {facts['seconds']} s. The practice log is in {facts['home']}.")
