"""The nouns of the record: a visit, its two glands, their pictures, marks, volumes and signature.

Frozen values made from the ledger by `reading.py`; they know neither where they are stored nor who looks at them.
"""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from annotate.marks import PlacedMark, Side
from annotate.volume import GlandSize, IncompleteSize
from injection_log.ledger.event import Json
from injection_log.protocol.protocol import VisitKind
from injection_log.record.scales import UNTRUSTED, ScaleCheck, SetByHand

GlandState = Literal["draft", "complete", "signed", "reviewed", "locked"]
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
class Signature:
    """Who signed a gland record, what it meant, and the text that was signed."""

    user: str
    printed_name: str
    role: str
    meaning: str
    signed_at: str
    offset_minutes: int
    record_sha256: str
    rendering: str


@dataclass(frozen=True)
class VisitImage:
    """One ultrasound object of a visit: where its bytes are (`sha256`), what it shows, whether it is calibrated.

    Sizes in pixels. `plane` is empty when the object does not say it, and so is `laterality` ("R", "L"). `is_of_day`
    says whether it was taken on the day of the visit; None where nobody can know (its header has no date, or it was
    kept by a version that did not ask). `hand_scale` is None unless a person set
    one; it counts only where the header's own calibration is none or refused.
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
    in micrometres and thousandths of a degree. `signature` is None before it is signed.
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

    @property
    def is_open(self) -> bool:
        """Tell whether it can still be written in without an amendment."""
        return self.state in ("draft", "complete")


@dataclass(frozen=True)
class VisitRecord:
    """One participant at one visit, with both glands and the pictures of that visit."""

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

    def image(self, sop_instance_uid: str) -> VisitImage:
        """Give one picture of this visit; raises KeyError for one that is not of this visit."""
        for image in self.images:
            if image.sop_instance_uid == sop_instance_uid:
                return image
        raise KeyError(sop_instance_uid)
