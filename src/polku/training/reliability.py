"""Whether predicted probabilities come true: calibration over bins of equal mass."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

Float = NDArray[np.float64]
BINS: Final = 15


def ece(y_true: Float, y_prob: Float, bins: int = BINS) -> float:
    """Return the expected calibration error over bins of equal mass (Naeini et al. 2015; Nixon et al. 2019).

    Responses are sorted by prediction and cut into `bins` runs of equal size (never within a tie group,
    so that equal predictions share a bin); the mean absolute gap between mean score and mean prediction, by size.

    Examples
    --------
    >>> round(ece(np.array([1.0, 0.0, 1.0, 1.0]), np.full(4, 0.75)), 6)
    0.0
    """
    order, bin_of = equal_mass(y_prob, bins)
    gap = np.bincount(bin_of, y_true[order] - y_prob[order])
    return float(np.abs(gap).sum() / len(y_true))


def calibration_table(y_true: Float, y_prob: Float, bins: int = BINS) -> list[dict[str, float]]:
    """Return n, mean prediction and mean score of each equal-mass bin, for a calibration figure.

    Examples
    --------
    >>> calibration_table(np.array([0.0, 1.0]), np.array([0.25, 0.75]), bins=1)
    [{'n': 2.0, 'predicted': 0.5, 'observed': 0.5}]
    """
    order, bin_of = equal_mass(y_prob, bins)
    n = np.bincount(bin_of)
    kept = n > 0
    predicted = np.bincount(bin_of, y_prob[order])[kept] / n[kept]
    observed = np.bincount(bin_of, y_true[order])[kept] / n[kept]
    return [
        {"n": float(count), "predicted": float(p), "observed": float(o)}
        for count, p, o in zip(n[kept], predicted, observed, strict=True)
    ]


def equal_mass(y_prob: Float, bins: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the sorting order and, for each sorted place, its bin; equal predictions share a bin.

    Parameters
    ----------
    y_prob : float64[n]
        Predictions.
    bins : int
        Number of bins of equal mass.

    Returns
    -------
    order, bin_of : int[n]
    """
    order = np.argsort(y_prob, kind="stable")
    place = np.arange(len(order)) * bins // max(len(order), 1)
    ordered = y_prob[order]
    first_of_tie = np.searchsorted(ordered, ordered, side="left")
    return order, place[first_of_tie]
