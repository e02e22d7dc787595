"""Bland and Altman's comparison of two reads of the same cases: bias, limits of agreement, and intervals of both.

Source: Bland & Altman, Lancet 1986;i:307. The limits are the bias plus and minus 1.96 standard deviations of the
differences; their intervals are exact for normal differences (non-central t; Carkeet, Optom Vis Sci 2015;92:e71).
`form="1986"` computes as that paper did: 2 standard deviations, and the standard error root of 3/n times one.
Deliberately no regression on the size and no logarithms: what is drawn shows whether they would be needed.
Each pair is taken as a case of its own; two glands of one participant are alike to some degree, and where pairs hang
together intervals are too narrow.
"""
from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from injection_log.agreement.figures import (
    CONFIDENCE,
    Estimate,
    Interval,
    NotComputable,
    is_nothing,
    missing_reads,
    too_few_cases,
)
from injection_log.agreement.quantiles import noncentral_student, normal, student

Pairs = Sequence[tuple[float | None, float | None]]
"""The first and the second read of each case; None where one is missing."""

LimitsForm = Literal["exact", "1986"]

_SAME_DIFFERENCES = NotComputable("no_variance", "All differences are the same; no interval follows from them.")


@dataclass(frozen=True)
class ReadPair:
    """A point of the plot: mean of both reads, and first less second."""

    mean: float
    difference: float


@dataclass(frozen=True)
class BlandAltman:
    """Bias (first less second), standard deviation of the differences, limits of agreement; unit of the values."""

    bias: Estimate
    sd: float
    lower: Estimate
    upper: Estimate
    pairs: tuple[ReadPair, ...]

    @property
    def cases(self) -> int:
        """Number of pairs."""
        return len(self.pairs)


def bland_altman(
    pairs: Pairs, confidence: float = CONFIDENCE, form: LimitsForm = "exact"
) -> BlandAltman | NotComputable:
    """Bias and 95 % limits of agreement of these pairs; `confidence` is the level of the intervals of both.

    NotComputable for fewer than three pairs and where a read is missing.
    """
    why_not = too_few_cases(len(pairs)) or missing_reads(pairs)
    if why_not is not None:
        return why_not
    values = np.array(pairs, dtype=float)
    differences = values[:, 0] - values[:, 1]
    points = tuple(map(ReadPair, values.mean(axis=1).tolist(), differences.tolist()))
    bias, sd = float(differences.mean()), float(differences.std(ddof=1))
    if is_nothing(sd, float(np.abs(values).max())):
        same = Estimate(bias, _SAME_DIFFERENCES)
        return BlandAltman(same, 0.0, same, same, points)
    n = len(points)
    half = student((1 + confidence) / 2, n - 1) * sd / math.sqrt(n)
    reach = (2.0 if form == "1986" else normal(0.975)) * sd
    near, far = _around_1986(reach, sd, n, confidence) if form == "1986" else _exactly(sd, n, confidence)
    return BlandAltman(
        Estimate(bias, Interval(bias - half, bias + half, confidence)),
        sd,
        Estimate(bias - reach, Interval(bias - far, bias - near, confidence)),
        Estimate(bias + reach, Interval(bias + near, bias + far, confidence)),
        points,
    )


def _exactly(sd: float, n: int, confidence: float) -> tuple[float, float]:
    """How far from the bias the interval of a limit begins and ends: quantiles of the non-central t."""
    centre, error = normal(0.975) * math.sqrt(n), sd / math.sqrt(n)
    near, far = (noncentral_student(tail, n - 1, centre) for tail in ((1 - confidence) / 2, (1 + confidence) / 2))
    return near * error, far * error


def _around_1986(reach: float, sd: float, n: int, confidence: float) -> tuple[float, float]:
    half = student((1 + confidence) / 2, n - 1) * sd * math.sqrt(3 / n)
    return reach - half, reach + half
