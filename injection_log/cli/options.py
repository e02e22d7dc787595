"""The options that many commands share, and what is opened from them: the home, the site, the session."""
from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from injection_log.home import Home

if TYPE_CHECKING:
    from injection_log.site import Session, Site

HomeOption = Annotated[
    Path | None, typer.Option("--home", help="Folder of the log, images and settings (else INJECTION_LOG_HOME).")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print facts as JSON for scripts.")]
UserOption = Annotated[str, typer.Option("--user", help="Your user id; the password is asked for.")]
PasswordStdinOption = Annotated[
    bool, typer.Option("--password-stdin", help="Read the password from standard input, one line.")
]


def open_site(home: Path | None) -> Site:
    """Open the site of `--home`."""
    from injection_log.site import Site  # brings the database and the ciphers, which `--help` does without

    return Site.open(Home.locate(home))


def open_session(home: Path | None, user: str, password_stdin: bool) -> Session:
    """Open the site of `--home` and log in with a password that is never an argument."""
    site = open_site(home)
    return _log_in(site, user, read_password("Password: ", password_stdin))


def open_session_with(home: Path | None, user: str, password: str) -> Session:
    """The same with a password that was read already."""
    return _log_in(open_site(home), user, password)


def _log_in(site: Site, user: str, password: str) -> Session:
    from injection_log.cli.answers import say
    from injection_log.site import log_in

    session = log_in(site, user, password)
    if notice := site.clock_notice:
        say(notice)
    return session


def read_password(prompt: str, from_stdin: bool) -> str:
    """Ask for a password, or read one line of standard input."""
    if from_stdin:
        return sys.stdin.readline().rstrip("\n")
    return str(typer.prompt(prompt.rstrip(": "), hide_input=True))
