"""The settings of one site: HOME/settings.toml, read, never written here.

    default_pacs = "rh"
    language = "da"                            # or "en": what the window speaks until another one is chosen in it

    [pacs.rh]                                  # one PACS alone may stand under [pacs] itself
    address = "dicoms://PACS@pacs.example.org:2762"   # or called_aet, host and port; dicom:// without TLS
    calling_aet = "INJLOG"                     # our own title; this and all below may be left out
    listen_port = 11112                        # only opened where the PACS does not know C-GET, or for its test
    listen_host = "10.0.0.7"                   # which of our own addresses that port is opened on
    way = "auto"                               # or get, move, web: how images are fetched
    web = "https://pacs.example.org/dicom-web"
    web_password_file = "pacs-password"        # or web_token_file; a file that only you may read
    worklist = "dicom://RIS@ris.example.org:104"      # where the PACS itself has no worklist

    [pacs.rh.tls]                              # PEM files, seen from the folder of this file
    ca = "hospital-ca.pem"                     # whom to trust; without it the authorities of this computer
    certificate = "injlog.crt"
    key = "injlog.key"

    [pacs.rh.time_outs]                        # seconds
    connection = 5
    hand_shake = 5
    acse = 8
    dimse = 8
    network = 8
    idle = 60

A password or any other secret does not belong in it.
"""
from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dicom_io.pacs.address import PacsAddress
from injection_log.language import ENGLISH, LANGUAGES
from injection_log.pacs_settings import WORDS, PacsSource, SettingsMalformed, read_source

__all__ = ["PacsSource", "Settings", "SettingsMalformed", "read_settings"]

_WORDS = {"default_pacs", "language", "pacs"}


@dataclass(frozen=True)
class Settings:
    """What settings.toml says. `pacs` has the site's PACSs by name."""

    pacs: Mapping[str, PacsSource] = field(default_factory=dict)
    default_pacs: str = ""
    language: str = ENGLISH

    def default_source(self) -> PacsSource | None:
        """The PACS to ask when none is named: the default, or the only one; None when neither exists."""
        if self.default_pacs:
            return self.pacs[self.default_pacs]
        return next(iter(self.pacs.values())) if len(self.pacs) == 1 else None

    def default_address(self) -> PacsAddress | None:
        """The address of `default_source`."""
        source = self.default_source()
        return None if source is None else source.address


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
        raise SettingsMalformed(f"{path}: there is no setting {min(unknown)}; there are {', '.join(sorted(_WORDS))}.")
    pacs = _sources(path, value)
    default = value.get("default_pacs", "")
    if not isinstance(default, str) or (default and default not in pacs):
        raise SettingsMalformed(f"{path}: default_pacs names a PACS that has no [pacs.NAME] part.")
    language = value.get("language", ENGLISH)
    if language not in LANGUAGES:
        raise SettingsMalformed(f"{path}: language is one of {', '.join(sorted(LANGUAGES))}; correct it.")
    return Settings(pacs, default, language)


def _sources(path: Path, value: Mapping[str, Any]) -> dict[str, PacsSource]:
    table = value.get("pacs", {})
    if not isinstance(table, dict):
        raise SettingsMalformed(f"{path}: pacs has to be a table, written as [pacs.NAME].")
    folder = path.absolute().parent
    alone = any(name in WORDS and not isinstance(entry, dict) for name, entry in table.items())
    if alone:
        return {"pacs": read_source(table, f"{path}, [pacs]", folder)}
    return {name: read_source(entry, f"{path}, [pacs.{name}]", folder) for name, entry in table.items()}
