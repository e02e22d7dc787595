"""Quantiles of the distributions that intervals are made of, as plain floats.

A thin shell around `scipy.special`, which is loaded when first asked: `scipy.stats` would take a second to import and
adds nothing that is needed here.
"""
from __future__ import annotations


def normal(probability: float) -> float:
    """Quantile of the standard normal distribution."""
    from scipy.special import ndtri

    return float(ndtri(probability))


def student(probability: float, freedom: float) -> float:
    """Quantile of Student's t with `freedom` degrees of freedom."""
    from scipy.special import stdtrit

    return float(stdtrit(freedom, probability))


def noncentral_student(probability: float, freedom: float, centre: float) -> float:
    """Quantile of the non-central t with `freedom` degrees of freedom and non-centrality `centre`."""
    from scipy.special import nctdtrit

    return float(nctdtrit(freedom, centre, probability))


def chi_squared(probability: float, freedom: float) -> float:
    """Quantile of chi squared with `freedom` degrees of freedom."""
    from scipy.special import chdtri

    return float(chdtri(freedom, 1 - probability))  # scipy's is the one of the upper tail


def fisher(probability: float, above: float, below: float) -> float:
    """Quantile of Fisher's F; degrees of freedom of the numerator and the denominator, whole or not."""
    from scipy.special import fdtri

    return float(fdtri(above, below, probability))
