"""Learners with predictions, as the audit compares them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from scipy.stats import rankdata

from polku.fairness.arrays import Bools, Floats, Ints, Texts, totals
from polku.fairness.disaggregate import Contrast, contrast
from polku.fairness.expected import EXPLAINED, Expectation, Expected, unknown
from polku.fairness.measures import Measure
from polku.fairness.population import Size
from polku.fairness.questions import QUESTIONS, Asked, Residuals
from polku.fairness.sample import Sample
from polku.fairness.sides import nested
from polku.schemas.slices import MISSING

_UNITS_A_STRATUM = 50
_STRATA = 20
_MOST = 0.5
"""The share of learners with a known school from which on schools are looked at."""


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

    def confounded(self, labels: Texts, group: str) -> str:
        """Say so where schools are few and each is of one group: their own ways cannot be told from the group's.

        Labels of so few schools have too few permutations, and those of their learners are no draws of chance.
        Learners without a value do not make a school one of several groups.
        """
        school = self.sample.few_schools
        if school is None or np.mean(school >= 0) < _MOST:
            return ""
        known = (school >= 0) & ((labels != MISSING) | (labels == group))
        of_one = known.any() and nested(labels[known] == group, pd.factorize(school[known])[0]) is not None
        return "too few schools, each of one group" if of_one else ""

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
