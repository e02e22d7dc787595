"""The headings of `injection-log --help`: each command stands under exactly one, in the order of the table."""
from __future__ import annotations

from injection_log import cli
from injection_log.cli.panels import PANELS


def test_every_command_of_the_program_stands_under_one_heading_and_no_heading_names_another() -> None:
    app = cli.assemble()
    there = {one.name for one in (*app.registered_commands, *app.registered_groups) if not one.hidden}
    named = [name for names in PANELS.values() for name in names]
    assert sorted(named) == sorted(there)  # type: ignore[type-var]  # every command has a name


def test_the_help_lists_the_headings_in_the_order_of_the_work() -> None:
    order = [one.rich_help_panel for one in cli.assemble().registered_commands]
    panels = list(dict.fromkeys(order))
    assert panels == [panel for panel in PANELS if panel in panels]
