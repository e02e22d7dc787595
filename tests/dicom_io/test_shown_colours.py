"""What is shown equals the scanner's picture: compared with DCMTK, pydicom and files whose answer is known."""
from __future__ import annotations

import shutil
import subprocess

import cv2
import imagecodecs
import numpy as np
import pydicom
import pytest
from pydicom.encaps import generate_frames
from pydicom.pixels import apply_color_lut, pixel_array
from pydicom.uid import ExplicitVRBigEndian, JPEGBaseline8Bit, JPEGLSLossless, RLELossless

from dicom_io.errors import NotReadable
from dicom_io.frames import open_frames
from tools.dcmtk import dcmtk, dcmtk_path

JPEG_LOSSLESS, JPEG_2000_LOSSLESS = "1.2.840.10008.1.2.4.70", "1.2.840.10008.1.2.4.90"


@pytest.fixture(scope="module")
def real(shared_data):
    return {path.name[:3]: path for path in (shared_data / "us").glob("*.dcm")}


@pytest.fixture
def by_dcmtk(tmp_path):
    """A frame as DCMTK's dcmj2pnm shows it (its default is +cp: the data set's photometric decides)."""
    if shutil.which("dcmj2pnm") is None:
        pytest.skip("DCMTK is not installed")

    def shown(path, frame):
        target = tmp_path / "frame.pnm"
        subprocess.run(["dcmj2pnm", "+F", str(frame + 1), path, target], check=True, capture_output=True, timeout=30)
        written = next(tmp_path.glob("frame.*"))
        picture = cv2.imread(str(written), cv2.IMREAD_UNCHANGED)
        written.unlink()
        return picture if picture.ndim == 2 else picture[..., ::-1]

    return shown


def largest_difference(ours, theirs):
    theirs = theirs[..., 0] if theirs.ndim > ours.ndim else theirs
    assert ours.shape == theirs.shape
    return int(np.abs(ours.astype(int) - theirs).max())


def colours(rows=48, columns=64, frames=1):
    """Smooth colours, so that lossy codings stay near, with every channel different."""
    row, column = np.mgrid[0:rows, 0:columns]
    one = np.stack([row * 5 % 256, column * 4 % 256, 255 - row * 5 % 256], axis=-1)
    return np.stack([np.roll(one, frame, axis=0) for frame in range(frames)]).astype(np.uint8)


def by_dcmdjpeg(path, target, *options):
    """All frames as DCMTK's dcmdjpeg decodes them, (frames, rows, columns[, 3])."""
    if dcmtk_path("dcmdjpeg") is None:
        pytest.skip("DCMTK is not installed")
    subprocess.run([dcmtk("dcmdjpeg"), *options, path, target], check=True, capture_output=True, timeout=60)
    image = pydicom.dcmread(target)
    frames, rows, columns = int(image.get("NumberOfFrames") or 1), image.Rows, image.Columns
    count = frames * rows * columns * image.SamplesPerPixel
    samples = np.frombuffer(image.PixelData, np.uint8, count)
    if image.SamplesPerPixel == 1:
        return samples.reshape(frames, rows, columns)
    if image.PlanarConfiguration:
        return samples.reshape(frames, 3, rows, columns).transpose(0, 2, 3, 1)
    return samples.reshape(frames, rows, columns, 3)


# h18 is labelled RGB and coded YCbCr, see docs/decisions/jpeg-colour-space.md: "+cg" hears the stream, not the label.
@pytest.mark.parametrize(
    ("name", "options"),
    [("h10", []), ("h11", []), ("h12", []), ("h18", ["+cg"]), ("h19", []), ("h20", [])],
)
def test_every_frame_of_every_jpeg_file_equals_dcmdjpeg(real, tmp_path, name, options):
    theirs = by_dcmdjpeg(real[name], tmp_path / "decoded.dcm", *options)
    with open_frames(real[name]) as source:
        assert len(source) == len(theirs)
        assert max(largest_difference(source.frame(number), frame) for number, frame in enumerate(theirs)) == 0


def test_the_mislabelled_jpeg_is_the_grey_picture_that_its_stream_holds(real):
    coded = next(generate_frames(pydicom.dcmread(real["h18"]).PixelData, number_of_frames=1))
    stored = imagecodecs.jpeg8_decode(coded, colorspace="RGB", outcolorspace="RGB")
    assert np.median(stored[..., 1]) == np.median(stored[..., 2]) == 128  # chroma of grey; no picture is half green
    with open_frames(real["h18"]) as source:
        shown = source.frame(0).astype(int)
    assert np.abs(shown[..., 0] - shown[..., 1]).mean() < 0.1
    assert np.abs(shown[..., 0] - stored[..., 0]).mean() < 0.1


@pytest.mark.parametrize("name", ["h01", "h02", "h05", "h06", "h07", "h08", "h13", "h14", "h16", "h17"])
def test_other_files_equal_dcmtk_exactly(real, by_dcmtk, name):
    with open_frames(real[name]) as source:
        assert largest_difference(source.frame(0), by_dcmtk(real[name], 0)) == 0


@pytest.mark.parametrize("name", ["h03", "h04", "h15", "h18"])
def test_wavelets_raw_chroma_and_the_mislabelled_jpeg_equal_pydicom(real, name):
    with open_frames(real[name]) as source:
        assert largest_difference(source.frame(0), pixel_array(real[name], index=0)) == 0


def test_a_segmented_16_bit_palette_equals_pydicom(real):
    peer = pydicom.dcmread(real["h09"])
    theirs = apply_color_lut(pixel_array(peer), peer) >> 8
    with open_frames(real["h09"]) as source:
        assert largest_difference(source.frame(0), theirs) == 0


def test_a_big_endian_palette_gives_the_same_picture_as_a_little_endian_one(real):
    with open_frames(real["h05"]) as little, open_frames(real["h06"]) as big:
        assert np.array_equal(little.frame(0), big.frame(0))
        assert big.frame(0).max() > 100


def test_the_second_frame_of_a_palette_file_looks_up_inverted_values(real):
    grey = pydicom.dcmread(real["h07"])
    table = np.frombuffer(grey.RedPaletteColorLookupTableData, "<u2") >> 8
    with open_frames(real["h07"]) as source:
        stored = pydicom.dcmread(real["h05"]).pixel_array
        assert np.array_equal(source.frame(1)[..., 0], table[255 - stored])


def test_greys_stay_two_dimensional_and_monochrome1_is_inverted(write_ultrasound):
    pixels = np.arange(48 * 64, dtype=np.uint8).reshape(1, 48, 64)
    with open_frames(write_ultrasound(pixels)) as source:
        assert np.array_equal(source.frame(0), pixels[0])
    inverted = write_ultrasound(pixels, attributes={"PhotometricInterpretation": "MONOCHROME1"}, name="m1.dcm")
    with open_frames(inverted) as source:
        assert np.array_equal(source.frame(0), 255 - pixels[0])


def test_greys_of_twelve_bits_are_shown_over_their_whole_range_or_their_window(write_ultrasound):
    pixels = np.linspace(0, 4095, 48 * 64).astype(np.uint16).reshape(1, 48, 64)
    bits = {"BitsStored": 12, "HighBit": 11}
    with open_frames(write_ultrasound(pixels, attributes=bits)) as source:
        assert (source.frame(0).min(), source.frame(0).max(), source.dtype) == (0, 255, np.uint8)
    window = {**bits, "WindowCenter": "1000", "WindowWidth": "500"}
    with open_frames(write_ultrasound(pixels, attributes=window, name="w.dcm")) as source:
        assert source.frame(0)[pixels[0] < 740].max() == 0
        assert source.frame(0)[pixels[0] > 1260].min() == 255


@pytest.mark.parametrize("planar", [0, 1])
def test_both_planar_configurations_show_the_same_colours(write_ultrasound, planar):
    pixels = colours()
    stored = pixels.transpose(0, 3, 1, 2).copy() if planar else pixels
    path = write_ultrasound(pixels, attributes={"PlanarConfiguration": planar, "PixelData": stored.tobytes()})
    with open_frames(path) as source:
        assert np.array_equal(source.frame(0), pixels[0])


def test_uncompressed_full_ybr_equals_pydicom(write_ultrasound):
    path = write_ultrasound(colours(), attributes={"PhotometricInterpretation": "YBR_FULL"})
    with open_frames(path) as source:
        assert largest_difference(source.frame(0), pixel_array(path, index=0)) == 0


def test_eight_bit_samples_in_big_endian_words_come_out_in_order(write_ultrasound):
    pixels = np.arange(2 * 9 * 9, dtype=np.uint8).reshape(2, 9, 9)  # an odd number of bytes a frame
    swapped = pixels.reshape(-1, 2)[:, ::-1].tobytes()
    path = write_ultrasound(pixels, syntax=ExplicitVRBigEndian, attributes={"PixelData": swapped})
    raw = path.read_bytes()
    place = raw.rindex(b"\x7f\xe0\x00\x10OB")
    path.write_bytes(raw[: place + 4] + b"OW" + raw[place + 6 :])
    with open_frames(path) as source:
        assert np.array_equal(source[:], pixels)


def test_rgb_coded_jpeg_without_a_marker_is_shown_in_its_own_colours(write_ultrasound):
    pixels = colours()
    coded = imagecodecs.jpeg8_encode(pixels[0], level=100, colorspace="RGB", outcolorspace="RGB", subsampling="444")
    bare = _without(coded, 0xEE, 0xE0)
    with open_frames(write_ultrasound(pixels, syntax=JPEGBaseline8Bit, coded=[_numbered(bare)])) as source:
        assert largest_difference(source.frame(0), pixels[0]) <= 4


@pytest.mark.parametrize(("photometric", "subsampling"), [("YBR_FULL_422", "422"), ("YBR_FULL", "444"), ("RGB", "420")])
def test_ycbcr_coded_jpeg_is_shown_in_its_own_colours_whatever_the_label(write_ultrasound, photometric, subsampling):
    smooth = cv2.GaussianBlur(colours()[0], (0, 0), 6)[None]
    coded = imagecodecs.jpeg8_encode(smooth[0], level=98, subsampling=subsampling)
    attributes = {"PhotometricInterpretation": photometric}
    path = write_ultrasound(smooth, syntax=JPEGBaseline8Bit, coded=[_without(coded, 0xE0)], attributes=attributes)
    with open_frames(path) as source:
        assert np.abs(source.frame(0).astype(int) - smooth[0]).mean() < 4


@pytest.mark.parametrize(
    ("syntax", "encode", "photometric"),
    [
        (JPEGLSLossless, imagecodecs.jpegls_encode, "RGB"),
        (JPEG_2000_LOSSLESS, lambda rgb: imagecodecs.jpeg2k_encode(rgb, reversible=True, codecformat="j2k"), "RGB"),
        (JPEG_LOSSLESS, lambda rgb: imagecodecs.jpeg8_encode(rgb, lossless=True), "RGB"),
        (JPEGLSLossless, imagecodecs.jpegls_encode, "YBR_FULL"),
    ],
)
def test_lossless_codings_show_what_uncompressed_pixels_would(write_ultrasound, syntax, encode, photometric):
    attributes = {"PhotometricInterpretation": photometric}
    plain = write_ultrasound(colours(), attributes=attributes, name="plain.dcm")
    coded = write_ultrasound(colours(), syntax=syntax, coded=[encode(colours()[0])], attributes=attributes)
    with open_frames(plain) as expected, open_frames(coded) as source:
        assert np.array_equal(source.frame(0), expected.frame(0))


def test_rle_of_sixteen_bit_greys_puts_the_high_byte_first(write_ultrasound):
    pixels = (np.arange(48 * 64, dtype=np.uint16) * 21).reshape(1, 48, 64)
    path = write_ultrasound(pixels)
    image = pydicom.dcmread(path)
    image.compress(RLELossless)
    image.save_as(path.with_name("rle.dcm"))
    with open_frames(path) as plain, open_frames(path.with_name("rle.dcm")) as source:
        assert np.array_equal(source.frame(0), plain.frame(0))


@pytest.mark.parametrize(
    ("raw", "bits", "expected"),
    [
        (bytes([0, 2, 10, 20, 1, 2, 40, 2, 1, 0, 0, 0, 0]), 8, [10, 20, 30, 40, 10, 20]),
        (np.array([0, 2, 2560, 5120, 1, 2, 10240, 2, 1, 0, 0], "<u2").tobytes(), 16, [10, 20, 30, 40, 10, 20]),
    ],
)
def test_discrete_linear_and_indirect_segments_are_expanded(write_ultrasound, raw, bits, expected):
    pixels = np.tile(np.arange(6, dtype=np.uint8), (1, 4, 1))
    attributes = {"PhotometricInterpretation": "PALETTE COLOR"}
    for colour in ("Red", "Green", "Blue"):
        attributes[f"{colour}PaletteColorLookupTableDescriptor"] = [6, 0, bits]
        attributes[f"Segmented{colour}PaletteColorLookupTableData"] = raw + b"\0" * (len(raw) % 2)
    with open_frames(write_ultrasound(pixels, attributes=attributes)) as source:
        assert source.frame(0)[0, :, 0].tolist() == expected


@pytest.mark.parametrize(
    "attributes",
    [
        {"PhotometricInterpretation": "ARGB"}, {"SamplesPerPixel": 4}, {"BitsAllocated": 32}, {"BitsStored": 9},
        {"PixelRepresentation": 1}, {"PhotometricInterpretation": "PALETTE COLOR"}, {"HighBit": 3},
    ],
)  # fmt: skip
def test_formats_that_ultrasound_does_not_use_are_refused(write_ultrasound, attributes):
    with pytest.raises(NotReadable) as refused:
        open_frames(write_ultrasound(attributes=attributes))
    assert refused.value.code == "pixel_format"


def _without(coded, *markers):
    """A JPEG without the segments of these markers."""
    kept, position = bytearray(coded[:2]), 2
    while coded[position + 1] != 0xDA:
        end = position + 2 + int.from_bytes(coded[position + 2 : position + 4], "big")
        if coded[position + 1] not in markers:
            kept += coded[position:end]
        position = end
    return bytes(kept + coded[position:])


def _numbered(coded):
    """A JPEG whose component ids R, G, B are replaced by 1, 2, 3, in the frame and in the scan header."""
    data = bytearray(coded)
    for marker, first, step in ((b"\xff\xc0", 10, 3), (b"\xff\xda", 5, 2)):
        place = bytes(data).index(marker)
        for number in range(3):
            data[place + first + step * number] = number + 1
    return bytes(data)
