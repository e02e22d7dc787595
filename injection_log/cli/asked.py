"""What commands about one record share: arguments, who asks, what is shown before a signature, how they answer."""
from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from injection_log.cli.answers import answer, say, wrong_use
from injection_log.cli.options import open_session_with, read_password

if TYPE_CHECKING:
    from annotate.marks import Side
    from injection_log.record.rendering import Rendering
    from injection_log.record.values import VisitRecord
    from injection_log.site import Session

ParticipantArgument = Annotated[str, typer.Argument(help="Participant id, for example SMG-07.")]
VisitArgument = Annotated[str, typer.Argument(help="Visit as named in the protocol, for example injection.")]
SideArgument = Annotated[str, typer.Argument(help="right or left; --gland does as well.", show_default=False)]
GlandOption = Annotated[str, typer.Option("--gland", "--side", help="right or left, instead of the third word.")]
ReasonOption = Annotated[str, typer.Option("--reason", help="Why: one line of words; it stands in the log.")]
YesOption = Annotated[bool, typer.Option("--yes", help="Sign what is shown without being asked once more.")]


@dataclass(frozen=True)
class Asked:
    """Who asks, with which password: kept in memory until the act is done, because a signature needs it again."""

    session: Session
    password: str = field(repr=False)

    def find(self, participant: str, visit: str) -> VisitRecord:
        """The record of a visit that was begun."""
        from injection_log.acts.visits import find_visit

        return find_visit(self.session, participant, visit)


def ask(home: Path | None, user: str, password_stdin: bool) -> Asked:
    """Log in, asking for the password."""
    if not user:
        wrong_use("Say who you are with --user NAME; the password is asked for.")
    password = read_password("Password: ", password_stdin)
    return Asked(open_session_with(home, user, password), password)


def confirmed(asked: Asked, shown: Rendering, meaning: str, sure: bool) -> str:
    """Show what is signed, and give the password: typed again, or the one line that came by standard input."""
    say(shown.text)
    say(f"Signed by {asked.session.account.printed_name}, meaning: {meaning}")
    return asked.password if sure else read_password("Password again, to sign: ", from_stdin=False)


def side_of(text: str, option: str = "") -> Side:
    """A gland's side as it was typed, in its place or (`option`) with --gland; never two different ones."""
    if text and option and text != option:
        wrong_use(f"Two glands are named, '{text}' and '{option}'; name one.")
    text = text or option
    if text not in ("right", "left"):
        wrong_use("Say which gland: 'right' or 'left'.")
    return "right" if text == "right" else "left"


def tell(record: VisitRecord, as_json: bool, sentence: str) -> None:
    """Answer with where both glands stand now, or in words."""
    facts = {
        "participant": record.participant, "visit": record.visit,
        "withdrawn": record.withdrawn is not None, "not_done": record.not_done is not None,
        "glands": {
            side: {"state": gland.state, "version": gland.version, "amendment_open": gland.amendment is not None,
                   "addition_open": gland.addition_open is not None}
            for side, gland in record.glands.items()
        },
    }
    answer(facts, as_json, lambda: typer.echo(sentence))
