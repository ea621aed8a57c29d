"""Reweighing by group and outcome (Kamiran & Calders 2012)."""

from __future__ import annotations

import numpy as np

from polku.fairness.arrays import Floats, Ints, totals


def reweighing(group: Ints, correct: Floats) -> Floats:
    """Return weights that make outcome and group independent in the training rows.

    A row weighs P(group) P(outcome) / P(group, outcome): right answers of a group that has given few weigh more, and
    its wrong ones less. A part score is part right, part wrong.

    Parameters
    ----------
    group : ndarray of int64, shape (n,)
        Code of each row's group.
    correct : ndarray of float64, shape (n,)
        Scores, 0-1.

    Returns
    -------
    ndarray of float64, shape (n,)
        They sum to n.

    Examples
    --------
    >>> weights = reweighing(np.array([0, 0, 0, 1, 1, 1]), np.array([1.0, 1, 0, 1, 0, 0]))
    >>> weights.tolist()
    [0.75, 0.75, 1.5, 1.5, 0.75, 0.75]
    """
    n = len(correct)
    size, right = totals(group, np.ones(n)), totals(group, correct)
    share = float(correct.mean())
    of_right = size * share / np.maximum(right, 1e-9)
    of_wrong = size * (1 - share) / np.maximum(size - right, 1e-9)
    return np.asarray(correct * of_right[group] + (1 - correct) * of_wrong[group], dtype=np.float64)
