"""Compares grades of groups at equal item evidence, though the evidence is measured with error.

A regression on fallible evidence takes part of a true difference between groups for a difference in grading: where
less is known than the others know, learners fall short of what their evidence leads to expect, and seem to be graded
harshly; where more is known, leniently (Lord 1960). So evidence is first replaced by what it leads to expect of
the learner, given their group (Porter 1967: estimated true scores). Then a curve that never falls (monotone splines,
Ramsay 1988), effects of groups and effects of strata are fitted together by least squares.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.interpolate import BSpline
from scipy.optimize import nnls
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from polku.fairness.ability import Ability
from polku.fairness.arrays import Bools, Floats, Ints, totals

_DEGREE = 2
_INNER_KNOTS = (1 / 3, 2 / 3)
_LEAST_TRUE = 0.05
"""Share of the spread of evidence that is always taken to be true: without it nothing could be expected of anybody."""


@dataclass(frozen=True, eq=False)
class Graded:
    """Learners with a grade, evidence, a group and a stratum.

    Parameters
    ----------
    grade : ndarray of float64, shape (n,)
        Points.
    evidence : Ability
        Of the same n learners.
    group, stratum : ndarray of int64, shape (n,)
        Numbers from 0 on; learners are compared within strata.

    Examples
    --------
    >>> ability = np.tile(np.linspace(-1, 1, 50), 2)
    >>> evidence = Ability(np.arange(100).astype(object), ability, np.zeros(100))
    >>> group = np.repeat([0, 1], 50)
    >>> graded = Graded(7 + ability - 0.5 * group, evidence, group, np.zeros(100, dtype=np.int64))
    >>> graded.gaps(np.ones(100)).round(2).tolist()
    [0.5, -0.5]
    """

    grade: Floats
    evidence: Ability
    group: Ints
    stratum: Ints

    def gaps(self, weight: Floats, *, corrected: bool = True) -> Floats:
        """Return each group's grades against all others' at equal evidence.

        Parameters
        ----------
        weight : ndarray of float64, shape (n,)
            How often each learner counts.
        corrected : bool
            Whether chance in the evidence is allowed for.

        Returns
        -------
        ndarray of float64, shape (n_groups,)
            Points; NaN for a group without weight, or that shares no stratum with others, be it by way of third ones.
        """
        seen = self._expected(weight) if corrected else self.evidence.value
        columns = np.column_stack([self._rising(seen), self.grade])
        design = self._effects
        weighted = design * weight[:, None]
        effects = np.linalg.pinv(weighted.T @ design, hermitian=True) @ (weighted.T @ columns)
        left = (columns - design @ effects) * np.sqrt(weight)[:, None]
        slopes, _ = nnls(left[:, :-1], left[:, -1])
        by_group = (effects[:, -1] - effects[:, :-1] @ slopes)[: self._n_groups]
        return self._against_others(by_group, totals(self.group, weight, self._n_groups))

    def raw_gaps(self) -> Floats:
        """Return each group's mean grade against all others', shape (n_groups,)."""
        n, points = (totals(self.group, values, self._n_groups) for values in (np.ones(len(self.grade)), self.grade))
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.asarray(points / n - (points.sum() - points) / (n.sum() - n))

    @property
    def _n_groups(self) -> int:
        return int(self.group.max()) + 1

    def _expected(self, weight: Floats) -> Floats:
        """Return what the evidence leads to expect of each learner, given the group."""
        value, error = self.evidence.value, self.evidence.error
        count = np.maximum(totals(self.group, weight, self._n_groups), 1e-12)
        mean = totals(self.group, weight * value, self._n_groups) / count
        apart = value - mean[self.group]
        spread = np.average(apart**2, weights=weight) * weight.sum() / max(weight.sum() - self._n_groups, 1.0)
        true = max(spread - float(np.average(error, weights=weight)), _LEAST_TRUE * spread)
        share = true / (true + error)
        mean += totals(self.group, weight * share * apart, self._n_groups) / np.maximum(
            totals(self.group, weight * share, self._n_groups), 1e-12
        )
        return np.asarray(mean[self.group] + share * (value - mean[self.group]))

    def _rising(self, seen: Floats) -> Floats:
        """Return functions of the evidence that never fall, shape (n, 4): any sum of them with shares >= 0 rises."""
        low, high = self._knots[0], self._knots[-1]
        basis = BSpline.design_matrix(np.clip(seen, low, high), self._knots, _DEGREE).toarray()
        return np.asarray(np.cumsum(basis[:, ::-1], axis=1)[:, -2::-1])

    @cached_property
    def _knots(self) -> Floats:
        seen = self._expected(np.ones(len(self.grade)))
        ends = np.repeat([[seen.min() - 1e-6], [seen.max() + 1e-6]], _DEGREE + 1, axis=1)
        return np.hstack([ends[0], np.quantile(seen, _INNER_KNOTS), ends[1]])

    @cached_property
    def _effects(self) -> Floats:
        """Return one column a group and one a stratum, shape (n, n_groups + n_strata)."""
        return np.column_stack([_columns(self.group), _columns(self.stratum)])

    @cached_property
    def _comparable(self) -> Bools:
        """Return which groups can be compared, shape (n_groups, n_groups): strata link them, directly or by others."""
        groups, strata = self._n_groups, int(self.stratum.max()) + 1
        links = coo_array(
            (np.ones(len(self.group)), (self.group, groups + self.stratum)), shape=(groups + strata, groups + strata)
        )
        part = connected_components(links, directed=False)[1][:groups]
        return np.asarray((part[:, None] == part) & ~np.eye(groups, dtype=bool))

    def _against_others(self, effect: Floats, count: Floats) -> Floats:
        shares = self._comparable * count
        others = shares.sum(axis=1)
        mean = np.divide(shares @ effect, others, out=np.full(len(effect), np.nan), where=others > 0)
        return np.where(count > 0, effect - mean, np.nan)


def _columns(code: Ints) -> Floats:
    return np.asarray(code[:, None] == np.arange(int(code.max()) + 1), dtype=np.float64)
