"""The registry of volume methods: which there are, and that one that cannot be right is refused."""
from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import EntryPoint

import pytest

from annotate.contour_stack import ContourStack
from annotate.volume_method import GlandVolume, NoSpacing, VolumeMissing
from injection_log import volume_methods
from injection_log.record.derived import volume_values, wrong_derived
from injection_log.record.mark_columns import volume_columns
from injection_log.volume_methods import VolumeMethodsUnusable, method_named, methods, volumes_of


class Cubes:
    """A method of another package: one millilitre a mark."""

    name, version, title = "cubes", "7", "Cubes"

    def volume(self, marks: object, spacing: object) -> GlandVolume:
        del marks, spacing
        return GlandVolume(self.name, self.version, 1_000, "one cube")


@pytest.fixture
def forgotten() -> Iterator[None]:
    """Which methods are installed is asked anew, before and after."""
    methods.cache_clear()
    yield
    methods.cache_clear()


def installed(monkeypatch: pytest.MonkeyPatch, *points: tuple[str, str]) -> None:
    found = [EntryPoint(name, value, volume_methods.GROUP) for name, value in points]
    monkeypatch.setattr(volume_methods, "entry_points", lambda **_: found)


OURS = ("contour_stack", "annotate.contour_stack:ContourStack")
THEIRS = ("cubes", f"{__name__}:Cubes")


def test_the_ellipsoid_and_the_contour_stack_are_installed() -> None:
    assert {"contour_stack", "ellipsoid"} <= {one.name for one in methods()}
    assert isinstance(method_named("contour_stack"), ContourStack)
    assert method_named("cubes") is None


def test_every_method_answers_for_a_gland_without_marks() -> None:
    assert all(isinstance(one, VolumeMissing) for one in volumes_of((), NoSpacing()).values())


@pytest.mark.usefixtures("forgotten")
def test_two_packages_with_a_method_of_one_name_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    installed(monkeypatch, OURS, ("contour_stack", f"{__name__}:Cubes"))
    with pytest.raises(VolumeMethodsUnusable, match="remove one of them"):
        methods()


@pytest.mark.usefixtures("forgotten")
def test_a_method_under_a_name_that_is_not_its_own_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    installed(monkeypatch, ("squares", f"{__name__}:Cubes"))
    with pytest.raises(VolumeMethodsUnusable, match='calls itself "cubes"'):
        methods()


@pytest.mark.usefixtures("forgotten")
def test_a_method_of_another_package_is_stored_with_its_version_and_has_columns(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(EntryPoint, "load", lambda point: Cubes if point.name == "cubes" else ContourStack)
    installed(monkeypatch, OURS, THEIRS)
    stored = volume_values((), {}, ())
    assert stored == {
        "volume.cubes": {
            "method": {"name": "cubes", "version": "7"}, "volume_ul": 1_000, "basis": "one cube", "warnings": [],
        }
    }
    assert wrong_derived(stored, lambda value: value) is None  # type: ignore[arg-type, return-value]
    assert "cubes_volume_ml" in {column.name for column in volume_columns()}
    installed(monkeypatch, OURS)
    methods.cache_clear()
    assert "does not have: cubes version 7" in str(wrong_derived(stored, lambda value: value))  # type: ignore[arg-type, return-value]


def test_a_volume_by_a_method_that_is_gone_falls_when_a_mark_changes() -> None:
    assert volume_values((), {"sweep_spacing_um": 2_000}, ("gone",)) == {"volume.gone": None}
