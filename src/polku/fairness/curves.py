"""The curves of an audit: reliability and ROC of everybody and of each group, as they may be shown.

A point of a curve is a cell: it rests on at least as many learners as a cell that leaves the enclave, and where too few
stand behind a group's point, the next smallest group's in the same bin is left out with it, as in the table of cells.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.stats import norm

from polku.fairness.arrays import Bools, Floats, Ints, totals
from polku.fairness.curve import Curve, Shape
from polku.fairness.disclosure import suppressed_groups
from polku.fairness.ece import equal_mass
from polku.fairness.roc import GRID, Sums
from polku.fairness.sample import Sample

RELIABILITY_BINS = 10
_EACH = 4
"""Of the 201 points at which ROC curves are read, every fourth is shown: 51."""
_HALF = float(norm.ppf(0.975))


@dataclass(frozen=True, eq=False)
class Reliability:
    """Answers in bins of equal weight of everybody's scores, none across the threshold.

    Parameters
    ----------
    sample : Sample
        The predictions.
    threshold : float
        Parts the bins, so that each lies on one side of it.
    """

    sample: Sample
    threshold: float

    def learners(self, members: Bools) -> Ints:
        """Return how many of the learners have an answer in each bin, shape (bins,)."""
        return np.asarray(self._present[members].sum(axis=0), dtype=np.int64)

    def points(self, members: Bools) -> tuple[Floats, Floats, Floats]:
        """Return mean prediction, share of correct answers and its standard error by bin, each of shape (bins,)."""
        rows = np.flatnonzero(members[self.sample.learner])
        place, weight = self.bin[rows], self.sample.w[rows]
        parcel = self.sample.parcel[self.sample.learner[rows]]
        mass, predicted = (totals(place, values, self.bins) for values in (weight, weight * self.sample.p[rows]))
        total = np.where(mass > 0, mass, np.nan)
        share = totals(place, weight * self.sample.y[rows], self.bins) / total
        parcels = int(self.sample.parcel.max()) + 1
        left = totals(parcel * self.bins + place, weight * (self.sample.y[rows] - share[place]), parcels * self.bins)
        error = np.sqrt((left.reshape(parcels, -1) ** 2).sum(axis=0)) / total
        return predicted / total, share, error

    @cached_property
    def bin(self) -> Ints:
        """Return each row's bin: on either side of the threshold as many as its share of the weight asks for."""
        cut = int(np.searchsorted(self.sample.p, self.threshold))
        parts, begun = [], 0
        for side in (slice(None, cut), slice(cut, None)):
            weight = self.sample.w[side]
            if len(weight):
                bins = max(1, round(RELIABILITY_BINS * float(weight.sum() / self.sample.w.sum())))
                parts.append(begun + equal_mass(weight, self.sample.tie[side], bins))
                begun += bins
        return np.unique(np.concatenate(parts), return_inverse=True)[1].astype(np.int64)

    @property
    def bins(self) -> int:
        """Return how many there are."""
        return int(self.bin[-1]) + 1

    @cached_property
    def _present(self) -> Bools:
        found = np.zeros((len(self.sample.learners), self.bins), dtype=bool)
        found[self.sample.learner, self.bin] = True
        return found


def reliability_curves(
    reliability: Reliability, attribute: str, members: Mapping[str, Bools], k: int
) -> Iterator[Curve]:
    """Yield the reliability curve of each group of an attribute.

    Parameters
    ----------
    reliability : Reliability
        Everybody's answers.
    attribute : str
        Its name.
    members : mapping of str to ndarray of bool, shape (n_learners,)
        The learners of each group.
    k : int
        Least number of learners behind a point; points that others would give back are left out as well.
    """
    counts = {group: reliability.learners(inside) for group, inside in members.items()}
    shown = _shown(counts, k)
    for group, inside in members.items():
        keep = shown[group]
        if keep.any():
            x, y, error = (values[keep] for values in reliability.points(inside))
            n = counts[group][keep]
            half = _HALF * np.where(error > 0, error, 0.5 / n)  # that all of 20 were right does not show that all will
            yield _curve((attribute, group, "reliability"), x, y, (y - half, y + half), n)


def roc_curves(
    sample: Sample, attribute: str, members: Mapping[str, Bools], sums: Mapping[str, Sums], k: int
) -> Iterator[Curve]:
    """Yield the ROC curve of each group of an attribute, at 51 shares of wrong answers.

    Parameters
    ----------
    sample : Sample
        The predictions.
    attribute : str
        Its name.
    members, sums : mapping of str to ndarray of bool, shape (n_learners,), and of str to Sums
        The learners of each group, and their answers.
    k : int
        Least number of learners with a correct answer, and with a wrong one.
    """
    kinds = sample.per_learner(sample.w * sample.y) > 0, sample.per_learner(sample.w * (1 - sample.y)) > 0
    counts = {
        group: np.array([min(int((inside & kind).sum()) for kind in kinds)], dtype=np.int64)
        for group, inside in members.items()
    }
    shown = _shown(counts, k)
    for group in members:
        if shown[group].all() and np.isfinite(found := sums[group].found[::_EACH]).all():
            low, high = np.nanquantile(sums[group].drawn[:, ::_EACH], [0.025, 0.975], axis=0)
            yield _curve(
                (attribute, group, "roc"), GRID[::_EACH], found, (low, high), np.repeat(counts[group], len(found))
            )


def _shown(counts: Mapping[str, Ints], k: int) -> dict[str, Bools]:
    """Return which points of each group are shown; each point is a table over the groups."""
    bins = len(next(iter(counts.values())))
    hidden = [suppressed_groups({group: int(n[place]) for group, n in counts.items()}, k) for place in range(bins)]
    return {group: np.array([group not in table for table in hidden], dtype=bool) for group in counts}


def _curve(key: tuple[str, str, Shape], x: Floats, y: Floats, band: tuple[Floats, Floats], n: Ints) -> Curve:
    """Round a curve to four decimals; what lies outside 0 to 1 is put on the edge."""
    low, high = np.minimum(band[0], y), np.maximum(band[1], y)
    xs, ys, lows, highs = (tuple(np.round(np.clip(line, 0, 1), 4).tolist()) for line in (x, y, low, high))
    return Curve(*key, xs, ys, lows, highs, tuple(n.tolist()))
