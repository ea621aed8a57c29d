"""Asks of the answers, beyond what their scores mean to everybody, whether anything goes by group.

A model is alike for all when an answer, given its score, does not depend on the group: then success rates may
differ, and every gap in errors that follows from them is explained. So the tests do not look at raw gaps. They
look at residuals, answer minus what its score means over everybody, and ask three questions of them:

- *level*: do correct answers come more often than the scores say?
- *below*: do they among those expected to be wrong? Residuals in units of their spread.
- *order*: do the scores order the answers less well than they promise?

Each is a Cochran-Mantel-Haenszel statistic over bins of the score (Mantel 1963; Landis, Heyman & Koch 1978), summed
by learner: group labels are set against their share in the bin, so that the curve's own error cancels.
Of paths the value itself is asked for, within strata of mastery.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from scipy.special import expit

from polku.fairness.arrays import Bools, Floats, Ints, totals
from polku.fairness.sample import Sample

QUESTIONS: Mapping[str, tuple[str, ...]] = {
    "calibration": ("level",),
    "held_back": ("level", "below", "order"),
    "missed_need": ("level", "order"),
    "auc": ("order",),
    "calibration_intercept": ("level",),
    "calibration_slope": ("order",),
}
"""Which questions decide on which metric: scores that are all too low hold back, and so do hidden correct answers."""

_BINS = 30
_ROWS_A_BIN = 50
_LEAST_SPREAD = 0.02


class Asked(NamedTuple):
    """What every learner adds to the answer to each question, by group.

    Parameters
    ----------
    names : tuple of str
        The questions.
    own : ndarray of float64, shape (n_learners, n_groups, n_questions)
        What a member of the group adds.
    offset : ndarray of float64, shape (n_learners, n_groups, n_questions)
        What is taken off every learner, member or not: the group's share of those with such scores.
    """

    names: tuple[str, ...]
    own: Floats
    offset: Floats


@dataclass(frozen=True, eq=False)
class Residuals:
    """Answers minus what their scores mean to everybody, by learner and bin of the score.

    Parameters
    ----------
    sample : Sample
        The predictions.
    threshold : float
        Below it an answer is expected to be wrong.
    meaning : ndarray of float64, shape (2,)
        Intercept and slope of the common logistic recalibration.
    scores : ndarray of float64, shape (n,)
        Logit of each row's probability.
    """

    sample: Sample
    threshold: float
    meaning: Floats
    scores: Floats

    def asked(self, codes: Ints, n_groups: int, names: tuple[str, ...]) -> Asked:
        """Return what each learner adds to each question.

        Parameters
        ----------
        codes : ndarray of int64, shape (n_learners,)
            Group of each learner.
        n_groups : int
            Number of groups.
        names : tuple of str
            The questions.
        """
        weights = np.stack([self._weights[name] for name in names], axis=1)
        bins = len(weights)
        place = codes[self.sample.learner] * bins + self._bin
        shares = totals(place, self.sample.w, n_groups * bins).reshape(n_groups, bins)
        shares = shares / np.maximum(shares.sum(axis=0), 1e-12)
        once = self._by_learner @ weights
        own = np.broadcast_to(once[:, None, :], (len(once), n_groups, len(names)))
        offset = np.stack([self._by_learner @ (weights * share[:, None]) for share in shares], axis=1)
        return Asked(names, own, offset)

    @cached_property
    def _bin(self) -> Ints:
        """Return each row's bin: equal weight a bin, equal scores in one bin, none across the threshold."""
        bins = int(np.clip(len(self.sample) // _ROWS_A_BIN, 4, _BINS))
        ties = totals(self.sample.tie, self.sample.w)
        middle = (np.cumsum(ties) - 0.5 * ties)[self.sample.tie] / ties.sum()
        crude = (middle * bins).astype(np.int64) * 2 + self._expected_correct
        return np.unique(crude, return_inverse=True)[1].astype(np.int64)

    @cached_property
    def _expected_correct(self) -> Bools:
        return np.asarray(self.sample.p >= self.threshold)

    @cached_property
    def _by_learner(self) -> Floats:
        """Return the residuals, shape (n_learners, bins); they sum to zero in every bin."""
        bins = int(self._bin.max()) + 1
        weight = self.sample.w
        residual = self.sample.y - expit(self.meaning[0] + self.meaning[1] * self.scores)
        mean = totals(self._bin, weight * residual, bins) / totals(self._bin, weight, bins)
        place = self.sample.learner * bins + self._bin
        flat = totals(place, weight * (residual - mean[self._bin]), len(self.sample.learners) * bins)
        return flat.reshape(-1, bins)

    @cached_property
    def _weights(self) -> dict[str, Floats]:
        """Return by question the weight of a residual in each bin."""
        bins = int(self._bin.max()) + 1
        weight = totals(self._bin, self.sample.w, bins)
        success = totals(self._bin, self.sample.w * self.sample.y, bins) / weight
        spread = np.maximum(success * (1 - success), _LEAST_SPREAD)
        above = totals(self._bin, self.sample.w * self._expected_correct, bins) > 0
        rank = (np.cumsum(weight) - 0.5 * weight) / weight.sum()
        return {
            "level": np.ones(bins),
            "below": ~above / np.sqrt(spread),
            "order": rank - np.average(rank, weights=weight * spread),
        }


def of_values(values: Mapping[str, Floats], stratum: Ints, codes: Ints, n_groups: int) -> Asked:
    """Return what each learner adds to the gap in each value, within strata.

    Parameters
    ----------
    values : mapping of str to ndarray of float64, shape (n_learners,)
        NaN where a value does not apply to a learner.
    stratum : ndarray of int64, shape (n_learners,)
        Learners are compared with those of their stratum.
    codes : ndarray of int64, shape (n_learners,)
        Group of each learner.
    n_groups : int
        Number of groups.

    Returns
    -------
    Asked
        Sums to the group's learners times its standardised gap (:func:`polku.fairness.standardising.standardised`).

    Examples
    --------
    >>> alone = np.zeros(4, dtype=np.int64)
    >>> asked = of_values({"silent": np.array([1.0, 0, 0, 0])}, alone, np.array([0, 0, 1, 1]), 2)
    >>> asked.names, asked.own[:2, 0, 0].sum() - asked.offset[:, 0, 0].sum()
    (('silent',), np.float64(1.0))
    """
    found = [_of_value(value, stratum, codes, n_groups) for value in values.values()]
    own, offset = (np.stack(parts, axis=2) for parts in zip(*found, strict=True))
    return Asked(tuple(values), own, offset)


def _of_value(value: Floats, stratum: Ints, codes: Ints, n_groups: int) -> tuple[Floats, Floats]:
    """Return own part and offset of one value, each of shape (n_learners, n_groups)."""
    applies = np.isfinite(value).astype(np.float64)
    strata = int(stratum.max()) + 1
    counts = totals(stratum, applies, strata)
    mean = totals(stratum, np.nan_to_num(value), strata) / np.maximum(counts, 1)
    centred = applies * (np.nan_to_num(value) - mean[stratum])
    members = totals(codes * strata + stratum, applies, n_groups * strata).reshape(n_groups, strata)
    others = counts - members
    scale = np.divide(counts, others, out=np.zeros_like(members), where=others > 0)
    own = centred[:, None] * scale.T[stratum]
    return own, own * (members / np.maximum(counts, 1)).T[stratum]
