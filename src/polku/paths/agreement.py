"""Do a model's estimates agree with the learner's own answers? Where all of them are off one way, that is taken off.

A model made for another school may find every answer of this one a little too good or too bad. One number for each
learner, in log-odds, sets estimates and answers even: recalibration in the large (Cox 1958) with a normal prior, so
that few answers hardly move it. What the model says of one skill beside another stays as it is.
"""

from __future__ import annotations

import numpy as np

from polku.paths.terrain import Numbers

SWEEPS = 8
"""Newton's steps at most: the equation is smooth and has one root."""
SETTLED = 1e-12
"""Log-odds below which a step is none."""
MEMORY = 12
"""Latest answers on a skill that an estimate remembers at most: :mod:`polku.profiles.evidence`."""
EDGE = 1e-6
"""Nothing is taken for certain."""


def agreed(p: Numbers, right: Numbers, answers: Numbers, spread: float) -> Numbers:
    """Return the estimates with what is off for this learner taken off; NaN stays.

    Parameters
    ----------
    p : float64 array, shape (n,)
        A model's estimates of success.
    right : float64 array, shape (n,)
        Share of the latest answers that were right, NaN where unknown: such skills say nothing here.
    answers : float64 array, shape (n,)
        How many latest answers that is.
    spread : float
        How far off a model is expected to be for one learner, in log-odds (one standard deviation); 0 trusts it wholly.

    Examples
    --------
    >>> strict, nine_of_ten = np.array([0.4, 0.6]), np.array([0.9, 0.9])
    >>> agreed(strict, nine_of_ten, np.array([10.0, 10.0]), spread=1.0).round(2)
    array([0.76, 0.88])
    >>> agreed(strict, nine_of_ten, np.array([0.0, 0.0]), spread=1.0).round(2)
    array([0.4, 0.6])
    """
    told = ~np.isnan(p) & ~np.isnan(right) & (answers > 0)
    if spread <= 0.0 or not told.any():
        return p
    odds = np.log(np.clip(p, EDGE, 1.0 - EDGE)) - np.log1p(-np.clip(p, EDGE, 1.0 - EDGE))
    seen, number, own, off = right[told], answers[told], odds[told], 0.0
    for _ in range(SWEEPS):
        said = 1.0 / (1.0 + np.exp(-own - off))
        slope = (number * (seen - said)).sum() - off / spread**2
        step = slope / ((number * said * (1.0 - said)).sum() + 1.0 / spread**2)
        off += step
        if abs(step) < SETTLED:
            break
    moved: Numbers = 1.0 / (1.0 + np.exp(-odds - off))
    return moved
