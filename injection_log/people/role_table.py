"""The table of roles as text: one line a command for the committed table, and a page in words for people.

Pure; says what `roles.TABLE` says and decides nothing. `python -m tools.role_table` writes both files, and the tests
hold them against the table.
"""

from __future__ import annotations

from typing import get_args

from injection_log.people.roles import TABLE, Command, Role, State

STATES: tuple[State, ...] = get_args(State)
_LETTERS = {"": "-", "draft": "D", "complete": "C", "signed": "S", "reviewed": "R", "locked": "L"}
_HEAD = """\
# Every command x role x state. One line a command, one column a role, in it the states in which it is allowed:
# - no record, D draft, C complete, S signed, R reviewed, L locked; . never. The test asserts every cell of it.
"""
ROLE_WORDS = {
    Role.INJECTOR: "injector: injects and signs",
    Role.OPERATOR: "operator: handles the ultrasound",
    Role.PRINCIPAL_INVESTIGATOR: "principal investigator: reviews, locks, one of the two in two-person acts",
    Role.READER: "reader: measures blinded, in a reading package",
    Role.ADJUDICATOR: "adjudicator: decides between readers, in a reading package",
    Role.DATA_MANAGER: "data manager: queries, campaigns on codes, the other of the two",
    Role.MONITOR: "monitor: reads, asks, verifies, changes nothing",
    Role.ADMINISTRATOR: "administrator: accounts and settings, no clinical data",
}
_PAGE = """\
# Who may do what

Made from [`injection_log/people/roles.py`](../injection_log/people/roles.py) by `python -m tools.role_table`; a test
holds the two together. What is not in this table is refused, and a refused try is an event (`AccessDenied`: who, which
command, the state of the record; never whose record or what was typed).

The letters are the states of a gland record in which the command may be given: **D** draft, **C** complete,
**S** signed, **R** reviewed, **L** locked; **yes** means that the command is not about one record.

Beside the table stand rules that a table cannot say: an injection visit is signed by the injecting physician; nobody
changes their own role; the last administrator stays; who ever had a role that sees procedure records is never reader or
adjudicator, and the other way round; a new key is confirmed neither by its owner nor by who gave the one-time code; a
query is closed only by its own side, and nothing but the site changes site data.

"""


def golden_text() -> str:
    """The committed table: a head, the roles, and one line a command in the order of `roles.Command`."""
    names: list[Command] = list(get_args(Command))
    width = max(len(name) for name in names)
    columns = [str(role) for role in Role]
    lines = [f"{'':{width}} " + " ".join(columns)]
    for command in names:
        cells = (f"{_cell(command, role):{len(role)}}" for role in Role)
        lines.append(f"{command:{width}} {' '.join(cells)}".rstrip())
    return _HEAD + "\n".join(lines) + "\n"


def read_golden(text: str) -> dict[tuple[str, str, str], bool]:
    """Every cell (command, role, state) of such a text, and whether it is allowed there."""
    rows = [line.split() for line in text.splitlines() if line and not line.startswith("#")]
    roles, found = rows[0], {}
    for command, *cells in rows[1:]:
        for role, cell in zip(roles, cells, strict=True):
            for state, letter in _LETTERS.items():
                found[command, role, state] = letter in cell
    return found


def page_in_words() -> str:
    """The page docs/roles.md."""
    titles = " | ".join(str(role).replace("_", " ") for role in Role)
    lines = [f"| command | {titles} |", "|---|" + ":-:|" * len(Role)]
    for command in get_args(Command):
        cells = " | ".join(_words(command, role) for role in Role)
        lines.append(f"| {command.replace('_', ' ')} | {cells} |")
    roles = "".join(f"- {words}\n" for words in ROLE_WORDS.values())
    return _PAGE + "\n".join(lines) + "\n\n" + roles


def _cell(command: Command, role: Role) -> str:
    roles, states = TABLE[command]
    return "".join(_LETTERS[state] for state in STATES if role in roles and state in states) or "."


def _words(command: Command, role: Role) -> str:
    letters = _cell(command, role).replace("-", "").replace(".", "")
    if letters:
        return letters
    return "yes" if role in TABLE[command][0] else ""
