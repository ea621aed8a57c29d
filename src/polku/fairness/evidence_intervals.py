"""How far chance may move gaps at equal evidence: the whole fit, repeated on learners or schools drawn anew."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from polku.fairness.arrays import Bools, Floats, Ints
from polku.fairness.equal_evidence import Graded


@dataclass(frozen=True, eq=False)
class Gaps:
    """Gaps of the groups of one attribute with their intervals; every array has shape (n_groups,).

    Parameters
    ----------
    gap, error, low, high : ndarray of float64
        Estimates, standard errors, and 95 % intervals that hold for all groups together; no error and no interval
        for a group in so few units that some sample has none of them.
    """

    gap: Floats
    error: Floats
    low: Floats
    high: Floats


def with_intervals(graded: Graded, unit: Ints, shown: Bools, draws: int, rng: np.random.Generator) -> Gaps:
    """Return gaps at equal evidence with intervals.

    The whole fit is repeated on bootstrap samples of learners or schools, estimated true scores included.

    Parameters
    ----------
    graded : Graded
        The learners.
    unit : ndarray of int64, shape (n,)
        What is resampled as a whole.
    shown : ndarray of bool, shape (n_groups,)
        Groups whose intervals are to hold together.
    draws : int
        Number of samples.
    rng : Generator
        Source of the draws.
    """
    gap = graded.gaps(np.ones(len(graded.grade)))
    units = int(unit.max()) + 1
    drawn = np.stack([graded.gaps(rng.poisson(1.0, units)[unit].astype(np.float64)) for _ in range(draws)])
    error = np.full(len(gap), np.nan)
    known = np.isfinite(gap)
    error[known] = drawn[:, known].std(axis=0, ddof=1)
    together = known & shown & (error > 0)
    apart = np.abs(drawn[:, together] - gap[together]) / error[together]
    critical = float(np.quantile(apart.max(axis=1), 0.95)) if together.any() else np.nan
    return Gaps(gap, error, gap - critical * error, gap + critical * error)
