"""What a method for gland volumes is: the placed marks of one gland and the spacing of its sweep in, a volume out.

Pure values and one interface; methods are plugins, found by their entry points in `injection_log.volume_methods`. A
method has a name and a version that are stored with every volume, so that it can be computed again years later: one
that would give another value for the same marks gets the next version. Deliberately no method here.
"""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from annotate.errors import MarkMalformed
from annotate.marks import PlacedMark
from annotate.stored_parts import keys_of, word_of


@dataclass(frozen=True)
class TypedSpacing:
    """How far neighbouring traced frames of a sweep lie apart, as a person typed it, whole micrometres above 0.

    `is_tracked`: a position sensor measured it; else it is assumed.
    """

    um: int
    is_tracked: bool


@dataclass(frozen=True)
class NoSpacing:
    """Nobody has typed how far the traced frames lie apart."""


SweepSpacing = TypedSpacing | NoSpacing


@dataclass(frozen=True)
class GlandVolume:
    """A volume in whole microlitres, the method and version that gave it, what it rests on and warns of, in words."""

    method: str
    version: str
    volume_ul: int
    basis: str
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class VolumeMissing:
    """There is no volume by this method yet: what is missing, as a sentence."""

    what: str


class VolumeMethod(Protocol):
    """What a plugin offers. `name` is its entry point's; `title` is shown."""

    name: str
    version: str
    title: str

    def volume(self, marks: Sequence[PlacedMark], spacing: SweepSpacing) -> GlandVolume | VolumeMissing:
        """The volume of one gland from all marks placed on it. Pure: the same marks give the same whole number.

        MarkRefused where the marks contradict each other.
        """
        ...


def volume_to_json(volume: GlandVolume) -> dict[str, Any]:
    """The stored form: whole numbers and words only."""
    return {
        "method": {"name": volume.method, "version": volume.version}, "volume_ul": volume.volume_ul,
        "basis": volume.basis, "warnings": list(volume.warnings),
    }


def volume_from_json(value: object) -> GlandVolume:
    """The volume of a stored form. Raises MarkMalformed for what `volume_to_json` cannot have written."""
    fields = keys_of(value, "method", "volume_ul", "basis", "warnings")
    named, warnings = keys_of(fields["method"], "name", "version"), fields["warnings"]
    if not isinstance(warnings, list) or type(fields["volume_ul"]) is not int or not isinstance(fields["basis"], str):
        raise MarkMalformed("A stored gland volume is none; check the log with `verify`.")
    return GlandVolume(
        word_of(named["name"]), word_of(named["version"]), fields["volume_ul"], fields["basis"],
        tuple(map(word_of, warnings)),
    )


def spacing_of(facts: Mapping[str, Any]) -> SweepSpacing:
    """The spacing that the facts of a gland give: tracked only where that is said."""
    um = facts.get("sweep_spacing_um")
    if type(um) is not int or um <= 0:
        return NoSpacing()
    return TypedSpacing(um, facts.get("sweep_spacing_known") == "tracked")
