"""Abilities that compare learners who met different items: the Rasch model, from first answers alone."""

from __future__ import annotations

import numpy as np
from scipy.special import expit

from polku.fairness.arrays import Floats, Ints, totals
from polku.fairness.items.answers import Answers

ROUNDS = 12
"""Rounds of difficulties and abilities in turn; the order of learners settles long before."""
STEPS = 8
"""Newton steps to an ability; from where the last round left it, a few are enough."""
FURTHEST = 6.0
"""Difficulties and abilities stay within so many logits."""


def difficulties(answers: Answers) -> Floats:
    """Return Rasch difficulties by joint maximum likelihood (Wright & Panchapakesan 1969).

    Joint estimates are too far apart by about one in the number of items; that stretches the scale for everybody
    alike, and only the order of learners is used.

    Parameters
    ----------
    answers : Answers
        First answers.

    Returns
    -------
    ndarray of float64, shape (n_items,)
        Logits, centred on zero.
    """
    n_items, n_learners = len(answers.items), len(answers.learners)
    hard, able = np.zeros(n_items), np.zeros(n_learners)
    given = totals(answers.item, answers.right, n_items)
    for _ in range(ROUNDS):
        chance = expit(able[answers.learner] - hard[answers.item])
        surplus = totals(answers.item, chance, n_items) - given
        information = totals(answers.item, chance * (1 - chance), n_items)
        hard = np.clip(hard + np.clip(surplus / np.maximum(information, 1e-9), -1, 1), -FURTHEST, FURTHEST)
        hard -= hard.mean()
        able = abilities(answers.learner, answers.right, hard[answers.item], able, steps=1)
    return hard


def abilities(learner: Ints, right: Floats, hard: Floats, start: Floats, *, steps: int = STEPS) -> Floats:
    """Return weighted likelihood estimates of ability (Warm 1989), finite for all right and all wrong too.

    Parameters
    ----------
    learner : ndarray of int64, shape (n,)
        Whose each answer is.
    right, hard : ndarray of float64, shape (n,)
        The answer, and the difficulty of its item in logits.
    start : ndarray of float64, shape (n_learners,)
        Where to begin.
    steps : int
        Newton steps.

    Returns
    -------
    ndarray of float64, shape (n_learners,)
        Logits; the start where a learner has no answers.

    Examples
    --------
    >>> abilities(np.array([0, 0, 1, 1]), np.array([1.0, 0, 1, 1]), np.zeros(4), np.zeros(2)).round(2).tolist()
    [0.0, 1.61]
    """
    able = start
    for _ in range(steps):
        chance = expit(able[learner] - hard)
        spread = chance * (1 - chance)
        information = np.maximum(totals(learner, spread, len(able)), 1e-9)
        bend = totals(learner, spread * (1 - 2 * chance), len(able))
        gradient = totals(learner, right - chance, len(able)) + bend / (2 * information)
        able = np.clip(able + np.clip(gradient / information, -1, 1), -FURTHEST, FURTHEST)
    return able
