"""Weighted kappa of two readers' grades, with its interval.

Weights are linear or quadratic in the number of grades between the two (Cohen, Psychol Bull 1968;70:213); the
interval is the large-sample one of Fleiss, Cohen & Everitt (Psychol Bull 1969;72:323), cut at -1 and 1.
Deliberately for two readers: for more, each pair is a figure of its own.
"""
from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

import numpy as np
import numpy.typing as npt

from injection_log.agreement.figures import (
    CONFIDENCE,
    Estimate,
    Interval,
    NotComputable,
    missing_reads,
    too_few_cases,
)
from injection_log.agreement.quantiles import normal

Weighting = Literal["linear", "quadratic"]

GRADES = (0, 1, 2, 3)
"""Of OMERACT, grey-scale and Doppler alike."""

_ALL_AGREE = NotComputable("no_disagreement", "The readers agree in every case; no interval follows.")
_ONE_READER_ONE_GRADE = NotComputable("no_variance", "One reader gave the same grade throughout; no interval follows.")
_ONE_GRADE = NotComputable("no_variance", "Both readers gave one and the same grade throughout; kappa has no meaning.")


def weighted_kappa(
    pairs: Sequence[tuple[int | None, int | None]],
    weighting: Weighting,
    grades: Sequence[int] = GRADES,
    confidence: float = CONFIDENCE,
) -> Estimate | NotComputable:
    """Kappa of the first and second reader's grade of each case; no unit, 1 where they always agree.

    `grades` are all possible ones in their order, also those nobody gave: the weights depend on them.
    NotComputable for fewer than three cases, missing grades, one grade throughout. ValueError for a grade not listed.
    """
    why_not = too_few_cases(len(pairs)) or missing_reads(pairs)
    if why_not is not None:
        return why_not
    table = np.zeros((len(grades), len(grades)))
    for first, second in pairs:
        if first not in grades or second not in grades:
            raise ValueError(f"a grade is one of {', '.join(map(str, grades))}")
        table[grades.index(first), grades.index(second)] += 1
    return _of_table(table, _agreement_weights(len(grades), weighting), confidence)


def _agreement_weights(grades: int, weighting: Weighting) -> npt.NDArray[np.float64]:
    apart = np.abs(np.subtract.outer(np.arange(grades), np.arange(grades))) / max(grades - 1, 1)
    return 1 - (apart if weighting == "linear" else apart**2)


def _of_table(
    counts: npt.NDArray[np.float64],
    weights: npt.NDArray[np.float64],
    confidence: float,
) -> Estimate | NotComputable:
    cases = counts.sum()
    shares = counts / cases
    of_first, of_second = shares.sum(axis=1), shares.sum(axis=0)
    if max(of_first * of_second) == 1:
        return _ONE_GRADE
    if np.trace(counts) == cases:
        return Estimate(1.0, _ALL_AGREE)
    seen = float((weights * shares).sum())
    by_chance = float((weights * np.outer(of_first, of_second)).sum())
    value = (seen - by_chance) / (1 - by_chance)
    expected = (weights @ of_second)[:, None] + (weights.T @ of_first)[None, :]
    squares = float((shares * (weights - expected * (1 - value)) ** 2).sum())
    variance = (squares - (value - by_chance * (1 - value)) ** 2) / (float(cases) * (1 - by_chance) ** 2)
    if variance <= 1e-12:  # what floats leave: where one reader never varies, the formula gives nothing
        return Estimate(value, _ONE_READER_ONE_GRADE)
    half = normal((1 + confidence) / 2) * math.sqrt(variance)
    return Estimate(value, Interval(max(value - half, -1.0), min(value + half, 1.0), confidence))
