"""The nouns of the record: a visit, its two glands, their pictures, marks and volumes.

Frozen values made from the ledger by `reading.py`; they know neither where they are stored nor who looks at them.
What happens to a record besides (amendments, additions, locks) is in `versions.py`.
"""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from annotate.capsule import CapsuleDistance
from annotate.marks import PlacedMark, Side
from annotate.volume import GlandSize, IncompleteSize
from annotate.volume_method import GlandVolume
from injection_log.ledger.event import Json
from injection_log.protocol.protocol import VisitKind
from injection_log.record.assisted import Assisted
from injection_log.record.scales import UNTRUSTED, ScaleCheck, SetByHand, Travelled
from injection_log.record.versions import (
    Addition,
    Amendment,
    GlandState,
    Locked,
    NotDone,
    OpenAddition,
    Signature,
    SignedVersion,
    Transcribed,
    Withdrawn,
)

__all__ = ["SIDES", "GlandRecord", "GlandState", "Signature", "VisitImage", "VisitRecord", "VolumeBalance"]

SIDES: tuple[Side, Side] = ("right", "left")


@dataclass(frozen=True)
class VolumeBalance:
    """What was in the syringe and what went into the gland, in microlitres.

    `injected_ul` = loaded - residual - spilled; the protocol's planned volume stands beside it.
    """

    planned_ul: int
    loaded_ul: int
    residual_ul: int
    spilled_ul: int

    @property
    def injected_ul(self) -> int:
        """Microlitres that went into the gland."""
        return self.loaded_ul - self.residual_ul - self.spilled_ul


@dataclass(frozen=True)
class VisitImage:
    """One ultrasound object of a visit: where its bytes are (`sha256`), what it shows, whether it is calibrated.

    Sizes in pixels. `plane` is empty when the object does not say it, and so is `laterality` ("R", "L"). `is_of_day`
    says whether it was taken on the day of the visit; None where nobody can know (its header has no date, or it was
    kept by a version that did not ask). `hand_scale` is None unless a person set
    one; `travelled` is the one that came with a coded copy. Either counts only where the header has no trusted one.
    """

    sop_instance_uid: str
    study_instance_uid: str
    sha256: str
    data_set_sha256: str
    pixel_data_sha256: str
    plane: str
    frames: int
    rows: int
    columns: int
    calibration_state: str
    calibration_why: str
    conflicts: tuple[str, ...] = ()
    hand_scale: SetByHand | None = None
    travelled: Travelled | None = None
    scale_checks: tuple[ScaleCheck, ...] = ()
    laterality: str = ""
    is_of_day: bool | None = None

    @property
    def may_be_scaled_by_hand(self) -> bool:
        """Whether the header gives no scale that is trusted, so that a person may set one."""
        return self.calibration_state in UNTRUSTED


@dataclass(frozen=True)
class GlandRecord:
    """One gland at one visit: facts, marks, what was measured from them, and its signature.

    `facts` are stored values by field name (volumes in microlitres). `measured` holds, for each mark, the values
    in micrometres and thousandths of a degree. `signature` and `review` are those of this `version`: None before it
    is signed, and again while an `amendment` is open. `earlier` are the signed versions before it, oldest first.
    `late_minutes` holds, for each time that was entered late, how long after it the entry was. `later_images` are
    pictures (SOP Instance UIDs) that joined the visit after the signature and that no signed addition names yet.
    `capsule` holds, for each needle on whose frame a contour lies, how far inside it the tip is. `gland_volumes` are
    volumes by other methods than the ellipsoid, by the method's name. `assisted` are the marks, by id, that a person
    made of what the picture proposed.
    """

    side: Side
    state: GlandState
    version: int
    facts: Mapping[str, Json]
    marks: tuple[PlacedMark, ...]
    measured: Mapping[str, Mapping[str, Json]]
    size: GlandSize | IncompleteSize
    volumes: VolumeBalance | None
    signature: Signature | None
    review: Signature | None = None
    amendment: Amendment | None = None
    earlier: tuple[SignedVersion, ...] = ()
    additions: tuple[Addition, ...] = ()
    addition_open: OpenAddition | None = None
    lock: Locked | None = None
    state_under_lock: GlandState = "draft"
    late_minutes: Mapping[str, int] = field(default_factory=dict)
    later_images: tuple[str, ...] = ()
    capsule: Mapping[str, CapsuleDistance] = field(default_factory=dict)
    gland_volumes: Mapping[str, GlandVolume] = field(default_factory=dict)
    assisted: Mapping[str, Assisted] = field(default_factory=dict)

    @property
    def is_open(self) -> bool:
        """Tell whether it can still be written in without an amendment."""
        return self.state in ("draft", "complete")

    @property
    def takes_marks(self) -> bool:
        """Tell whether marks can be placed: in an open record, and in a signed one while an addition is open."""
        return self.is_open or (self.addition_open is not None and self.state != "locked")

    @property
    def signed_marks(self) -> tuple[PlacedMark, ...]:
        """The marks that stand under a signature, and so change only by an amendment."""
        if self.is_open:
            return ()
        if self.addition_open is None:
            return self.marks
        return tuple(placed for placed in self.marks if placed.mark_id in self.addition_open.marks_before)

    @property
    def made_by(self) -> Amendment | None:
        """The amendment that this version was made by, open or signed; None of the first version."""
        return self.amendment or (self.earlier[-1].replaced_by if self.earlier else None)


@dataclass(frozen=True)
class VisitRecord:
    """One participant at one visit, with both glands and the pictures of that visit.

    `day` is the day on which the visit was opened, or on which the paper was written that it was `transcribed` from.
    """

    participant: str
    visit: str
    visit_title: str
    visit_kind: VisitKind
    day: date
    facts: Mapping[str, Json]
    identifiers_confirmed: bool
    images_pending: str
    glands: Mapping[Side, GlandRecord]
    images: tuple[VisitImage, ...]
    withdrawn: Withdrawn | None = None
    not_done: NotDone | None = None
    transcribed: Transcribed | None = None
    late_minutes: Mapping[str, int] = field(default_factory=dict)

    @property
    def is_under_amendment(self) -> bool:
        """Tell whether a gland of this visit is being amended."""
        return any(gland.amendment is not None for gland in self.glands.values())

    def image(self, sop_instance_uid: str) -> VisitImage:
        """Give one picture of this visit; raises KeyError for one that is not of this visit."""
        for image in self.images:
            if image.sop_instance_uid == sop_instance_uid:
                return image
        raise KeyError(sop_instance_uid)
