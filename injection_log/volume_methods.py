"""Which methods for gland volumes are installed: the registry between the record and its volume methods.

A method is a plugin found by its entry point (group `injection_log.volume_methods`, the name of the entry point is the
name of the method); it gets the placed marks of one gland and gives a volume or says what is missing. The ellipsoid's
volume stands in the log as the size of the gland; every other method has a field of its own. Deliberately nothing is
stored here, and no method is loaded before a gland is measured.
"""
from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.metadata import entry_points

from annotate.marks import PlacedMark
from annotate.volume_method import GlandVolume, SweepSpacing, VolumeMethod, VolumeMissing
from injection_log.errors import InjectionLogError

GROUP = "injection_log.volume_methods"
OF_THE_SIZE = "ellipsoid"
"""The method whose volume is part of the gland's size, with its diameters and errors."""


class VolumeMethodsUnusable(InjectionLogError):
    """Two installed packages claim one name of a method, or a method goes by another name than its entry point."""


@cache
def methods() -> tuple[VolumeMethod, ...]:
    """The installed methods by name. Raises VolumeMethodsUnusable."""
    # An editable installation can list the same entry point twice; two different targets are a conflict.
    points = {(point.name, point.value): point for point in entry_points(group=GROUP)}
    found: dict[str, VolumeMethod] = {}
    for (name, value), point in sorted(points.items()):
        method: VolumeMethod = point.load()()
        if name in found:
            raise VolumeMethodsUnusable(
                f'Two installed packages offer the volume method "{name}"; remove one of them.'
            )
        if method.name != name:
            raise VolumeMethodsUnusable(
                f'The volume method "{name}" ({value}) calls itself "{method.name}"; correct one of the two.'
            )
        found[name] = method
    return tuple(found.values())


def method_named(name: str) -> VolumeMethod | None:
    """The installed method of this name; None where there is none."""
    return next((one for one in methods() if one.name == name), None)


def volumes_of(marks: Sequence[PlacedMark], spacing: SweepSpacing) -> dict[str, GlandVolume | VolumeMissing]:
    """What every installed method gives for the marks of one gland. MarkRefused where they contradict each other."""
    return {one.name: one.volume(marks, spacing) for one in methods()}
