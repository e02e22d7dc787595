"""`coded-copy ...`: from choosing pictures to files for a blinded reader or for sharing, one command a step.

list, look -> (draw, agree, or take-back) -> size -> sheet -> confirm -> write. Pictures, and frames in --image, are
counted from 1, as on the contact sheet; --frame counts from 0, as everywhere in this command. Each step asks
for the password of who does it, because two of them need two people.
"""
from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from injection_log.cli.answers import answer, say, wrong_use
from injection_log.cli.copy_parts import area_facts, boxes_of, choices_of, picture_of, plan_facts, write_for_owner
from injection_log.cli.options import HomeOption, JsonOption, PasswordStdinOption, UserOption, open_session
from injection_log.cli.tables import print_table

if TYPE_CHECKING:
    from injection_log.acts.sharing import Choice, CopyPlan, Look
    from injection_log.record.values import VisitRecord
    from injection_log.site import Session

ParticipantArgument = Annotated[str, typer.Argument(help="Participant id.")]
VisitArgument = Annotated[str, typer.Argument(help="Visit as named in the protocol.")]
ImageOption = Annotated[
    list[str], typer.Option("--image", help="Picture of 'coded-copy list', with its frames: 3 or 3:1-12,40.")
]
OneImageOption = Annotated[int, typer.Option("--image", help="Picture of 'coded-copy list', counted from 1.")]
BoxOption = Annotated[
    list[str], typer.Option("--box", help="Area that stays: row,column,row,column in pixels from 0, both ends in it.")
]
_LISTED = ("image", "plane", "side", "time", "frames", "size", "digest", "stays")
_GROUP_HELP = (
    "Copies of pictures without who they are of: for readers and for sharing.\n\n"
    "Injector, operator and principal investigator look at pictures, draw and agree to areas, and confirm. "
    "They and the data manager measure, and write what was confirmed. Who may see records may list."
)


def add_coded_copy_commands(app: typer.Typer) -> None:
    """Join `coded-copy` to the command."""
    copies = typer.Typer(help=_GROUP_HELP, no_args_is_help=True)
    for name, command in (
        ("list", list_pictures), ("look", look), ("draw", draw), ("agree", agree), ("take-back", take_back),
        ("size", size), ("sheet", sheet), ("confirm", confirm), ("write", write),
    ):
        copies.command(name)(command)
    app.add_typer(copies, name="coded-copy")


def list_pictures(
    participant: ParticipantArgument, visit: VisitArgument, user: UserOption,
    home: HomeOption = None, as_json: JsonOption = False, password_stdin: PasswordStdinOption = False,
) -> None:
    """List the pictures of a visit and which part of each stays; 'coded-copy look --image N' shows picture N."""
    from injection_log.acts.copy_pictures import picture_facts
    from injection_log.acts.kept_areas import area_for

    session, record = _opened(home, user, password_stdin, (participant, visit))
    rows: list[dict[str, Any]] = [
        {
            "image": number, "plane": image.plane, "frames": image.frames,
            **asdict(picture_facts(session, record, image)), **area_facts(area_for(session, image)),
        }
        for number, image in enumerate(record.images, start=1)
    ]
    answer(rows, as_json, lambda: print_table(_LISTED, rows))


def look(
    participant: ParticipantArgument, visit: VisitArgument, user: UserOption, image: OneImageOption,
    out: Annotated[Path, typer.Option("--out", help="PNG file to write, for your eyes only; none of that name.")],
    frame: Annotated[int, typer.Option("--frame", help="Frame, counted from 0.")] = 0,
    home: HomeOption = None, as_json: JsonOption = False, password_stdin: PasswordStdinOption = False,
) -> None:
    """Look at picture N of the list as the scanner showed it, nothing blanked, in a PNG that only you can read."""
    from annotate.picture import encode_png
    from injection_log.acts.copy_pictures import frame_as_shown, size_in_words

    session, record = _opened(home, user, password_stdin, (participant, visit))
    picture = picture_of(record, image, as_json)
    png = encode_png(frame_as_shown(session, picture, frame))
    try:
        write_for_owner(out, png)
    except FileExistsError:
        wrong_use(f"{out} is there already and is not overwritten; name another file.", as_json)
    facts = {"out": str(out), "image": image, "frame": frame, "size": size_in_words(picture.rows, picture.columns)}
    answer(facts, as_json, lambda: typer.echo(
        f"{out}: picture {image}, frame {frame} ({image}:{frame + 1} for --image), {facts['size']}. "
        "Nothing is blanked in it: delete it when you have looked."
    ))


def draw(
    participant: ParticipantArgument, visit: VisitArgument, user: UserOption, image: OneImageOption, box: BoxOption,
    instead: Annotated[bool, typer.Option(
        "--instead-of-the-region", help="Put the scanner's own region out of use until a second person agrees."
    )] = False,
    home: HomeOption = None, as_json: JsonOption = False, password_stdin: PasswordStdinOption = False,
) -> None:
    """Draw the area that stays, for every picture of this scanner's layout; a second person then agrees.

    'coded-copy look --image N' shows picture N. A picture whose own region holds is drawn on only when asked for.
    """
    from injection_log.acts.kept_areas import draw_kept_area

    boxes = boxes_of(box, as_json)
    session, record = _opened(home, user, password_stdin, (participant, visit))
    picture = picture_of(record, image, as_json)
    facts = area_facts(draw_kept_area(session, picture, boxes, instead_of_the_region=instead))
    answer(facts, as_json, lambda: typer.echo(facts["stays"]))


def agree(
    participant: ParticipantArgument, visit: VisitArgument, user: UserOption, image: OneImageOption, box: BoxOption,
    home: HomeOption = None, as_json: JsonOption = False, password_stdin: PasswordStdinOption = False,
) -> None:
    """Agree, as the second person, to the area that was drawn; name it, so that it is the one you looked at."""
    from injection_log.acts.kept_areas import confirm_kept_area

    boxes = boxes_of(box, as_json)
    session, record = _opened(home, user, password_stdin, (participant, visit))
    facts = area_facts(confirm_kept_area(session, picture_of(record, image, as_json), boxes))
    answer(facts, as_json, lambda: typer.echo(facts["stays"]))


def take_back(
    participant: ParticipantArgument, visit: VisitArgument, user: UserOption, image: OneImageOption,
    home: HomeOption = None, as_json: JsonOption = False, password_stdin: PasswordStdinOption = False,
) -> None:
    """Take back the area that was drawn, for every picture of this scanner's layout; its own regions count again."""
    from injection_log.acts.kept_areas import take_back_kept_area

    session, record = _opened(home, user, password_stdin, (participant, visit))
    facts = area_facts(take_back_kept_area(session, picture_of(record, image, as_json)))
    answer(facts, as_json, lambda: typer.echo(facts["stays"]))


def size(
    participant: ParticipantArgument, visit: VisitArgument, user: UserOption, image: ImageOption,
    home: HomeOption = None, as_json: JsonOption = False, password_stdin: PasswordStdinOption = False,
) -> None:
    """Say how large the copies will be, measured on the pictures themselves."""
    from injection_log.acts.copy_pictures import counted

    session, record = _opened(home, user, password_stdin, (participant, visit))
    plan = _plan(session, record, choices_of(record, image, as_json))
    facts = plan_facts(plan)
    answer(facts, as_json, lambda: typer.echo(
        f"{counted(plan.frames, 'frame')} in {counted(len(plan.images), 'file')}, "
        f"about {plan.bytes / 1e6:.1f} MB in lossless coding."
    ))


def sheet(
    participant: ParticipantArgument, visit: VisitArgument, user: UserOption, image: ImageOption,
    out: Annotated[Path, typer.Option("--out", help="Folder for the pages (PNG); it is made when missing.")],
    home: HomeOption = None, as_json: JsonOption = False, password_stdin: PasswordStdinOption = False,
) -> None:
    """Write the contact sheet: every different frame as it would leave, those to look at twice first."""
    from injection_log.acts.sharing import contact_sheet, is_looked_at
    from injection_log.acts.writing import require

    session, record = _opened(home, user, password_stdin, (participant, visit))
    require(session, "look_at_copies")  # before anything is looked through or made
    look = _look_through(_plan(session, record, choices_of(record, image, as_json)))
    pages = []
    out.mkdir(parents=True, exist_ok=True)
    for number, png in enumerate(contact_sheet(session, look), start=1):
        page = out / f"contact-sheet-{look.sha256[:12]}-{number:03d}.png"
        page.unlink(missing_ok=True)
        write_for_owner(page, png)
        pages.append(str(page))
    facts = {
        "sheet": look.sha256, "pages": pages, "different_frames": look.tiles, "marked": look.marked,
        "confirmed_before": is_looked_at(session, look), **plan_facts(look.plan),
    }
    answer(facts, as_json, lambda: _print_sheet(facts))


def confirm(
    participant: ParticipantArgument, visit: VisitArgument, user: UserOption, image: ImageOption,
    seen: Annotated[str, typer.Option("--sheet", help="Digest of the contact sheet you looked through.")],
    home: HomeOption = None, as_json: JsonOption = False, password_stdin: PasswordStdinOption = False,
) -> None:
    """Confirm that you looked through the contact sheet and nothing on it says who the participant is."""
    from injection_log.acts.sharing import confirm_look
    from injection_log.acts.writing import require

    session, record = _opened(home, user, password_stdin, (participant, visit))
    require(session, "confirm_copies")
    look = _look_through(_plan(session, record, choices_of(record, image, as_json)))
    confirm_look(session, look, seen.strip().lower())
    answer({"confirmed": look.sha256}, as_json, lambda: typer.echo("Confirmed; the copies can be written."))


def write(
    participant: ParticipantArgument, visit: VisitArgument, user: UserOption, image: ImageOption,
    out: Annotated[Path, typer.Option("--out", help="Folder to write the copies into.")],
    reading_code: Annotated[
        str, typer.Option("--reading-code", help="For a blinded reader: this code alone, no participant or visit.")
    ] = "",
    shift_dates: Annotated[
        bool, typer.Option("--shift-dates", help="For sharing: dates moved by the participant's own number of days.")
    ] = False,
    home: HomeOption = None, as_json: JsonOption = False, password_stdin: PasswordStdinOption = False,
) -> None:
    """Write copies that were looked at: for sharing, or with --reading-code for a blinded reader."""
    if reading_code and shift_dates:
        wrong_use("A copy for a blinded reader carries no dates; leave --shift-dates out.", as_json)
    from injection_log.acts.copy_writing import ReadingOrder, SharingOrder, write_copies, written_as

    session, record = _opened(home, user, password_stdin, (participant, visit))
    look = _look_through(_plan(session, record, choices_of(record, image, as_json)))
    order = ReadingOrder(reading_code) if reading_code else SharingOrder(shift_dates)
    copies = write_copies(session, look, order, out)
    facts = {
        "written": [{"file": str(copy.path), "sha256": copy.sha256, "bytes": copy.bytes} for copy in copies],
        "bytes": sum(copy.bytes for copy in copies), "written_as": written_as(record.participant, order),
    }
    names = [str(copy.path) for copy in copies]
    answer(facts, as_json, lambda: typer.echo("\n".join([*names, f"Written {facts['written_as']}."])))


def _opened(
    home: Path | None, user: str, password_stdin: bool, where: tuple[str, str]
) -> tuple[Session, VisitRecord]:
    from injection_log.acts.visits import find_visit

    session = open_session(home, user, password_stdin)
    return session, find_visit(session, *where)


def _plan(session: Session, record: VisitRecord, choices: list[Choice]) -> CopyPlan:
    from injection_log.acts.sharing import plan_copies

    return plan_copies(session, record, choices)


def _look_through(plan: CopyPlan) -> Look:
    from injection_log.acts.copy_pictures import counted
    from injection_log.acts.sharing import look_at

    say(f"Looking through {counted(plan.frames, 'frame')}")
    return look_at(plan)


def _print_sheet(facts: dict[str, Any]) -> None:
    from injection_log.acts.copy_pictures import counted

    typer.echo("\n".join(facts["pages"]))
    twice = f", {facts['marked']} of them changed unlike the rest: look at those twice" if facts["marked"] else ""
    typer.echo(f"{counted(facts['different_frames'], 'different frame')}{twice}.")
    typer.echo(f"{counted(facts['frames'], 'frame')}, about {facts['bytes'] / 1e6:.1f} MB.")
    if facts["confirmed_before"]:
        typer.echo("These frames were looked through and confirmed before.")
    typer.echo(f"Digest for --sheet: {facts['sheet']}")
