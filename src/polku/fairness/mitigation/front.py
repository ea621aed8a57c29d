"""Which experiments nobody betters in accuracy and gap at once."""

from __future__ import annotations

import numpy as np

from polku.fairness.arrays import Bools, Floats


def pareto(costs: Floats) -> Bools:
    """Return which rows no other row betters: none is at most as large in every column and smaller in one.

    Parameters
    ----------
    costs : ndarray of float64, shape (n, k)
        Smaller is better; a row with a NaN stands outside.

    Returns
    -------
    ndarray of bool, shape (n,)

    Examples
    --------
    >>> pareto(np.array([[0.50, 0.08], [0.51, 0.02], [0.52, 0.05]])).tolist()
    [True, True, False]
    """
    one, other = costs[:, None, :], costs[None, :, :]
    no_larger, smaller = np.all(other <= one, axis=2), np.any(other < one, axis=2)
    bettered = np.any(no_larger & smaller, axis=1)
    return np.asarray(~bettered & np.isfinite(costs).all(axis=1), dtype=np.bool_)
