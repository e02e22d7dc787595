"""Whether the agreement of a played reading recovers the noise that was put into its simulated readers.

From the phantom's truth and the readers' hands follow the bias and limits of agreement that two such readers have on
these glands; each has to lie in the interval that the reading gave. All intervals together are of 95 % (Bonferroni), so
that one of many does not fall outside by chance alone. Only a simulation knows a truth: nothing here meets real reads.
"""
from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, variance

from injection_log.agreement.campaign_figures import Among, CampaignReads
from injection_log.agreement.figures import CONFIDENCE, Interval, NotComputable
from injection_log.agreement.limits import BlandAltman, bland_altman
from injection_log.agreement.quantiles import normal
from injection_log.agreement.reads import GlandAtVisit, read_table
from injection_log.volume_methods import OF_THE_SIZE

_AXES = 3
"""Diameters of an ellipsoid: its volume is their product."""


@dataclass(frozen=True)
class Hand:
    """How a simulated reader measures: every diameter longer by `bias` (0.02: two percent), with a spread around it."""

    bias: float
    spread: float

    def volume_factor(self) -> float:
        """What a volume comes to on the average, over the truth."""
        return (1 + self.bias) ** _AXES

    def volume_variance(self, calipers: int) -> float:
        """Variance of a volume over the truth, each diameter the mean of so many calipers."""
        return float(((1 + self.bias) ** 2 + self.spread**2 / calipers) ** _AXES - (1 + self.bias) ** (2 * _AXES))


@dataclass(frozen=True)
class Recovered:
    """One figure of one visit and side, millilitres: put in, found, and the interval of what was found."""

    figure: str
    visit: str
    gland: str
    put_in_ml: float
    found_ml: float
    low_ml: float
    high_ml: float

    @property
    def agrees(self) -> bool:
        """Whether what was put in lies in the interval of what was found."""
        return self.low_ml <= self.put_in_ml <= self.high_ml


def recovered(
    reads: CampaignReads, truth_ul: Mapping[GlandAtVisit, float], hands: tuple[Hand, Hand], calipers: int
) -> tuple[Recovered, ...]:
    """Bias and limits of two readers for each visit and side, beside what was put in; none where nothing is computable.

    `truth_ul` are the true volumes of all glands that were read, microlitres; `calipers` the repeats of a diameter.
    """
    parts = [among for among in reads.parts if among != Among()]
    by_calipers = [read for read in reads.volumes if read.method == OF_THE_SIZE]
    confidence = 1 - (1 - CONFIDENCE) / (3 * len(parts))
    found: list[Recovered] = []
    for among in parts:
        table = read_table([read for read in by_calipers if among.holds(read.gland)], reads.readers).complete()
        figures = bland_altman([(row[0], row[1]) for row in table.rows], confidence)
        if not isinstance(figures, NotComputable):
            found += _compared(figures, among, _put_in([truth_ul[gland] for gland in table.glands], hands, calipers))
    return tuple(found)


def _put_in(truths_ul: Sequence[float], hands: tuple[Hand, Hand], calipers: int) -> tuple[float, float, float]:
    """Bias, lower and upper limit that readers of these hands have on glands of these volumes, microlitres.

    The differences spread by the readers' noise, and as a bias in percent makes larger glands differ more.
    """
    first, second = hands
    apart = first.volume_factor() - second.volume_factor()
    noise = first.volume_variance(calipers) + second.volume_variance(calipers)
    spread = variance(truths_ul) * apart**2 + fmean(truth**2 for truth in truths_ul) * noise
    bias, reach = fmean(truths_ul) * apart, normal(0.975) * math.sqrt(spread)
    return bias, bias - reach, bias + reach


def _compared(figures: BlandAltman, among: Among, put_in: tuple[float, float, float]) -> list[Recovered]:
    compared = []
    named = (("bias", figures.bias), ("lower limit", figures.lower), ("upper limit", figures.upper))
    for (name, estimate), expected in zip(named, put_in, strict=True):
        if isinstance(estimate.interval, Interval):
            values = (expected, estimate.value, estimate.interval.low, estimate.interval.high)
            in_ml = (round(value / 1000, 3) for value in values)
            compared.append(Recovered(name, among.visit or "", among.side or "", *in_ml))
    return compared
