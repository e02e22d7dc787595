"""`import FOLDER`: images from a stick or a folder, through the same gate as those of the PACS."""
from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from injection_log.cli.answers import answer, say, wrong_use
from injection_log.cli.options import HomeOption, JsonOption, PasswordStdinOption, UserOption, open_session
from injection_log.errors import Refused

if TYPE_CHECKING:
    from injection_log.acts.studies import FolderFindings
    from injection_log.record.values import VisitRecord
    from injection_log.site import Session


def add_import_command(app: typer.Typer) -> None:
    """Join `import` to the command."""
    app.command("import")(import_folder)


def import_folder(
    folder: Annotated[Path, typer.Argument(help="Folder with DICOM files, searched to the bottom.")],
    participant: Annotated[str, typer.Option(help="Participant id.")],
    visit: Annotated[str, typer.Option(help="Visit as named in the protocol.")],
    user: UserOption,
    same_person: Annotated[
        bool, typer.Option("--same-person", help="The pictures were checked to be of this participant; do not ask.")
    ] = False,
    home: HomeOption = None, as_json: JsonOption = False, password_stdin: PasswordStdinOption = False,
) -> None:
    """Take ultrasound pictures of a folder into a visit; each file that is not taken is named with the reason."""
    if not folder.is_dir():
        wrong_use(f"There is no folder {folder}; check the path and that the stick is mounted.", as_json)
    from injection_log.acts.studies import examine_folder, import_findings
    from injection_log.acts.visits import open_visit, require_known

    session = open_session(home, user, password_stdin)
    require_known(session, participant, visit)
    findings = examine_folder(session, folder)
    if findings.identity is None:
        why = f" Of {findings.refused[0][0]}: {findings.refused[0][1]}" if findings.refused else ""
        raise Refused("nothing_found", "No ultrasound picture was found in that folder." + why)
    # A visit begins on the day it is opened, so a folder with nothing in it must not begin one.
    record = open_visit(session, participant, visit)
    _confirm(session, record, findings, same_person)
    before = len(record.images)
    record = import_findings(session, record, findings)
    facts = {
        "kept": len(findings.kept), "new": len(record.images) - before,
        "refused": [{"file": name, "why": why} for name, why in findings.refused],
    }
    answer(facts, as_json, lambda: _print(facts))


def _confirm(session: Session, record: VisitRecord, findings: FolderFindings, same_person: bool) -> None:
    from injection_log.acts.studies import belongs_to, discard

    identity = findings.identity
    if identity is None or same_person or belongs_to(session, record, identity) != "not linked yet":
        return
    say("These pictures are of a patient who is not linked to any participant yet.")
    # The name is shown once, on the terminal only, to whoever links it; it is stored nowhere.
    born = identity.birth_date or "not said"
    name = f"{identity.name.replace('^', ' ').strip()}, id {identity.patient_id}, born {born}"
    if not typer.confirm(f"{name}: is this {record.participant}?", err=True):
        discard(session, findings.kept)
        raise typer.Abort


def _print(facts: dict[str, object]) -> None:
    typer.echo(f"{facts['kept']} pictures kept, {facts['new']} of them new to this visit.")
    for one in facts["refused"]:  # type: ignore[attr-defined]  # the list made just above
        typer.echo(f"Not taken: {one['file']}: {one['why']}")
