"""`reading ...`: campaigns of blinded reading at a site, and the reader's own commands in a package.

At the site: list, plan, setup, package, return, unmask, report, seen. In a package: `reading_package`. `demo` plays a
whole campaign on simulated people. Before the unmasking nothing that is printed joins a code with a participant.
"""
from __future__ import annotations

import tempfile
import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from injection_log.cli.answers import answer, fail, say
from injection_log.cli.options import (
    HomeOption,
    JsonOption,
    PasswordStdinOption,
    UserOption,
    open_session,
    open_session_with,
    read_password,
)
from injection_log.cli.reading_figures import print_agreement, print_recovered
from injection_log.cli.reading_package import join_package_commands
from injection_log.cli.tables import print_table

if TYPE_CHECKING:
    from injection_log.reading.campaign import Campaign
    from injection_log.site import Session

CampaignArgument = Annotated[str, typer.Argument(help="Campaign of 'reading list', for example RC-1.")]
FolderOption = Annotated[Path, typer.Option("--folder", help="Folder of the reading package.")]
_ROW = (
    "participant", "visit", "gland", "reader", "is_repeat", "method", "volume_ul", "grey_scale", "doppler", "quality",
    "scale", "chosen",
)
_HELP = "Blinded reading: campaigns at a site, and a reader's own work in a reading package."


def add_reading_commands(app: typer.Typer) -> None:
    """Join `reading` to the command."""
    reading = typer.Typer(help=_HELP, no_args_is_help=True)
    for name, command in (
        ("list", list_), ("plan", plan), ("setup", setup), ("package", package), ("return", return_),
        ("unmask", unmask), ("report", report), ("seen", seen), ("demo", demo),
    ):
        reading.command(name)(command)
    join_package_commands(reading)
    app.add_typer(reading, name="reading")


def list_(
    user: UserOption, home: HomeOption = None, as_json: JsonOption = False,
    password_stdin: PasswordStdinOption = False,
) -> None:
    """List the campaigns of this site and how far each package is."""
    from injection_log.acts.campaigns import list_campaigns

    session = open_session(home, user, password_stdin)
    rows = [row for campaign in list_campaigns(session) for row in _lines(campaign)]
    columns = ("campaign", "state", "cases", "package", "reader", "task", "is")
    answer(rows, as_json, lambda: print_table(columns, rows, none="No campaign of reading was set up yet."))


def plan(
    user: UserOption, home: HomeOption = None, as_json: JsonOption = False,
    password_stdin: PasswordStdinOption = False,
) -> None:
    """Show what a campaign set up now would read, and which visits it would leave out and why."""
    from injection_log.acts.campaigns import readable_cases

    session = open_session(home, user, password_stdin)
    found = readable_cases(session)
    left_out = [{"participant": one[0], "visit": one[1], "why": one[2]} for one in found.left_out]

    def words() -> None:
        typer.echo(f"{len(found.cases)} cases would be read.")
        print_table(("participant", "visit", "why"), left_out, none="No visit is left out.")

    answer({"cases": len(found.cases), "left_out": left_out}, as_json, words)


def setup(
    user: UserOption,
    reader: Annotated[list[str], typer.Option("--reader", help="User id of a reader's account; once for each.")],
    adjudicator: Annotated[str, typer.Option("--adjudicator", help="User id of the adjudicator's account.")] = "",
    home: HomeOption = None, as_json: JsonOption = False, password_stdin: PasswordStdinOption = False,
) -> None:
    """Set a campaign up from the protocol's [reading], with its readers."""
    from injection_log.acts.campaigns import open_campaign

    session = open_session(home, user, password_stdin)
    campaign = open_campaign(session, reader, adjudicator)
    facts = {"campaign": campaign.id, "cases": len(campaign.cases), "packages": len(campaign.readers)}
    answer(facts, as_json, lambda: typer.echo(
        f"Campaign {campaign.id} is set up: {len(campaign.cases)} cases. Write a package for each reader now."
    ))


def package(
    campaign: CampaignArgument,
    package_number: Annotated[int, typer.Argument(help="Number of the package in 'reading list'.")],
    user: UserOption,
    out: Annotated[Path, typer.Option("--out", help="New or empty folder for the package.")],
    home: HomeOption = None, as_json: JsonOption = False, password_stdin: PasswordStdinOption = False,
) -> None:
    """Write the package of one reader, or of the adjudicator: coded copies in a home of its own."""
    from injection_log.acts.campaign_packages import write_package
    from injection_log.acts.campaign_results import write_adjudication
    from injection_log.acts.campaigns import find_campaign

    session, number = open_session(home, user, password_stdin), package_number
    reader = find_campaign(session, campaign).reader(number)

    def told(done: int, of: int) -> None:
        say(f"Case {done} of {of}")

    if reader is not None and reader.task == "adjudicate":
        made = write_adjudication(session, campaign, out, told)
    else:
        made = write_package(session, campaign, number, out, told)
    facts = {"campaign": campaign, "package": number, "out": str(out), "one_time_code": made.one_time_code}

    def words() -> None:
        typer.echo(f"Package {number} of {campaign} is in {out}.")
        typer.echo(f"One-time code for its reader, shown only now: {made.one_time_code}")
        typer.echo("Give folder and code by two different ways; 'injection-log reading begin' takes the code.")

    answer(facts, as_json, words)


def return_(
    campaign: CampaignArgument, user: UserOption, folder: FolderOption,
    home: HomeOption = None, as_json: JsonOption = False, password_stdin: PasswordStdinOption = False,
) -> None:
    """Take a finished package home: verify it, keep its log, and bind it into the site's log."""
    from injection_log.acts.campaign_returns import return_package

    session = open_session(home, user, password_stdin)
    bound = return_package(session, campaign, folder)
    facts = {"campaign": campaign, "package": bound.number, "events": bound.events, "sha256": bound.events_sha256}
    answer(facts, as_json, lambda: typer.echo(
        f"Package {bound.number} of {campaign} is home: {bound.events} events, SHA-256 {bound.events_sha256}."
    ))


def unmask(
    campaign: CampaignArgument, user: UserOption,
    second: Annotated[str, typer.Option("--second", help="User id of the second person, who agrees to it.")],
    home: HomeOption = None, as_json: JsonOption = False, password_stdin: PasswordStdinOption = False,
) -> None:
    """Join codes and participants for good, as principal investigator and data manager together."""
    from injection_log.acts.campaign_results import text_to_sign
    from injection_log.acts.campaign_results import unmask as carry_out
    from injection_log.acts.campaigns import find_campaign
    from injection_log.people.two_people import Proof2

    password = read_password(f"Password of {user}: ", password_stdin)
    session = open_session_with(home, user, password)
    say(text_to_sign(session, find_campaign(session, campaign)))
    say("Both people agree to exactly this text with their passwords.")
    other = Proof2(second, read_password(f"Password of {second}: ", password_stdin))
    done = carry_out(session, campaign, other, password)
    answer({"campaign": done.id, "state": done.state}, as_json, lambda: typer.echo(f"{done.id} is unmasked."))


def report(
    campaign: CampaignArgument, user: UserOption,
    figures: Annotated[bool, typer.Option("--figures", help="Only the figures; with --json as one object.")] = False,
    out: Annotated[Path | None, typer.Option("--out", help="Folder for the report (PDF) and its pictures.")] = None,
    home: HomeOption = None, as_json: JsonOption = False, password_stdin: PasswordStdinOption = False,
) -> None:
    """Every read of every gland and the agreement of readers, once unmasked; --json gives all columns of the reads."""
    from injection_log.acts.campaign_agreement import agreement_tables, campaign_reads, visits_read
    from injection_log.acts.campaign_results import reading_rows
    from injection_log.acts.campaigns import find_campaign

    session = open_session(home, user, password_stdin)
    if out is not None:
        _write_report(session, campaign, out, as_json)
        return
    found = reading_rows(session, campaign)
    visits = visits_read(find_campaign(session, campaign), session.site.protocol.visits)
    tables = agreement_tables(campaign_reads(found, visits))
    rows = [asdict(row) for row in found]

    def words() -> None:
        if not figures:
            print_table(_ROW, rows)
        print_agreement(tables)

    answer({table.name: table.lines for table in tables} if figures else rows, as_json, words)


def seen(
    campaign: CampaignArgument, user: UserOption, folder: FolderOption,
    out: Annotated[
        Path | None, typer.Option("--out", help="New folder: a page for each case with its pictures and texts (HTML).")
    ] = None,
    home: HomeOption = None, as_json: JsonOption = False, password_stdin: PasswordStdinOption = False,
) -> None:
    """What could this reader see? Every file and text of a package, searched for what must not be in it."""
    from injection_log.acts.campaign_seen import what_could_be_seen

    session = open_session(home, user, password_stdin)
    if out is not None:
        _write_seen(session, campaign, (folder, out), as_json)
        return
    found = what_could_be_seen(session, campaign, folder)

    def words() -> None:
        for case in found.cases:
            typer.echo(f"{case.code}: {len(case.files)} pictures, {len(case.texts)} texts")
        counted = ", ".join(f"{kind} {count}" for kind, count in found.searched_for.items())
        typer.echo(f"Searched {found.files} files for: {counted}.")
        rows = [asdict(leak) for leak in found.leaks]
        print_table(("kind", "where"), rows, none="Nothing was found that must not be there.")

    answer(asdict(found), as_json, words)
    if found.leaks:
        fail("This package says what a reader must not know; do not hand it out.")


def demo(
    headless: Annotated[bool, typer.Option("--headless", help="Without a window; the only way for now.")] = False,
    home: Annotated[Path | None, typer.Option("--home", help="New folder of the practice log.")] = None,
    cases: Annotated[int, typer.Option("--cases", min=2, help="How many cases, two for each participant.")] = 12,
    as_json: JsonOption = False,
) -> None:
    """Play a campaign on simulated people: two readers with known noise, home-coming, unmasking, the table."""
    del headless
    from injection_log.home import Home
    from injection_log.practice.reading_story import play_reading
    from injection_log.verify import verify

    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="injection-log-reading-") as folder:
        place = Home((home or Path(folder) / "home").expanduser().absolute())
        played = play_reading(place, (cases + 1) // 2, say)
        checked = verify(place)
    facts = played.facts()
    facts |= {"events": checked.events, "ok": checked.ok, "seconds": round(time.monotonic() - began, 1)}

    def words() -> None:
        print_table(_ROW, facts["rows"])
        print_agreement(played.tables)
        print_recovered(played.recovered)
        typer.echo(f"{facts['cases']} cases, {len(facts['rows'])} reads in {facts['seconds']} s")
        for number, told in enumerate(facts["readers"], start=1):
            typer.echo(
                f"Reader {number}: volumes {told['found_percent']:+.1f} % of the truth on the average; put in "
                f"{told['put_in_percent']:+.1f} %"
            )
        typer.echo(f"Adjudicated: {facts['adjudicated']} cases. Log: {'verified' if checked.ok else 'NOT VERIFIED'}.")

    answer(facts, as_json, words)
    if not checked.ok:
        fail("The practice log does not verify; run 'injection-log verify' for what is wrong.")


def _write_report(session: Session, campaign: str, out: Path, as_json: bool) -> None:
    from injection_log.acts.campaign_report import export_reading_report
    from injection_log.acts.exports import write_files

    written = [str(path) for path in write_files(export_reading_report(session, campaign), out)]
    answer({"written": written}, as_json, lambda: typer.echo("\n".join(written)))


def _write_seen(session: Session, campaign: str, where: tuple[Path, Path], as_json: bool) -> None:
    from injection_log.acts.campaign_seen import export_seen
    from injection_log.acts.exports import write_files

    folder, out = where
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        fail(f"{out} is not an empty folder; choose a new one.")
    files, content = export_seen(session, campaign, folder)
    written = [str(path) for path in write_files(files, out)]
    leaks = [{"kind": kind, "where": where} for kind, where in content.leaks]
    answer({"written": written, "leaks": leaks}, as_json, lambda: typer.echo(
        f"{len(written)} files are in {out}; open {out / 'index.html'}."
    ))
    if leaks:
        fail("This package says what a reader must not know; do not hand it out.")


def _lines(campaign: Campaign) -> list[dict[str, Any]]:
    def standing(number: int) -> str:
        return "home" if number in campaign.home else "out" if number in campaign.out else "not written"

    return [
        {
            "campaign": campaign.id, "state": campaign.state, "cases": len(campaign.cases), "package": one.package,
            "reader": one.printed_name, "task": one.task, "is": standing(one.package),
        }
        for one in campaign.readers
    ]  # fmt: skip
