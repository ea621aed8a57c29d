"""Names for the kinds of array that go through the room."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Texts = NDArray[np.object_]


def totals(place: Ints, values: Floats, length: int = 0) -> Floats:
    """Return the sum of `values` at each place.

    Parameters
    ----------
    place : ndarray of int64, shape (n,)
        Where each value belongs, from 0 on.
    values : ndarray of float64, shape (n,)
        What is summed.
    length : int
        Least length of the result.

    Returns
    -------
    ndarray of float64, shape (max(length, highest place + 1),)

    Examples
    --------
    >>> totals(np.array([0, 2, 0]), np.array([1.0, 5.0, 2.0])).tolist()
    [3.0, 0.0, 5.0]
    """
    return np.asarray(np.bincount(place, weights=values, minlength=length), dtype=np.float64)
