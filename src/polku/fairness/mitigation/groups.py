"""The groups that a fit may even out: those of one attribute, the small ones together."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from polku.fairness.arrays import Ints, Texts

LEAST: Final = 30
"""Training learners from which a group stands alone. A rate of fewer moves by chance, and a fit would follow it."""


def joined(labels: Texts, least: int = LEAST) -> Ints:
    """Return a code for each learner's group; groups of few learners share one.

    Parameters
    ----------
    labels : ndarray of str, shape (n_learners,)
        Group of each learner, "missing" among them.
    least : int
        Learners from which a group has a code of its own.

    Returns
    -------
    ndarray of int64, shape (n_learners,)
        From 0 on, without gaps. Small groups that together are still too few go with the largest.

    Examples
    --------
    >>> joined(np.array(["a", "a", "a", "b", "c"], dtype=object), least=2).tolist()
    [0, 0, 0, 1, 1]
    >>> joined(np.array(["a", "a", "a", "b"], dtype=object), least=2).tolist()
    [0, 0, 0, 0]
    """
    code, names = pd.factorize(labels, sort=True)
    sizes = np.bincount(code, minlength=len(names))
    small = sizes < least
    home = np.arange(len(names))
    if small.any():
        home[small] = len(names) if sizes[small].sum() >= least else int(np.argmax(sizes))
    return np.unique(home[code], return_inverse=True)[1].astype(np.int64)
