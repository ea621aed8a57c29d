"""Exact tests of both kinds of DIF, by counting the ways in which right answers can fall.

Given how many of a stratum are of the group and how many answered right, the right answers of its members are
hypergeometric when group and answer have nothing to do with each other: just what permuting the group's label within
strata would draw (Mantel & Haenszel 1959; Agresti 2013, section 7.3). Summed over strata that gives the exact
distribution of the Mantel-Haenszel statistic; and, given that sum, of the trend of the odds ratio over standing, which
is non-uniform DIF whatever the uniform one (Zelen 1971, with scores for the strata).
"""

from __future__ import annotations

import numpy as np

from polku.fairness.arrays import Floats, Ints, totals
from polku.fairness.items.dealing import TIE, as_far, moments, splits
from polku.fairness.items.haenszel import Strata

STEPS = 4
"""Steps of a standard deviation in which the standing of strata is told apart; whole numbers keep sums countable."""
REACH = 6.0
"""Standard deviations beyond what was seen that are counted, either way; nothing that matters lies beyond."""


def exact_uniform(cells: Strata) -> float:
    """Return the chance that the group's right answers lie as far from what is expected as they do, at equal standing.

    Parameters
    ----------
    cells : Strata
        Counts by stratum.

    Returns
    -------
    float
        Two-sided p-value; 1 where no stratum leaves anything to chance.

    Examples
    --------
    The lady who tasted four cups of eight rightly in three (Fisher 1935):

    >>> three = Strata(*(np.array([count]) for count in (1.0, 3.0, 3.0, 1.0)))
    >>> round(exact_uniform(three), 4)
    0.4857
    """
    chances, fewest = np.ones(1), 0
    for split in splits(cells):
        chances, fewest = np.convolve(chances, split.chances), fewest + split.fewest
    return as_far(np.arange(len(chances)) + fewest, chances, float(cells.group_right.sum()))


def exact_non_uniform(cells: Strata, score: Ints) -> float:
    """Return the chance that the group's right answers lean as much towards high or low strata as they do.

    Parameters
    ----------
    cells : Strata
        Counts by stratum.
    score : ndarray of int64, shape (n_strata,)
        Standing of each stratum.

    Returns
    -------
    float
        Two-sided p-value, given how many right answers the group has in all.
    """
    each = list(splits(cells))
    mean, spread = (np.array(part) for part in zip(*map(moments, each), strict=True))
    centred = score - round(float(spread @ score / max(spread.sum(), TIE)))
    given, leaning = round(cells.group_right.sum()), round(float(cells.group_right @ centred))
    wide = _around(given - float(mean.sum()), float(spread.sum()))
    long = _around(leaning - float(mean @ centred), float(spread @ centred**2))
    joint = np.zeros((wide, long))
    joint[0, 0] = 1.0
    for split, at in zip(each, centred.tolist(), strict=True):
        counts = range(split.fewest, split.fewest + len(split.chances))
        moved = (np.roll(joint, (count, count * at), (0, 1)) for count in counts)
        joint = np.asarray(sum(chance * one for chance, one in zip(split.chances.tolist(), moved, strict=True)))
    likely = round(float(mean @ centred))
    places = likely + (np.arange(long) - likely + long // 2) % long - long // 2
    return as_far(places, joint[given % wide], leaning)


def scores_of(stratum: Ints, standing: Floats) -> Ints:
    """Return the standing of each stratum in quarters of a standard deviation, shape (n_strata,).

    Examples
    --------
    >>> scores_of(np.array([0, 0, 1, 2]), np.array([-1.0, -1, 0, 2])).tolist()
    [-3, 0, 7]
    """
    n = np.maximum(totals(stratum, np.ones(len(stratum))), 1.0)
    x = (standing - standing.mean()) / max(float(standing.std()), 1e-9)
    return np.rint(STEPS * totals(stratum, x) / n).astype(np.int64)


def _around(seen: float, variance: float) -> int:
    """Return how many sums are told apart; what lies further away shares a place, and is too unlikely to matter."""
    return 1 + 2 * int(np.ceil(1 + abs(seen) + REACH * np.sqrt(variance)))
