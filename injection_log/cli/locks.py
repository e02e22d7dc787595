"""`lock` and `unlock`: a gland record, everything of a participant, or the study. Locking never hides anything."""
from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from injection_log.cli.answers import answer, wrong_use
from injection_log.cli.asked import ReasonOption, ask, side_of
from injection_log.cli.options import HomeOption, JsonOption, PasswordStdinOption, UserOption

if TYPE_CHECKING:
    from injection_log.acts.locking import Scope

WhatArgument = Annotated[
    list[str] | None, typer.Argument(help="PARTICIPANT, or PARTICIPANT VISIT SIDE; nothing for the study.")
]


def add_lock_commands(app: typer.Typer) -> None:
    """Join `lock` and `unlock` to the command."""
    app.command("lock")(lock)
    app.command("unlock")(unlock)


def lock(
    user: UserOption, what: WhatArgument = None,
    reason: Annotated[str, typer.Option("--reason", help="Why, where it helps.")] = "",
    home: HomeOption = None, as_json: JsonOption = False, password_stdin: PasswordStdinOption = False,
) -> None:
    """Lock a gland record, everything of a participant, or (without arguments) the study."""
    from injection_log.acts.locking import lock as lock_scope

    scope = _scope(what or [])
    lock_scope(ask(home, user, password_stdin).session, scope, reason)
    _say_scope(scope, "locked", as_json)


def unlock(
    user: UserOption, reason: ReasonOption, what: WhatArgument = None,
    home: HomeOption = None, as_json: JsonOption = False,
    password_stdin: PasswordStdinOption = False,
) -> None:
    """Unlock what was locked, with a reason."""
    from injection_log.acts.locking import unlock as unlock_scope

    scope = _scope(what or [])
    unlock_scope(ask(home, user, password_stdin).session, scope, reason)
    _say_scope(scope, "unlocked", as_json)


def _scope(what: list[str]) -> Scope:
    from injection_log.acts.locking import GlandScope, ParticipantScope, StudyScope

    if len(what) not in (0, 1, 3):
        wrong_use("Say nothing (the study), a participant, or a participant, a visit and a side.")
    words = [word.strip() for word in what]
    if not words:
        return StudyScope()
    participant = words[0].upper()
    return GlandScope(participant, words[1], side_of(words[2])) if len(words) > 1 else ParticipantScope(participant)


def _say_scope(scope: Scope, done: str, as_json: bool) -> None:
    facts: dict[str, Any] = {"scope": type(scope).__name__.removesuffix("Scope").lower(), **vars(scope), "done": done}
    name = " ".join(str(part) for part in vars(scope).values()) or "the study"
    answer(facts, as_json, lambda: typer.echo(f"{name} is {done}."))
