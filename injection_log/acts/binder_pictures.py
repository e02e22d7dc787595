"""The pictures of the inspection binder: every frame with marks, without what stands around the scanner's picture.

Names and dates are burned in beside the picture, so only the kept area leaves: the one two people agreed on, else the
scanner's own 2D regions. Where neither holds, no picture leaves and the binder says why. Drawn by `annotate` alone.
"""
from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from injection_log.acts.exports import frames_with_marks, scale_of_all
from injection_log.acts.kept_areas import OwedArea, StandingArea, area_for
from injection_log.binder_content import BinderPicture

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from annotate.marks import PlacedMark, Side
    from injection_log.record.values import VisitImage, VisitRecord
    from injection_log.site import Session

Say = Callable[[str], str]
FROM = {
    "drawn": "Shown is the kept area that two people agreed on for this scanner; all else is blanked.",
    "scanner": "Shown is the scanner's own 2D region; all else of the screen is blanked.",
}


def gland_pictures(session: Session, record: VisitRecord, side: Side, say: Say) -> tuple[BinderPicture, ...]:
    """Every frame of one gland that carries marks, in the order and with the numbers of the signed text."""
    found, areas = [], dict[str, StandingArea | OwedArea]()
    for number, ((uid, frame), marks) in enumerate(frames_with_marks(record.glands[side]).items(), start=1):
        image = record.image(uid)
        title = f"Picture {number}: {image.plane or 'image'}, frame {frame + 1} of {image.frames}"
        place = f"{record.participant}-{record.visit}-{side}-{number}"
        if uid not in areas:
            areas[uid] = _area(session, image)
        found.append(_picture(session, (record, image, frame), marks, (place, title, areas[uid], say)))
    return tuple(found)


def _area(session: Session, image: VisitImage) -> StandingArea | OwedArea:
    from dicom_io.errors import DicomIoError

    try:
        return area_for(session, image)
    except (DicomIoError, OSError):
        return OwedArea("The kept file of this picture cannot be read; run `injection-log verify`.", "", None)


def _picture(
    session: Session, of: tuple[VisitRecord, VisitImage, int], marks: list[PlacedMark],
    shown: tuple[str, str, StandingArea | OwedArea, Say],
) -> BinderPicture:
    (record, image, frame), (name, title, area, say) = of, shown
    if isinstance(area, OwedArea):
        return BinderPicture(name, say(title), "", image.sha256, "", say(area.why))
    from annotate.marks_layer import draw_marks_layer, encode_clean, encode_layer
    from annotate.picture import Wording
    from annotate.readout import value_words

    reading, side = session.site.protocol.reading_error, marks[0].side
    pixels = _kept_pixels(session, image, frame, area)
    caption = Wording(say(f"{record.participant} · {record.visit_title} · {title}"), reading, say)
    layer = draw_marks_layer(pixels, marks, side=side, scale_bar=scale_of_all(marks), wording=caption)
    described = "; ".join(say(value_words(placed, reading)) for placed in marks)
    return BinderPicture(
        name, say(title), described, image.sha256, say(FROM[area.area_from]), "", encode_clean(pixels),
        encode_layer(layer), layer.rgba.shape[1], layer.picture_rows, layer.rgba.shape[0],
    )


def _kept_pixels(session: Session, image: VisitImage, frame: int, area: StandingArea) -> npt.NDArray[np.uint8]:
    from dicom_io.deidentify.masking import masked_frames
    from dicom_io.deidentify.request import Selection

    with masked_frames(Selection(session.site.image_path(image.sha256), (frame,), area.area)) as frames:
        return frames.masked(0)
