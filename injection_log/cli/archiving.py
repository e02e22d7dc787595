"""`archive ...`: coded copies and reports into a research archive, tried until it has accepted them."""
from __future__ import annotations

import shutil
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from injection_log.cli.answers import FAILED, answer, say, wrong_use
from injection_log.cli.options import HomeOption, JsonOption, PasswordStdinOption, UserOption, open_session
from injection_log.cli.tables import print_table

if TYPE_CHECKING:
    from injection_log.acts.archiving import Archive
    from injection_log.archive_queue import Waiting
    from injection_log.site import Session

_COLUMNS = ("participant", "visit", "what", "to", "tries", "why", "digest")
_LONGEST_WAIT, _MOST_TRIES = 3600, 100
_GROUP_HELP = (
    "A research archive: coded copies and reports are queued, and sent until it has accepted them.\n\n"
    "They wait in the home, go by C-STORE or STOW-RS, and stay in the queue until the archive lists them. Never "
    "originals, and never to the clinical PACS of the settings."
)
TriesOption = Annotated[int, typer.Option("--tries", help="How often to try before it is left in the queue.")]
WaitOption = Annotated[int, typer.Option("--wait", help="Seconds between two tries.")]


def add_archive_commands(app: typer.Typer) -> None:
    """Join `archive` to the command."""
    archive = typer.Typer(help=_GROUP_HELP, no_args_is_help=True)
    for name, command in (("send", send), ("queue", queue), ("retry", retry), ("give-up", give_up)):
        archive.command(name)(command)
    app.add_typer(archive, name="archive")


def send(
    what: Annotated[str, typer.Argument(help="A folder of coded copies or reports, or dicom_sr or key_objects.")],
    to: Annotated[str, typer.Option("--to", help="dicom://AETITLE@HOST:PORT, dicoms://..., or https://HOST/PATH.")],
    user: UserOption,
    aet: Annotated[str, typer.Option("--aet", help="Our own AE title, as the archive knows it.")] = "",
    token_file: Annotated[str, typer.Option("--token-file", help="File with a bearer token, for https only.")] = "",
    tries: TriesOption = 3, wait: WaitOption = 10,
    home: HomeOption = None, as_json: JsonOption = False, password_stdin: PasswordStdinOption = False,
) -> None:
    """Queue what a folder holds, or what is exported now, and send everything that waits."""
    from injection_log.acts.archiving import Archive, queue_folder

    _check(tries, wait, as_json)
    session = open_session(home, user, password_stdin)
    archive = Archive(to, aet, str(Path(token_file).absolute()) if token_file else "")
    if Path(what).is_dir():
        queued = queue_folder(session, Path(what), archive)
    else:
        queued = _exported(session, what, archive, as_json)
    if not as_json:
        say(f"{len(queued)} queued.")
    _try_again(session, (tries, wait), as_json)


def _exported(session: Session, kind: str, archive: Archive, as_json: bool) -> tuple[Waiting, ...]:
    """Export a kind into a folder of the home's own, queue its files, and clear the folder away."""
    from injection_log.acts.archiving import queue_folder, queue_of
    from injection_log.acts.outputs import export_kind

    if kind not in ("dicom_sr", "key_objects"):
        wrong_use(f"{kind} is no folder, and not dicom_sr or key_objects; name one of these.", as_json)
    staging = queue_of(session).folder / "exported"
    shutil.rmtree(staging, ignore_errors=True)
    try:
        export_kind(session, kind, staging)
        return queue_folder(session, staging, archive)
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def queue(
    user: UserOption,
    home: HomeOption = None, as_json: JsonOption = False, password_stdin: PasswordStdinOption = False,
) -> None:
    """List what waits for an archive, with how often it was tried and why it was not accepted."""
    from injection_log.acts.archiving import queue_of

    rows = [_row(one) for one in queue_of(open_session(home, user, password_stdin)).waiting()]
    answer(rows, as_json, lambda: print_table(_COLUMNS, rows, none="Nothing waits for an archive."))


def retry(
    user: UserOption, tries: TriesOption = 1, wait: WaitOption = 10,
    home: HomeOption = None, as_json: JsonOption = False, password_stdin: PasswordStdinOption = False,
) -> None:
    """Send everything that waits again."""
    _check(tries, wait, as_json)
    _try_again(open_session(home, user, password_stdin), (tries, wait), as_json)


def give_up(
    digest: Annotated[str, typer.Argument(help="First letters of the digest, as `archive queue` lists it.")],
    user: UserOption,
    home: HomeOption = None, as_json: JsonOption = False, password_stdin: PasswordStdinOption = False,
) -> None:
    """Take an object out of the queue that is not to be sent any more."""
    from injection_log.acts.archiving import give_up as act

    rows = [_row(one) for one in act(open_session(home, user, password_stdin), digest)]
    answer(rows, as_json, lambda: print_table(_COLUMNS, rows))


def _try_again(session: Session, pace: tuple[int, int], as_json: bool) -> None:
    """Try all until nothing waits or the tries are used up; ends with "failed" where something still waits."""
    from injection_log.acts.archiving import queue_of, try_all

    tries, wait = pace
    accepted: list[dict[str, Any]] = []
    for number in range(1, tries + 1):
        for outcome in try_all(session):
            if outcome.is_accepted:
                accepted.append({**_row(outcome.waiting), "why": outcome.remark})
            elif not as_json:
                say(f"{outcome.waiting.name}: {outcome.remark}")
        if not queue_of(session).waiting():
            break
        if number < tries:
            if not as_json:
                say(f"Trying again in {wait} s ({number} of {tries}).")
            time.sleep(wait)
    waiting = [_row(one) for one in queue_of(session).waiting()]
    answer({"accepted": accepted, "waiting": waiting}, as_json, lambda: _tell(accepted, waiting))
    if waiting:
        raise typer.Exit(FAILED)


def _tell(accepted: list[dict[str, Any]], waiting: list[dict[str, Any]]) -> None:
    print_table(("participant", "visit", "what", "to", "digest"), accepted, none="Nothing was accepted.")
    if waiting:
        typer.echo(f"{len(waiting)} still wait; `injection-log archive queue` lists them, `archive retry` sends again.")


def _row(one: Waiting) -> dict[str, Any]:
    return {
        "participant": one.participant, "visit": one.visit, "what": one.what, "to": one.to, "tries": one.tries,
        "why": one.why, "digest": one.sha256[:12], "name": one.name, "queued_at": one.queued_at,
        "tried_at": one.tried_at, "sha256": one.sha256,
    }


def _check(tries: int, wait: int, as_json: bool) -> None:
    if not (1 <= tries <= _MOST_TRIES and 0 <= wait <= _LONGEST_WAIT):
        wrong_use(f"--tries is from 1 to {_MOST_TRIES}, --wait from 0 to {_LONGEST_WAIT} seconds.", as_json)
