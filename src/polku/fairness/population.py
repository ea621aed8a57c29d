"""What is compared: learners with predictions, or learners with paths. Both answer the same questions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, Protocol

from polku.fairness.arrays import Bools, Ints, Texts
from polku.fairness.disaggregate import Contrast
from polku.fairness.expected import Expected
from polku.fairness.measures import Measure
from polku.fairness.questions import Asked


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

    def confounded(self, labels: Texts, group: str) -> str:
        """Say why nobody could tell a group from what its few schools do; empty where that can be told."""

    def contrasts(self, members: Bools) -> dict[str, Contrast]:
        """Return every metric among `members` against the rest."""

    def expected(self, members: Bools, *, tested: bool) -> dict[str, Expected]:
        """Return the explained part of gaps, for the metrics that have one; unknown where nothing is `tested`."""

    def size(self, metric: str, members: Bools) -> Size:
        """Return what a metric rests on among `members`."""
