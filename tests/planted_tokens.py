"""Plants tokens in every place of an ultrasound file that can hold them, and searches bytes for them in many forms.

A token is a made-up word or number that exists nowhere else. The planter knows more places than any scanner
uses: texts of every kind at four depths, private elements, overlays, curves, icon, report, file meta, preamble,
bytes behind the data set, comments inside of the coded picture, pixels outside the region.
"""
from __future__ import annotations

import base64
import logging
import random
import string
import warnings
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import imagecodecs
import numpy as np
from pydicom.datadict import DicomDictionary
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.uid import ExplicitVRLittleEndian, JPEGBaseline8Bit, RLELossless

ROWS, COLUMNS = 120, 168
BOX = (20, 30, 99, 139)
"""Row and column bounds of the region, inclusive."""
FORMS = ("grey", "colour", "palette", "jpeg cine", "rle cine")
TOKENS = 200
_SEQUENCES = ("RequestAttributesSequence", "ReferencedStudySequence", "ViewCodeSequence", "AnatomicRegionSequence")
_TEXTS = ("LO", "SH", "PN", "LT", "ST", "UT", "UC", "CS", "AE")
_NUMBERS = {"UI": 30, "IS": 10, "DS": 14, "DA": 8, "TM": 6, "DT": 14}
_NEEDED = {
    "SpecificCharacterSet", "SOPClassUID", "PhotometricInterpretation", "NumberOfFrames", "FrameTime",
    "FrameTimeVector", "PixelSpacing", "RecommendedDisplayFrameRate", "CineRate", "PixelAspectRatio",
    "WindowCenter", "WindowWidth",
    "StudyDate", "LossyImageCompressionRatio",
}  # fmt: skip
_OTHER_GROUPS = (0x0000, 0x0002, 0x0028, 0x7FE0)
_LISTED_WORDS = (
    "TransducerType", "LossyImageCompressionMethod", "ImageLaterality", "PatientOrientation", "ViewName",
    "Manufacturer", "ManufacturerModelName", "PatientName", "PatientID", "StudyDescription", "ImageComments",
    "InstanceNumber", "DepthOfScanField", "PixelSpacingCalibrationDescription", "DerivationDescription",
    "OperatorsName", "InstitutionName", "StationName", "AccessionNumber", "SeriesDescription", "ProtocolName",
)  # fmt: skip
"""Always planted: what a copy has an attribute of the same name for, and what scanners fill."""


@dataclass
class Planted:
    """A planted file and what was planted; `needles` are searched for in what leaves."""

    path: Path
    tokens: list[str] = field(default_factory=list)


class Planter:
    """Makes one file with `TOKENS` tokens; the same seed makes the same file."""

    def __init__(self, seed: int, *, regions: bool = True) -> None:
        self._regions = regions
        self._random = random.Random(seed)
        self._pixels = np.random.default_rng(seed)
        self._form = FORMS[seed % len(FORMS)]
        self.tokens: list[str] = []

    def plant(self, folder: Path) -> Planted:
        """Write the file under a folder and a name that hold tokens too."""
        with without_complaints():
            return self._plant(folder)

    def _plant(self, folder: Path) -> Planted:
        image = self._picture()
        image.file_meta = self._meta()
        self._plant_containers(image)
        for keyword in _LISTED_WORDS:
            self._put(image, keyword)
        self._plant_everywhere(image)
        place = folder / self.word() / f"{self.word()}.dcm"
        place.parent.mkdir(parents=True)
        image.preamble = self.word().encode().ljust(128, b"\0")
        image.save_as(place, enforce_file_format=True)
        with place.open("ab") as file:
            file.write(self.word().encode())
        return Planted(place, self.tokens)

    def fill(self, image: Dataset) -> None:
        """Fill a picture's own header: every attribute of the dictionary that it does not have, as far as tokens go."""
        with without_complaints():
            self._plant_everywhere(image)

    def word(self, longest: int = 16) -> str:
        """A new token of letters."""
        made = "ZQ" + "".join(self._random.choices(string.ascii_uppercase, k=min(longest, 12) - 2))
        self.tokens.append(made)
        return made

    def digits(self, count: int) -> str:
        """A new token of digits."""
        made = self._random.choice("3456789") + "".join(self._random.choices(string.digits, k=count - 1))
        self.tokens.append(made)
        return made

    def _plant_everywhere(self, image: Dataset) -> None:
        """Fill up with attributes of the dictionary, at the top and down to four levels of sequences."""
        items = [image, *_nested(image, 4)]
        known = [
            entry[4] for tag, entry in DicomDictionary.items()
            if entry[4] and entry[4] not in _NEEDED and entry[1] in ("1", "1-n") and tag >> 16 not in _OTHER_GROUPS
        ]  # fmt: skip
        self._random.shuffle(known)
        for number, keyword in enumerate(known):
            if len(self.tokens) >= TOKENS - 4:
                break
            self._put(items[number % len(items)], keyword)

    def _put(self, item: Dataset, keyword: str) -> None:
        vr = next(entry[0] for entry in DicomDictionary.values() if entry[4] == keyword)
        if keyword in item:
            return
        if vr in _TEXTS:
            setattr(item, keyword, self.word())
        elif vr == "UI":
            setattr(item, keyword, f"1.2.{self.digits(_NUMBERS[vr])}")
        elif vr in ("IS", "DS"):
            setattr(item, keyword, self._random.choice("123") + self.digits(_NUMBERS[vr] - 1))
        elif vr in _NUMBERS:
            setattr(item, keyword, self.digits(_NUMBERS[vr]))

    def _plant_containers(self, image: Dataset) -> None:
        """Private elements, overlays, curves, icon, report text, profile, document, signature, padding."""
        for group in (0x0009, 0x0019, 0x7FE1):
            block = image.private_block(group, self.word(), create=True)
            block.add_new(1, "LO", self.word())
            block.add_new(2, "OB", self.word().encode())
            block.add_new(3, "SQ", [_item("LongCodeValue", self.word())])
        region = image.SequenceOfUltrasoundRegions[0]
        region.private_block(0x0019, self.word(), create=True).add_new(1, "LO", self.word())
        region.ImageComments = self.word()
        for group in (0x6000, 0x6002):
            image.add_new(group << 16 | 0x0022, "LO", self.word())
            image.add_new(group << 16 | 0x3000, "OB", (self.word() * 2).encode())
        image.add_new(0x50003000, "OB", self.word().encode())
        if not self._regions:
            del image.SequenceOfUltrasoundRegions
        icon = _item("ImageComments", self.word())
        icon.PixelData = self.word().encode()
        icon["PixelData"].VR = "OB"
        image.IconImageSequence = [icon]
        image.ContentSequence = [_item("TextValue", self.word())]
        for tag in (0x00282000, 0x00420011, 0xFFFCFFFC):
            image.add_new(tag, "OB", self.word().encode())

    def _meta(self) -> FileMetaDataset:
        meta = FileMetaDataset()
        meta.TransferSyntaxUID = {
            "jpeg cine": JPEGBaseline8Bit, "rle cine": RLELossless,
        }.get(self._form, ExplicitVRLittleEndian)  # fmt: skip
        meta.SourceApplicationEntityTitle, meta.ImplementationVersionName = self.word(), self.word()
        meta.SendingApplicationEntityTitle = self.word()
        meta.PrivateInformationCreatorUID, meta.PrivateInformation = f"1.2.{self.digits(20)}", self.word().encode()
        return meta

    def _picture(self) -> Dataset:
        image = Dataset()
        image.SOPClassUID = "1.2.840.10008.5.1.4.1.1.3.1"
        image.SpecificCharacterSet, image.Modality = "ISO_IR 192", "US"
        image.SOPInstanceUID = f"1.2.{self.digits(30)}"
        image.StudyInstanceUID, image.SeriesInstanceUID = f"1.2.{self.digits(30)}", f"1.2.{self.digits(30)}"
        image.StudyDate, image.FrameTime = "20260203", "33.5"
        image.SequenceOfUltrasoundRegions = [_region()]
        image.Rows, image.Columns, image.BitsAllocated, image.BitsStored, image.HighBit = ROWS, COLUMNS, 8, 8, 7
        image.PixelRepresentation = 0
        self._put_pixels(image, 3 if "cine" in self._form else 1)
        return image

    def _put_pixels(self, image: Dataset, frames: int) -> None:
        grey = self._pixels.integers(0, 200, (frames, ROWS, COLUMNS), dtype=np.uint8)
        image.NumberOfFrames = frames
        colour = self._form in ("colour", "jpeg cine")
        image.SamplesPerPixel = 3 if colour else 1
        image.PhotometricInterpretation = {
            "colour": "RGB", "jpeg cine": "YBR_FULL_422", "palette": "PALETTE COLOR",
        }.get(self._form, "MONOCHROME2")  # fmt: skip
        if colour:
            image.PlanarConfiguration = 0
        if self._form == "palette":
            self._put_palette(image)
        pixels = np.repeat(grey[..., None], 3, axis=-1) if colour else grey
        if "cine" not in self._form:  # letters as bytes of the picture itself, outside of the region
            for row in (2, 110):
                said = np.frombuffer(self.word().encode(), np.uint8)
                pixels[0, row].reshape(-1)[5 : 5 + len(said)] = said
        image.PixelData = self._coded(pixels) if "cine" in self._form else pixels.tobytes()
        image["PixelData"].VR = "OB"
        image["PixelData"].is_undefined_length = "cine" in self._form

    def _put_palette(self, image: Dataset) -> None:
        """Entries above 200 are used by no pixel: room for words."""
        for channel in ("Red", "Green", "Blue"):
            entries = np.arange(256, dtype="<u2") * 257
            said = self.word().encode().ljust(14, b"\0")
            entries[210 : 210 + len(said) // 2] = np.frombuffer(said, "<u2")
            setattr(image, f"{channel}PaletteColorLookupTableDescriptor", [256, 0, 16])
            setattr(image, f"{channel}PaletteColorLookupTableData", entries.tobytes())

    def _coded(self, pixels: np.ndarray) -> bytes:
        if self._form == "rle cine":
            return encapsulate([_rle(frame, self.word().encode()) for frame in pixels])
        coded = []
        for frame in pixels:
            stream = imagecodecs.jpeg8_encode(
                frame, level=90, colorspace="RGB", outcolorspace="YCBCR", subsampling="422"
            )
            said = self.word().encode()
            coded.append(stream[:2] + b"\xff\xfe" + (len(said) + 2).to_bytes(2, "big") + said + stream[2:])
        return encapsulate(coded)


@contextmanager
def without_complaints() -> Iterator[None]:
    """pydicom says of many planted values that they are malformed: they are meant to be."""
    logger = logging.getLogger("pydicom")
    before = logger.level
    logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(before)


def found_in(blob: bytes, tokens: Iterable[str]) -> list[str]:
    """The tokens that are in these bytes in any of the forms of `needles`, as `token: form`."""
    lower = blob.lower()
    return [
        f"{token}: {form}" for token in tokens for form, needle in needles(token)
        if (needle in lower if form == "hex" else needle in blob)
    ]  # fmt: skip


def needles(token: str) -> list[tuple[str, bytes]]:
    """The forms in which a token is searched for: UTF-8, UTF-16, base64 at any place, hex, reversed, lower case."""
    plain = token.encode()
    forms = [
        ("as it is", plain), ("reversed", plain[::-1]), ("lower case", token.lower().encode()),
        ("UTF-16 LE", token.encode("utf-16-le")), ("UTF-16 BE", token.encode("utf-16-be")),
        ("hex", plain.hex().encode()),
    ]  # fmt: skip
    for shift in range(3):
        # Only whole groups of three bytes, and without the letters that the bytes before have a part in.
        coded = base64.b64encode(bytes(shift) + plain)[: (shift + len(plain)) // 3 * 4]
        forms.append(("base64", coded[(0, 2, 3)[shift] :]))
    return forms


def _nested(image: Dataset, depth: int) -> list[Dataset]:
    items: list[Dataset] = []
    inside = image
    for keyword in _SEQUENCES[:depth]:
        item = Dataset()
        setattr(inside, keyword, [item])
        items.append(item)
        inside = item
    return items


def _item(keyword: str, value: str) -> Dataset:
    item = Dataset()
    setattr(item, keyword, value)
    return item


def _region() -> Dataset:
    region = Dataset()
    region.RegionSpatialFormat, region.RegionDataType, region.RegionFlags = 1, 1, 0
    region.RegionLocationMinY0, region.RegionLocationMinX0, region.RegionLocationMaxY1, region.RegionLocationMaxX1 = BOX
    region.PhysicalUnitsXDirection = region.PhysicalUnitsYDirection = 3
    region.PhysicalDeltaX, region.PhysicalDeltaY = 0.0171, 0.0255
    return region


def _rle(frame: np.ndarray, said: bytes) -> bytes:
    """One segment; the offsets that it does not use hold words."""
    packed = b"".join(imagecodecs.packbits_encode(row.tobytes()) for row in frame)
    return b"\1\0\0\0" + b"\x40\0\0\0" + said.ljust(56, b"\0") + packed + bytes(len(packed) % 2)


def all_bytes_under(folders: Sequence[Path], leave_out: Sequence[Path] = ()) -> dict[str, bytes]:
    """Every file's bytes and every path's name below some folders."""
    found: dict[str, bytes] = {}
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if any(path.is_relative_to(one) for one in leave_out):
                continue
            name = str(path.relative_to(folder))
            found[name] = name.encode() + (path.read_bytes() if path.is_file() else b"")
    return found
