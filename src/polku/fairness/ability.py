"""What a learner's answers show beyond the difficulty of what was asked, and how surely."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import expit, logit

from polku.fairness.arrays import Bools, Floats, Ints, Texts, totals
from polku.fairness.tables import check_predictions, floats

LEAST_ANSWERS = 20
"""Learners with fewer answers are left out: half of them would say next to nothing."""
_STEPS, _LONGEST, _FARTHEST = 25, 1.0, 6.0
_SURE = 1e-3


@dataclass(frozen=True, eq=False)
class Ability:
    """The item evidence on every learner.

    Parameters
    ----------
    learners : ndarray of str, shape (n,)
        Sorted, distinct.
    value : ndarray of float64, shape (n,)
        Logits above what a typical learner shows on the same items.
    error : ndarray of float64, shape (n,)
        Variance of chance in `value`, as halves of the same learners' answers show it.
    """

    learners: Texts
    value: Floats
    error: Floats

    @property
    def reliability(self) -> float:
        """Return the share of the variance between learners that is not chance, 0-1."""
        spread = float(self.value.var())
        return max(0.0, 1.0 - float(self.error.mean()) / spread) if spread > 0 else 0.0

    def of(self, learners: Texts) -> Ability:
        """Return the evidence on some of the learners, in the order asked for."""
        place = np.searchsorted(self.learners.astype(str), learners.astype(str))
        return Ability(learners, self.value[place], self.error[place])


def ability_of(answers: pd.DataFrame, least: int = LEAST_ANSWERS) -> Ability:
    """Estimate the ability of every learner with enough answers.

    Weighted likelihood in the Rasch model with known difficulties (Warm 1989), which is nearly unbiased and finite
    where every answer is correct. Its variance is scaled so that it agrees with how far odd and even answers of the
    same learners lie apart: what a learner shows differs by topic and day, which the model does not know.

    Parameters
    ----------
    answers : DataFrame
        ``learner_id, y_true, y_prob``, the last being the probability of a typical learner, fitted without this one.
    least : int
        Answers a learner must have.

    Returns
    -------
    Ability
        Of nobody when nobody has enough answers.

    Raises
    ------
    InputError
        If a column is missing or no row can be used.

    Examples
    --------
    >>> rows = [("a", 1)] * 15 + [("a", 0)] * 5 + [("b", 0)] * 15 + [("b", 1)] * 5 + [("c", 1)]
    >>> answers = pd.DataFrame(rows, columns=["learner_id", "y_true"]).assign(y_prob=0.5)
    >>> found = ability_of(answers)
    >>> found.learners.tolist(), found.value.round(2).tolist()
    (['a', 'b'], [1.04, -1.04])
    """
    frame = check_predictions(answers).frame
    count = frame.groupby("learner_id")["y_true"].transform("size")
    frame = frame[count >= least]
    learner, names = pd.factorize(frame["learner_id"], sort=True)
    rows = learner.astype(np.int64), floats(frame["y_true"]), logit(np.clip(floats(frame["y_prob"]), _SURE, 1 - _SURE))
    odd = np.asarray(frame.groupby("learner_id").cumcount() % 2 == 1)
    value, variance = _weighted_likelihood(*rows, len(names))
    return Ability(np.asarray(names, dtype=object), value, _scale(rows, odd, len(names)) * variance)


def _scale(rows: tuple[Ints, Floats, Floats], odd: Bools, n: int) -> float:
    """Return how much farther apart two halves lie than the model expects, as a ratio of variances."""
    if not n:
        return 1.0
    learner, correct, easiness = rows
    one, other = (_weighted_likelihood(learner[half], correct[half], easiness[half], n) for half in (odd, ~odd))
    return float(((one[0] - other[0]) ** 2).sum() / (one[1] + other[1]).sum())


def _weighted_likelihood(learner: Ints, correct: Floats, easiness: Floats, n: int) -> tuple[Floats, Floats]:
    """Return abilities and their variances by the model, each of shape (n,)."""
    ability, information = np.zeros(n), np.ones(n)
    for _ in range(_STEPS):
        p = expit(easiness + ability[learner])
        spread = p * (1 - p)
        information = np.maximum(totals(learner, spread, n), _SURE)
        bend = totals(learner, spread * (1 - 2 * p), n) / (2 * information)
        step = (totals(learner, correct - p, n) + bend) / information
        ability = np.clip(ability + np.clip(step, -_LONGEST, _LONGEST), -_FARTHEST, _FARTHEST)
    return ability, 1 / information
