"""`keys show|export|import`: what this workstation keeps outside of the home, and how it gets to another one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from injection_log.cli.answers import answer, say, wrong_use
from injection_log.cli.options import (
    HomeOption,
    JsonOption,
    PasswordStdinOption,
    UserOption,
    open_session,
    read_password,
)
from injection_log.cli.tables import print_table

if TYPE_CHECKING:
    from injection_log.keys import KeyKind


def add_keys_commands(app: typer.Typer) -> None:
    """Join `keys` to the command."""
    keys = typer.Typer(help="The keys of this site and workstation.", no_args_is_help=True)
    keys.command("show")(show)
    keys.command("export")(export)
    keys.command("import")(import_)
    app.add_typer(keys, name="keys")


def show(as_json: JsonOption = False) -> None:
    """Print fingerprints of the keys on this workstation, for the trial master file; never a key."""
    from injection_log.acts.keys import show_keys
    from injection_log.keys import KeyFolder

    rows = [vars(one) for one in show_keys(KeyFolder.default())]
    answer(rows, as_json, lambda: print_table(["origin", "kind", "fingerprint", "kept_in"], rows))


def export(
    file: Annotated[Path, typer.Argument(help="New file for the keys; keep it apart from every backup.")],
    user: UserOption,
    moving_house: Annotated[
        bool, typer.Option("--moving-house", help="Also this workstation's checkpoint key, for its successor.")
    ] = False,
    home: HomeOption = None, as_json: JsonOption = False, password_stdin: PasswordStdinOption = False,
) -> None:
    """Write the site's identity key into a file under a passphrase. With --password-stdin: password, passphrase."""
    from injection_log.acts.keys import WORDS, export_keys

    session = open_session(home, user, password_stdin)
    passphrase = read_password("Passphrase for the keys file", password_stdin)
    if not password_stdin and read_password("The same passphrase again", password_stdin) != passphrase:
        wrong_use("The two passphrases are not the same, and nothing was written; begin again.", as_json)
    kinds: tuple[KeyKind, ...] = ("identity", "checkpoint") if moving_house else ("identity",)
    held = export_keys(session, file, passphrase, kinds)
    facts = {"written": str(file), "holds": sorted(held.secrets), "origin": held.origin}
    answer(facts, as_json, lambda: _print_export(file, [WORDS[kind] for kind in kinds]))


def import_(
    file: Annotated[Path, typer.Argument(help="A file made by `keys export`.")],
    home: HomeOption = None, as_json: JsonOption = False,
    passphrase_stdin: Annotated[
        bool, typer.Option("--passphrase-stdin", help="Read the passphrase from standard input, one line.")
    ] = False,
) -> None:
    """Keep the keys of a file on this workstation. Another key that is here already is never replaced."""
    from injection_log.acts.keys import WORDS, import_keys
    from injection_log.home import Home
    from injection_log.keys import KeyFolder

    if not file.is_file():
        wrong_use(f"There is no keys file {file}; give the file that `injection-log keys export` made.", as_json)
    passphrase = read_password("Passphrase of the keys file", passphrase_stdin)
    done = import_keys(Home.locate(home), KeyFolder.default(), file, passphrase)

    def words() -> None:
        for kind, new in done.items():
            say(f"{'Kept' if new else 'Here already'}: {WORDS[kind]}.")
        say(f"Now keep {file} where no backup reaches it, or destroy it.")

    answer({"kept": {kind: "kept" if new else "here already" for kind, new in done.items()}}, as_json, words)


def _print_export(file: Path, held: list[str]) -> None:
    typer.echo(str(file))
    for words in held:
        say(f"It holds {words}.")
    say("Without the passphrase nobody can open it, the makers of the program included: keep both, apart.")
