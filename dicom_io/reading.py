"""Reading one ultrasound file's header into plain values, and its three digests.

No pixel is decoded and nothing is kept. Patient attributes are read by `read_identity` only, so that they
cannot slip into anything made from an `UltrasoundImage`.
"""
from __future__ import annotations

import hashlib
import mmap
import re
from decimal import Decimal
from pathlib import Path

from dicom_io import tags
from dicom_io.elements import Buffer
from dicom_io.errors import ENHANCED_VOLUME, NotReadable, RejectCode
from dicom_io.image import BurnedIn, Digests, PatientIdentity, UltrasoundImage
from dicom_io.layout import Attributes, Layout, opened
from dicom_io.regions import PictureSize, RegionHeader, calibrate
from dicom_io.sop_classes import SCREEN_CAPTURES, ULTRASOUND
from dicom_io.timing import TimingHeader, frame_times
from dicom_io.travelling_scale import is_by_hand

_ENHANCED_US_VOLUME = "1.2.840.10008.5.1.4.1.1.6.2"
MAX_FRAMES = 20_000
MAX_REGIONS = 256
"""A scanner writes a handful; each is compared with each other one."""
MAX_FRAME_PIXELS = 16 * 1024**2
"""One decoded frame is then at most 48 MiB; frames are decoded one by one, their sum is never held."""
MAX_DECODED_BYTES = 8 * 1024**3
_DIGEST_STEP = 8 * 1024**2

_UID = re.compile(r"[0-9]+(\.[0-9]+)+")
_PLANES = ("transverse", "longitudinal", "sweep", "injection")


def read_image(path: Path) -> UltrasoundImage:
    """What the header says of the image, without its pixels. Raises `NotReadable`."""
    with opened(path) as layout:
        return image_of(layout)


def read_identity(path: Path) -> PatientIdentity:
    """Who the header says the patient is. Raises `NotReadable`."""
    with opened(path) as layout:
        return identity_of(layout)


def digest_file(path: Path) -> Digests:
    """The three SHA-256 digests of a file, see `digests_of`. Raises `NotReadable`."""
    with opened(path) as layout:
        return digests_of(layout)


def digests_of(layout: Layout) -> Digests:
    """SHA-256 of three nested parts of the file, each over bytes exactly as they are coded in it.

    `file`: every byte. `data_set`: every byte behind the file meta (group 0002) to the end of the file,
    so that the same object written by another peer with another preamble or file meta has the same
    digest. `pixel_data`: the value of PixelData (7FE0,0010) without its tag, VR and length; of
    encapsulated pixels all items, the offset table included, without the sequence delimiter; of a
    deflated data set the inflated value.
    """
    file, data_set, pixel_data = hashlib.sha256(), hashlib.sha256(), hashlib.sha256()
    start, end = (0, 0) if layout.pixels is None else (layout.pixels.value, layout.pixels.end)
    if layout.syntax.deflated:
        pixel_data.update(layout.buffer[start:end])
        start = end = 0
    for position in range(0, len(layout.file), _DIGEST_STEP):
        piece = layout.file[position : position + _DIGEST_STEP]
        file.update(piece)
        data_set.update(piece[max(layout.data_set_start - position, 0) :])
        pixel_data.update(piece[max(start - position, 0) : max(end - position, 0)])
        _let_go(layout.file, position, len(piece))
    return Digests(file.hexdigest(), data_set.hexdigest(), pixel_data.hexdigest())


def _let_go(file: Buffer, position: int, length: int) -> None:
    """Tell the system that these pages of the map are not needed now, so that a long file does not fill memory."""
    mapped = file.obj if isinstance(file, memoryview) else None
    if isinstance(mapped, mmap.mmap) and hasattr(mmap, "MADV_DONTNEED"):
        mapped.madvise(mmap.MADV_DONTNEED, position, length)


def identity_of(attributes: Attributes) -> PatientIdentity:
    """The patient attributes of a header."""
    return PatientIdentity(
        patient_id=attributes.text(tags.PATIENT_ID),
        issuer=attributes.text(tags.ISSUER_OF_PATIENT_ID),
        name=attributes.text(tags.PATIENT_NAME),
        birth_date=attributes.word(tags.PATIENT_BIRTH_DATE),
    )


def image_of(layout: Layout) -> UltrasoundImage:
    """The header as plain values. Raises `NotReadable` where it is not that of an ultrasound picture."""
    if layout.word(tags.SOP_CLASS_UID) not in ULTRASOUND | SCREEN_CAPTURES:
        volume = layout.word(tags.SOP_CLASS_UID) == _ENHANCED_US_VOLUME
        raise NotReadable(RejectCode.NOT_ULTRASOUND, ENHANCED_VOLUME if volume else "")
    size, frames = picture_size(layout), number_of_frames(layout)
    regions, calibration = calibrate(_region_headers(layout), _pixel_spacing(layout), size)
    return UltrasoundImage(
        # Seen in the wild: the data set has no SOP Instance UID, the file meta (which must equal it) has one.
        sop_instance_uid=_checked_uid(layout.word(tags.SOP_INSTANCE_UID) or layout.stored_as),
        sop_class_uid=layout.word(tags.SOP_CLASS_UID),
        study_instance_uid=_checked_uid(layout.word(tags.STUDY_INSTANCE_UID)),
        series_instance_uid=_checked_uid(layout.word(tags.SERIES_INSTANCE_UID)),
        frames=frames,
        rows=size.rows,
        columns=size.columns,
        photometric=layout.word(tags.PHOTOMETRIC_INTERPRETATION),
        transfer_syntax=layout.syntax.uid,
        burned_in=_burned_in(layout),
        frame_times=frame_times(_timing(layout), frames),
        regions=regions,
        calibration=calibration,
        study_date=layout.word(tags.STUDY_DATE),
        content_time=layout.word(tags.CONTENT_TIME),
        manufacturer=layout.text(tags.MANUFACTURER),
        model=layout.text(tags.MANUFACTURER_MODEL_NAME),
        series_number=layout.integer(tags.SERIES_NUMBER, "IS"),
        instance_number=layout.integer(tags.INSTANCE_NUMBER, "IS"),
        plane=_plane(layout),
        laterality=_laterality(layout),
        pixel_aspect=_pixel_aspect(layout),
        acquisition_date=layout.word(tags.ACQUISITION_DATE),
    )


def picture_size(layout: Layout) -> PictureSize:
    """Rows and Columns. Raises `NotReadable` where they are missing, zero or beyond reason."""
    rows, columns = layout.integer(tags.ROWS, "US"), layout.integer(tags.COLUMNS, "US")
    if rows is None or columns is None or rows <= 0 or columns <= 0 or layout.pixels is None:
        raise NotReadable(RejectCode.PIXEL_SIZE)
    if rows * columns > MAX_FRAME_PIXELS:
        raise NotReadable(RejectCode.TOO_LARGE)
    return PictureSize(rows, columns)


def number_of_frames(layout: Layout) -> int:
    """NumberOfFrames, 1 where the header has none. Raises `NotReadable` where it is no count."""
    if not layout.word(tags.NUMBER_OF_FRAMES):
        return 1
    frames = layout.integer(tags.NUMBER_OF_FRAMES, "IS")
    if frames is None or frames < 1:
        raise NotReadable(RejectCode.PIXEL_SIZE)
    if frames > MAX_FRAMES:
        raise NotReadable(RejectCode.TOO_LARGE)
    return frames


def _checked_uid(uid: str) -> str:
    """A UID of the form of PS3.5 9.1; leading zeros are let through, since old scanners write them."""
    if len(uid) > 64 or _UID.fullmatch(uid) is None:
        raise NotReadable(RejectCode.BAD_UID)
    return uid


def _burned_in(layout: Layout) -> BurnedIn:
    known: dict[str, BurnedIn] = {"YES": "yes", "NO": "no"}
    return known.get(layout.word(tags.BURNED_IN_ANNOTATION).upper(), "unknown")


def _timing(layout: Layout) -> TimingHeader:
    return TimingHeader(
        frame_time_vector=layout.numbers(tags.FRAME_TIME_VECTOR, "DS"),
        frame_time=layout.number(tags.FRAME_TIME, "DS"),
        recommended_display_frame_rate=layout.number(tags.RECOMMENDED_DISPLAY_FRAME_RATE, "IS"),
        cine_rate=layout.number(tags.CINE_RATE, "IS"),
    )


def _pixel_spacing(layout: Layout) -> tuple[Decimal, Decimal] | None:
    """PixelSpacing as (row, column) in mm; None where it is missing, no spacing, or was set by a person.

    In a coded copy it can be what somebody drew on the original: that is no word of the scanner.
    """
    if is_by_hand(layout):
        return None
    found = layout.numbers(tags.PIXEL_SPACING, "DS")
    if found is None or len(found) != 2 or not all(one.is_finite() and one > 0 for one in found):
        return None
    return found[0], found[1]


def _pixel_aspect(layout: Layout) -> tuple[int, int]:
    """PixelAspectRatio as (vertical, horizontal) size of a pixel; square where it is missing or no ratio."""
    found = layout.numbers(tags.PIXEL_ASPECT_RATIO, "IS")
    if found is None or len(found) != 2 or not all(one.is_finite() and 1 <= one < 10_000 for one in found):
        return 1, 1
    vertical, horizontal = (int(one) for one in found)
    return vertical, horizontal


def _region_headers(layout: Layout) -> list[RegionHeader]:
    items = layout.items(tags.SEQUENCE_OF_ULTRASOUND_REGIONS)
    if len(items) > MAX_REGIONS:
        raise NotReadable(RejectCode.TOO_COMPLEX)
    return [
        RegionHeader(
            spatial_format=item.integer(tags.REGION_SPATIAL_FORMAT, "US"),
            bounds=(
                item.integer(tags.REGION_LOCATION_MIN_X0, "UL"),
                item.integer(tags.REGION_LOCATION_MIN_Y0, "UL"),
                item.integer(tags.REGION_LOCATION_MAX_X1, "UL"),
                item.integer(tags.REGION_LOCATION_MAX_Y1, "UL"),
            ),
            units=(
                item.integer(tags.PHYSICAL_UNITS_X_DIRECTION, "US"),
                item.integer(tags.PHYSICAL_UNITS_Y_DIRECTION, "US"),
            ),
            deltas=(item.number(tags.PHYSICAL_DELTA_X, "FD"), item.number(tags.PHYSICAL_DELTA_Y, "FD")),
        )
        for item in items
    ]


def _plane(layout: Layout) -> str:
    """The plane where ViewName or SeriesDescription names exactly one; a hint for the list, no decision."""
    for tag in (tags.VIEW_NAME, tags.SERIES_DESCRIPTION):
        words = layout.text(tag).lower()
        named = [plane for plane in _PLANES if plane in words]
        if len(named) == 1:
            return named[0]
    return ""


def _laterality(layout: Layout) -> str:
    for tag in (tags.IMAGE_LATERALITY, tags.LATERALITY):
        side = layout.word(tag).upper()
        if side in ("R", "L"):
            return side
    return ""
