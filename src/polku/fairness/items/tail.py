"""Far out in the tail, where a correction for a thousand tests looks, chi-square is held to what counting says."""

from __future__ import annotations

from dataclasses import replace

from scipy.special import chdtrc, chdtri

from polku.fairness.arrays import Ints
from polku.fairness.items.exact import exact_non_uniform, exact_uniform
from polku.fairness.items.haenszel import Haenszel, Strata
from polku.fairness.items.logistic import Logistic

TAIL = 0.001
"""P-values under this are counted out; above it, chi-square is near enough."""
MOST = 1_500
"""Learners on an item up to which the ways are counted; of more, chi-square holds far enough out."""


def confirmed(uniform: Haenszel, curves: Logistic, cells: Strata, score: Ints) -> tuple[Haenszel, Logistic]:
    """Hold p-values that are small by chi-square to the exact ones: of the two, the larger counts.

    Parameters
    ----------
    uniform, curves : Haenszel and Logistic
        What was found.
    cells : Strata
        Counts by stratum.
    score : ndarray of int64, shape (n_strata,)
        Standing of each stratum, from :func:`~polku.fairness.items.exact.scores_of`.

    Returns
    -------
    tuple of Haenszel and Logistic
        The same, but for p-values under :data:`TAIL`. The larger of two keeps its word where either does: the exact
        one where learners are few for chi-square, the other where those of one stratum still differ in standing.
        Likeness within schools widens an exact p-value as it widens the statistic.
    """
    if not cells.total.sum() <= MOST:
        return uniform, curves
    if uniform.p < TAIL:
        uniform = replace(uniform, p=max(uniform.p, widened(exact_uniform(cells), uniform.design)))
    if curves.p_non_uniform < TAIL:
        counted = widened(exact_non_uniform(cells, score), curves.design)
        curves = replace(curves, p_non_uniform=max(curves.p_non_uniform, counted))
    return uniform, curves


def widened(p: float, design: float) -> float:
    """Return the p-value of a statistic divided by its design effect (Rao & Scott 1984).

    Examples
    --------
    >>> widened(0.01, 1.0), round(widened(0.01, 2.0), 3)
    (0.01, 0.069)
    """
    return p if design <= 1 else float(chdtrc(1, chdtri(1, p) / design))
