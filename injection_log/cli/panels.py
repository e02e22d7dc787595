"""Under which heading of `injection-log --help` each command stands: about fifty names are no list to read through.

Only an order for people; what a command does is said by itself. A command of an installed plugin that is not named
here stands under its own heading, "Commands", and works like any other.
"""
from __future__ import annotations

import typer

PANELS: dict[str, tuple[str, ...]] = {
    "Begin": ("open", "demo", "doctor", "setup", "join", "upgrade-shared"),
    "Pictures": ("pacs", "import", "image", "frame", "measure"),
    "Records": ("list", "show", "set", "sign", "sheet", "export"),
    "After signing": (
        "amend", "close-amendment", "add-images", "sign-addition", "review", "lock", "unlock", "withdraw", "not-done",
        "reinstate", "transcribed", "unblinding",
    ),
    "Looking through": (
        "history", "audit", "checks", "queries", "query", "verify-source", "deviations", "deviation",
    ),
    "Trusting and keeping the log": ("verify", "export-log", "backup", "restore", "keys", "blank"),
    "People": ("users", "password", "confirm-key", "confirm-workstation"),
    "Copies for readers and for sharing": ("coded-copy",),
}


def put_under_panels(app: typer.Typer) -> None:
    """Give every command and group of the program its heading, and bring the commands into the order of the table."""
    place = {name: panel for panel, names in PANELS.items() for name in names}
    order = {name: number for number, name in enumerate(place)}
    for command in app.registered_commands:
        command.rich_help_panel = place.get(command.name or "")
    for group in app.registered_groups:
        group.rich_help_panel = place.get(group.name or "")
    app.registered_commands.sort(key=lambda one: order.get(one.name or "", len(order)))
