"""How far repeats of one reader lie apart, and the smallest change that is more than that.

Within-subject standard deviation: root of the mean within-case variance (Bland & Altman, BMJ 1996;313:744).
Coefficient of variation: root mean square of that of each case (Bland, "How should I calculate a within-subject
coefficient of variation?", 2006; Hyslop & White 2009), each case weighted by its repeats less one.
Deliberately not the spread of single calipers, which `annotate.repeats` has.
"""
from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from injection_log.agreement.figures import (
    CONFIDENCE,
    Estimate,
    NotComputable,
    is_nothing,
    missing_reads,
    too_few_cases,
)
from injection_log.agreement.icc import deviation_interval
from injection_log.agreement.quantiles import normal

_Floats = npt.NDArray[np.float64]

_SAME_REPEATS = NotComputable("no_disagreement", "All repeats are the same; no interval follows from them.")
_NOT_POSITIVE = NotComputable("not_positive", "A case has a mean of 0 or less; a spread in percent has no meaning.")


@dataclass(frozen=True)
class Repeatability:
    """Of `cases` with repeats: within-subject deviation (unit of the values) and coefficient of variation (percent)."""

    cases: int
    repeats: int
    sd: Estimate
    cv_percent: Estimate | NotComputable


def repeatability(
    cases: Sequence[Sequence[float | None]], confidence: float = CONFIDENCE
) -> Repeatability | NotComputable:
    """The spread of repeated reads by one reader; each case has two or more, not all need the same number.

    Intervals are by chi squared: exact for normal errors of one size (deviation), near for errors that grow with the
    value (coefficient of variation). NotComputable for fewer than three cases, a case with one read, missing reads.
    """
    why_not = too_few_cases(len(cases)) or missing_reads(cases)
    if why_not is not None:
        return why_not
    single = sum(len(case) < 2 for case in cases)
    if single:
        return NotComputable(
            "missing_reads", f"{single} of {len(cases)} cases have no repeat; repeat them, or leave these cases out."
        )
    values = [np.array(case, dtype=float) for case in cases]
    own = np.array([len(case) - 1 for case in values], dtype=float)
    means = np.array([case.mean() for case in values])
    variances = np.array([case.var(ddof=1) for case in values])
    variances[_only_rounding(variances, means)] = 0.0
    freedom = float(own.sum())
    sd = _deviation(float((own * variances).sum()) / freedom, freedom, confidence)
    return Repeatability(len(cases), int(freedom) + len(cases), sd, _cv(means, variances, own, confidence))


def smallest_detectable_change(error: Estimate, reads_averaged: int = 1) -> Estimate:
    """The change of one gland that error alone exceeds once in twenty times: 1.96 x root of 2 x error.

    `error` is the standard error of a single read: of repeats (`Repeatability.sd`) or between readers
    (`icc.measurement_error`). Where the value at each visit is a mean of several reads with errors of their own, it is
    smaller by the root of their number; a reader's constant difference cancels only if the same readers read both
    visits (then the error of consistency is meant). The unit is that of the error.
    Source: Beckerman and others, Qual Life Res 2001;10:571; Bland & Altman 1996 ("repeatability").
    """
    if reads_averaged < 1:
        raise ValueError("a mean is of at least one read")
    return error.times(normal(0.975) * math.sqrt(2 / reads_averaged))


def _only_rounding(variances: _Floats, means: _Floats) -> npt.NDArray[np.bool_]:
    """Which variances are only what computing with floats leaves, by the mean of their case."""
    pairs = zip(np.sqrt(variances).tolist(), np.abs(means).tolist(), strict=True)
    return np.array([is_nothing(deviation, mean) for deviation, mean in pairs], dtype=bool)


def _deviation(variance: float, freedom: float, confidence: float) -> Estimate:
    if not variance:
        return Estimate(0.0, _SAME_REPEATS)
    return Estimate(math.sqrt(variance), deviation_interval([(variance, freedom)], confidence))


def _cv(means: _Floats, variances: _Floats, own: _Floats, confidence: float) -> Estimate | NotComputable:
    if (means <= 0).any():
        return _NOT_POSITIVE
    squares = float((own * variances / means**2).sum() / own.sum())
    return _deviation(squares * 100**2, float(own.sum()), confidence)
