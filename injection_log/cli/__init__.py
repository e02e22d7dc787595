"""The command `injection-log`: one small file for each group of commands, and how it ends when something is wrong.

Nothing heavy is imported here, and no group of commands before it runs (`lazy.py`): `--help`, `--version`, `list` and
`verify` load neither pydicom nor napari.
"""
from __future__ import annotations

import sys
from typing import Annotated

import typer

from injection_log import __version__
from injection_log.cli import answers
from injection_log.cli.lazy import LazyGroup
from injection_log.errors import HomeMissing, InjectionLogError, Refused

app = typer.Typer(
    cls=LazyGroup, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False,
    help="Signed records of ultrasound-guided submandibular gland injections.",
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"injection-log {__version__}")
        raise typer.Exit


@app.callback()
def _top(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and end.")
    ] = False,
) -> None:
    del version  # the callback has answered


def assemble() -> typer.Typer:
    """Give the command with all its parts, those of installed plugins too."""
    return app


def _words_of_disk(error: OSError) -> str:
    where = f" at {error.filename}" if error.filename else ""
    return (
        f"The disk could not do what was asked{where} ({error.strerror or 'no reason given'}); check the folder, your "
        "rights and the free space, then try again."
    )


def _words_of_fault(error: Exception) -> str:
    """What nobody foresaw: the kind and the place only, because the text of an error can hold a patient's value."""
    last = error.__traceback__
    while last is not None and last.tb_next is not None:
        last = last.tb_next
    place = f"{last.tb_frame.f_globals.get('__name__', '?')}, line {last.tb_lineno}" if last else "an unknown place"
    return (
        f"The program met a fault of its own ({type(error).__name__} in {place}) and stopped; what was saved is "
        "saved: tell the makers of the program this sentence."
    )


def main() -> None:
    """Run the command; whatever this program can foresee ends in one sentence and an exit code."""
    as_json = "--json" in sys.argv
    try:
        try:
            assemble()()
        except Refused as refused:
            answers.refuse(refused.code, refused.why, as_json)
        except HomeMissing as missing:
            answers.wrong_use(str(missing), as_json)
        except InjectionLogError as error:
            answers.fail(str(error), as_json)
        except OSError as error:
            answers.fail(_words_of_disk(error), as_json)
        except Exception as error:  # noqa: BLE001  # a traceback never reaches a user
            answers.fail(_words_of_fault(error), as_json)
    except typer.Exit as end:
        sys.exit(end.exit_code)
