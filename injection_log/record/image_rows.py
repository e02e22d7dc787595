"""The table of pictures: what belongs to each visit, by identity and digests, and whether its millimetres are known.

Pure. Nothing of a header that names anybody is in the log, and so nothing of it is here; the identities are those of
the originals, by which a picture is found again in the PACS and in the site's own folder.
"""
from __future__ import annotations

from collections.abc import Sequence

from injection_log.outputs import Cell, TableContent
from injection_log.record.cells import COMPUTED, PARTICIPANT, PICTURE, VISIT, column, yes_no
from injection_log.record.log_numbers import LogNumbers
from injection_log.record.values import VisitImage, VisitRecord

_HEADER = "said by the picture's header"
_COLUMNS = (
    PARTICIPANT, VISIT,
    column("image", "Picture: running number within the visit", "integer", source=COMPUTED),
    column("side", "Side that the header says", "choice", "right | left", _HEADER),
    column("plane", "Plane", "choice", "transverse | longitudinal | sweep | injection", _HEADER),
    column("sop_instance_uid", "SOP Instance UID of the original", "uid", source=_HEADER),
    column("study_instance_uid", "Study Instance UID of the original", "uid", source=_HEADER),
    column("file_sha256", "SHA-256 of the file", "hash", source=COMPUTED),
    column("data_set_sha256", "SHA-256 of the data set", "hash", source=COMPUTED),
    column("pixel_data_sha256", "SHA-256 of the pixel data", "hash", source=COMPUTED),
    column("frames", "Frames", "integer", source=_HEADER), column("rows", "Rows", "integer", source=_HEADER),
    column("columns", "Columns", "integer", source=_HEADER),
    column("calibration", "Scale in the header", "choice", "region | pixel_spacing | none | refused", COMPUTED),
    column("calibration_why", "About the scale in the header", source=COMPUTED),
    column("scale_set_by_hand", "Scale that a person set", source=PICTURE),
    column("scale_set_by", "Scale set by"), column("scale_set_at", "Scale set at (UTC)", "time"),
    column("mm_per_px_row", "Millimetres per pixel down, of the scale set by hand", "decimal", source=PICTURE),
    column("mm_per_px_column", "Millimetres per pixel across, of the scale set by hand", "decimal", source=PICTURE),
    column("of_the_day", "Taken on the day of the visit; blank where nobody can know", "yes_no", "yes | no", COMPUTED),
    column("conflicts", "Other pictures that came under the same identity", "integer"),
    column("marks_right", "Marks of the right gland on it", "integer", source=COMPUTED),
    column("marks_left", "Marks of the left gland on it", "integer", source=COMPUTED),
    column("not_signed_for", "Came after the signature of a gland, and nobody signed for it yet", "yes_no", "yes | no",
           source=COMPUTED),
    column("kind", "Still picture or cine", "choice", "still | cine", COMPUTED),
)  # fmt: skip


def image_table(records: Sequence[VisitRecord], numbers: LogNumbers) -> TableContent:
    """One row for each picture of a visit, in the order in which they joined it."""
    rows = [
        {"participant": record.participant, "visit": record.visit, **_image(record, image),
         "image": numbers.image(record.participant, record.visit, image.sop_instance_uid)}
        for record in records for image in record.images
    ]  # fmt: skip
    places = list(dict.fromkeys((row["participant"], row["visit"]) for row in rows))
    rows.sort(key=lambda row: (places.index((row["participant"], row["visit"])), int(str(row["image"]))))
    return TableContent(_COLUMNS, tuple(rows), "images")


def _image(record: VisitRecord, image: VisitImage) -> dict[str, Cell]:
    def marks(side: str) -> int:
        marks = [one for gland in record.glands.values() if gland.side == side for one in gland.marks]
        return sum(one.on.sop_instance_uid == image.sop_instance_uid for one in marks)

    late = any(image.sop_instance_uid in gland.later_images for gland in record.glands.values())
    return {
        "side": {"R": "right", "L": "left"}.get(image.laterality), "plane": image.plane or None,
        "sop_instance_uid": image.sop_instance_uid, "study_instance_uid": image.study_instance_uid,
        "file_sha256": image.sha256, "data_set_sha256": image.data_set_sha256,
        "pixel_data_sha256": image.pixel_data_sha256, "frames": image.frames, "rows": image.rows,
        "columns": image.columns, "calibration": image.calibration_state, "calibration_why": image.calibration_why,
        **_by_hand(image), "of_the_day": None if image.is_of_day is None else yes_no(image.is_of_day),
        "conflicts": len(image.conflicts), "marks_right": marks("right"), "marks_left": marks("left"),
        "not_signed_for": yes_no(late), "kind": "cine" if image.frames > 1 else "still",
    }


def _by_hand(image: VisitImage) -> dict[str, Cell]:
    by_hand = image.hand_scale if image.may_be_scaled_by_hand else None
    if by_hand is None:
        return {}
    return {
        "scale_set_by_hand": by_hand.scale.source, "scale_set_by": by_hand.by.printed_name,
        "scale_set_at": by_hand.by.at, "mm_per_px_row": by_hand.scale.mm_per_px_row,
        "mm_per_px_column": by_hand.scale.mm_per_px_column,
    }
