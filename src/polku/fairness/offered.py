"""Learners with paths, as the audit compares them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from polku.fairness.arrays import Bools, Floats, Ints, Texts
from polku.fairness.disaggregate import Contrast, contrast
from polku.fairness.expected import Expected
from polku.fairness.measures import Measure, Ratio
from polku.fairness.population import Size
from polku.fairness.questions import Asked, of_values
from polku.fairness.sample import parcels
from polku.fairness.standardising import standardised
from polku.fairness.tables import PATH_COLUMNS, floats
from polku.schemas.gates import INVARIANTS, PATH_METRICS

_COLUMNS = dict(zip(PATH_METRICS, PATH_COLUMNS, strict=True))


@dataclass(frozen=True, eq=False)
class Offered:
    """Learners with paths, one row a learner.

    Parameters
    ----------
    learners : ndarray of str, shape (n_learners,)
        Sorted, distinct.
    values : mapping of str to ndarray, shape (n_learners,)
        Value of each metric; NaN where it does not apply to a learner.
    scales : mapping of str to str
        "difference" or "ratio", by metric.
    stratum : ndarray of int64, shape (n_learners,), or None
        Stratum of equal mastery. With it the rest is weighted to the group's strata.
    """

    learners: Texts
    values: Mapping[str, Floats]
    scales: Mapping[str, str]
    stratum: Ints | None

    counts_answers = False
    mirrors = False

    @classmethod
    def of(cls, frame: pd.DataFrame, scales: Mapping[str, str]) -> Offered:
        """Lay out a checked table of paths; the metrics are those with a scale and a column."""
        table = frame.sort_values("learner_id", kind="stable")
        columns = {name: column for name, column in _COLUMNS.items() if name in scales and column in table}
        values = {name: floats(table[column]) for name, column in columns.items()}
        named = table.get("mastery_stratum")
        stratum = None if named is None else pd.factorize(named.astype(str), sort=True)[0].astype(np.int64)
        return cls(np.asarray(table["learner_id"], dtype=object), values, scales, stratum)

    @property
    def parcel(self) -> Ints:
        """Return what influence values are kept by."""
        return parcels(self.unit)

    @property
    def strata(self) -> Ints:
        """Return strata of equal mastery; one for everybody where they are not known."""
        return np.zeros(len(self.learners), dtype=np.int64) if self.stratum is None else self.stratum

    @property
    def decided_by(self) -> Mapping[str, tuple[str, ...]]:
        """Return that each metric is asked for itself."""
        return {name: (name,) for name in self.values if name not in INVARIANTS}

    def asked(self, codes: Ints, n_groups: int) -> Asked:
        """Return what each learner adds to the gaps within strata."""
        values = {name: self.values[name] for name in self.decided_by}
        return of_values(values, self.strata, codes, n_groups)

    @cached_property
    def unit(self) -> Ints:
        """Return the learners themselves: a path is one learner's."""
        return np.arange(len(self.learners), dtype=np.int64)

    @cached_property
    def measures(self) -> Mapping[str, Measure]:
        """Return the mean of each metric over the learners it applies to."""
        return {
            name: Ratio(np.nan_to_num(values), np.isfinite(values).astype(np.float64))
            for name, values in self.values.items()
        }

    def confounded(self, labels: Texts, group: str) -> str:  # noqa: ARG002 - paths come without schools
        """Return nothing: a path is one learner's."""
        return ""

    def contrasts(self, members: Bools) -> dict[str, Contrast]:
        """Return every metric among `members` against the rest, at the group's mastery where strata are known."""
        if self.stratum is None:
            return contrast(self.measures, members, self.scales)
        invariants = {name: self.measures[name] for name in self.values if name in INVARIANTS}
        return contrast(invariants, members, self.scales) | {
            name: standardised(values, self.stratum, members, self.scales[name])
            for name, values in self.values.items()
            if name not in INVARIANTS
        }

    def expected(self, members: Bools, *, tested: bool) -> dict[str, Expected]:  # noqa: ARG002 - none is explained
        """Return nothing: unequal mastery is held fixed by strata instead."""
        return {}

    def size(self, metric: str, members: Bools) -> Size:
        """Return learners a metric applies to, and for how many it is above zero."""
        values = self.values[metric][members]
        n, above = int(np.isfinite(values).sum()), int((values > 0).sum())
        return Size(n, n, above, n - above)
