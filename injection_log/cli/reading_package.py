"""`reading ...` in a package: begin, cases, next, grade, quality, decide, lock, and the marks; joined by `reading`.

--home names the package. A case is shown when its turn has come, and each time is an event; what is locked is not shown
again. Pictures are named by the file in the package, its gland and its view.
"""
from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, cast

import typer

from injection_log.cli.answers import answer
from injection_log.cli.options import HomeOption, JsonOption, PasswordStdinOption, UserOption, read_password
from injection_log.cli.reading_case import CaseArgument, SideArgument, gland_named, open_package, tell_case
from injection_log.cli.reading_marks import caliper, contour, remove
from injection_log.cli.tables import print_table
from injection_log.home import Home

if TYPE_CHECKING:
    from injection_log.reading.case import Which
    from injection_log.reading.grades import Quality

def join_package_commands(reading: typer.Typer) -> None:
    """Join the commands of a package to the group."""
    for name, command in (
        ("begin", begin), ("cases", cases), ("next", next_), ("caliper", caliper), ("contour", contour),
        ("remove", remove), ("grade", grade), ("quality", quality), ("decide", decide), ("lock", lock),
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

    session = open_package(home, user, password_stdin)
    rows = [asdict(line) for line in list_cases(session)]
    answer(rows, as_json, lambda: print_table(("place", "code", "state"), rows))


def next_(
    user: UserOption, home: HomeOption = None, as_json: JsonOption = False,
    password_stdin: PasswordStdinOption = False,
) -> None:
    """Look at the case whose turn it is: its pictures, what is recorded and what is still owed."""
    from injection_log.reading.reading_acts import next_case

    session = open_package(home, user, password_stdin)
    case = next_case(session)
    if case is None:
        answer({"case": None}, as_json, lambda: typer.echo("All cases are locked; send the package back."))
        return
    tell_case(session, case, as_json)


def grade(
    code: CaseArgument, side: SideArgument, user: UserOption,
    value: Annotated[int, typer.Option("--grade", help="0, 1, 2 or 3; 'next' prints what each means.")],
    doppler: Annotated[bool, typer.Option("--doppler", help="The Doppler grade, not the grey-scale grade.")] = False,
    home: HomeOption = None, as_json: JsonOption = False, password_stdin: PasswordStdinOption = False,
) -> None:
    """Give an OMERACT grade of a gland."""
    from injection_log.reading.reading_acts import give_grade, known_case

    session = open_package(home, user, password_stdin)
    kind = "doppler" if doppler else "grey_scale"
    case = known_case(session, code)
    tell_case(session, give_grade(session, case, gland_named(side, as_json), kind, value), as_json)  # type: ignore[arg-type]


def quality(
    code: CaseArgument, side: SideArgument, user: UserOption,
    level: Annotated[str, typer.Option("--is", help="adequate, limited or unreadable.")],
    why: Annotated[str, typer.Option("--why", help="Why not adequate: a word of the list that is printed.")] = "",
    home: HomeOption = None, as_json: JsonOption = False, password_stdin: PasswordStdinOption = False,
) -> None:
    """Say how good the pictures of a gland are."""
    from injection_log.reading.reading_acts import judge_quality, known_case

    session = open_package(home, user, password_stdin)
    case = known_case(session, code)
    tell_case(session, judge_quality(session, case, gland_named(side, as_json), cast("Quality", level), why), as_json)


def decide(
    code: CaseArgument, side: SideArgument, user: UserOption,
    which: Annotated[str, typer.Option("--reading", help="A or B.")],
    home: HomeOption = None, as_json: JsonOption = False, password_stdin: PasswordStdinOption = False,
) -> None:
    """Choose, as the adjudicator, one of the two readings of a gland."""
    from injection_log.reading.adjudicating import decide as choose
    from injection_log.reading.reading_acts import known_case

    session = open_package(home, user, password_stdin)
    case = known_case(session, code)
    tell_case(session, choose(session, case, gland_named(side, as_json), cast("Which", which)), as_json)


def lock(
    code: CaseArgument, user: UserOption, home: HomeOption = None, as_json: JsonOption = False,
    password_stdin: PasswordStdinOption = False,
) -> None:
    """Lock a case that owes nothing; there is no way back to it."""
    from injection_log.reading.reading_acts import known_case, list_cases, lock_case

    session = open_package(home, user, password_stdin)
    lock_case(session, known_case(session, code))
    left = sum(line.state != "locked" for line in list_cases(session))
    answer({"locked": code, "left": left}, as_json, lambda: typer.echo(f"{code} is locked; {left} cases are left."))
