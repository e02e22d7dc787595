"""What the log keeps about the scale of one picture: the one a person set, and the cross-checks that were made.

Values and their stored forms, which carry who did it and when: an image has one current value for each, and a
number must be able to say both without looking for the event. Pure; nothing here writes or judges.
"""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any, cast

from annotate.scale_check import CheckedScale, checked_from_json, checked_to_json
from dicom_io.calibration import Scale
from dicom_io.errors import MeasurementRefused
from dicom_io.hand_scale import HandScale
from injection_log.ledger.event import Json

HAND_SCALE, TRAVELLED = "hand_scale", "travelled_scale"
CHECK = "scale_check."
UNTRUSTED = ("none", "refused")
"""States of a header's calibration beside which a person may set the scale."""


@dataclass(frozen=True)
class Doing:
    """Who did something to a picture's scale, on which frame (from 0) and when (UTC, and the local offset)."""

    user: str
    printed_name: str
    frame: int
    at: str
    offset_minutes: int

    @property
    def local_day(self) -> str:
        """The day by the local clock, `2026-11-22`."""
        moment = datetime.fromisoformat(self.at)
        return moment.astimezone(timezone(timedelta(minutes=self.offset_minutes))).date().isoformat()

    def to_json(self) -> dict[str, Json]:
        """The stored form."""
        return {
            "user": self.user, "printed_name": self.printed_name, "frame": self.frame, "at": self.at,
            "offset_minutes": self.offset_minutes,
        }

    @classmethod
    def from_json(cls, value: object) -> Doing:
        """The stored form read back. Raises ValueError."""
        fields = value if isinstance(value, Mapping) else {}
        texts = [fields.get(name) for name in ("user", "printed_name", "at")]
        numbers = [fields.get(name) for name in ("frame", "offset_minutes")]
        if len(fields) != 5 or not all(isinstance(one, str) and one for one in texts) or any(
            type(one) is not int for one in numbers
        ):
            raise ValueError("a stored scale does not say who set it and when")
        done = cls(**cast("dict[str, Any]", fields))
        try:
            done.local_day  # noqa: B018 - refused where it is no day: every number will ask for it
        except OverflowError as wrong:
            raise ValueError("a stored scale was set at no time there is") from wrong
        if done.frame < 0:
            raise ValueError("a stored scale was set on a frame before the first")
        return done


@dataclass(frozen=True)
class SetByHand:
    """A scale that a person set on a picture; `region` is the only region in which it holds, or None."""

    hand: HandScale
    region: int | None
    by: Doing

    @property
    def scale(self) -> Scale:
        """The scale with its source in words: that it was set by hand, by whom, when and along what.

        Raises MeasurementRefused where no scale follows from the lines.
        """
        return self.hand.scale(
            f"set by hand by {self.by.printed_name}, {self.by.local_day}: {self.hand.words}", self.region
        )

    def to_json(self) -> dict[str, Json]:
        """The stored form."""
        return {"hand": self.hand.to_json(), "region": self.region, "by": self.by.to_json()}

    @classmethod
    def from_json(cls, value: object) -> SetByHand:
        """The stored form read back. Raises ValueError."""
        fields = value if isinstance(value, Mapping) else {}
        region = fields.get("region")
        if fields.keys() != {"hand", "region", "by"} or not (region is None or type(region) is int):
            raise ValueError("a stored scale set by hand is not whole")
        return cls(HandScale.from_json(fields["hand"]), region, Doing.from_json(fields["by"]))


@dataclass(frozen=True)
class Travelled:
    """A scale that was set by hand on the original of a coded copy. Who set it, and when, stays at the site."""

    hand: HandScale
    region: int | None

    @property
    def scale(self) -> Scale:
        """The scale with its source in words. Raises MeasurementRefused where none follows from the lines."""
        return self.hand.scale(f"set by hand on the original of this copy: {self.hand.words}", self.region)

    def to_json(self) -> dict[str, Json]:
        """The stored form."""
        return {"hand": self.hand.to_json(), "region": self.region}

    @classmethod
    def from_json(cls, value: object) -> Travelled:
        """The stored form read back. Raises ValueError."""
        fields = value if isinstance(value, Mapping) else {}
        region = fields.get("region")
        if fields.keys() != {"hand", "region"} or not (region is None or type(region) is int):
            raise ValueError("a stored scale of a coded copy is not whole")
        return cls(HandScale.from_json(fields["hand"]), region)


@dataclass(frozen=True)
class ScaleCheck:
    """One cross-check that was made on a picture, under the name by which it can be withdrawn."""

    check_id: str
    checked: CheckedScale
    by: Doing

    @property
    def words(self) -> str:
        """The outcome and who saw it."""
        return f"{self.checked.words}, by {self.by.printed_name}, {self.by.local_day}"

    def to_json(self) -> dict[str, Json]:
        """The stored form, without its name."""
        return {"checked": checked_to_json(self.checked), "by": self.by.to_json()}


def check_from_json(check_id: str, value: object) -> ScaleCheck:
    """A stored cross-check read back. Raises ValueError."""
    fields = value if isinstance(value, Mapping) else {}
    if fields.keys() != {"checked", "by"}:
        raise ValueError("a stored cross-check is not whole")
    return ScaleCheck(check_id, checked_from_json(fields["checked"]), Doing.from_json(fields["by"]))


def wrong_scale(kept: Mapping[str, Any], written: Mapping[str, Any], user: str) -> str | None:
    """What is wrong with the scales and cross-checks that an event wrote on an image, as a sentence, or None.

    `kept` are the image's values after it, `user` who wrote it.
    """
    for field, value in written.items():
        if value is None or not (field in (HAND_SCALE, TRAVELLED) or field.startswith(CHECK)):
            continue
        try:
            if field == TRAVELLED:
                _refuse_beside_trusted(Travelled.from_json(value).scale, kept)
                continue
            by = _scale_and_doer(field, value, kept)
        except (ValueError, MeasurementRefused) as malformed:
            return f"A scale or cross-check cannot be read again: {malformed}."
        if by.user != user:
            return "A scale or cross-check names another person than the one who recorded it."
    return None


def _scale_and_doer(field: str, value: object, kept: Mapping[str, Any]) -> Doing:
    if field == HAND_SCALE:
        by_hand = SetByHand.from_json(value)
        _refuse_beside_trusted(by_hand.scale, kept)
        return by_hand.by
    check = check_from_json("", value)
    if check.to_json() != value:
        raise ValueError("a cross-check does not follow from its line and scale")
    if check.checked.scale.is_by_hand and not stands(check.checked.scale, kept):
        raise ValueError("a cross-check was made with another scale than the one set by hand")
    return check.by


def _refuse_beside_trusted(scale: Scale, kept: Mapping[str, Any]) -> None:
    """`scale` is the one set by hand: that it was made says that one follows from its lines."""
    assert scale.is_by_hand
    if kept.get("calibration_state") not in UNTRUSTED:
        raise ValueError("a scale was set by hand on a picture that has a trusted one")


def stands(scale: Scale, kept: Mapping[str, Any]) -> bool:
    """Whether a hand-set scale is the one that stands on an image, or came with a copy, with these current values."""
    try:
        came = kept.get(TRAVELLED)
        standing = (Travelled.from_json(came) if came is not None else SetByHand.from_json(kept.get(HAND_SCALE))).scale
    except (ValueError, MeasurementRefused):
        return False
    return kept.get("calibration_state") in UNTRUSTED and standing == scale
