"""The reader in napari's own hands: what it takes and leaves, colours, scale, lazy frames, words for what fails."""
from __future__ import annotations

import os
from dataclasses import replace
from decimal import Decimal

import pydicom
import pytest
from bombs import BOMBS
from planted_tokens import Planter, found_in

from dicom_io import frames as dicom_frames
from dicom_io.calibration import Region
from dicom_io.errors import REJECT_WORDS, NotReadable, RejectCode
from dicom_io.gate import FIXED_WORDS
from dicom_io.reading import read_image
from injection_log_napari.in_napari.layer import NoScale, layer_name, layer_scale
from injection_log_napari.in_napari.reader import NO_LAYER, get_reader, read_layers

OURS = "injection-log"


@pytest.fixture
def decoded(monkeypatch):
    """The frames decoded from now on, as often as they were."""
    numbers, real = [], dicom_frames.FrameSource._decoded

    def counting(source, number, into):
        numbers.append(number)
        return real(source, number, into)

    monkeypatch.setattr(dicom_frames.FrameSource, "_decoded", counting)
    return numbers


def changed(path, folder, change, name="changed.dcm"):
    image = pydicom.dcmread(path)
    change(image)
    image.save_as(folder / name)
    return folder / name


# ---- what is taken and what is left ----------------------------------------------------------------------------
def test_napari_opens_a_clip_by_its_name_alone(viewer, visit_file):
    (layer,) = viewer.open(visit_file("right-injection"), plugin=None)
    assert (layer.name, layer.rgb, layer.data.shape[0], layer.source.reader_plugin) == (
        "Injection, 60 frames", True, 60, OURS,
    )  # fmt: skip


def test_dicom_of_other_kinds_is_left_to_others(shared_data):
    others = [*(shared_data / "bad").iterdir(), *(shared_data / "reports").iterdir()]
    assert len(others) > 40
    assert [path.name for path in others if get_reader(str(path)) is not None] == []


def test_screen_captures_are_left_to_others_though_our_own_window_takes_them(visit_file, tmp_path):
    def capture(image):
        image.SOPClassUID = image.file_meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.7"

    assert get_reader(str(changed(visit_file("right-transverse"), tmp_path, capture))) is None


def test_folders_missing_files_and_pipes_are_left_at_once(tmp_path):
    os.mkfifo(tmp_path / "pipe.dcm")
    (tmp_path / "empty.dcm").touch()
    paths = [tmp_path, tmp_path / "none.dcm", tmp_path / "pipe.dcm", tmp_path / "empty.dcm"]
    assert [get_reader(str(path)) for path in paths] == [None] * 4
    assert get_reader([]) is None


def test_several_files_become_a_layer_each_even_where_a_stack_is_wanted(viewer, visit_file):
    layers = viewer.open([visit_file("left-transverse"), visit_file("left-longitudinal")], stack=True, plugin=OURS)
    assert [layer.name for layer in layers] == ["Transverse, 600 x 800", "Longitudinal, 600 x 800"]
    assert [layer.rgb for layer in layers] == [True, False]


def test_a_list_with_one_file_of_others_is_left_whole(visit_file, tmp_path):
    (tmp_path / "ct.dcm").write_bytes(bytes(400))
    assert get_reader([str(visit_file("left-transverse")), str(tmp_path / "ct.dcm")]) is None


# ---- frames ----------------------------------------------------------------------------------------------------
def test_opening_a_clip_decodes_what_napari_shows_and_a_seek_one_frame_more(viewer, visit_file, decoded):
    viewer.open(visit_file("left-sweep"), plugin=OURS)
    assert set(decoded) == {0, 23}  # napari draws the first frame, then goes to the middle of the clip
    viewer.dims.set_point(0, 40)
    assert sorted(decoded) == [0, 23, 40]


def test_a_clip_that_is_duplicated_in_napari_keeps_its_frames(viewer, visit_file):
    from napari.layers._layer_actions import _duplicate_layer

    (layer,) = viewer.open(visit_file("left-sweep"), plugin=OURS)
    viewer.layers.selection.active = layer
    _duplicate_layer(viewer.layers)
    assert viewer.layers[1].data is layer.data


def test_a_frame_that_cannot_be_decoded_is_black_and_told_once(viewer, visit_file, told, monkeypatch):
    real = dicom_frames.shown_frame
    (layer,) = viewer.open(visit_file("left-sweep"), plugin=OURS)

    def broken(*given):
        raise NotReadable(RejectCode.UNDECODABLE)

    monkeypatch.setattr(dicom_frames, "shown_frame", broken)
    for frame in (7, 20, 7):
        viewer.dims.set_point(0, frame)
    monkeypatch.setattr(dicom_frames, "shown_frame", real)
    assert not layer.data[7].any()
    assert layer.data[0].any()
    assert told == [f"Frame {frame} is shown black. {REJECT_WORDS[RejectCode.UNDECODABLE]}" for frame in (7, 20)]


def test_a_file_cut_short_while_its_clip_is_open_does_not_end_napari(viewer, visit_file, tmp_path, told):
    def uncompressed(image):
        image.decompress()

    path = changed(visit_file("left-sweep"), tmp_path, uncompressed)
    (layer,) = viewer.open(path, plugin=OURS)
    first = layer.data[0]
    os.truncate(path, 100_000)
    assert first.any()
    assert not layer.data[47].any()
    assert told == [f"Frame 47 is shown black. {REJECT_WORDS[RejectCode.DAMAGED]}"]


# ---- what is refused -------------------------------------------------------------------------------------------
def test_a_broken_clip_is_told_in_one_sentence_and_opens_no_layer(viewer, visit_file, tmp_path, told):
    path = tmp_path / "broken.dcm"
    path.write_bytes(visit_file("left-sweep").read_bytes()[:200_000])
    assert viewer.open(path, plugin=OURS) == []
    assert told == [REJECT_WORDS[RejectCode.DAMAGED]]


@pytest.mark.parametrize("name", [name for name in BOMBS if "1 GB" not in name and "256 MB" not in name][::3])
def test_a_bomb_ends_in_a_sentence_or_a_picture(tmp_path, told, name):
    path = tmp_path / "bomb.dcm"
    BOMBS[name](path)
    (layer,) = read_layers(str(path))
    assert (layer is NO_LAYER) == (len(told) == 1)
    assert set(told) <= FIXED_WORDS


def test_of_several_files_the_good_ones_open_and_the_broken_one_is_told(visit_file, tmp_path, told):
    broken = tmp_path / "broken.dcm"
    broken.write_bytes(visit_file("left-sweep").read_bytes()[:200_000])
    layers = read_layers([str(visit_file("left-transverse")), str(broken)])
    assert [keywords["name"] for _, keywords, _ in layers] == ["Transverse, 600 x 800"]
    assert len(told) == 1


# ---- name, scale and metadata ----------------------------------------------------------------------------------
@pytest.mark.parametrize("seed", range(5))
def test_nothing_planted_in_a_file_is_in_its_layers_name_or_metadata(viewer, tmp_path, seed):
    planted = Planter(seed).plant(tmp_path)
    (layer,) = viewer.open(planted.path, plugin=OURS)
    assert found_in(repr((layer.name, layer.metadata, layer.units, layer.axis_labels)).encode(), planted.tokens) == []


def test_one_region_gives_the_layer_its_own_millimetres_down_and_across(viewer, visit_file):
    (layer,) = viewer.open(visit_file("right-injection"), plugin=OURS)
    row, column = (float(part) for part in read_image(visit_file("right-injection")).regions[0].mm_per_px)
    assert row != column
    assert tuple(layer.scale) == (1.0, row, column)
    assert [str(unit) for unit in layer.units] == ["pixel", "millimeter", "millimeter"]
    assert layer.axis_labels == ("frame", "row", "column")


def other_region(kind, box=(300, 100, 500, 700), scale=None):
    return Region(1, kind, box, scale, scale is not None, "")


@pytest.mark.parametrize(
    ("added", "why"),
    [
        (other_region("2d", scale=(Decimal("0.1"), Decimal("0.1"))), "2 2D regions"),
        (other_region("m_mode"), "axis of time"),
        (other_region("spectral"), "axis of time"),
    ],
)
def test_a_second_scale_or_an_axis_of_time_leaves_the_layer_in_pixels_and_says_why(visit_file, added, why):
    image = read_image(visit_file("right-transverse"))
    found = layer_scale(replace(image, regions=(*image.regions, added)))
    assert isinstance(found, NoScale)
    assert why in found.why


def test_a_layer_is_named_by_plane_and_side_else_by_its_kind(visit_file):
    image = read_image(visit_file("right-transverse"))
    assert layer_name(replace(image, laterality="R")) == "Transverse right, 600 x 800"
    assert layer_name(replace(image, plane="")) == "Ultrasound Image, 600 x 800"
