"""Partial pooling: a small group's figure drawn towards those of the other groups, by how little is known of it.

Normal-normal shrinkage with the variance between groups by moments (Efron & Morris 1975; DerSimonian & Laird 1986).
It is shown beside the raw figure and never judged: a group that differs looks less different than it is.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from polku.fairness.arrays import Floats
from polku.fairness.evidence import Evidence


def with_pooled(cells: Iterable[Evidence]) -> list[Evidence]:
    """Give every cell its pooled estimate; NaN where it has no estimate or no error.

    Returns
    -------
    list of Evidence
        In the order given; groups of one attribute and metric are pooled with each other.
    """
    listed = list(cells)
    families: dict[tuple[str, str], list[int]] = {}
    for place, cell in enumerate(listed):
        families.setdefault((cell.attribute, cell.metric), []).append(place)
    for places in families.values():
        family = [listed[place] for place in places]
        found = pooled(np.array([cell.estimate for cell in family]), np.array([cell.spread for cell in family]))
        for place, value in zip(places, found, strict=True):
            listed[place] = replace(listed[place], pooled=float(value))
    return listed


def pooled(estimates: Floats, errors: Floats) -> Floats:
    """Return estimates shrunk towards their mean.

    Parameters
    ----------
    estimates, errors : ndarray of float64, shape (n_groups,)
        Figures and their standard errors; NaN where there are none.

    Returns
    -------
    ndarray of float64, shape (n_groups,)

    Examples
    --------
    >>> pooled(np.array([0.50, 0.60, 0.90]), np.array([0.02, 0.02, 0.20])).round(2).tolist()
    [0.5, 0.6, 0.61]
    """
    known = np.isfinite(estimates) & np.isfinite(errors) & (errors > 0)
    shrunk = np.full(len(estimates), np.nan)
    if not known.any():
        return shrunk
    value, precision = estimates[known], errors[known] ** -2.0
    mean = np.average(value, weights=precision)
    excess = (precision * (value - mean) ** 2).sum() - (len(value) - 1)
    scale = precision.sum() - (precision**2).sum() / precision.sum()
    between = max(0.0, excess / scale) if scale > 0 else 0.0
    centre = np.average(value, weights=1 / (between + 1 / precision))
    keep = between / (between + 1 / precision)
    shrunk[known] = centre + keep * (value - centre)
    return shrunk
