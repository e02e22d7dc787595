"""`pacs listen` and `pacs card`: the PACS's own test of the connection, and what its administrator must know."""
from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from injection_log.cli.answers import answer, fail, say, wrong_use
from injection_log.cli.options import HomeOption, JsonOption
from injection_log.cli.pacs_address import AetOption, PacsOption, source_of

if TYPE_CHECKING:
    from dicom_io.pacs.address import PacsAddress
    from dicom_io.pacs.listening import Caller

_LONGEST_SECONDS = 3600


def add_connection_commands(pacs_app: typer.Typer) -> None:
    """Join `listen` and `card` to `pacs`."""
    pacs_app.command("listen")(listen_command)
    pacs_app.command("card")(card_command)


def listen_command(
    pacs: PacsOption = "", aet: AetOption = "",
    seconds: Annotated[int, typer.Option(help="How long to wait for the PACS's test.")] = 60,
    home: HomeOption = None, as_json: JsonOption = False,
) -> None:
    """Wait for the PACS's test: open our port for a while, answer C-ECHO, and say who called. Nothing else is taken."""
    from dicom_io.errors import DicomIoError

    if not 0 < seconds <= _LONGEST_SECONDS:
        wrong_use(f"--seconds is from 1 to {_LONGEST_SECONDS}.", as_json)
    address = source_of(pacs, aet, home, as_json).address
    try:
        callers = _listen(address, seconds, as_json)
    except DicomIoError as error:
        fail(error.why, as_json)
    answer([_facts(one) for one in callers], as_json, lambda: None)
    if not any(one.echoed for one in callers):
        say(
            f"No test of the PACS arrived in {seconds} s; check that its administrator has our host and port (see "
            "'injection-log pacs card'), and that this computer's firewall lets the PACS in."
        )
        raise typer.Exit(1)


def _listen(address: PacsAddress, seconds: int, as_json: bool) -> list[Caller]:
    from dicom_io.pacs.listening import listening
    from injection_log.pacs_callers import caller_sentence

    callers: list[Caller] = []
    with listening(address) as listener:
        say(f"Waiting {seconds} s on {listener.host}, port {listener.port}, as {address.calling_aet} (Ctrl-C ends it).")
        try:
            for caller in listener.callers_for(seconds):
                callers.append(caller)
                if not as_json:
                    typer.echo(caller_sentence(caller, address))
        except KeyboardInterrupt:
            say("Ended.")
    return callers


def _facts(caller: Caller) -> dict[str, Any]:
    return {
        "calling_aet": caller.calling_aet, "called_aet": caller.called_aet, "host": caller.host,
        "answered": caller.echoed, "why": caller.why,
    }


def card_command(
    pacs: PacsOption = "", aet: AetOption = "",
    pdf: Annotated[Path | None, typer.Option("--pdf", help="Folder to write the card into, to print.")] = None,
    home: HomeOption = None, as_json: JsonOption = False,
) -> None:
    """Show what the PACS administrator must know about us, as text to copy or as a page to print."""
    from dicom_io.errors import DicomIoError
    from injection_log.connection_card import connection_card

    source = source_of(pacs, aet, home, as_json)
    try:
        card = connection_card(source, datetime.now().astimezone().strftime("%Y-%m-%d %H:%M %z"))
    except DicomIoError as error:
        fail(error.why, as_json)
    facts: dict[str, Any] = {name: dict(lines) for name, lines in card.sections}
    if pdf is None:
        answer(facts, as_json, lambda: typer.echo(card.text()))
        return
    from injection_log.acts.exports import write_files
    from injection_log.outputs import output_of

    written = [str(path) for path in write_files(output_of("card").files(card), pdf)]
    answer({"written": written}, as_json, lambda: typer.echo("\n".join(written)))
