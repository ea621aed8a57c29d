"""Takes metrics apart by group, each group against all the other learners."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from polku.fairness.arrays import Bools, Floats
from polku.fairness.measures import Measure, Measured


@dataclass(frozen=True, eq=False)
class Contrast:
    """One metric in one group and in the rest.

    Parameters
    ----------
    group, rest : Measured
        The metric over learners inside and outside. `rest` is NaN when everybody is inside.
    scale : {"difference", "ratio"}
        How the two are set against each other.
    """

    group: Measured
    rest: Measured
    scale: str = "difference"

    @property
    def gap(self) -> float:
        """Return group minus rest, or group over rest minus one; NaN where either cannot be estimated."""
        difference = self.group.estimate - self.rest.estimate
        return difference / self._divisor if self._divisor else _ratio_to_zero(difference)

    @property
    def influence(self) -> Floats:
        """Return the influence values of :attr:`gap`, shape (n_learners,)."""
        if self.scale == "difference" or not self._divisor:
            return self.group.influence - self.rest.influence
        share = self.group.estimate / self.rest.estimate
        return np.asarray((self.group.influence - share * self.rest.influence) / self.rest.estimate)

    @property
    def turned(self) -> Contrast:
        """Return the contrast as the rest sees it."""
        return Contrast(self.rest, self.group, self.scale)

    @property
    def _divisor(self) -> float:
        return 1.0 if self.scale == "difference" else self.rest.estimate


def contrast(measures: Mapping[str, Measure], members: Bools, scales: Mapping[str, str]) -> dict[str, Contrast]:
    """Measure a group and the rest.

    Parameters
    ----------
    measures : mapping of str to Measure
        Metrics by name.
    members : ndarray of bool, shape (n_learners,)
        Who belongs to the group.
    scales : mapping of str to str
        "difference" or "ratio", by metric.

    Returns
    -------
    dict of str to Contrast
    """
    inside, outside = np.flatnonzero(members), np.flatnonzero(~members)
    nobody = Measured(np.nan, np.zeros(len(members)))
    return {
        name: Contrast(
            measure.over(inside) if len(inside) else nobody,
            measure.over(outside) if len(outside) else nobody,
            scales[name],
        )
        for name, measure in measures.items()
    }


def overall(measures: Mapping[str, Measure], n_learners: int) -> dict[str, float]:
    """Return every metric over all learners."""
    return {name: measure.over(np.arange(n_learners)).estimate for name, measure in measures.items()}


def _ratio_to_zero(difference: float) -> float:
    return 0.0 if difference == 0 else float("nan")
