"""The reward model of the doubly robust estimate: what a step may be expected to lead to, fitted on other learners."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from polku.paths.evaluation.columns import Columns, Float, Int

FOLDS: Final = 5
PARAMETERS: Final[dict[str, Any]] = {
    "objective": "regression",
    "learning_rate": 0.1,
    "num_leaves": 7,
    "min_data_in_leaf": 25,
    "lambda_l2": 5.0,
    "deterministic": True,
    "force_row_wise": True,
    "num_threads": 1,
    "verbosity": -1,
}
"""A small model: it only has to take some of the variance away, the weights see to what it gets wrong."""
ROUNDS: Final = 50


def expected_gains(columns: Columns, rows: Int, seed: int) -> list[Float]:
    """Return for each decision of a window what every alternative is expected to lead to under the target.

    Fitted Q evaluation (Le, Voloshin & Yue 2019), cross-fitted over learners (Chernozhukov et al. 2018): the last
    decision's model predicts the gain, an earlier one's what the target may expect at the next decision.

    Parameters
    ----------
    columns : Columns
        `n` decisions, `m` alternatives.
    rows : int64[w, h]
        Windows of decisions.
    seed : int
        Draws the folds.

    Returns
    -------
    list of float64[m]
        One for each of the `h` decisions.
    """
    fold = np.random.default_rng(seed).permutation(int(columns.learner.max(initial=0)) + 1) % FOLDS
    of_window, of_alternative = fold[columns.learner[rows[:, 0]]], np.repeat(fold[columns.learner], _counts(columns))
    found = [np.zeros(len(columns.chance)) for _ in range(rows.shape[1])]
    for held_out in range(FOLDS):
        others, own = rows[of_window != held_out], of_alternative == held_out
        for step, values in enumerate(_fitted(columns, others)):
            found[step][own] = values[own]
    return found


def _counts(columns: Columns) -> Int:
    return np.diff(columns.start)


def _fitted(columns: Columns, rows: Int) -> list[Float]:
    """Return the predictions of models fitted on some windows, for all alternatives, first decision first."""
    horizon = rows.shape[1]
    found, aim = list[Float](), columns.gains[rows[:, 0], horizon - 1]
    for step in reversed(range(horizon)):
        found.append(_predicted(columns, columns.picked[rows[:, step]], aim))
        aim = columns.summed(columns.target * found[-1])[rows[:, step]]
    return found[::-1]


def _predicted(columns: Columns, picked: Int, aim: Float) -> Float:
    """Fit on the suggested alternatives; predict every one, float64[m]."""
    import lightgbm

    if len(picked) < 2 * PARAMETERS["min_data_in_leaf"]:
        return np.full(len(columns.features), aim.mean() if len(aim) else 0.0)
    data = lightgbm.Dataset(columns.features[picked], aim, params={"verbosity": -1})
    booster = lightgbm.train(PARAMETERS, data, num_boost_round=ROUNDS)
    return np.asarray(booster.predict(columns.features, num_threads=1), dtype=np.float64)
