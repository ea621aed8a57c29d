"""What is known of a cell before it is judged."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from polku.fairness.arrays import Floats
from polku.fairness.population import Size

EVERYONE = "all"
"""Attribute and group of what is about all learners."""
NEVER_NEGATIVE = frozenset({"abroca"})
"""Metrics that are a distance from the others: their gap is the distance itself."""
POWER = 0.8
"""A gap of the minimum detectable effect is noticed with this probability."""

Interval = tuple[float, float]


@dataclass(frozen=True, eq=False)
class Evidence:
    """One metric of one group against the rest; NaN where something cannot be estimated or was not tested.

    Parameters
    ----------
    attribute, group, metric : str
        What is compared.
    size : Size
        What it rests on.
    lacking : str
        What is too small for a verdict, in words; empty when nothing is.
    estimate, rest, gap, error : float
        The metric on both sides, their gap and its standard error.
    explained : float
        Part of the gap that is there without any difference in treatment.
    unexplained_error : float
        Standard error of what is left of the gap.
    spread : float
        Standard error of `estimate`.
    influence : ndarray of float64, shape (n_parcels,)
        Influence values of the gap by parcel of resampled units.
    critical : float
        Standard errors on either side of `gap` in its interval.
    p : float
        P-value of the metric, corrected for the groups of its attribute.
    anything : float
        P-value of the attribute: whether anything goes by its groups.
    pooled : float
        `estimate` drawn towards those of the attribute's other groups by its own uncertainty.
    """

    attribute: str
    group: str
    metric: str
    size: Size
    lacking: str
    estimate: float
    rest: float
    gap: float
    error: float
    explained: float
    unexplained_error: float
    spread: float
    influence: Floats
    critical: float = np.nan
    p: float = np.nan
    anything: float = np.nan
    pooled: float = np.nan

    @property
    def testable(self) -> bool:
        """Return whether there is enough for a verdict."""
        return not self.lacking and bool(np.isfinite(self.gap))

    @property
    def unexplained(self) -> float:
        """Return what is left of the gap when its explained part is taken off."""
        return self.gap - self.explained

    @property
    def interval(self) -> Interval:
        """Return the interval of the gap."""
        half = self.critical * self.error
        low = self.gap - half
        return max(low, 0.0) if self.metric in NEVER_NEGATIVE else low, self.gap + half

    @property
    def unexplained_interval(self) -> Interval:
        """Return the interval of what is left of the gap."""
        half = self.critical * self.unexplained_error
        return self.unexplained - half, self.unexplained + half

    @property
    def mde(self) -> float:
        """Return the least gap that would be noticed with a probability of 0.8 at this size."""
        return (self.critical + float(ndtri(POWER))) * self.error
