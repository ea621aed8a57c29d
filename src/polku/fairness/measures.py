"""The metrics, each with its influence values: how much every learner moves it.

A metric's sampling error follows from its influence values summed over whatever is resampled as a whole, learner or
school; rows never count as independent. For rates the influence is that of a ratio of sums; for the AUC it is the
learner's share in the structural components (DeLong, DeLong & Clarke-Pearson 1988; clustered: Obuchowski 1997).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from polku.fairness.arrays import Floats, Ints, totals
from polku.fairness.sample import Sample


@dataclass(frozen=True, eq=False)
class Measured:
    """A metric over some learners.

    Parameters
    ----------
    estimate : float
        NaN where it cannot be estimated: no positives, no negatives, nobody.
    influence : ndarray of float64, shape (n_learners,)
        Zero for learners outside; sums to zero.
    """

    estimate: float
    influence: Floats


class Measure(Protocol):
    """A metric that can be taken over any set of learners."""

    def over(self, members: Ints) -> Measured:
        """Return the metric over the learners with these indices."""


@dataclass(frozen=True, eq=False)
class Ratio:
    """A rate: one sum a learner over another.

    Parameters
    ----------
    top, bottom : ndarray of float64, shape (n_learners,)
        For "held back": correct answers that were expected to be wrong, and correct answers.
    """

    top: Floats
    bottom: Floats

    def over(self, members: Ints) -> Measured:
        """Return the rate over `members`."""
        influence = np.zeros_like(self.top)
        total = self.bottom[members].sum()
        if total <= 0:
            return Measured(np.nan, influence)
        rate = self.top[members].sum() / total
        influence[members] = (self.top[members] - rate * self.bottom[members]) / total
        return Measured(float(rate), influence)


@dataclass(frozen=True, eq=False)
class Auc:
    """The probability that a correct answer has the higher score; ties count half.

    Parameters
    ----------
    sample : Sample
        Rows in order of score.
    y : ndarray of float64, shape (n,)
        Outcomes; given apart so that calibrated probabilities can stand in for them.
    """

    sample: Sample
    y: Floats

    def over(self, members: Ints) -> Measured:
        """Return the AUC within `members`, pairs taken among them only."""
        above, below, positives, negatives = self._placements(members)
        total = positives.sum(), negatives.sum()
        if min(total) <= 0:
            return Measured(np.nan, np.zeros(len(self.sample.learners)))
        auc = above.sum() / total[0]
        influence = (above - auc * positives) / total[0] + (below - auc * negatives) / total[1]
        return Measured(float(auc), influence)

    def _placements(self, members: Ints) -> tuple[Floats, Floats, Floats, Floats]:
        """Return per learner: wrong answers below its correct ones, correct above its wrong ones (shares), counts."""
        sample = self.sample
        inside = np.zeros(len(sample.learners), dtype=bool)
        inside[members] = True
        rows = np.flatnonzero(inside[sample.learner])
        tie, weight, learner = sample.tie[rows], sample.w[rows], sample.learner[rows]
        positive = weight * self.y[rows]
        negative = weight - positive
        above = positive * _share_below(tie, negative)
        below = negative * (1 - _share_below(tie, positive))
        n_learners = len(sample.learners)
        first, second, third, fourth = (
            totals(learner, values, n_learners) for values in (above, below, positive, negative)
        )
        return first, second, third, fourth


def prediction_measures(sample: Sample, threshold: float) -> dict[str, Measure]:
    """Return the metrics of predictions at one threshold, by name.

    ``missed_need``: of the wrong answers, the share expected to be correct. ``held_back``: of the correct answers, the
    share expected to be wrong. ``calibration``: observed minus predicted.
    """
    y, w, shown = sample.y, sample.w, (sample.p >= threshold).astype(np.float64)
    sums = sample.per_learner
    return {
        "auc": Auc(sample, y),
        "missed_need": Ratio(sums(w * (1 - y) * shown), sums(w * (1 - y))),
        "held_back": Ratio(sums(w * y * (1 - shown)), sums(w * y)),
        "calibration": Ratio(sums(w * (y - sample.p)), sums(w)),
    }


def _share_below(tie: Ints, weight: Floats) -> Floats:
    """Return for each row the share of `weight` at lower scores, half of that at the same score included."""
    runs = totals(tie, weight)
    total = runs.sum()
    share = (np.cumsum(runs) - 0.5 * runs) / total if total > 0 else np.zeros_like(runs)
    return np.asarray(share[tie], dtype=np.float64)
