"""Every check there is: its name, its version, whether it blocks a signature, and what it compares.

A check whose comparison changes gets the next version, so that a question it asked can always be read as it was
meant. The list in docs/protocol.md is made of this one, and a test holds them together.
"""
from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Severity = Literal["hard", "soft"]
"""Hard: no signature while it stands. Soft: somebody should look; it never blocks a signature."""


@dataclass(frozen=True)
class Check:
    """One check: its name in files and lists, its version, how hard it is, its title, and what it compares."""

    name: str
    version: int
    severity: Severity
    title: str
    compares: str


_ALL = (
    Check("missing", 1, "hard", "Missing", "what the protocol owes at this visit against what is recorded"),
    Check(
        "volume_hard_limit", 1, "hard", "Volume outside the hard limits",
        "loaded - residual - spilled against hard_ul, and loaded against syringe_ul; refused at entry",
    ),
    Check(
        "volume_soft_limit", 1, "hard", "Volume outside the planned range",
        "loaded - residual - spilled against soft_ul; blocks a signature until the reason is given",
    ),
    Check(
        "late_entry", 1, "hard", "Entered late",
        "the time that was claimed against the time of entry, by late_entry_hours; blocks a signature until the reason "
        "is given",
    ),
    Check("times_crossed", 1, "hard", "End before start", "start against end, of procedure and injection"),
    Check(
        "deposit_volume", 1, "soft", "Deposit larger than the syringe",
        "the volume of each marked deposit against syringe_ul, and against what was loaded",
    ),
    Check(
        "deposit_sum", 2, "soft", "Deposits do not add up",
        "the sum of the deposits (of the marks where one has a volume, else as typed) against loaded - residual - "
        "spilled, by balance_tolerance_ul",
    ),
    Check(
        "deposit_count", 2, "soft", "Number of deposits",
        "how many deposits are marked, or else how many volumes were typed, against the deposits counted",
    ),
    Check(
        "tip_outside", 1, "soft", "Tip outside the contour",
        "the tip of a needle in plane against the contour on the same frame, in the image plane",
    ),
    Check(
        "tip_unseen", 1, "soft", "Tip in the gland, but not seen",
        "tip in gland: yes against how the tip was seen, where no pass of the needle shows it or lets it be inferred",
    ),
    Check(
        "repeat_spread", 1, "soft", "Repeats far apart",
        "the repeats of one diameter against each other: a coefficient of variation over 15 %",
    ),
    Check(
        "volume_doubt", 1, "soft", "Gland volume in doubt",
        "what a method for gland volumes warns of: first and last contour of a sweep against half its largest",
    ),
    Check(
        "volume_balance", 1, "soft", "Volume as read does not fit",
        "the injected volume as read against loaded - residual - spilled, by balance_tolerance_ul",
    ),
    Check("duration", 1, "soft", "Duration of the injection", "from start to end against injection_minutes"),
    Check(
        "side_ratio", 1, "soft", "Glands of unlike size",
        "the larger gland volume in percent of the smaller, against side_ratio_percent",
    ),
    Check("gland_volume", 1, "soft", "Implausible gland volume", "the measured volume against gland_volume_ul"),
    Check(
        "kit_reuse", 1, "soft", "Kit used twice",
        "the kit code against every other visit in the log, of this participant and of others",
    ),
    Check("syringe_reuse", 1, "soft", "Syringe used twice", "the syringe code against every other gland in the log"),
    Check(
        "side_mismatch", 1, "soft", "Side of a picture",
        "the laterality in the header of each picture against the gland that is measured on it",
    ),
    Check(
        "image_day", 1, "soft", "Picture of another day",
        "the day a picture was taken (AcquisitionDate, else StudyDate) against the day of the visit",
    ),
    Check("images_pending", 1, "soft", "Images pending", "a visit that went on without images against those it has"),
    Check(
        "picture_doubt", 1, "soft", "Picture or scale in doubt",
        "the scale of a picture against its cross-check, and pictures against others of the same identity",
    ),
)
CHECKS: dict[str, Check] = {check.name: check for check in _ALL}
"""By name, in the order in which they are listed."""
