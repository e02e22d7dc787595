"""What others measured: sizes of submandibular glands from a publication, to stand beside a value.

Words only. A value outside is no error and blocks nothing: glands differ more than one cohort shows, and the trends
with age that are published contradict each other. Deliberately no limit; those are the protocol's.
Source: biometry by high-frequency ultrasound, 100 healthy adults in their third to seventh decade: length 32.6 +/- 3.4,
depth 17.4 +/- 2.7, width 22.3 +/- 3.7 mm, volume 7.06 +/- 2.51 ml (mean and standard deviation; domain part 2.2).
"""
from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from annotate.marks import Axis


@dataclass(frozen=True)
class PublishedRange:
    """Mean and standard deviation in thousandths of the unit: micrometres or microlitres."""

    mean: int
    deviation: int
    unit: str

    @property
    def lowest(self) -> int:
        """Two standard deviations below the mean."""
        return self.mean - 2 * self.deviation

    @property
    def highest(self) -> int:
        """Two standard deviations above the mean."""
        return self.mean + 2 * self.deviation

    @property
    def words(self) -> str:
        """The range to stand beside a value: `published 25.8 to 39.4 mm (100 healthy adults, mean ± 2 SD)`."""
        lowest, highest = (f"{Decimal(bound).scaleb(-3):.1f}" for bound in (self.lowest, self.highest))
        return f"published {lowest} to {highest} {self.unit} (100 healthy adults, mean ± 2 SD)"

    def holds(self, value: int) -> bool:
        """Whether a value lies in the range, bounds included."""
        return self.lowest <= value <= self.highest


PUBLISHED_DIAMETERS: dict[Axis, PublishedRange] = {
    "length": PublishedRange(32_600, 3_400, "mm"),
    "width": PublishedRange(22_300, 3_700, "mm"),
    "depth": PublishedRange(17_400, 2_700, "mm"),
}
PUBLISHED_VOLUME = PublishedRange(7_060, 2_510, "ml")
