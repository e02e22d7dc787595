"""`pacs echo|find|pull`: is the PACS there, which studies it has, and one study into the image folder.

What is about the connection itself (`listen`, `card`) and the worklist stand beside this file.

No log-in is needed, and no name of a patient is printed. pynetdicom is loaded only when one of them runs.
"""
from __future__ import annotations

import re
import sys
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import typer

from injection_log.cli.answers import answer, fail, say, wrong_use
from injection_log.cli.options import HomeOption, JsonOption
from injection_log.cli.pacs_address import AetOption, PacsOption, WayOption, WebOption, by_way, source_of
from injection_log.cli.pacs_connection import add_connection_commands
from injection_log.cli.pacs_worklist import add_worklist_command
from injection_log.home import Home

if TYPE_CHECKING:
    from dicom_io.pacs.answers import Found
    from dicom_io.pacs.find import StudySummary
    from dicom_io.pacs.pull import Pull, PullResult

pacs_app = typer.Typer(no_args_is_help=True, help="Ask a PACS, and fetch studies from it.")

_UID = re.compile(r"(?=.{1,64}\Z)[0-9]+(\.[0-9]+)*")

add_connection_commands(pacs_app)
add_worklist_command(pacs_app)


def add_pacs_commands(app: typer.Typer) -> None:
    """Join `pacs` to the command."""
    app.add_typer(pacs_app, name="pacs")


@pacs_app.command("echo")
def echo_command(
    pacs: PacsOption = "", aet: AetOption = "", home: HomeOption = None, as_json: JsonOption = False
) -> None:
    """Ask the PACS for a sign of life (C-ECHO)."""
    from dicom_io.errors import DicomIoError
    from dicom_io.pacs.echo import echo

    address = source_of(pacs, aet, home, as_json).address
    try:
        echo(address)
    except DicomIoError as error:
        fail(error.why, as_json)
    facts = {"answers": True, "pacs": address.text(), "aet": address.calling_aet}
    answer(facts, as_json, lambda: typer.echo(f"{address.text()} answers (verification accepted)."))


@pacs_app.command("find")
def find_command(
    pacs: PacsOption = "", aet: AetOption = "",
    date_from: Annotated[str, typer.Option("--from", help="First day, YYYY-MM-DD; default today.")] = "",
    date_to: Annotated[str, typer.Option("--to", help="Last day, YYYY-MM-DD; default the first.")] = "",
    modality: Annotated[str, typer.Option(help="Modality.")] = "US",
    station: Annotated[str, typer.Option(help="Station name of the scanner.")] = "",
    accession: Annotated[str, typer.Option(help="Accession number; then any day, unless one is given.")] = "",
    description: Annotated[str, typer.Option(help="Some words of the study's description.")] = "",
    patient_id_stdin: Annotated[
        bool, typer.Option("--patient-id-stdin", help="Read a patient id from standard input; then any day.")
    ] = False,
    home: HomeOption = None, as_json: JsonOption = False,
) -> None:
    """List studies on the PACS (C-FIND, or QIDO-RS): today's ultrasound unless told otherwise; never by name."""
    from dicom_io.errors import DicomIoError
    from dicom_io.pacs.find import StudyQuery
    from injection_log.acts.pulls import find_studies

    # A patient id is never an argument: those are seen by every process and kept in the shell's history.
    patient_id = sys.stdin.readline().strip() if patient_id_stdin else ""
    first = _day(date_from or ("" if accession or patient_id else date.today().isoformat()), as_json)
    last = _day(date_to, as_json) or first
    if last < first:
        wrong_use("The days are reversed: --to is before --from; swap them (without --from, it is today).", as_json)
    source = source_of(pacs, aet, home, as_json)
    try:
        query = StudyQuery(first, last, modality, station, patient_id, accession, description)
        studies = find_studies(source, query)
    except DicomIoError as error:
        fail(error.why, as_json)
    answer([_study_facts(study) for study in studies], as_json, lambda: _print_studies(studies))
    for remark in studies.remarks:
        say(remark)


@pacs_app.command("pull")
def pull_command(
    study: Annotated[str, typer.Option("--study", help="Study Instance UID.")],
    pacs: PacsOption = "", aet: AetOption = "", way: WayOption = "", web: WebOption = "",
    home: HomeOption = None, as_json: JsonOption = False,
) -> None:
    """Fetch one study into the image folder; complete only when every image asked for was kept."""
    from dicom_io.errors import DicomIoError
    from injection_log.acts.pulls import pulled_before, start_pull

    if not _UID.fullmatch(study):
        wrong_use("A Study Instance UID is digits and dots; copy it from 'injection-log pacs find'.", as_json)
    source = by_way(source_of(pacs, aet, home, as_json), way, web, as_json)
    place = Home.locate(home)
    try:
        place.make()
        pull = start_pull(source, study, place.images, skip=pulled_before(place, study))
        _follow(pull, as_json)
        result = pull.result()
    except DicomIoError as error:
        fail(error.why, as_json)
    except OSError:
        fail(f"The image folder in {place.root} cannot be written; check the disk and your rights.", as_json)
    after_pull(place, study, result)
    answer(_pull_facts(result), as_json, lambda: _print_result(result))
    _say_where_joined(place, result)
    if not result.complete:
        raise typer.Exit(1)


def after_pull(home: Home, study_uid: str, result: PullResult) -> None:
    """Record a pull without log-in as such; say so where there is no log to record it in."""
    from injection_log.acts.pulls import record_anonymous_pull

    if not record_anonymous_pull(home, study_uid, result):
        say("This home has no log yet, so the pull is recorded nowhere; the images are kept.")


def _say_where_joined(home: Home, result: PullResult) -> None:
    from injection_log.acts.pulls import all_in_visits

    if len(result.asked) > len(result.missing) and not all_in_visits(home, result):
        say(
            "The pictures belong to no visit yet: open the visit in the window and fetch this study in its step "
            "Images, where they join it."
        )


def _day(text: str, as_json: bool) -> str:
    try:
        day = date.fromisoformat(text) if text else None
    except ValueError:
        wrong_use("A day is written YYYY-MM-DD, for example 2026-02-03.", as_json)
    return "" if day is None else day.strftime("%Y%m%d")


def _follow(pull: Pull, as_json: bool) -> None:
    """Show progress on standard error until the pull is over; Ctrl-C cancels it."""
    try:
        if as_json:
            for _ in pull.progress():
                pass
            return
        _show(pull)
    except KeyboardInterrupt:
        pull.cancel()
        say("Cancelled; images that were already kept stay kept.")
        raise typer.Exit(1) from None


def _show(pull: Pull) -> None:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    console = Console(stderr=True)
    if not console.is_interactive:  # the library would leave an empty line there
        for _ in pull.progress():
            pass
        return
    columns = (TextColumn("Images"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[size]}"))
    with Progress(*columns, console=console, transient=True) as shown:
        task = shown.add_task("", total=None, size="")
        for step in pull.progress():
            size = f"{step.bytes / 1e6:.1f} MB, {step.bytes_per_second / 1e6:.1f} MB/s"
            shown.update(task, completed=step.received, total=step.asked, size=size)


def _study_facts(study: StudySummary) -> dict[str, Any]:
    return {
        "study_instance_uid": study.study_instance_uid,
        "study_date": study.study_date,
        "study_time": study.study_time,
        "description": study.description,
        "modalities": list(study.modalities),
        "station": study.station,
        "accession": study.accession,
        "instances": study.instances,
    }


def _print_studies(studies: Found[StudySummary]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    if not studies:
        typer.echo("The PACS has no such study.")
        return
    table = Table("when", "description", "station", "accession", "images", "study", box=None)
    for study in studies:
        count = "" if study.instances is None else str(study.instances)
        cells = (_when(study), study.description, study.station, study.accession, count, study.study_instance_uid)
        table.add_row(*map(Text, cells))  # as text: brackets in a PACS's words are no markup
    # On a terminal as wide as it is; in a pipe nothing is cut off.
    console = Console()
    Console(width=None if console.is_terminal else 200, soft_wrap=True).print(table)


def _when(study: StudySummary) -> str:
    """Day and time as people write them; what is not in DICOM's form stays as it is."""
    day, clock = study.study_date, study.study_time[:4]
    if len(day) == 8 and day.isdecimal():
        day = f"{day[:4]}-{day[4:6]}-{day[6:]}"
    if len(clock) == 4 and clock.isdecimal():
        clock = f"{clock[:2]}:{clock[2:]}"
    return f"{day} {clock}".strip()


def _pull_facts(result: PullResult) -> dict[str, Any]:
    return {
        "asked": len(result.asked),
        "kept": len(result.asked) - len(result.missing),
        "missing": list(result.missing),
        "bytes": result.bytes,
        "seconds": round(result.seconds, 3),
        "complete": result.complete,
    }


def _print_result(result: PullResult) -> None:
    facts = _pull_facts(result)
    typer.echo(
        f"{facts['kept']} of {facts['asked']} images kept, {result.bytes / 1e6:.1f} MB in {result.seconds:.1f} s."
    )
    for one in result.rejected:
        typer.echo(f"Not kept: {one.sop_instance_uid}: {one.why}")
    for uid in result.missing:
        typer.echo(f"Missing: {uid}")
    if result.trouble:
        say(result.trouble)
    if not result.complete:
        say("Not complete; fetch the study again, and tell the PACS administrator if it stays so.")
