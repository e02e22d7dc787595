"""Every kind of pixel in every coding: written at test time by DCMTK or a library, decoded by us, and held
against another decoder (DCMTK's, Pillow's, OpenJPH) without any difference."""
from __future__ import annotations

import subprocess

import cv2
import imagecodecs
import numpy as np
import pydicom
import pytest
from pydicom.encaps import encapsulate, generate_frames
from pydicom.pixels import convert_color_space

from dicom_io.errors import NotReadable
from dicom_io.frames import open_frames
from tools.dcmtk import dcmtk_path

ROWS, COLUMNS, FRAMES = 38, 54, 3
BASE = "1.2.840.10008.1.2.4."
DECODERS = {"1.2.840.10008.1.2.5": "dcmdrle", BASE + "80": "dcmdjpls", BASE + "81": "dcmdjpls"}
DCMTK = {
    "implicit": ("dcmconv", "+ti"),
    "big endian": ("dcmconv", "+tb"),
    "deflated": ("dcmconv", "+td"),
    "rle": ("dcmcrle",),
    "jpeg lossless 14 sv1": ("dcmcjpeg", "+e1"),
    "jpeg lossless 14": ("dcmcjpeg", "+el", "+sv", "4"),
    "jpeg-ls": ("dcmcjpls", "+el"),
    "jpeg-ls by sample": ("dcmcjpls", "+el", "+is"),
    "jpeg-ls by plane": ("dcmcjpls", "+el", "+in"),
    "jpeg-ls near-lossless": ("dcmcjpls", "+en"),
    "jpeg baseline": ("dcmcjpeg", "+eb", "+q", "85"),
    "jpeg baseline 444": ("dcmcjpeg", "+eb", "+s4"),
    "jpeg baseline 420": ("dcmcjpeg", "+eb", "+n1"),
    "jpeg baseline rgb": ("dcmcjpeg", "+eb", "+cr"),
    "jpeg extended": ("dcmcjpeg", "+ee", "+q", "90"),
}
LOSSY = ("jpeg-ls near-lossless", "jpeg baseline", "jpeg extended")


def smooth(channels):
    row, column = np.mgrid[0:ROWS, 0:COLUMNS]
    waves = [np.sin(row / (5 + n) + n) + np.cos(column / (4 + n)) for n in range(channels * FRAMES)]
    part = (np.array(waves).reshape(FRAMES, channels, ROWS, COLUMNS).transpose(0, 2, 3, 1) + 2) / 4
    return part[..., 0] if channels == 1 else part


def palette(bits):
    entries = (np.arange(256) * 257) if bits == 16 else np.arange(256)
    described = {"PhotometricInterpretation": "PALETTE COLOR"}
    for name, order in (("Red", entries), ("Green", entries[::-1]), ("Blue", np.roll(entries, 99))):
        described[f"{name}PaletteColorLookupTableDescriptor"] = [256, 0, bits]
        described[f"{name}PaletteColorLookupTableData"] = order.astype("<u2" if bits == 16 else "u1").tobytes()
    return described


def bits(stored):
    return {"BitsStored": stored, "HighBit": stored - 1}


GREY = (smooth(1) * 255).astype(np.uint8)
COLOUR = (smooth(3) * 255).astype(np.uint8)
PICTURES = {
    "monochrome2": (GREY, {}),
    "monochrome1": (GREY, {"PhotometricInterpretation": "MONOCHROME1"}),
    "12 bits": ((smooth(1) * 4095).astype(np.uint16), bits(12)),
    "16 bits": ((smooth(1) * 65535).astype(np.uint16), {}),
    "palette 8": (GREY, palette(8)),
    "palette 16": (GREY, palette(16)),
    "rgb": (COLOUR, {}),
    "rgb by plane": (COLOUR, {"PlanarConfiguration": 1}),
    "ybr_full": (COLOUR, {"PhotometricInterpretation": "YBR_FULL"}),
}
GREYS, COLOURS = list(PICTURES)[:6], list(PICTURES)[6:]
CASES = [
    *((one, coding) for one in GREYS for coding in list(DCMTK)[:7]),
    *((one, coding) for one in COLOURS for coding in list(DCMTK)[:9]),
    *((one, "jpeg-ls near-lossless") for one in ("monochrome2", "12 bits", "rgb")),
    *((one, "jpeg baseline") for one in ("monochrome2", "monochrome1")),
    *(("rgb", coding) for coding in DCMTK if coding.startswith("jpeg baseline")),
    *((one, "jpeg extended") for one in ("monochrome2", "12 bits", "rgb")),
]


@pytest.fixture
def written(write_ultrasound):
    """One of PICTURES, explicit little endian; big-endian words for tables are DCMTK's own work."""

    def write(name):
        pixels, attributes = PICTURES[name]
        if attributes.get("PlanarConfiguration"):
            attributes = attributes | {"PixelData": pixels.transpose(0, 3, 1, 2).tobytes()}
        path = write_ultrasound(pixels, attributes=attributes)
        raw = pydicom.dcmread(path)
        for tag in (0x00281201, 0x00281202, 0x00281203):
            if tag in raw:
                raw[tag].VR = "OW"
        raw.save_as(path)
        return path

    return write


def dcmtk(name, *options):
    if dcmtk_path(name) is None:
        pytest.skip("DCMTK is not installed")
    subprocess.run([dcmtk_path(name), *options], check=True, capture_output=True, timeout=30)


def by_another_decoder(path):
    """What is shown, by DCMTK's decoders (samples) and pydicom's or plain arithmetic (colours)."""
    syntax = pydicom.dcmread(path, stop_before_pixels=True).file_meta.TransferSyntaxUID
    plain = path.with_name("decoded.dcm")
    dcmtk(DECODERS.get(syntax, "dcmdjpeg"), path, plain)
    image = pydicom.dcmread(plain)
    dtype = ("<" if plain_is_little(image) else ">") + ("u1" if image.BitsAllocated == 8 else "u2")
    samples = np.frombuffer(image.PixelData, dtype)
    shape = (FRAMES, ROWS, COLUMNS)
    if image.SamplesPerPixel == 1:
        return as_grey(samples[: np.prod(shape)].reshape(shape), image)
    if image.PlanarConfiguration:
        samples = samples[: 3 * np.prod(shape)].reshape(FRAMES, 3, ROWS, COLUMNS).transpose(0, 2, 3, 1)
    samples = samples[: 3 * np.prod(shape)].reshape(*shape, 3)
    return samples if image.PhotometricInterpretation == "RGB" else convert_color_space(samples, "YBR_FULL", "RGB")


def plain_is_little(image):
    return image.file_meta.TransferSyntaxUID != "1.2.840.10008.1.2.2"


def as_grey(samples, image):
    if image.PhotometricInterpretation == "PALETTE COLOR":
        order, deep = ("<" if plain_is_little(image) else ">"), image.RedPaletteColorLookupTableDescriptor[2] == 16
        tables = []
        for name in ("Red", "Green", "Blue"):
            raw = image[f"{name}PaletteColorLookupTableData"].value
            swapped = not deep and order == ">"  # bytes in words, two by two
            entries = np.frombuffer(raw, order + "u2") >> 8 if deep else np.frombuffer(raw, "u1")
            tables.append(entries.reshape(-1, 2)[:, ::-1].reshape(-1) if swapped else entries)
        return np.stack([table[samples] for table in tables], axis=-1)
    shown = np.floor(samples * (255 / (2**image.BitsStored - 1)) + 0.5)
    return 255 - shown if image.PhotometricInterpretation == "MONOCHROME1" else shown


@pytest.mark.parametrize(("picture", "coding"), CASES)
def test_a_picture_coded_by_dcmtk_is_shown_as_dcmtk_decodes_it(written, picture, coding):
    path = written(picture)
    coded = path.with_name("coded.dcm")
    tool, *options = DCMTK[coding]
    dcmtk(tool, *options, path, coded)
    with open_frames(path) as plain, open_frames(coded) as source:
        shown = source[:]
        if not coding.startswith(LOSSY) and not mixed_by_dcmtk(picture, coding):
            rounding = int(picture == "ybr_full" and coding.startswith("jpeg"))  # JPEG has its own factors
            assert np.abs(shown.astype(int) - plain[:]).max() <= rounding
    assert np.array_equal(shown, by_another_decoder(coded))


def mixed_by_dcmtk(picture, coding):
    """DCMTK 3.6.7 writes the planes of several frames into wrong places: only its own decoder is asked then."""
    return picture == "rgb by plane" and coding.startswith("jpeg lossless")


@pytest.mark.parametrize("selection", range(1, 8))
def test_each_predictor_of_lossless_jpeg_gives_back_every_value(written, selection):
    path = written("16 bits")
    coded = path.with_name("coded.dcm")
    dcmtk("dcmcjpeg", "+el", "+sv", str(selection), path, coded)
    with open_frames(path) as plain, open_frames(coded) as source:
        assert np.array_equal(source[:], plain[:])


WAVELETS = {
    "lossless": ("90", {"reversible": True, "mct": True}, "YBR_RCT"),
    "lossless, no transform": ("90", {"reversible": True, "mct": False}, "RGB"),
    "lossless of YBR": ("90", {"reversible": True, "mct": False}, "YBR_FULL"),
    "lossy": ("91", {"level": 45, "mct": True}, "YBR_ICT"),
}


@pytest.mark.parametrize("kind", WAVELETS)
@pytest.mark.parametrize("boxes", ["j2k", "jp2"])
def test_jpeg_2000_equals_pydicom_with_pillow(write_ultrasound, kind, boxes):
    end, options, photometric = WAVELETS[kind]
    frames = [imagecodecs.jpeg2k_encode(frame, codecformat=boxes, **options) for frame in COLOUR]
    attributes = {"PhotometricInterpretation": photometric}
    path = write_ultrasound(COLOUR, syntax=BASE + end, coded=frames, attributes=attributes)
    theirs = pydicom.dcmread(path)
    theirs.pixel_array_options(decoding_plugin="pillow")
    with open_frames(path) as source:
        assert np.array_equal(source[:], theirs.pixel_array)


@pytest.mark.parametrize("picture", ["monochrome2", "12 bits", "16 bits", "palette 16"])
def test_grey_jpeg_2000_gives_back_every_value(written, picture):
    path = written(picture)
    image, pixels = pydicom.dcmread(path), PICTURES[picture][0]
    depth = {"bitspersample": 12} if picture == "12 bits" else {}
    frames = [imagecodecs.jpeg2k_encode(frame, codecformat="j2k", reversible=True, **depth) for frame in pixels]
    image.PixelData = encapsulate(frames)
    image["PixelData"].VR, image["PixelData"].is_undefined_length = "OB", True
    image.file_meta.TransferSyntaxUID = BASE + "90"
    image.save_as(path.with_name("coded.dcm"))
    with open_frames(path) as plain, open_frames(path.with_name("coded.dcm")) as source:
        assert np.array_equal(source[:], plain[:])


@pytest.mark.parametrize(("end", "reversible"), [("201", True), ("202", True), ("203", False)])
def test_high_throughput_jpeg_2000_equals_openjph(write_ultrasound, end, reversible):
    frames = [imagecodecs.htj2k_encode(frame, reversible=reversible) for frame in COLOUR]
    attributes = {"PhotometricInterpretation": "YBR_RCT" if reversible else "YBR_ICT"}
    path = write_ultrasound(COLOUR, syntax=BASE + end, coded=frames, attributes=attributes)
    with open_frames(path) as source:
        theirs = np.stack([imagecodecs.htj2k_decode(frame) for frame in frames])
        assert np.abs(source[:].astype(int) - theirs).max() <= (0 if reversible else 1)
        assert np.abs(source[:].astype(int) - COLOUR).max() <= (0 if reversible else 8)


def test_a_retired_partial_range_picture_gives_back_its_colours_as_dcmtk_does(write_ultrasound, tmp_path):
    smooth_rgb = cv2.resize(COLOUR[0, :, ::9], (COLUMNS, ROWS), interpolation=cv2.INTER_LINEAR)
    rgb = np.repeat(smooth_rgb[:, ::2], 2, axis=1)[None].astype(float)
    luma = rgb @ [0.2568, 0.5041, 0.0979] + 16
    cb, cr = rgb @ [-0.1482, -0.2910, 0.4392] + 128, rgb @ [0.4392, -0.3678, -0.0714] + 128
    stored = np.stack([luma[..., ::2], luma[..., 1::2], cb[..., ::2], cr[..., ::2]], axis=-1)
    attributes = {"PhotometricInterpretation": "YBR_PARTIAL_422", "PixelData": np.rint(stored).astype("u1").tobytes()}
    path = write_ultrasound(rgb.astype(np.uint8), attributes=attributes)
    dcmtk("dcmj2pnm", path, tmp_path / "peer.ppm")
    theirs = cv2.imread(str(tmp_path / "peer.ppm"))[..., ::-1]
    with open_frames(path) as source:
        assert np.abs(source.frame(0) - rgb[0]).max() <= 3
        assert np.abs(source.frame(0).astype(int) - theirs).max() <= 2  # DCMTK cuts off, we round


@pytest.mark.parametrize("photometric", ["ARGB", "HSV", "CMYK", "YBR_PARTIAL_420"])
def test_a_retired_or_foreign_colour_model_is_refused_in_one_sentence(write_ultrasound, photometric):
    with pytest.raises(NotReadable, match="pixel format cannot be shown truly"):
        open_frames(write_ultrasound(COLOUR, attributes={"PhotometricInterpretation": photometric}))


@pytest.mark.parametrize(("end", "name"), [("110", "JPEG XL"), ("100", "MPEG-2"), ("102", "MPEG-4"), ("107", "HEVC")])
def test_a_coding_without_a_decoder_is_named(write_ultrasound, end, name):
    path = write_ultrasound(GREY, syntax=BASE + end, coded=[b"\xff\x0a" * 20] * FRAMES)
    with pytest.raises(NotReadable, match=f"coded as {name}"):
        open_frames(path)


def test_rgb_coded_jpeg_without_any_marker_equals_dcmdjpeg(written):
    path = written("rgb")
    coded = path.with_name("coded.dcm")
    dcmtk("dcmcjpeg", "+eb", "+cr", path, coded)
    image = pydicom.dcmread(coded)
    image.PixelData = encapsulate([bare(frame) for frame in generate_frames(image.PixelData, number_of_frames=FRAMES)])
    image["PixelData"].is_undefined_length = True
    image.save_as(coded)
    with open_frames(coded) as source:
        shown = source[:]
    assert np.array_equal(shown, by_another_decoder(coded))
    assert np.abs(shown.astype(int) - COLOUR).max() < 30


def bare(coded):
    """A JPEG without APP segments, its components numbered 1, 2, 3: nothing in it says which colours it holds."""
    kept, position = bytearray(coded[:2]), 2
    while coded[position + 1] != 0xDA:
        end = position + 2 + int.from_bytes(coded[position + 2 : position + 4], "big")
        if not 0xE0 <= coded[position + 1] <= 0xEF:
            kept += coded[position:end]
        position = end
    data = kept + coded[position:]
    for marker, first, step in ((b"\xff\xc0", 10, 3), (b"\xff\xda", 5, 2)):
        place = bytes(data).index(marker)
        data[place + first : place + first + 3 * step : step] = b"\1\2\3"
    return bytes(data)
