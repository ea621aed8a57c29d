"""Compares means of a group and of the others where both have the same mastery."""

from __future__ import annotations

import numpy as np

from polku.fairness.arrays import Bools, Floats, Ints
from polku.fairness.disaggregate import Contrast
from polku.fairness.measures import Measured


def standardised(values: Floats, stratum: Ints, members: Bools, scale: str) -> Contrast:
    """Compare a group's mean with that of the rest in the same strata (direct standardisation).

    Learners of the group in strata without anyone else are left out, since nobody compares to them.

    Parameters
    ----------
    values : ndarray of float64, shape (n_learners,)
        NaN where the metric does not apply.
    stratum : ndarray of int64, shape (n_learners,)
        Stratum of each learner.
    members : ndarray of bool, shape (n_learners,)
        The group.
    scale : {"difference", "ratio"}
        Scale of the gap.

    Returns
    -------
    Contrast
        Influence values follow the stratified mean, the group's share of each stratum being random too.

    Examples
    --------
    >>> values, stratum = np.array([1.0, 0, 0, 1, 0, 0]), np.array([0, 0, 1, 0, 1, 1])
    >>> found = standardised(values, stratum, np.array([True, True, True, False, False, False]), "difference")
    >>> round(found.rest.estimate, 3)
    0.667
    """
    applies = np.isfinite(values)
    value = np.nan_to_num(values)
    here, there = members & applies, ~members & applies
    n_strata = int(stratum.max()) + 1
    others = np.bincount(stratum[there], minlength=n_strata).astype(np.float64)
    here &= others[stratum] > 0
    own = np.bincount(stratum[here], minlength=n_strata).astype(np.float64)
    nothing = Measured(np.nan, np.zeros(len(value)))
    if not here.any():
        return Contrast(nothing, nothing, scale)
    share = own / own.sum()
    other_means = np.bincount(stratum[there], value[there], n_strata) / np.maximum(others, 1)
    group, rest = value[here].mean(), float(share @ other_means)
    of_group, of_rest = np.zeros(len(value)), np.zeros(len(value))
    of_group[here] = (value[here] - group) / here.sum()
    of_rest[here] = (other_means[stratum[here]] - rest) / here.sum()
    places = stratum[there]
    of_rest[there] = (share / np.maximum(others, 1))[places] * (value[there] - other_means[places])
    return Contrast(Measured(float(group), of_group), Measured(rest, of_rest), scale)
