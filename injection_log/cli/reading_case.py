"""An open case as the commands of a package tell it: its pictures, each gland's marks and volumes, and what is owed.

Opens a package for its owner, too. Prints and answers; what is done with a case is in `reading_package` and
`reading_marks`.
"""
from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from injection_log.cli.answers import answer, wrong_use
from injection_log.cli.options import read_password
from injection_log.cli.tables import print_table
from injection_log.home import Home

if TYPE_CHECKING:
    from annotate.marks import Side
    from injection_log.reading.case import Case, GlandReading
    from injection_log.reading.package_home import ReaderSession

CaseArgument = Annotated[str, typer.Argument(help="Code of the open case.")]
SideArgument = Annotated[str, typer.Argument(help="Gland: right or left.")]
_SIDES = ("right", "left")


def open_package(home: Path | None, user: str, password_stdin: bool) -> ReaderSession:
    """Log the owner of a package in. Raises as `PackageHome.open` and `log_in_reader`."""
    from injection_log.reading.package_home import PackageHome, log_in_reader

    package = PackageHome.open(Home.locate(home))
    return log_in_reader(package, user, read_password("Password: ", password_stdin))


def gland_named(side: str, as_json: bool) -> Side:
    """The gland of this name; else the command ends and says which there are."""
    if side not in _SIDES:
        wrong_use("A gland is right or left.", as_json)
    return cast("Side", side)


def tell_case(session: ReaderSession, case: Case, as_json: bool) -> None:
    """Print a case as it stands, or answer it as JSON."""
    facts = _facts(session, case)

    def words() -> None:
        typer.echo(f"Case {case.code}")
        print_table(("picture", "gland", "view", "frames", "file"), facts["pictures"])
        for side, gland in facts["glands"].items():
            _tell_gland(side, gland)
        for reading, told in facts["shown"].items():
            for side, gland in told.items():
                typer.echo(f"Reading {reading}, {side} gland: {_said(gland)}")
        for title, meanings in facts["definitions"].items():
            typer.echo(f"{title}: " + "; ".join(f"{number} {words}" for number, words in enumerate(meanings)))
        typer.echo("\n".join(facts["owed"]) or "Nothing is owed; the case can be locked.")

    answer(facts, as_json, words)


def _tell_gland(side: str, gland: dict[str, Any]) -> None:
    typer.echo(f"{side} gland: {_said(gland)}")
    print_table(("mark", "what", "picture", "frame", "measures", "scale"), gland["marks"], none="  No mark yet.")
    for name, missing in gland["no_volume"].items():
        typer.echo(f"  No volume by {name.replace('_', ' ')}: {missing}")


def _said(gland: dict[str, Any]) -> str:
    volumes = [f"{ul / 1000:.3f} ml by {name.replace('_', ' ')}" for name, ul in gland["volumes_ul"].items()]
    grades = [f"{kind.replace('_', '-')} grade {grade}" for kind, grade in gland["grades"].items()]
    quality = [f"pictures {gland['quality']}"] if gland["quality"] else []
    return ", ".join([*(volumes or ["no volume"]), *grades, *quality])


def _facts(session: ReaderSession, case: Case) -> dict[str, Any]:
    from injection_log.reading.case import owed
    from injection_log.reading.grades import DEFINITIONS, GRADE_TITLES

    package = session.site.package
    pictures = [
        {
            "picture": number, "gland": case.side_of[one.sop_instance_uid], "view": one.plane, "frames": one.frames,
            "file": str(session.site.image_path(one.sha256).relative_to(session.site.home.root)),
        }
        for number, one in enumerate(case.pictures, start=1)
    ]  # fmt: skip
    return {
        "case": case.code, "state": case.state, "pictures": pictures,
        "glands": {side: _gland_facts(case, gland) for side, gland in case.glands.items()}, "shown": dict(case.shown),
        "definitions": {GRADE_TITLES[kind]: list(DEFINITIONS[kind]) for kind in package.grades},
        "owed": list(owed(package, case)),
    }


def _gland_facts(case: Case, gland: GlandReading) -> dict[str, Any]:
    from annotate.geometry import caliper_length, measure_contour
    from annotate.marks import Caliper, Contour
    from annotate.readout import BY_HAND
    from annotate.volume_method import VolumeMissing, spacing_of
    from injection_log.volume_methods import OF_THE_SIZE, volumes_of

    numbers = {one.sop_instance_uid: number for number, one in enumerate(case.pictures, start=1)}
    marks = []
    for placed in gland.marks:
        what, measures = "", ""
        if isinstance(placed.mark, Caliper):
            what, measures = placed.mark.axis, f"{caliper_length(placed).length_um / 1000:.2f} mm"
        elif isinstance(placed.mark, Contour):
            what, measures = "contour", f"{measure_contour(placed).area_um2 / 1e6:.1f} mm²"
        marks.append({
            "mark": placed.mark_id, "what": what, "picture": numbers[placed.on.sop_instance_uid],
            "frame": placed.on.frame, "measures": measures, "scale": BY_HAND if placed.scale.is_by_hand else "",
        })  # fmt: skip
    contours = [placed for placed in gland.marks if isinstance(placed.mark, Contour)]
    answers = volumes_of(gland.marks, spacing_of(gland.spacing)) if contours else {}
    return {
        "volume_ul": gland.volume_ul, "volumes_ul": dict(gland.volumes_ul), "grades": dict(gland.grades),
        "quality": gland.quality, "marks": marks,
        "no_volume": {
            name: one.what for name, one in answers.items() if isinstance(one, VolumeMissing) and name != OF_THE_SIZE
        },
    }
