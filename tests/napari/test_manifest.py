"""The manifest: valid to npe2, found by its entry point, and nothing heavy behind it before it is needed."""
from __future__ import annotations

import configparser
import json
import subprocess
import sys
from importlib import resources
from pathlib import Path

from npe2 import PluginManifest

REPOSITORY = Path(__file__).resolve().parents[2]
MANIFEST = REPOSITORY / "plugins" / "injection_log_napari" / "in_napari" / "napari.yaml"

LOADED = """
import json, sys
from injection_log_napari.in_napari.reader import get_reader
left = get_reader(sys.argv[1])
print(json.dumps([left is None, sorted({name.partition(".")[0] for name in sys.modules})]))
"""
READ = """
import json, sys
from injection_log_napari.in_napari.reader import get_reader
layers = get_reader(sys.argv[1])(sys.argv[1])
ours = [name for name in sys.modules if name.startswith(("dicom_io.", "injection_log_napari."))]
print(json.dumps([layers[0][1]["name"], sorted({*ours, *(name.partition(".")[0] for name in sys.modules)})]))
"""


def run(script: str, path: Path) -> list:
    command = [sys.executable, "-W", "ignore", "-c", script, path]
    done = subprocess.run(command, capture_output=True, check=True, text=True)
    return json.loads(done.stdout)


def test_npe2_finds_the_manifest_and_all_that_it_names_valid():
    npe2 = Path(sys.executable).with_name("npe2")
    done = subprocess.run([npe2, "validate", "--imports", MANIFEST], capture_output=True, check=False, text=True)
    assert (done.returncode, "valid!" in done.stdout) == (0, True), done.stdout


def test_the_entry_point_leads_to_the_manifest_under_the_distributions_name():
    setup = configparser.ConfigParser()
    setup.read(REPOSITORY / "setup.cfg", encoding="utf-8")
    name, _, place = setup["options.entry_points"]["napari.manifest"].strip().partition(" = ")
    module, _, file = place.partition(":")
    found = resources.files(module) / file
    assert PluginManifest.from_file(str(found)).name == name == setup["metadata"]["name"]


def test_a_file_of_others_is_left_alone_without_loading_a_dicom_library_or_napari(tmp_path):
    other = tmp_path / "other.dcm"
    other.write_bytes(b"II*\0".ljust(4096, b"\0"))
    is_left, loaded = run(LOADED, other)
    assert is_left
    assert not {"pydicom", "numpy", "napari", "qtpy", "PySide6", "cv2", "sqlalchemy", "injection_log"} & set(loaded)


def test_reading_loads_no_database_no_pacs_and_nothing_of_our_window(visit_file):
    name, loaded = run(READ, visit_file("right-injection"))
    assert name == "Injection, 60 frames"
    assert not {"pynetdicom", "sqlalchemy", "alembic", "injection_log", "PySide6", "typer"} & set(loaded)
    window = {one for one in loaded if one.startswith("injection_log_napari.") and "in_napari" not in one}
    assert not window
    assert "dicom_io.pacs" not in loaded
