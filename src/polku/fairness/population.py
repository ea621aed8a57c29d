"""What is compared: learners with predictions, or learners with paths. Both answer the same questions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple, Protocol

import numpy as np
import pandas as pd
from scipy.stats import rankdata

from polku.fairness.arrays import Bools, Floats, Ints, Texts, totals
from polku.fairness.disaggregate import Contrast, contrast
from polku.fairness.expected import EXPLAINED, Expectation, Expected, unknown
from polku.fairness.measures import Measure, Measured, Ratio
from polku.fairness.questions import QUESTIONS, Asked, Residuals, of_values
from polku.fairness.sample import Sample, parcels
from polku.fairness.tables import PATH_COLUMNS, floats
from polku.schemas.gates import INVARIANTS, PATH_METRICS

_UNITS_A_STRATUM = 50
_STRATA = 20
_COLUMNS = dict(zip(PATH_METRICS, PATH_COLUMNS, strict=True))


class Size(NamedTuple):
    """How much a cell rests on: learners, responses, correct and wrong ones among them."""

    n: int
    responses: int
    positives: int
    negatives: int


class Population(Protocol):
    """Learners whose metrics are compared."""

    @property
    def learners(self) -> Texts:
        """Return the learners' ids, shape (n_learners,)."""

    @property
    def unit(self) -> Ints:
        """Return what is resampled as a whole, shape (n_learners,)."""

    @property
    def measures(self) -> Mapping[str, Measure]:
        """Return the metrics by name."""

    @property
    def parcel(self) -> Ints:
        """Return what influence values are kept by, shape (n_learners,): the unit, or a parcel of units."""

    @property
    def strata(self) -> Ints:
        """Return the stratum of mastery within which labels are permuted, shape (n_units,)."""

    @property
    def decided_by(self) -> Mapping[str, tuple[str, ...]]:
        """Return the questions that decide on each metric."""

    def asked(self, codes: Ints, n_groups: int) -> Asked:
        """Return what each learner adds to the answer to every question, by group."""

    @property
    def mirrors(self) -> bool:
        """Return whether of two groups each one's gap is the other's, turned round."""

    @property
    def counts_answers(self) -> bool:
        """Return whether a verdict also needs enough correct and wrong answers."""

    def contrasts(self, members: Bools) -> dict[str, Contrast]:
        """Return every metric among `members` against the rest."""

    def expected(self, members: Bools, *, tested: bool) -> dict[str, Expected]:
        """Return the explained part of gaps, for the metrics that have one; unknown where nothing is `tested`."""

    def size(self, metric: str, members: Bools) -> Size:
        """Return what a metric rests on among `members`."""


@dataclass(frozen=True, eq=False)
class Predicted:
    """Learners with predictions.

    Parameters
    ----------
    sample : Sample
        The predictions.
    measures : mapping of str to Measure
        Metrics by name.
    expectation : Expectation
        What scores that mean the same in every group would lead to.
    """

    sample: Sample
    measures: Mapping[str, Measure]
    expectation: Expectation

    counts_answers = True
    mirrors = True

    @property
    def learners(self) -> Texts:
        """Return the learners' ids."""
        return self.sample.learners

    @property
    def unit(self) -> Ints:
        """Return what is resampled as a whole."""
        return self.sample.unit

    @property
    def parcel(self) -> Ints:
        """Return what influence values are kept by."""
        return self.sample.parcel

    @cached_property
    def strata(self) -> Ints:
        """Return strata of the mean probability of a unit's rows."""
        unit = self.sample.unit[self.sample.learner]
        mean = totals(unit, self.sample.w * self.sample.p) / totals(unit, self.sample.w)
        count = int(np.clip(len(mean) // _UNITS_A_STRATUM, 1, _STRATA))
        return np.asarray(rankdata(mean, method="average") * count / (len(mean) + 1), dtype=np.int64)

    @property
    def decided_by(self) -> Mapping[str, tuple[str, ...]]:
        """Return the questions that decide on each metric."""
        return {name: QUESTIONS[name] for name in self.measures}

    def asked(self, codes: Ints, n_groups: int) -> Asked:
        """Return what each learner's residuals add."""
        names = tuple(dict.fromkeys(name for questions in self.decided_by.values() for name in questions))
        return self._residuals.asked(codes, n_groups, names)

    @cached_property
    def _residuals(self) -> Residuals:
        found = self.expectation
        return Residuals(self.sample, found.threshold, found.meaning, found.scores)

    def contrasts(self, members: Bools) -> dict[str, Contrast]:
        """Return every metric among `members` against the rest."""
        return contrast(self.measures, members, dict.fromkeys(self.measures, "difference"))

    def expected(self, members: Bools, *, tested: bool) -> dict[str, Expected]:
        """Return the explained part of the gaps in AUC and error rates; unknown where nothing is `tested`."""
        found = self.expectation.gaps(members) if tested else dict.fromkeys(EXPLAINED, unknown(len(members)))
        return {name: value for name, value in found.items() if name in self.measures}

    def size(self, metric: str, members: Bools) -> Size:  # noqa: ARG002 - every metric rests on the same rows
        """Return learners and answers among `members`."""
        responses, positives = (sums[members].sum() for sums in self._sums)
        return Size(int(members.sum()), round(responses), round(positives), round(responses - positives))

    @cached_property
    def _sums(self) -> tuple[Floats, Floats]:
        return self.sample.per_learner(np.ones(len(self.sample))), self.sample.per_learner(self.sample.y)


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
