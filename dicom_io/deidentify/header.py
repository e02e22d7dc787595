"""The header of a coded copy: a new data set, first what the allow-list takes over, then what the trial says.

Begins with nothing, so nothing has to be removed. Pixels are described by `copying`; which values may come
over is `allow_list`'s decision.
"""
from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

from pydicom.datadict import tag_for_keyword
from pydicom.dataset import Dataset

from dicom_io import tags
from dicom_io.deidentify import allow_list
from dicom_io.deidentify.allow_list import Form, Numbers
from dicom_io.deidentify.method import say_method
from dicom_io.deidentify.request import CopyRequest, Dates, DatesShifted, ForReading, ForSharing
from dicom_io.image import UltrasoundImage
from dicom_io.layout import Attributes, Layout
from dicom_io.reading import image_of
from dicom_io.travelling_scale import say_hand_scale

_STILL, _CLIP = "1.2.840.10008.5.1.4.1.1.6.1", "1.2.840.10008.5.1.4.1.1.3.1"
_FRAME_TIME, _FRAME_TIME_VECTOR = 0x00181063, 0x00181065


def header_of(layout: Layout, request: CopyRequest) -> Dataset:
    """The header of a copy without its pixels. Raises `NotReadable` where the original is no ultrasound picture."""
    image, copy = image_of(layout), Dataset()
    copy.SpecificCharacterSet = "ISO_IR 192"
    _take(layout, copy, allow_list.COPIED)
    if isinstance(request.coded_for, ForSharing):
        _take(layout, copy, allow_list.COPIED_FOR_SHARING)
    if "PixelSpacing" in copy:
        copy.pop("PixelAspectRatio", None)  # one or the other (PS3.3 C.7.6.3)
    if image.plane in allow_list.VIEWS:
        copy.ViewName = image.plane.upper()
        copy.NumberOfStages = copy.NumberOfViewsInStage = 1  # owed beside a view (PS3.3 C.8.5.6)
    _take_regions(layout, copy)
    _time_frames(layout, image, copy, request.selection.frames)
    _say_who(copy, request)
    _say_which(copy, image, request)
    say_method(copy, request.dates)
    copy.ImageType = ["DERIVED", "PRIMARY"]
    copy.DerivationDescription = "Coded copy: pixels outside the kept area set to 0, the rest unchanged."
    if request.selection.hand_scale is not None:
        say_hand_scale(copy, request.selection.hand_scale)
    return copy


def _take(original: Attributes, copy: Dataset, listed: Mapping[str, Form]) -> None:
    for keyword, form in listed.items():
        taken = _taken(original, keyword, form)
        if taken is not None:
            setattr(copy, keyword, taken)


def _taken(original: Attributes, keyword: str, form: Form) -> object:
    """The value anew, in our own spelling; None where it is missing or not of its form."""
    tag = tag_for_keyword(keyword)
    assert tag is not None  # keywords of the allow-list are the dictionary's
    if not isinstance(form, Numbers):
        word = original.word(tag).upper()
        return (word.split("\\") if "\\" in word else word) if word in form.allowed else None
    found = original.numbers(tag, form.vr)
    if found is None or not form.takes(found):
        return None
    spelled = [_spelled(one, form) for one in found]
    return spelled if len(spelled) > 1 else spelled[0]


def _spelled(number: Decimal, form: Numbers) -> int | float | str:
    if form.vr == "DS":
        return _decimal_string(number)
    return float(number) if form.vr == "FD" else int(number)


def _decimal_string(number: Decimal) -> str:
    """At most 16 characters (PS3.5 6.2), exact where they suffice."""
    plain = format(number.normalize(), "f")
    return plain if len(plain) <= 16 else f"{float(number):.10g}"


def _take_regions(layout: Layout, copy: Dataset) -> None:
    """All regions that are described whole, in their order, so that they keep their numbers."""
    items = []
    for original in layout.items(tags.SEQUENCE_OF_ULTRASOUND_REGIONS):
        item = Dataset()
        _take(original, item, allow_list.REGION)
        items.append(item)
    if items:
        copy.SequenceOfUltrasoundRegions = items


def _time_frames(layout: Layout, image: UltrasoundImage, copy: Dataset, frames: tuple[int, ...]) -> None:
    """Times of the chosen frames. A time that was only assumed for the original is not written as if recorded."""
    if len(frames) == 1:
        return
    times, whole = image.frame_times, frames == tuple(range(frames[0], frames[-1] + 1))
    if whole and times.source != "FrameTimeVector":
        _take(layout, copy, allow_list.COPIED_WHERE_FRAMES_FOLLOW_EACH_OTHER)
        if "FrameTime" in copy:
            copy.FrameIncrementPointer = _FRAME_TIME
    elif times.source != "assumed":
        starts = [Decimal(str(times.starts_ms[frame])) for frame in frames]
        steps = [Decimal(0), *(after - before for before, after in pairwise(starts))]
        copy.FrameTimeVector = [_decimal_string(step) for step in steps]
        copy.FrameIncrementPointer = _FRAME_TIME_VECTOR


def _say_who(copy: Dataset, request: CopyRequest) -> None:
    """Codes in the place of the patient, and the trial's own attributes (PS3.3 C.7.1.1, C.7.1.3, C.7.2.3, C.7.3.2)."""
    who, trial = request.coded_for, request.trial
    copy.PatientName = copy.PatientID = who.code
    copy.PatientBirthDate = copy.PatientSex = copy.AccessionNumber = copy.ReferringPhysicianName = ""
    copy.Manufacturer = copy.StudyID = copy.StudyTime = ""
    copy.ClinicalTrialSponsorName, copy.ClinicalTrialProtocolID = trial.sponsor, trial.protocol_id
    copy.ClinicalTrialProtocolName = trial.protocol_name
    if isinstance(who, ForReading):
        # A reader is told no site either: it could be the one where a certain participant goes.
        copy.ClinicalTrialSiteID = copy.ClinicalTrialSiteName = ""
        copy.ClinicalTrialSubjectReadingID = who.reading_id
        return
    copy.ClinicalTrialSiteID, copy.ClinicalTrialSiteName = trial.site_id, trial.site_name
    copy.ClinicalTrialSubjectID = who.subject_id
    copy.ClinicalTrialTimePointID = who.time_point
    copy.ClinicalTrialCoordinatingCenterName = ""


def _say_which(copy: Dataset, image: UltrasoundImage, request: CopyRequest) -> None:
    """New identifiers, and the class of what the copy is: a still where one frame was chosen."""
    chosen, uids = request.selection.frames, request.uids
    copy.SOPClassUID = _STILL if len(chosen) == 1 else _CLIP
    copy.SOPInstanceUID = uids.uid("image", image.sop_instance_uid, *_what_is_in_it(request))
    copy.StudyInstanceUID = uids.uid("study", image.study_instance_uid)
    copy.SeriesInstanceUID = uids.uid("series", image.series_instance_uid)
    copy.Modality, copy.SeriesNumber, copy.InstanceNumber = "US", 1, request.number
    copy.StudyDate = _shifted(image.study_date, request.dates)
    if len(chosen) > 1:
        copy.NumberOfFrames = len(chosen)
    # Owed but for other ways of saying them; empty means unknown (PS3.3 C.7.6.1, C.7.3.1).
    if "PatientOrientation" not in copy:
        copy.PatientOrientation = ""
    if "Laterality" not in copy and "ImageLaterality" not in copy:
        copy.Laterality = ""


def _what_is_in_it(request: CopyRequest) -> tuple[str, ...]:
    """Copies of one original that show different things are different objects."""
    chosen = request.selection
    scale = "" if chosen.hand_scale is None else json.dumps(chosen.hand_scale.to_json(), sort_keys=True)
    return ",".join(map(str, chosen.frames)), str(chosen.area.to_json()), scale


def _shifted(day: str, dates: Dates) -> str:
    if not isinstance(dates, DatesShifted):
        return ""
    try:
        moved = date.fromisoformat(f"{day[:4]}-{day[4:6]}-{day[6:8]}") + timedelta(days=dates.days)
    except (ValueError, OverflowError):
        return ""
    return moved.strftime("%Y%m%d")
