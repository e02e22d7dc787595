"""What is known of the visit's pictures: their scale, their pixel's shape, their side, which one suits a mark.

Pure hints for turning pages and for warnings. What a mark belongs to is the gland that a person chose, and what
it measures is decided by the record's floor.
"""
from __future__ import annotations

from annotate.marks import Axis, Caliper, PlacedMark, Side
from annotate.ruler_ticks import RulerTicks, second_opinion
from dicom_io.calibration import Point, Scale
from injection_log.record.values import VisitImage
from injection_log_napari.canvas.interface import PixelAspect, ScaleNote
from injection_log_napari.presenters.desk import REFUSALS
from injection_log_napari.presenters.mark_desk import MarkDesk

SUITED_PLANES: dict[Axis | None, str] = {
    "length": "longitudinal",
    "depth": "longitudinal",
    "width": "transverse",
    None: "injection",
}
# Ultrasound Multi-frame Image, and its retired form (DICOM PS3.4 B.5)
CLIP_CLASSES = frozenset({"1.2.840.10008.5.1.4.1.1.3.1", "1.2.840.10008.5.1.4.1.1.3"})


class Pictures:
    """The pictures of the visit on the desk."""

    def __init__(self, desk: MarkDesk) -> None:
        self._desk = desk

    @property
    def marks(self) -> tuple[PlacedMark, ...]:
        """All marks of the visit, of both glands."""
        return tuple(mark for gland in self._desk.record.glands.values() for mark in gland.marks)

    @property
    def assisted(self) -> frozenset[str]:
        """The ids of the marks that a person made of what the picture proposed."""
        return frozenset(mark_id for gland in self._desk.record.glands.values() for mark_id in gland.assisted)

    def is_clip_of_one(self, uid: str) -> bool:
        """Whether a picture is stored as a clip and has one frame only."""
        header = self._desk.header(uid)
        return header is not None and header.frames == 1 and header.sop_class_uid in CLIP_CLASSES

    # ---- scale ---------------------------------------------------------------------------------------------
    def aspect(self, uid: str) -> PixelAspect:
        """The shape of a pixel: physical where the picture has one trusted scale, else square."""
        scale = self._scale(uid)
        if scale is None:
            return PixelAspect()
        return PixelAspect.of(float(scale.mm_per_px_row), float(scale.mm_per_px_column))

    def scale_note(self, uid: str) -> ScaleNote | None:
        """The scale bar and where the scale comes from, or why there is none."""
        image = self._image(uid)
        if image is None:
            return None
        scale = self._scale(uid)
        if scale is None and self._has_several_scales(uid):
            return ScaleNote(None, "no scale bar: the regions of this picture have different scales")
        if scale is None:
            may_be_set = image.may_be_scaled_by_hand and self._desk.hand_scale_allowed
            set_it = " (S: set the scale along the ruler)" if may_be_set else ""
            return ScaleNote(None, f"pixels only{set_it}: {image.calibration_why}")
        differs = any(one.checked.is_beyond and one.checked.scale == scale for one in image.scale_checks)
        doubt = "  ▲ a cross-check differs" if differs else ""
        doubt = "  ▲ its ruler says otherwise" if self.second_opinion(uid) else doubt
        only = f", in region {scale.region + 1} only" if scale.is_by_hand and scale.region is not None else ""
        words = f"{scale.source if scale.is_by_hand else f'scale: {scale.source}'}{only}{doubt}"
        return ScaleNote(float(scale.mm_per_px_column), words, is_doubtful=scale.is_by_hand or bool(doubt))

    def ticks(self, uid: str) -> RulerTicks | None:
        """The burned-in ruler's marks, where the program is sure of them."""
        return self._desk.ticks(uid)

    def second_opinion(self, uid: str) -> str:
        """A warning where the burned-in ruler's marks contradict the scale; it only ever warns."""
        scale = self._scale(uid)
        if scale is None:
            return ""
        return second_opinion(self.ticks(uid), (float(scale.mm_per_px_row), float(scale.mm_per_px_column)))

    def _image(self, uid: str) -> VisitImage | None:
        return next((one for one in self._desk.record.images if one.sop_instance_uid == uid), None)

    def _scale(self, uid: str) -> Scale | None:
        image = self._image(uid)
        if image is not None and image.may_be_scaled_by_hand:
            return image.hand_scale.scale if image.hand_scale is not None else None
        header = self._desk.header(uid)
        if header is None or self._has_several_scales(uid):
            return None
        for region in header.regions:
            if region.usable and region.kind == "2d":
                row0, column0, row1, column1 = region.box
                return self._scale_between(uid, Point(row0, column0), Point(row1, column1))
        if header.calibration.state != "pixel_spacing":
            return None
        return self._scale_between(uid, Point(0, 0), Point(header.rows - 1, header.columns - 1))

    def _has_several_scales(self, uid: str) -> bool:
        """Whether the picture's regions are zoomed differently: then no one bar is true all over it."""
        header = self._desk.header(uid)
        return header is not None and len({one.mm_per_px for one in header.regions if one.usable}) > 1

    def _scale_between(self, uid: str, a: Point, b: Point) -> Scale | None:
        try:
            return self._desk.scale_for(uid, Caliper("length", a, b))
        except REFUSALS:
            return None

    # ---- side ----------------------------------------------------------------------------------------------
    def suited(self, side: Side, axis: Axis | None) -> tuple[str, ...]:
        """The pictures that suit a caliper (None: the needle) on a side; with more than one, a person chooses.

        One of that side by header or by its marks settles it; else all that do not say their side.
        """
        suited = self._of_plane(SUITED_PLANES[axis])
        own = [uid for uid in suited if self.laterality(uid) == side]
        own = own or [uid for uid in suited if not self.laterality(uid) and side in self._marked_sides(uid)]
        return tuple(own[:1] or [uid for uid in suited if not self.side_of(uid)])

    def _of_plane(self, plane: str) -> list[str]:
        """The pictures of a plane; where none says so, those that do not say their plane."""
        images = self._desk.record.images
        of_plane = [image for image in images if image.plane == plane] or [i for i in images if not i.plane]
        return [image.sop_instance_uid for image in of_plane]

    def _marked_sides(self, uid: str) -> set[Side]:
        return {mark.side for mark in self.marks if mark.on.sop_instance_uid == uid}

    def doubt(self, uid: str, side: Side) -> str:
        """Why a first mark of this side on a picture is doubtful: it says the other side, or carries its marks."""
        other: Side = "left" if side == "right" else "right"
        if side in self._marked_sides(uid):
            return ""
        if self.laterality(uid) == other:
            return f"This picture is labelled {other.upper()}; if it really shows the {side.upper()} gland,"
        if not self.laterality(uid) and other in self._marked_sides(uid):
            return f"This picture carries marks of the {other.upper()} gland; if it really shows both,"
        return ""

    def side_of(self, uid: str) -> str:
        """The side that a picture's header names, else the side of the marks on it, else ""."""
        sides = self._marked_sides(uid)
        return self.laterality(uid) or (next(iter(sides)) if len(sides) == 1 else "")

    def side_warning(self, uid: str, side: Side) -> str:
        """A sentence when a picture is of the other gland than the one at work."""
        said, here = self.laterality(uid), side.upper()
        if said and said != side:
            return f"This picture is labelled {said.upper()}, and you are in the {here} gland."
        if not said and self.side_of(uid) not in ("", side):
            return f"This picture carries marks of the other gland, and you are in the {here} gland."
        return ""

    def laterality(self, uid: str) -> str:
        """The side that a picture's header names, or ""; a hint, never a decision."""
        header = self._desk.header(uid)
        return {"R": "right", "L": "left"}.get(header.laterality, "") if header else ""
