"""`reading ...` in a package: begin, cases, next, caliper, grade, quality, decide, lock; joined by `reading`.

--home names the package. A case is shown when its turn has come, and each time is an event; what is locked is not shown
again. Pictures are named by the file in the package, its gland and its view.
"""
from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from injection_log.cli.answers import answer, wrong_use
from injection_log.cli.options import HomeOption, JsonOption, PasswordStdinOption, UserOption, read_password
from injection_log.cli.tables import print_table
from injection_log.home import Home

if TYPE_CHECKING:
    from annotate.marks import Side
    from injection_log.reading.case import Case, Which
    from injection_log.reading.grades import Quality
    from injection_log.reading.package_home import ReaderSession

CaseArgument = Annotated[str, typer.Argument(help="Code of the open case.")]
SideArgument = Annotated[str, typer.Argument(help="Gland: right or left.")]
_SIDES = ("right", "left")


def join_package_commands(reading: typer.Typer) -> None:
    """Join the commands of a package to the group."""
    for name, command in (
        ("begin", begin), ("cases", cases), ("next", next_), ("caliper", caliper), ("grade", grade),
        ("quality", quality), ("decide", decide), ("lock", lock),
    ):
        reading.command(name)(command)


def begin(
    user: UserOption, home: HomeOption = None, as_json: JsonOption = False,
    password_stdin: PasswordStdinOption = False,
) -> None:
    """Open a package for the first time. With --password-stdin: first line the code, second line a new password."""
    from injection_log.people.renewing import NewPassword
    from injection_log.reading.package_home import PackageHome, begin_with_code, log_out_reader

    package = PackageHome.open(Home.locate(home))
    code = read_password("One-time code: ", password_stdin)
    new = read_password("New password: ", password_stdin)
    session = begin_with_code(package, NewPassword(user, code, new))
    log_out_reader(session)
    facts = {"cases": len(package.package.cases)}
    answer(facts, as_json, lambda: typer.echo(f"The package is yours: {facts['cases']} cases. Go on with 'next'."))


def cases(
    user: UserOption, home: HomeOption = None, as_json: JsonOption = False,
    password_stdin: PasswordStdinOption = False,
) -> None:
    """List your cases in the order of reading, and how far each is."""
    from injection_log.reading.reading_acts import list_cases

    session = _open(home, user, password_stdin)
    rows = [asdict(line) for line in list_cases(session)]
    answer(rows, as_json, lambda: print_table(("place", "code", "state"), rows))


def next_(
    user: UserOption, home: HomeOption = None, as_json: JsonOption = False,
    password_stdin: PasswordStdinOption = False,
) -> None:
    """Look at the case whose turn it is: its pictures, what is recorded and what is still owed."""
    from injection_log.reading.reading_acts import next_case

    session = _open(home, user, password_stdin)
    case = next_case(session)
    if case is None:
        answer({"case": None}, as_json, lambda: typer.echo("All cases are locked; send the package back."))
        return
    _tell(session, case, as_json)


def caliper(
    code: CaseArgument, side: SideArgument, user: UserOption,
    picture: Annotated[int, typer.Option("--picture", help="Picture of 'next', counted from 1.")],
    axis: Annotated[str, typer.Option("--axis", help="length, width or depth.")],
    points: Annotated[str, typer.Option("--points", help="Both ends in pixels: row,column,row,column.")],
    frame: Annotated[int, typer.Option("--frame", help="Frame, counted from 0.")] = 0,
    home: HomeOption = None, as_json: JsonOption = False, password_stdin: PasswordStdinOption = False,
) -> None:
    """Measure one diameter of a gland."""
    from annotate.marks import AXES, Caliper
    from dicom_io.calibration import Point
    from injection_log.reading.reading_acts import known_case, place_mark

    session = _open(home, user, password_stdin)
    try:
        row_a, column_a, row_b, column_b = (float(one) for one in points.split(","))
    except ValueError:
        wrong_use("--points is row,column,row,column in pixels.", as_json)
    case = known_case(session, code)
    if axis not in AXES or side not in _SIDES or not 1 <= picture <= len(case.pictures):
        wrong_use("Name a gland (right, left), an axis (length, width, depth) and a picture of 'next'.", as_json)
    mark = Caliper(axis, Point(row_a, column_a), Point(row_b, column_b))
    where = (case.pictures[picture - 1].sop_instance_uid, frame)
    _tell(session, place_mark(session, case, cast("Side", side), where, mark), as_json)


def grade(
    code: CaseArgument, side: SideArgument, user: UserOption,
    value: Annotated[int, typer.Option("--grade", help="0, 1, 2 or 3; 'next' prints what each means.")],
    doppler: Annotated[bool, typer.Option("--doppler", help="The Doppler grade, not the grey-scale grade.")] = False,
    home: HomeOption = None, as_json: JsonOption = False, password_stdin: PasswordStdinOption = False,
) -> None:
    """Give an OMERACT grade of a gland."""
    from injection_log.reading.reading_acts import give_grade, known_case

    session = _open(home, user, password_stdin)
    kind = "doppler" if doppler else "grey_scale"
    case = known_case(session, code)
    _tell(session, give_grade(session, case, _side(side, as_json), kind, value), as_json)  # type: ignore[arg-type]


def quality(
    code: CaseArgument, side: SideArgument, user: UserOption,
    level: Annotated[str, typer.Option("--is", help="adequate, limited or unreadable.")],
    why: Annotated[str, typer.Option("--why", help="Why not adequate: a word of the list that is printed.")] = "",
    home: HomeOption = None, as_json: JsonOption = False, password_stdin: PasswordStdinOption = False,
) -> None:
    """Say how good the pictures of a gland are."""
    from injection_log.reading.reading_acts import judge_quality, known_case

    session = _open(home, user, password_stdin)
    case = known_case(session, code)
    _tell(session, judge_quality(session, case, _side(side, as_json), cast("Quality", level), why), as_json)


def decide(
    code: CaseArgument, side: SideArgument, user: UserOption,
    which: Annotated[str, typer.Option("--reading", help="A or B.")],
    home: HomeOption = None, as_json: JsonOption = False, password_stdin: PasswordStdinOption = False,
) -> None:
    """Choose, as the adjudicator, one of the two readings of a gland."""
    from injection_log.reading.adjudicating import decide as choose
    from injection_log.reading.reading_acts import known_case

    session = _open(home, user, password_stdin)
    case = known_case(session, code)
    _tell(session, choose(session, case, _side(side, as_json), cast("Which", which)), as_json)


def lock(
    code: CaseArgument, user: UserOption, home: HomeOption = None, as_json: JsonOption = False,
    password_stdin: PasswordStdinOption = False,
) -> None:
    """Lock a case that owes nothing; there is no way back to it."""
    from injection_log.reading.reading_acts import known_case, list_cases, lock_case

    session = _open(home, user, password_stdin)
    lock_case(session, known_case(session, code))
    left = sum(line.state != "locked" for line in list_cases(session))
    answer({"locked": code, "left": left}, as_json, lambda: typer.echo(f"{code} is locked; {left} cases are left."))


def _open(home: Path | None, user: str, password_stdin: bool) -> ReaderSession:
    from injection_log.reading.package_home import PackageHome, log_in_reader

    package = PackageHome.open(Home.locate(home))
    return log_in_reader(package, user, read_password("Password: ", password_stdin))


def _side(side: str, as_json: bool) -> Side:
    if side not in _SIDES:
        wrong_use("A gland is right or left.", as_json)
    return cast("Side", side)


def _tell(session: ReaderSession, case: Case, as_json: bool) -> None:
    facts = _facts(session, case)

    def words() -> None:
        typer.echo(f"Case {case.code}")
        print_table(("picture", "gland", "view", "frames", "file"), facts["pictures"])
        for side, gland in facts["glands"].items():
            typer.echo(f"{side} gland: {gland}")
        for reading, told in facts["shown"].items():
            typer.echo(f"Reading {reading}: {told}")
        for title, meanings in facts["definitions"].items():
            typer.echo(f"{title}: " + "; ".join(f"{number} {words}" for number, words in enumerate(meanings)))
        typer.echo("\n".join(facts["owed"]) or "Nothing is owed; the case can be locked.")

    answer(facts, as_json, words)


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
    glands = {
        side: {"volume_ul": gland.volume_ul, "grades": dict(gland.grades), "quality": gland.quality,
               "marks": len(gland.marks)}
        for side, gland in case.glands.items()
    }  # fmt: skip
    return {
        "case": case.code, "state": case.state, "pictures": pictures, "glands": glands, "shown": dict(case.shown),
        "definitions": {GRADE_TITLES[kind]: list(DEFINITIONS[kind]) for kind in package.grades},
        "owed": list(owed(package, case)),
    }
