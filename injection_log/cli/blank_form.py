"""`blank-form`: the form on paper for days on which the program cannot be used. No log-in: it is nobody's data."""
from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from injection_log.cli.answers import answer
from injection_log.cli.options import HomeOption, JsonOption


def add_blank_form_command(app: typer.Typer) -> None:
    """Join `blank-form` to the command."""
    app.command("blank-form")(blank_form)


def blank_form(
    out: Annotated[Path, typer.Option("--out", help="Folder to write into; it is made when missing.")] = Path(),
    home: HomeOption = None, as_json: JsonOption = False,
) -> None:
    """Make the blank source form (PDF) of each visit, for outages: the same fields on paper."""
    from injection_log.acts.exports import write_files
    from injection_log.acts.reports import blank_form_content
    from injection_log.home import Home
    from injection_log.outputs import output_of
    from injection_log.site import Site

    content = blank_form_content(Site.open(Home.locate(home)))
    written = [str(path) for path in write_files(output_of("blank_form").files(content), out)]
    answer({"written": written}, as_json, lambda: typer.echo("\n".join(written)))
