"""A logistic model of crossed effects: how much of an answer lies in the learner, the item, its skills, their area.

The logit of success is a sum of effects, each drawn from a normal distribution whose variance is estimated: item
response models as generalised linear mixed models (De Boeck et al. 2011), fitted by penalised quasi-likelihood
(Breslow & Clayton 1993).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

Float = NDArray[np.float64]
Int = NDArray[np.int64]
SWEEPS: Final = 12
"""Passes over all factors; differences after that are far below the standard errors."""
_LEAST, _MOST = 0.01, 4.0


@dataclass(frozen=True, eq=False)
class Factor:
    """One level: which members each response has, with what weight.

    Parameters
    ----------
    member : int64[m]
        Members, 0..size-1.
    size : int
        Number of members.
    row : int64[m], optional
        Response of each entry; without it, entry i is response i.
    weight : float64[m], optional
        Share of each entry in its response; without it, 1.
    variance : float, optional
        Variance of the effects; estimated when not given.
    """

    member: Int
    size: int
    row: Int | None = None
    weight: Float | None = None
    variance: float | None = None

    def of_rows(self, keep: NDArray[np.bool_]) -> Factor:
        """Return the factor of the responses kept, members unchanged."""
        if self.row is None:
            return Factor(self.member[keep], self.size, variance=self.variance)
        inside = keep[self.row]
        row = (np.cumsum(keep) - 1)[self.row[inside]]
        weight = None if self.weight is None else self.weight[inside]
        return Factor(self.member[inside], self.size, row, weight, self.variance)

    def spread(self, effect: Float, rows: int) -> Float:
        """Return each response's share of the effects, float64[rows]."""
        if self.row is None:
            return effect[self.member]
        return _sums(self.row, self._weighted(effect[self.member]), rows)

    def gather(self, values: Float, power: int) -> Float:
        """Return, for each member, the sum of `values` over its responses, times weight to a power."""
        entries = values if self.row is None else values[self.row]
        for _ in range(power):
            entries = self._weighted(entries)
        return _sums(self.member, entries, self.size)

    def _weighted(self, entries: Float) -> Float:
        return entries if self.weight is None else entries * self.weight


def _sums(code: Int, values: Float, size: int) -> Float:
    """Return the sum of values of each code."""
    return np.bincount(code, values, size).astype(np.float64, copy=False)


@dataclass(eq=False)
class _State:
    """Effects of one factor as they are fitted."""

    factor: Factor
    seen: NDArray[np.bool_]
    variance: float
    effect: Float = field(init=False)

    def __post_init__(self) -> None:
        self.effect = np.zeros(self.factor.size)

    def step(self, correct: Float, logit: Float) -> Float:
        """Take one Newton step, each member given all else; return the new logit."""
        p = expit(logit)
        precision = self.factor.gather(p * (1.0 - p), 2) + 1.0 / self.variance
        change = (self.factor.gather(correct - p, 1) - self.effect / self.variance) / precision
        self.effect += change
        if self.factor.variance is None and self.seen.any():
            second_moment = np.mean(self.effect[self.seen] ** 2 + 1.0 / precision[self.seen])
            self.variance = float(np.clip(second_moment, _LEAST, _MOST))
        return logit + self.factor.spread(change, len(logit))


def fit_effects(correct: Float, factors: list[Factor], given: Float | None = None) -> list[Float]:
    """Fit the effects of all factors.

    Parameters
    ----------
    correct : float64[n]
        Scores 0..1.
    factors : list of Factor
        From the coarsest to the finest, so that what many responses share is explained first.
    given : float64[n], optional
        Logit of each response that is explained already; default 0.

    Returns
    -------
    list of float64[size]
        Effects on the logit of success, by factor; 0 for members without responses.

    Examples
    --------
    >>> everyone = Factor(np.zeros(4, np.int64), 1, variance=6.25)
    >>> round(float(fit_effects(np.array([1.0, 1.0, 1.0, 0.0]), [everyone])[0][0]), 2)
    0.91
    """
    logit = np.zeros(len(correct)) if given is None else given
    states = [
        _State(factor, np.bincount(factor.member, minlength=factor.size) > 0, factor.variance or 1.0)
        for factor in factors
    ]
    for _ in range(SWEEPS):
        for state in states:
            logit = state.step(correct, logit)
    return [state.effect for state in states]
