"""The real files of many vendors, opened by napari: colours, times and calibration are those of the program."""
from __future__ import annotations

import json

import numpy as np
import pytest
import typer
from typer.testing import CliRunner

from dicom_io.frames import open_frames
from dicom_io.reading import read_image
from injection_log.cli.picture import add_picture_commands

NAMES = [f"h{number:02d}" for number in range(1, 21)]
NAMES_FACTS = ("frames", "rows", "columns", "photometric", "burned_in", "frame_times", "regions", "calibration")


@pytest.fixture
def real(shared_data):
    return lambda name: next((shared_data / "us").glob(f"{name}_*.dcm"))


@pytest.fixture(scope="module")
def command():
    app = typer.Typer()
    add_picture_commands(app)
    return app


@pytest.mark.parametrize("name", NAMES)
def test_the_layer_shows_the_scanners_colours(viewer, real, name):
    (layer,) = viewer.open(real(name), plugin="injection-log")
    with open_frames(real(name)) as source:
        assert layer.rgb == (source.ndim == 4)
        assert layer.rgb or (tuple(layer.contrast_limits), layer.gamma, layer.colormap.name) == ((0, 255), 1, "gray")
        for number in {0, len(source) // 2, len(source) - 1}:
            shown = layer.data[number] if len(source) > 1 else layer.data
            assert np.array_equal(shown, source.frame(number))


@pytest.mark.parametrize("name", NAMES)
def test_the_metadata_say_what_the_command_image_says(viewer, real, command, name):
    (layer,) = viewer.open(real(name), plugin="injection-log")
    told = json.loads(CliRunner().invoke(command, ["image", str(real(name)), "--json"]).stdout)
    assert {fact: layer.metadata[fact] for fact in NAMES_FACTS} == {fact: told[fact] for fact in NAMES_FACTS}


@pytest.mark.parametrize("name", NAMES)
def test_the_layer_has_millimetres_where_its_one_2d_region_is_trusted_else_pixels_and_a_reason(viewer, real, name):
    (layer,) = viewer.open(real(name), plugin="injection-log")
    image = read_image(real(name))
    spatial = [region for region in image.regions if region.kind == "2d"]
    is_true = image.calibration.state == "region" and len(spatial) == 1
    wanted = tuple(float(part) for part in spatial[0].mm_per_px) if is_true else (1.0, 1.0)
    assert tuple(layer.scale[-2:]) == wanted
    assert layer.metadata["layer_scale"].startswith("Millimetres" if is_true else "In pixels.")
    assert str(layer.units[-1]) == ("millimeter" if is_true else "pixel")
