"""The top of the command: its parts are loaded when they run, so that `--help` loads none of them.

Its own help is plain text from `contents.py`; the help of a part is made by typer as ever. Commands of plugins are
looked for only when a name is not one of the program's own, or when all are listed.
"""
from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from importlib import import_module
from typing import TYPE_CHECKING, Any

import typer
from typer.core import TyperGroup

from injection_log.cli.contents import FILES, HIDDEN, PANELS

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

GROUP = "injection_log.commands"
_FILE_OF = {name: file for file, names in FILES.items() for name in names}
_WORDS = {name: words for names in PANELS.values() for name, words in names.items()}


class Commands(MutableMapping[str, Any]):
    """Every command by its name; the file of one is loaded when it is asked for. KeyError for an unknown name."""

    def __init__(self) -> None:
        self._made: dict[str, Any] = {}
        self._of_plugins: dict[str, EntryPoint] | None = None

    @property
    def of_plugins(self) -> dict[str, EntryPoint]:
        """Commands of installed plugins by the name of their entry point; none is loaded."""
        if self._of_plugins is None:
            from importlib.metadata import entry_points  # a third of the time that `--version` takes

            self._of_plugins = {point.name: point for point in entry_points(group=GROUP)}
        return self._of_plugins

    def __getitem__(self, name: str) -> Any:
        if name not in self._made:
            self._load(name)
        return self._made[name]

    def _load(self, name: str) -> None:
        part = typer.Typer()
        if name in _FILE_OF:
            file, _, function = _FILE_OF[name].partition(":")
            getattr(import_module(f"injection_log.cli.{file}"), function)(part)
        else:
            self.of_plugins[name].load()(part)
        self._made.update(typer.main.get_group(part).commands)

    def __iter__(self) -> Iterator[str]:
        listed = [name for name in _WORDS if name in _FILE_OF or name in self.of_plugins]
        yield from [*listed, *HIDDEN, *(name for name in self.of_plugins if name not in _WORDS)]

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __setitem__(self, name: str, command: Any) -> None:
        self._made[name] = command

    def __delitem__(self, name: str) -> None:
        del self._made[name]


class LazyGroup(TyperGroup):
    """The group over all commands."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**{**given, "commands": None})
        self.commands = Commands()

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the help as click does."""
        # Plainly: typer's boxes need rich, which takes longer to load than all the rest of this.
        super(TyperGroup, self).format_help(ctx, formatter)

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write every command under its heading."""
        there = list(self.commands)
        others = [name for name in there if name not in _WORDS and name not in HIDDEN]
        panels = {**PANELS, "Commands": {name: self.commands[name].get_short_help_str(200) for name in others}}
        for panel, names in panels.items():
            if rows := [(name, words) for name, words in names.items() if name in there]:
                with formatter.section(panel):
                    formatter.write_dl(rows)
