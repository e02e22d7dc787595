"""`demo`: practice on a simulated participant, in the window or, with --headless, played without one."""
from __future__ import annotations

import tempfile
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
        # A tour begins with nothing done, so it cannot go on in the practice log of today.
        with tempfile.TemporaryDirectory(prefix="injection-log-tour-") as folder:
            _tour(Home(home.expanduser().absolute() if home else Path(folder) / "home"), tour)
    else:
        _window("practice", place)


def practice_home() -> Home:
    """Give the practice folder of today: the phantom's studies carry the day, so each day begins anew."""
    today = time.strftime("%Y-%m-%d")
    return Home(platformdirs.user_data_path("injection-log", appauthor=False) / "practice" / today)


def _tour(home: Home, out: Path) -> None:
    _window("tour", home, out)
    for path in _export(home, out):
        typer.echo(str(path))


def _window(name: str, *arguments: Any) -> None:
    points = list(entry_points(group="injection_log.windows", name=name))
    if not points:
        fail("The window is not installed; install injection-log with its plugins, or use --headless.")
    points[0].load()(*arguments)


def _export(home: Home, out: Path) -> tuple[Path, ...]:
    """Write the sheets of the signed glands and the table, as the practice monitor."""
    from injection_log.acts.exports import export_sheet, write_files
    from injection_log.acts.outputs import export_kind
    from injection_log.acts.visits import find_visit
    from injection_log.practice.world import MONITOR, PARTICIPANT
    from injection_log.record.values import SIDES
    from injection_log.site import Site, log_in

    site = Site.open(home)
    try:
        monitor = log_in(site, MONITOR.user, MONITOR.password)
        record = find_visit(monitor, PARTICIPANT, "injection")
        sheets = [file for side in SIDES for file in export_sheet(monitor, record, side)]
        return write_files(tuple(sheets), out) + export_kind(monitor, "table", out / "table")
    finally:
        site.ledger.close()


def _play(home: Home, out: Path, as_json: bool) -> None:
    from injection_log.practice.story import play_visit
    from injection_log.practice.world import practice_world
    from injection_log.verify import verify

    began = time.monotonic()
    with practice_world(home, say) as practice:
        _, record = play_visit(practice, "injection", say)
    say("Making the sheets and the table")
    written = _export(home, out)
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
