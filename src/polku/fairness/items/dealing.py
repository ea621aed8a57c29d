"""How the right answers of a stratum fall to a group by chance alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from scipy.special import gammaln

from polku.fairness.arrays import Floats, Ints
from polku.fairness.items.haenszel import Strata

TIE = 1e-9
"""Two distances this near are the same one, summed in another order."""


class Split(NamedTuple):
    """How the right answers of one stratum fall to the group by chance: the fewest, and the chances from there on."""

    fewest: int
    chances: Floats


def splits(cells: Strata) -> Iterator[Split]:
    """Return how the right answers of each stratum fall by chance: hypergeometric, given its learners and answers.

    Parameters
    ----------
    cells : Strata
        Counts by stratum.

    Yields
    ------
    Split
        A stratum.

    Examples
    --------
    >>> [(split.fewest, split.chances.round(3).tolist()) for split in splits(Strata(*np.array([[2.0], [1], [0], [1]])))]
    [(0, [0.5, 0.5])]
    """
    right, group = cells.rest_right + cells.group_right, cells.group_right + cells.group_wrong
    n = right + cells.rest_wrong + cells.group_wrong
    for total, of_group, given in zip(n.tolist(), group.tolist(), right.tolist(), strict=True):
        fewest = max(0.0, of_group + given - total)
        count = np.arange(fewest, min(of_group, given) + 1)
        ways = _ways(of_group, count) + _ways(total - of_group, given - count)
        yield Split(int(fewest), np.exp(ways - _ways(total, np.array([given]))))


def moments(split: Split) -> tuple[float, float]:
    """Return mean and variance of the right answers of the group."""
    count = split.fewest + np.arange(len(split.chances))
    mean = float(split.chances @ count)
    return mean, float(split.chances @ (count - mean) ** 2)


def as_far(values: Ints, chances: Floats, seen: float) -> float:
    """Return the share of chance that lies as far from its mean as what was seen; 0 where none is left to count.

    Examples
    --------
    >>> as_far(np.arange(3), np.array([0.25, 0.5, 0.25]), 2.0)
    0.5
    """
    mass = float(chances.sum())
    if not mass:
        return 0.0
    mean = float(values @ chances / mass)
    far = np.abs(values - mean) >= abs(seen - mean) - TIE
    return float(min(1.0, chances[far].sum() / mass))


def _ways(n: float, k: Floats) -> Floats:
    """Return the logarithm of the number of ways to choose."""
    return np.asarray(gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1), dtype=np.float64)
