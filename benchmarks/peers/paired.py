"""How sure a difference between two models is: learners are drawn again, both models judged on the same draw."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from peers.log import Floats, Ints, Mask

DRAWS = 400
LEVEL = 0.95
EDGE = 1e-12


@dataclass(frozen=True)
class Interval:
    """A figure with its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, eq=False)
class Resampled:
    """Responses whose learners are drawn with replacement (a cluster bootstrap: Field & Welsh 2007).

    Parameters
    ----------
    learner : int64[n]
        Who answered.
    correct : float64[n]
        Scores, 0 or 1.
    seed : int
        Seed of the draws.
    draws : int
        How many.

    Examples
    --------
    >>> correct = np.tile([0.0, 1.0], 20)
    >>> found = Resampled(np.repeat(np.arange(10), 4), correct, seed=0)
    >>> found.auc(correct).tolist() == [1.0] * (DRAWS + 1)
    True
    """

    learner: Ints
    correct: Floats
    seed: int
    draws: int = DRAWS

    @cached_property
    def times(self) -> NDArray[np.int32]:
        """Return how often each learner is drawn, int32[draws + 1, learners]; the first draw is the sample itself."""
        size = int(self.learner.max()) + 1
        there = np.unique(self.learner)
        drawn = np.random.default_rng(self.seed).integers(0, len(there), (self.draws, len(there)))
        times = np.zeros((self.draws + 1, size), np.int32)
        times[0, there] = 1
        for draw, row in enumerate(drawn, start=1):
            times[draw, there] = np.bincount(row, minlength=len(there))
        return times

    def auc(self, found: Floats) -> Floats:
        """Return the AUC of predictions in each draw, float64[draws + 1]: one sort, then sums of weights."""
        order = np.argsort(found, kind="stable")
        ordered, right = found[order], self.correct[order] > 0.5
        tied = np.flatnonzero(np.diff(ordered, prepend=-1.0))
        who = self.learner[order]
        return np.array([_auc(times[who], right, tied) for times in self.times])

    def log_loss(self, found: Floats) -> Floats:
        """Return the log loss of predictions in each draw, float64[draws + 1]."""
        kept = np.clip(found, EDGE, 1.0 - EDGE)
        loss = -(self.correct * np.log(kept) + (1.0 - self.correct) * np.log1p(-kept))
        size = self.times.shape[1]
        total, count = np.bincount(self.learner, loss, size), np.bincount(self.learner, minlength=size)
        mean: Floats = (self.times @ total) / (self.times @ count)
        return mean

    def of_rows(self, kept: Mask) -> Resampled:
        """Return the same for some of the rows."""
        return Resampled(self.learner[kept], self.correct[kept], self.seed, self.draws)


def _auc(weight: NDArray[np.int32], right: Mask, tied: NDArray[np.intp]) -> float:
    """Return the AUC of sorted rows with whole weights; `tied` are the first rows of equal predictions."""
    up = np.add.reduceat(np.where(right, weight, 0), tied)
    down = np.add.reduceat(np.where(right, 0, weight), tied)
    below = np.cumsum(down) - 0.5 * down
    pairs = float(up.sum()) * float(down.sum())
    return float(up @ below) / pairs if pairs else np.nan


def interval(draws: Floats) -> Interval:
    """Return the figure of the sample itself, and the quantiles of the other draws.

    Examples
    --------
    >>> found = interval(np.array([30.0, *range(81)]))
    >>> found.value, round(found.low, 6), round(found.high, 6)
    (30.0, 2.0, 78.0)
    """
    low, high = np.nanquantile(draws[1:], [(1.0 - LEVEL) / 2.0, (1.0 + LEVEL) / 2.0])
    return Interval(float(draws[0]), float(low), float(high))
