"""Importance sampling, self-normalised and doubly robust, with intervals over learners."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy import stats

from polku.paths.evaluation.columns import Columns, Float, Int

LEVEL = 0.95


class Interval(NamedTuple):
    """A value with its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, eq=False)
class Judged:
    """An estimate before anything is said: its value and what each window adds to its error.

    Attributes
    ----------
    value : float
        The estimate.
    influence : float64[w]
        Sums to about ``value - truth`` (the influence function over the number of windows).
    """

    value: float
    influence: Float

    def minus(self, other: Judged) -> Judged:
        """Return the difference of two estimates from the same windows: what both owe to chance cancels."""
        return Judged(self.value - other.value, self.influence - other.influence)

    def interval(self, learner: Int, effective_learners: float) -> Interval:
        """Return the estimate with its interval; learners, not decisions, are the unit of chance.

        Cluster-robust (Liang & Zeger 1986), with Student's t on the effective number of learners less one.
        """
        by_learner = np.bincount(learner, self.influence)
        count = len(np.unique(learner))
        error = float(np.sqrt(count / max(count - 1, 1) * np.sum(by_learner**2)))
        reach = float(stats.t.ppf((1.0 + LEVEL) / 2.0, max(effective_learners - 1.0, 1.0))) * error
        return Interval(self.value, self.value - reach, self.value + reach)


def mean(gain: Float) -> Judged:
    """Return the mean gain of what was logged."""
    return Judged(float(gain.mean()), (gain - gain.mean()) / len(gain))


def ips(weight: Float, gain: Float) -> Judged:
    """Return the estimate by importance sampling (Horvitz & Thompson 1952): unbiased, and loose."""
    value = float(np.mean(weight * gain))
    return Judged(value, (weight * gain - value) / len(gain))


def snips(weight: Float, gain: Float) -> Judged:
    """Return the self-normalised estimate (Swaminathan & Joachims 2015): a weighted mean of what was seen."""
    value = float(np.average(gain, weights=weight))
    return Judged(value, weight * (gain - value) / weight.sum())


def doubly_robust(columns: Columns, rows: Int, expected: list[Float]) -> Judged:
    """Return the doubly robust estimate over windows, with self-normalised weights.

    Per decision after Jiang & Li (2016), weighted as by Thomas & Brunskill (2016): what the model expects of the
    target, plus, decision by decision, what was seen beyond what the model had expected of what was suggested.

    Parameters
    ----------
    columns : Columns
        Decisions.
    rows : int64[w, h]
        Windows.
    expected : list of float64[m]
        By decision of a window; from :func:`~polku.paths.evaluation.reward_model.expected_gains`.
    """
    horizon = rows.shape[1]
    values = [columns.summed(columns.target * q)[rows[:, step]] for step, q in enumerate(expected)]
    afterwards = [*values[1:], columns.gains[rows[:, 0], horizon - 1]]
    weights = np.cumprod(columns.ratio[rows], axis=1, dtype=np.float64)
    found = mean(values[0])
    for step, q in enumerate(expected):
        surprise = afterwards[step] - q[columns.picked[rows[:, step]]]
        part = snips(weights[:, step], surprise)
        found = Judged(found.value + part.value, found.influence + part.influence)
    return found


def effective(weight: Float) -> float:
    """Return the effective number of samples (Kish 1965): as many equal weights would say as much.

    Examples
    --------
    >>> effective(np.array([1.0, 1.0, 1.0, 1.0])), effective(np.array([4.0, 0.0, 0.0, 0.0]))
    (4.0, 1.0)
    """
    total = float(np.sum(weight**2))
    return float(weight.sum()) ** 2 / total if total else 0.0
