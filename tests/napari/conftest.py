"""For the tests of the guest in napari: napari's own machinery with no plugin but ours, and what napari was told."""
from __future__ import annotations

import os
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
MANIFEST = REPOSITORY / "plugins" / "injection_log_napari" / "in_napari" / "napari.yaml"
os.environ.setdefault("NAPARI_CONFIG", "")  # no settings of whoever runs the tests, and none are written


@pytest.fixture
def only_ours(monkeypatch):
    """npe2 with our manifest and no other, and none looked for."""
    from npe2 import PluginManager, PluginManifest

    plugins = PluginManager()
    plugins.register(PluginManifest.from_file(MANIFEST))
    plugins.discover = lambda *_args, **_more: 0
    monkeypatch.setattr(PluginManager, "instance", classmethod(lambda _cls: plugins))
    return plugins


@pytest.fixture
def viewer(only_ours):
    """napari's viewer without a window: layers, their world, readers and samples are the real ones."""
    from napari.components import ViewerModel

    return ViewerModel()


@pytest.fixture
def told(monkeypatch):
    """What napari told the person, as sentences."""
    from napari.utils.notifications import notification_manager

    sentences = []
    monkeypatch.setattr(notification_manager, "dispatch", lambda one: sentences.append(one.message))
    return sentences


@pytest.fixture
def visit_file(phantom_visit):
    """A file of the phantom's injection visit by the end of its name."""
    files = {path.stem.split("-", 1)[1]: path for path in phantom_visit.visit("injection").files}
    return files.__getitem__
