"""Intraclass correlations of readers who all read the same cases: ICC(2,1) and ICC(3,1), with intervals.

Two-way analysis of variance without replication (Shrout & Fleiss, Psychol Bull 1979;86:420), intervals by McGraw &
Wong (Psychol Methods 1996;1:30, table 7, with their correction of 1996;1:390), there ICC(A,1) and ICC(C,1).
ICC(2,1) is agreement: readers are a sample, and a reader who reads higher than the other counts against it. ICC(3,1) is
consistency: these readers only, a constant difference between them does not count.
Deliberately no correlations of means of readers, and no words such as "good": they depend on what the figure is for.
"""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from injection_log.agreement.figures import (
    CONFIDENCE,
    Estimate,
    Interval,
    NotComputable,
    is_nothing,
    missing_reads,
    too_few_cases,
)
from injection_log.agreement.quantiles import chi_squared, fisher

Rows = Sequence[Sequence[float | None]]
"""One row a case, one column a reader; None where a read is missing."""

ErrorKind = Literal["agreement", "consistency"]

_SAME_READS = NotComputable("no_disagreement", "The readers differ by nothing but a constant; no interval follows.")


@dataclass(frozen=True)
class MeanSquares:
    """Mean squares of a complete table: between cases, between readers, and what is left (residual)."""

    cases: int
    readers: int
    between_cases: float
    between_readers: float
    residual: float


def mean_squares(rows: Rows) -> MeanSquares | NotComputable:
    """Mean squares of rows (cases, readers), in the squared unit of the values.

    NotComputable for fewer than two readers or three cases, for missing reads and where all cases are alike.
    ValueError where rows differ in length.
    """
    lengths = {len(row) for row in rows}
    if len(lengths) > 1:
        raise ValueError("every case has one place for each reader")
    readers = lengths.pop() if lengths else 0
    too_few = too_few_cases(len(rows))
    if too_few is not None:
        return too_few
    if readers < 2:
        return NotComputable("too_few_readers", "Agreement needs at least two reads of each case; let another read.")
    gaps = missing_reads(rows)
    return gaps if gaps is not None else _of_complete(np.array(rows, dtype=float))


def icc_2_1(rows: Rows, confidence: float = CONFIDENCE) -> Estimate | NotComputable:
    """ICC(2,1), absolute agreement of single reads by readers who are a sample; no unit, at most 1.

    Arguments and what is not computable as `mean_squares`.
    """
    squares = mean_squares(rows)
    if isinstance(squares, NotComputable):
        return squares
    n, k, residual = squares.cases, squares.readers, squares.residual
    of_readers = k / n * (squares.between_readers - residual)
    value = (squares.between_cases - residual) / (squares.between_cases + (k - 1) * residual + of_readers)
    return Estimate(value, _interval_2_1(squares, value, confidence) if residual else _SAME_READS)


def icc_3_1(rows: Rows, confidence: float = CONFIDENCE) -> Estimate | NotComputable:
    """ICC(3,1), consistency of single reads by these very readers; no unit, at most 1.

    Arguments and what is not computable as `mean_squares`.
    """
    squares = mean_squares(rows)
    if isinstance(squares, NotComputable):
        return squares
    n, k, residual = squares.cases, squares.readers, squares.residual
    value = (squares.between_cases - residual) / (squares.between_cases + (k - 1) * residual)
    if not residual:
        return Estimate(value, _SAME_READS)
    tail = (1 + confidence) / 2
    ratio = squares.between_cases / residual
    low = ratio / fisher(tail, n - 1, (n - 1) * (k - 1))
    high = ratio * fisher(tail, (n - 1) * (k - 1), n - 1)
    return Estimate(value, Interval((low - 1) / (low + k - 1), (high - 1) / (high + k - 1), confidence))


def measurement_error(rows: Rows, kind: ErrorKind, confidence: float = CONFIDENCE) -> Estimate | NotComputable:
    """Standard error of measurement of a single read, in the unit of the values.

    `agreement` adds the readers' constant differences (root of their variance plus the residual's), `consistency` is
    the root of the residual mean square (de Vet and others, J Clin Epidemiol 2006;59:1033). The interval is that of
    `deviation_interval`; for `agreement` it is wide, as the readers are few. What is not computable as `mean_squares`.
    """
    squares = mean_squares(rows)
    if isinstance(squares, NotComputable):
        return squares
    n, k, residual = squares.cases, squares.readers, squares.residual
    parts: list[tuple[float, float]] = [(residual, (n - 1) * (k - 1))]
    variance = residual
    if kind == "agreement":
        # the readers' variance is (MSC - MSE) / n, never below 0; with the residual's it is a sum of mean squares
        variance += max(squares.between_readers - residual, 0.0) / n
        parts = [(squares.between_readers / n, k - 1), (residual * (n - 1) / n, (n - 1) * (k - 1))]
    if not variance:
        return Estimate(0.0, _SAME_READS)
    return Estimate(variance**0.5, deviation_interval(parts, confidence))


def deviation_interval(parts: Sequence[tuple[float, float]], confidence: float) -> Interval:
    """Interval of the root of a sum of independent mean squares, each given with its degrees of freedom.

    Graybill & Wang, J Am Stat Assoc 1980;75:869; of a single mean square it is the exact one by chi squared.
    """
    variance = sum(part for part, _ in parts)
    reach = [
        sum((part * (freedom / chi_squared(tail, freedom) - 1)) ** 2 for part, freedom in parts) ** 0.5
        for tail in ((1 + confidence) / 2, (1 - confidence) / 2)
    ]
    return Interval(max(variance - reach[0], 0.0) ** 0.5, (variance + reach[1]) ** 0.5, confidence)


def _of_complete(values: npt.NDArray[np.float64]) -> MeanSquares | NotComputable:
    n, k = values.shape
    size = float(np.abs(values).max())
    centred = values - values.mean()
    of_cases, of_readers = centred.mean(axis=1), centred.mean(axis=0)
    left = centred - of_cases[:, None] - of_readers[None, :]
    if is_nothing(float(np.abs(of_cases).max()), size):
        return NotComputable("no_variance", "All cases have the same mean; agreement shows only where cases differ.")
    spreads = (k * of_cases**2, n * of_readers**2, left**2)
    of_freedom = (n - 1, k - 1, (n - 1) * (k - 1))
    largest = (of_cases, of_readers, left)
    squares = [
        0.0 if is_nothing(float(np.abs(part).max()), size) else float(spread.sum()) / freedom
        for part, spread, freedom in zip(largest, spreads, of_freedom, strict=True)
    ]
    return MeanSquares(n, k, *squares)


def _interval_2_1(squares: MeanSquares, value: float, confidence: float) -> Interval:
    """McGraw & Wong's interval of ICC(A,1), its degrees of freedom by Satterthwaite's approximation."""
    n, k, residual = squares.cases, squares.readers, squares.residual
    # the model knows no correlation below 0: with one, the degrees of freedom fall to nothing, the interval too
    true = max(value, 0.0)
    a = k * true / (n * (1 - true))
    b = 1 + k * true * (n - 1) / (n * (1 - true))
    of_readers, of_rest = a * squares.between_readers, b * residual
    freedom = (of_readers + of_rest) ** 2 / (of_readers**2 / (k - 1) + of_rest**2 / ((n - 1) * (k - 1)))
    tail = (1 + confidence) / 2
    low, high = fisher(tail, n - 1, freedom), fisher(tail, freedom, n - 1)
    rest = k * squares.between_readers + (k * n - k - n) * residual
    cases = squares.between_cases
    return Interval(
        n * (cases - low * residual) / (low * rest + n * cases),
        n * (high * cases - residual) / (rest + n * high * cases),
        confidence,
    )
