"""The home folder: where the log, the images and the settings of one site lie.

Does not open or read anything in it. The keys lie elsewhere (`injection_log.keys`).
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from injection_log.log_place import DATABASE, PLACE, SharedDatabase, place_of
from injection_log.private_files import make_private_folder

__all__ = ["DATABASE", "VARIABLE", "Home"]
VARIABLE = "INJECTION_LOG_HOME"


@dataclass(frozen=True)
class Home:
    """One site's folder. Everything in it is for its owner only."""

    root: Path

    @classmethod
    def locate(cls, chosen: Path | None = None) -> Home:
        """The home that was chosen (`--home`), else of INJECTION_LOG_HOME, else the platform's place for data."""
        named = os.environ.get(VARIABLE, "")
        if chosen is not None:
            return cls(chosen.expanduser().absolute())
        if named:
            return cls(Path(named).expanduser().absolute())
        return cls(platformdirs.user_data_path("injection-log", appauthor=False) / "home")

    def make(self) -> Home:
        """Create the folders, mode 0700, and answer itself. Raises OSError."""
        make_private_folder(self.root, chosen_by_person=True)
        for folder in (self.ledger_folder, self.root / "images"):
            make_private_folder(folder)
        return self

    def has_ledger(self) -> bool:
        """Whether there is a log in this home, or the name of a shared one."""
        return (self.ledger_folder / DATABASE).is_file() or self.is_shared()

    def is_shared(self) -> bool:
        """Whether the log of this home is in a shared database (`injection_log.log_place`)."""
        return (self.ledger_folder / PLACE).is_file()

    @property
    def images(self) -> Path:
        """Untouched originals under their SHA-256; the one place with a patient's identifiers.

        Where a shared log names a folder that all workstations reach, it is that one. Raises PlaceRefused.
        """
        place = place_of(self.ledger_folder) if self.is_shared() else None
        if isinstance(place, SharedDatabase) and place.images:
            return Path(place.images)
        return self.root / "images"

    @property
    def ledger_folder(self) -> Path:
        """The folder of the database."""
        return self.root / "ledger"

    @property
    def settings_file(self) -> Path:
        """Settings of this site, TOML."""
        return self.root / "settings.toml"

    @property
    def language_file(self) -> Path:
        """The language that was chosen in the window of this workstation."""
        return self.root / "language"

    @property
    def look_file(self) -> Path:
        """The colours that were chosen in the window of this workstation."""
        return self.root / "look"

    @property
    def protocol_file(self) -> Path:
        """The trial's protocol, TOML."""
        return self.root / "protocol.toml"

    @property
    def left_off_file(self) -> Path:
        """Where people left their visits on this workstation, without an id of anybody; the window's own."""
        return self.root / "left-off.json"

    @property
    def archive_folder(self) -> Path:
        """Coded copies and reports that an archive has not accepted yet; nothing of it names a patient."""
        return self.root / "archive"

    @property
    def log_file(self) -> Path:
        """The program's own log; never a value of a patient in it."""
        return self.root / "injection-log.log"
