"""How a model's score follows one column, all else as it is: accumulated local effects.

Moving one column of a row far from where it is makes learners who do not exist (ten right answers in a row, none of
them lately). Accumulated local effects (Apley & Zhu 2020) move a row only to the two ends of the bin that it lies in
and add up the mean differences, so that the model is asked about what occurs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Float = NDArray[np.float64]
Int = NDArray[np.int64]
Score = Callable[[Float], Float]
BINS: Final = 20
TAIL: Final = 0.01
"""Share of the rows beyond each end of the bins; they are counted in the end bins."""


@dataclass(frozen=True, eq=False)
class Effect:
    """How the score follows one column.

    Parameters
    ----------
    at : float64[k + 1]
        Ends of the bins, rising; quantiles of the column, hence a picture of where its values lie.
    effect : float64[k + 1]
        Mean change of the score up to there, relative to the mean row, in units of the score.
    n : int64[k]
        Rows in each bin.
    missing : float
        Share of rows without a value; they take no part.
    """

    at: Float
    effect: Float
    n: Int
    missing: float


def accumulated_effect(score: Score, features: Float, column: int, bins: int = BINS) -> Effect:
    """Return the accumulated local effect of one column (Apley & Zhu 2020, first order).

    Parameters
    ----------
    score : callable
        Takes float64[n, c], returns float64[n].
    features : float64[n, c]
        Rows as they occur; missing values are NaN.
    column : int
        Place of the column.
    bins : int
        Most bins; of about equal mass, fewer where values repeat.

    Returns
    -------
    Effect
        With one point and no bin where the column has fewer than two values.

    Examples
    --------
    >>> rows = np.linspace(0.0, 1.0, 101)[:, None]
    >>> found = accumulated_effect(lambda x: 3.0 * x[:, 0], rows, 0, bins=2)
    >>> found.at.tolist(), found.effect.round(1).tolist(), found.n.tolist()
    ([0.01, 0.5, 0.99], [-1.5, 0.0, 1.5], [51, 50])
    """
    known = features[~np.isnan(features[:, column])]
    missing = 1.0 - len(known) / max(len(features), 1)
    levels = np.linspace(TAIL, 1.0 - TAIL, bins + 1)
    values = known[:, column]
    at = np.unique(np.quantile(values, levels, method="inverted_cdf")) if len(values) else np.empty(0)
    if len(at) < 2:
        return Effect(at, np.zeros(len(at)), np.empty(0, np.int64), missing)
    bin_of = np.clip(np.searchsorted(at, values, side="left") - 1, 0, len(at) - 2)
    change = _at(score, known, column, at[bin_of + 1]) - _at(score, known, column, at[bin_of])
    n = np.bincount(bin_of, minlength=len(at) - 1)
    step = np.bincount(bin_of, change, len(at) - 1) / np.maximum(n, 1)
    effect = np.concatenate(([0.0], np.cumsum(step)))
    middle = (effect[:-1] + effect[1:]) / 2.0
    return Effect(at, effect - np.average(middle, weights=n), n.astype(np.int64), missing)


def _at(score: Score, rows: Float, column: int, value: Float) -> Float:
    """Return the score of rows whose column is set to `value`."""
    moved = rows.copy()
    moved[:, column] = value
    return score(moved)
