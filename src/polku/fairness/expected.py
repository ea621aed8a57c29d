"""How much of a gap is there without any difference in treatment.

When success rates differ between groups, a perfectly calibrated model makes unequal errors: of the rare correct
answers of one group more fall below the threshold (Kleinberg, Mullainathan & Raghavan 2017; Chouldechova 2017).
Such a gap is not made by the model. It is told apart here:

- *Error rates* are set against two accounts. One recalibrates the scores within the group and cuts them where the
  threshold lies after recalibration over everybody; it tells scores that are all too low. The other takes the scores
  as they are and gives them one meaning for everybody; it tells correct answers that lie among low scores. Scores that
  mean the same in each group satisfy both, whatever the base rates, so the account that explains less counts.
- *AUC* is set against the AUC that the scores themselves promise, were every answer drawn with its probability.

Recalibration is logistic in the logit of the score (Platt 1999), on at most 258 bins of it; the error of the
recalibrated rates is a delete-a-block jackknife over learners (Shao & Wu 1989).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from scipy.special import expit, logit

from polku.fairness.arrays import Bools, Floats, Ints, totals
from polku.fairness.disaggregate import Contrast
from polku.fairness.measures import Auc
from polku.fairness.sample import Sample

BLOCKS = 40
EXPLAINED = ("auc", "held_back", "missed_need")
_BINS = 256
_CLIP = 1e-6
_LEAST_SLOPE = 0.05
"""Scores that say nothing, or the contrary, within a group would put its threshold at infinity."""


class Expected(NamedTuple):
    """The explained part of a gap.

    Parameters
    ----------
    gap : float
        Gap that there would be if scores meant the same in every group.
    influence : ndarray of float64, shape (n_learners,)
        Influence values of `gap`, where they are known, else none.
    error : float
        Standard error of the unexplained gap, where influence values are not known; else 0, and not to be used.
    """

    gap: float
    influence: Floats
    error: float


def unknown(n_learners: int) -> Expected:
    """Return that nothing was computed."""
    return Expected(np.nan, np.zeros(n_learners), 0.0)


@dataclass(frozen=True, eq=False)
class Expectation:
    """What scores that mean the same in every group would lead to.

    Parameters
    ----------
    sample : Sample
        The predictions.
    threshold : float
        Where error rates are taken.
    block : ndarray of int64, shape (n_learners,)
        Each learner's block of the jackknife, 0 to `BLOCKS` - 1.
    """

    sample: Sample
    threshold: float
    block: Ints

    @classmethod
    def of(cls, sample: Sample, threshold: float, rng: np.random.Generator) -> Expectation:
        """Deal learners (or schools) into blocks of the jackknife at random."""
        units = int(sample.unit.max()) + 1
        return cls(sample, threshold, (rng.permutation(units) % BLOCKS)[sample.unit])

    def gaps(self, members: Bools) -> dict[str, Expected]:
        """Return the explained part of the gaps in AUC and in both error rates between `members` and the rest."""
        promised = Contrast(self._promised.over(np.flatnonzero(members)), self._promised.over(np.flatnonzero(~members)))
        counts = self._counts(members)
        inside, outside = self._excess(counts), self._excess(self._everybody - counts)
        found = {"auc": Expected(promised.gap, promised.influence, 0.0)}
        for metric in inside:
            found[metric] = _least_explaining(inside[metric] - outside[metric])
        return found

    def binned(self, members: Ints) -> tuple[Floats, Floats, Floats] | None:
        """Return score, weight and correct weight of each bin among `members`; None if all answers are of one kind."""
        inside = np.zeros(len(self.sample.learners), dtype=bool)
        inside[members] = True
        rows = np.flatnonzero(inside[self.sample.learner])
        bins, weight = len(self._edges) - 1, self.sample.w[rows]
        total = totals(self._bin[rows], weight, bins)
        correct = totals(self._bin[rows], weight * self.sample.y[rows], bins)
        one_kind = min(correct.sum(), (total - correct).sum()) <= 0
        return None if one_kind else (self._centres, total, correct)

    def residuals(self, members: Ints, intercept: float, slope: float) -> Floats:
        """Return each learner's answers minus what a recalibration expects, and the same times the score.

        Parameters
        ----------
        members : ndarray of int64
            Whose; the others' are zero.
        intercept, slope : float
            The recalibration.

        Returns
        -------
        ndarray of float64, shape (2, n_learners)
        """
        inside = np.zeros(len(self.sample.learners), dtype=bool)
        inside[members] = True
        rows = np.flatnonzero(inside[self.sample.learner])
        learner, place = self.sample.learner[rows], self._bin[rows]
        likely = expit(intercept + slope * self._centres)
        left = self.sample.w[rows] * (self.sample.y[rows] - likely[place])
        n = len(inside)
        return np.stack([totals(learner, left, n), totals(learner, left * self._centres[place], n)])

    @cached_property
    def scores(self) -> Floats:
        """Return the logit of each row's probability."""
        return np.asarray(logit(np.clip(self.sample.p, _CLIP, 1 - _CLIP)), dtype=np.float64)

    @cached_property
    def _edges(self) -> Floats:
        """Return the bin edges: quantiles of the score, and the threshold."""
        inner = np.quantile(self.scores, np.linspace(0, 1, _BINS + 1))[1:-1]
        low, high, cut = self.scores[0], self.scores[-1] + _CLIP, logit(self.threshold)
        return np.unique(np.concatenate([[min(low, cut)], inner, [cut], [max(high, cut + _CLIP)]]))

    @cached_property
    def _bin(self) -> Ints:
        return np.searchsorted(self._edges, self.scores, side="right").astype(np.int64) - 1

    @cached_property
    def _centres(self) -> Floats:
        weight = totals(self._bin, self.sample.w, len(self._edges) - 1)
        total = totals(self._bin, self.sample.w * self.scores, len(self._edges) - 1)
        middle = (self._edges[:-1] + self._edges[1:]) / 2
        return np.divide(total, weight, out=middle, where=weight > 0)

    @cached_property
    def _everybody(self) -> Floats:
        return self._counts(np.ones(len(self.sample.learners), dtype=bool))

    @cached_property
    def _common(self) -> Floats:
        """Return the recalibration over everybody, shape (1 + BLOCKS, 2)."""
        return platt(self._centres, *self._everybody)

    @property
    def meaning(self) -> Floats:
        """Return intercept and slope of the recalibration over everybody."""
        return np.asarray(self._common[0], dtype=np.float64)

    @cached_property
    def _promised(self) -> Auc:
        intercept, slope = self.meaning
        return Auc(self.sample, np.asarray(expit(intercept + slope * self.scores), dtype=np.float64))

    def _counts(self, members: Bools) -> Floats:
        """Return weight and correct weight by bin, of all and without each block: shape (2, 1 + BLOCKS, bins)."""
        rows = np.flatnonzero(members[self.sample.learner])
        bins = len(self._edges) - 1
        place = self.block[self.sample.learner[rows]] * bins + self._bin[rows]
        weight = self.sample.w[rows]
        sums = [totals(place, values, BLOCKS * bins) for values in (weight, weight * self.sample.y[rows])]
        by_block = np.reshape(sums, (2, BLOCKS, bins))
        total = by_block.sum(axis=1, keepdims=True)
        return np.concatenate([total, total - by_block], axis=1)

    def _excess(self, counts: Floats) -> dict[str, Floats]:
        """Return by metric and account the explained error rate, and the observed one beyond it.

        Shape (2, 2, 1 + BLOCKS): accounts; explained and unexplained; all learners, and without each block.
        """
        weight, correct = counts
        own = platt(self._centres, weight, correct)
        level = self._common[:, 0] + self._common[:, 1] * logit(self.threshold)
        cut = (level - own[:, 0]) / np.maximum(own[:, 1], _LEAST_SLOPE)
        likely, alike = (weight * expit(fit[:, :1] + fit[:, 1:] * self._centres) for fit in (own, self._common))
        at = int(np.searchsorted(self._edges, logit(self.threshold)))
        found = {}
        for metric, seen, meant, common in (
            ("held_back", correct, likely, alike),
            ("missed_need", weight - correct, weight - likely, weight - alike),
        ):
            below = np.stack([_share_below(meant, self._edges, cut), _part(common, at)])
            explained = 1 - below if metric == "missed_need" else below
            observed = 1 - _part(seen, at) if metric == "missed_need" else _part(seen, at)
            found[metric] = np.stack([explained, observed - explained], axis=1)
        return found


def _least_explaining(accounts: Floats) -> Expected:
    """Return the account that leaves most of the gap: scores that mean the same for all satisfy both.

    Parameters
    ----------
    accounts : ndarray of float64, shape (2, 2, 1 + BLOCKS)
        Accounts; explained and unexplained gap; all learners, and without each block.
    """
    raw = accounts[0, :, 0].sum()
    left = np.nan_to_num(accounts[:, 1, 0] * np.sign(raw), nan=-np.inf)
    explained, unexplained = accounts[int(np.argmax(left))]
    return Expected(float(explained[0]), np.zeros(0), _jackknife_error(unexplained[1:]))


def _part(mass: Floats, at: int) -> Floats:
    """Return the share of each row's mass in the bins before `at`."""
    with np.errstate(invalid="ignore"):  # a block may hold all answers of a kind
        return np.asarray(mass[:, :at].sum(axis=1) / mass.sum(axis=1), dtype=np.float64)


def platt(x: Floats, weight: Floats, correct: Floats, steps: int = 12) -> Floats:
    """Fit intercept and slope of a logistic curve on binned scores, many data sets at once.

    Parameters
    ----------
    x : ndarray, shape (bins,)
        Score of each bin, a logit.
    weight, correct : ndarray, shape (n_sets, bins)
        Weight in each bin, and the part of it with a correct answer.
    steps : int
        Newton steps from (0, 1).

    Returns
    -------
    ndarray, shape (n_sets, 2)
        Held to (0, 1) by the weight of one observation, so that separation stays finite.

    Examples
    --------
    >>> x = np.array([-1.0, 0.0, 1.0])
    >>> platt(x, np.full((1, 3), 1e6), 1e6 * expit(0.5 + 2 * x)[None]).round(3)
    array([[0.5, 2. ]])
    """
    design = np.stack([np.ones_like(x), x])
    prior = np.array([0.0, 1.0])
    beta = np.tile(prior, (len(weight), 1))
    for _ in range(steps):
        likely = expit(beta @ design)
        slope = (correct - weight * likely) @ design.T - (beta - prior)
        curvature = np.einsum("sb,ib,jb->sij", weight * likely * (1 - likely), design, design) + np.eye(2)
        beta = beta + np.clip(np.linalg.solve(curvature, slope[..., None])[..., 0], -2, 2)
    return beta


def _share_below(mass: Floats, edges: Floats, cut: Floats) -> Floats:
    """Return the share of each row's mass below its cut, spread evenly within a bin."""
    cumulated = np.concatenate([np.zeros((len(mass), 1)), np.cumsum(mass, axis=1)], axis=1)
    below = np.array([np.interp(place, edges, row) for place, row in zip(cut, cumulated, strict=True)])
    return np.asarray(below / np.maximum(cumulated[:, -1], _CLIP), dtype=np.float64)


def _jackknife_error(left_out: Floats) -> float:
    """Return the standard error from the values with one block left out."""
    n = len(left_out)
    return float(np.sqrt((n - 1) / n * ((left_out - left_out.mean()) ** 2).sum()))
