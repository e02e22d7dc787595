"""The settings of one site: HOME/settings.toml, read, never written here.

    default_pacs = "rh"

    [pacs.rh]
    called_aet = "PACS"
    host = "pacs.example.org"
    port = 104
    calling_aet = "INJLOG"     # our own title; may be left out
    listen_port = 11112        # only opened where the PACS does not know C-GET; may be left out

A password or any other secret does not belong in it.
"""
from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dicom_io.pacs.address import LISTEN_PORT, OUR_AE_TITLE, AddressMalformed, PacsAddress
from injection_log.errors import InjectionLogError

_WORDS = {"default_pacs", "pacs"}
_PACS_WORDS = {"called_aet", "host", "port", "calling_aet", "listen_port"}


class SettingsMalformed(InjectionLogError):
    """The settings file cannot be understood; the sentence says where."""


@dataclass(frozen=True)
class Settings:
    """What settings.toml says. `pacs` has the addresses by name."""

    pacs: Mapping[str, PacsAddress] = field(default_factory=dict)
    default_pacs: str = ""

    def default_address(self) -> PacsAddress | None:
        """The PACS to ask when none is named: the default, or the only one; None when neither exists."""
        if self.default_pacs:
            return self.pacs[self.default_pacs]
        return next(iter(self.pacs.values())) if len(self.pacs) == 1 else None


def read_settings(path: Path) -> Settings:
    """Read the settings file; one that is not there is empty. Raises SettingsMalformed."""
    try:
        value = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Settings()
    except OSError as error:
        raise SettingsMalformed(f"{path} cannot be read; check that you may read it.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsMalformed(f"{path} is not valid TOML; put right or remove what was changed last.") from error
    if unknown := value.keys() - _WORDS:
        raise SettingsMalformed(f"{path}: there is no setting {min(unknown)}; see the words in the manual.")
    pacs = {name: _address(path, name, entry) for name, entry in _table(path, value, "pacs").items()}
    default = value.get("default_pacs", "")
    if not isinstance(default, str) or (default and default not in pacs):
        raise SettingsMalformed(f"{path}: default_pacs names a PACS that has no [pacs.NAME] part.")
    return Settings(pacs, default)


def _table(path: Path, value: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    table = value.get(name, {})
    if not isinstance(table, dict):
        raise SettingsMalformed(f"{path}: {name} has to be a table, written as [{name}.NAME].")
    return table


def _address(path: Path, name: str, entry: Any) -> PacsAddress:
    where = f"{path}, [pacs.{name}]"
    if not isinstance(entry, dict) or not {"called_aet", "host", "port"} <= entry.keys():
        raise SettingsMalformed(f"{where}: called_aet, host and port are needed.")
    if unknown := entry.keys() - _PACS_WORDS:
        raise SettingsMalformed(f"{where}: there is no setting {min(unknown)}; see the words in the manual.")
    ports = entry["port"], entry.get("listen_port", LISTEN_PORT)
    if not all(type(port) is int for port in ports):
        raise SettingsMalformed(f"{where}: port and listen_port are whole numbers.")
    titles = str(entry["called_aet"]), str(entry.get("calling_aet", OUR_AE_TITLE))
    try:
        return PacsAddress(titles[0], str(entry["host"]), ports[0], titles[1], ports[1])
    except AddressMalformed as error:
        raise SettingsMalformed(f"{where}: {error.why}") from error
