"""Uniform DIF: the odds of a right answer in a group against the rest, at equal standing (Mantel & Haenszel 1959)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import chdtrc

from polku.fairness.arrays import Bools, Floats, Ints, totals

ETS = 2.35
"""Delta units a logit, so that D-DIF reads on the ETS scale of item difficulty (Holland & Thayer 1988)."""


@dataclass(frozen=True, slots=True)
class Haenszel:
    """What the Mantel-Haenszel procedure says of one item; NaN where no stratum holds both groups.

    Parameters
    ----------
    d_dif : float
        MH D-DIF = -2.35 ln(odds ratio): negative where the item is harder for the group at equal standing.
    error : float
        Its standard error (Robins, Breslow & Greenland 1986), widened for likeness within schools.
    chi2, p : float
        Mantel-Haenszel test with continuity correction, one degree of freedom, divided by the same design effect.
    p_dif : float
        Standardised difference of shares right, weighted to the group's strata (Dorans & Kulick 1986).
    design : float
        Design effect of schools, at least 1.
    """

    d_dif: float
    error: float
    chi2: float
    p: float
    p_dif: float
    design: float = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Strata:
    """Right and wrong answers of rest and group by stratum; every field has shape (n_strata,).

    Parameters
    ----------
    rest_right, rest_wrong, group_right, group_wrong : ndarray of float64
        Counts.
    """

    rest_right: Floats
    rest_wrong: Floats
    group_right: Floats
    group_wrong: Floats

    @classmethod
    def of(cls, stratum: Ints, right: Floats, member: Bools) -> Strata:
        """Count answers by stratum."""
        n = int(stratum.max(initial=-1)) + 1
        each = (right * ~member, (1 - right) * ~member, right * member, (1 - right) * member)
        return cls(*(totals(stratum, values, n) for values in each))

    @property
    def total(self) -> Floats:
        """Return the answers of each stratum, at least one so that it divides."""
        return np.maximum(self.rest_right + self.rest_wrong + self.group_right + self.group_wrong, 1.0)


def mantel_haenszel(stratum: Ints, right: Floats, member: Bools, school: Ints | None = None) -> Haenszel:
    """Compare a group with the rest within strata.

    Parameters
    ----------
    stratum : ndarray of int64, shape (n,)
        Learners of equal standing share a stratum.
    right : ndarray of float64, shape (n,)
        0 or 1, one answer a learner.
    member : ndarray of bool, shape (n,)
        Who is of the group.
    school : ndarray of int64, shape (n,), optional
        Learners of one school may be alike: the variance is then that of schools where it is larger.

    Returns
    -------
    Haenszel

    Examples
    --------
    >>> right = np.array([1.0] * 30 + [0] * 10 + [1] * 20 + [0] * 20)
    >>> found = mantel_haenszel(np.zeros(80, dtype=np.int64), right, np.arange(80) >= 40)
    >>> round(found.d_dif, 3), round(found.chi2, 3), found.p_dif
    (-2.582, 4.266, -0.25)
    """
    cells = Strata.of(stratum, right, member)
    agree = cells.rest_right * cells.group_wrong / cells.total
    against = cells.rest_wrong * cells.group_right / cells.total
    if not agree.sum() * against.sum():
        return Haenszel(*(np.nan,) * 5)
    odds = agree.sum() / against.sum()
    design = 1.0 if school is None else _design(cells, stratum, right, member, odds, school)
    statistic = _chi2(cells) / design
    return Haenszel(
        d_dif=float(-ETS * np.log(odds)),
        error=float(ETS * np.sqrt(_variance(cells, agree, against) * design)),
        chi2=statistic,
        p=float(chdtrc(1, statistic)),
        p_dif=_standardised(cells),
        design=design,
    )


def _chi2(cells: Strata) -> float:
    """Return the Mantel-Haenszel statistic with continuity correction."""
    rest, group = cells.rest_right + cells.rest_wrong, cells.group_right + cells.group_wrong
    right, wrong, n = cells.rest_right + cells.group_right, cells.rest_wrong + cells.group_wrong, cells.total
    spread = (rest * group * right * wrong / (n**2 * np.maximum(n - 1, 1))).sum()
    distance = abs((cells.rest_right - rest * right / n).sum())
    return float(max(distance - 0.5, 0.0) ** 2 / spread)


def _variance(cells: Strata, agree: Floats, against: Floats) -> float:
    """Return the variance of the log odds ratio, consistent for few large and for many small strata."""
    p = (cells.rest_right + cells.group_wrong) / cells.total
    q = (cells.rest_wrong + cells.group_right) / cells.total
    r, s = agree.sum(), against.sum()
    return float(
        (p * agree).sum() / (2 * r**2)
        + (p * against + q * agree).sum() / (2 * r * s)
        + (q * against).sum() / (2 * s**2)
    )


def _standardised(cells: Strata) -> float:
    """Return the difference of shares right over strata with both groups, weighted by the group."""
    rest, group = cells.rest_right + cells.rest_wrong, cells.group_right + cells.group_wrong
    both = (rest > 0) & (group > 0)
    gap = cells.group_right[both] / group[both] - cells.rest_right[both] / rest[both]
    return float(gap @ group[both] / group[both].sum())


def _design(cells: Strata, stratum: Ints, right: Floats, member: Bools, odds: float, school: Ints) -> float:
    """Return how much larger the variance is when schools, not learners, are independent; at least 1.

    The estimating function of the odds ratio, linearised a row, is summed by school (Begg 1999 corrects the test by
    the same ratio).
    """
    rest = np.maximum(cells.rest_right + cells.rest_wrong, 1)
    group = np.maximum(cells.group_right + cells.group_wrong, 1)
    of_rest = (right - (cells.rest_right / rest)[stratum]) * (
        (cells.group_wrong + odds * cells.group_right) / cells.total
    )[stratum]
    of_group = (right - (cells.group_right / group)[stratum]) * (
        (cells.rest_right + odds * cells.rest_wrong) / cells.total
    )[stratum]
    influence = np.where(member, -of_group, of_rest)
    return design_effect(influence, school)


def design_effect(influence: Floats, school: Ints) -> float:
    """Return the variance of a sum over schools against that over rows, at least 1.

    Examples
    --------
    >>> design_effect(np.array([1.0, 1, -1, -1]), np.array([0, 0, 1, 1]))
    4.0
    """
    by_school = totals(np.unique(school, return_inverse=True)[1].astype(np.int64), influence)
    rows = float((influence**2).sum())
    units = len(by_school)
    return max(1.0, float((by_school**2).sum()) / rows * units / (units - 1)) if rows and units > 1 else 1.0
