"""ROC curves of groups, as found, in bootstrap samples, and in worlds where scores keep what they promise.

Scores lie in at most 200 bins, the same for everybody; a curve is straight within a bin. A bootstrap sample draws
learners or schools (parcels of them) so and so many times. For a world without unlike treatment the answers of a group
are put where its scores promise them, by their one meaning for everybody, and moved by the same draws: what every
parcel's answers lie off their promise, taken so and so many times less one, which has mean zero and keeps the likeness
of a learner's answers (a wild bootstrap; Mammen 1993).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.special import expit

from polku.fairness.arrays import Bools, Floats, Ints, totals
from polku.fairness.expected import Expectation
from polku.fairness.resample import times
from polku.fairness.sample import Sample

BINS = 200
DRAWS = 299
_NOTHING = 1e-9
"""Weight that is left of nothing when fractions are taken away from their sum."""
GRID = np.linspace(0, 1, 201)
"""Shares of wrong answers expected to be correct at which curves are read."""


@dataclass(frozen=True, eq=False)
class Sums:
    """Weight of all and of correct answers by bin of the score, as found and as drawn.

    Parameters
    ----------
    correct, weight : ndarray of float64, shape (bins,)
        As found.
    drawn_correct, drawn_weight : ndarray of float64, shape (draws, bins)
        In each bootstrap sample.
    """

    correct: Floats
    weight: Floats
    drawn_correct: Floats
    drawn_weight: Floats

    def __sub__(self, other: Sums) -> Sums:
        """Return what is left when the learners of `other` are taken away."""
        return Sums(
            self.correct - other.correct,
            self.weight - other.weight,
            self.drawn_correct - other.drawn_correct,
            self.drawn_weight - other.drawn_weight,
        )

    @property
    def found(self) -> Floats:
        """Return the curve, shape (201,); NaN where all answers are of one kind."""
        curve: Floats = on_grid(self.correct[None], (self.weight - self.correct)[None])[0]
        return curve

    @property
    def drawn(self) -> Floats:
        """Return the curve in each bootstrap sample, shape (draws, 201)."""
        return on_grid(self.drawn_correct, self.drawn_weight - self.drawn_correct)

    def promised(self, meaning: Floats) -> Floats:
        """Return the curve where scores mean the same for everybody and chance moves it, shape (draws, 201).

        Parameters
        ----------
        meaning : ndarray of float64, shape (bins,)
            Share of correct answers that a score stands for.
        """
        moved = (self.drawn_correct - self.correct) - meaning * (self.drawn_weight - self.weight)
        correct = meaning * self.weight + moved
        return on_grid(correct, self.weight - correct)


@dataclass(frozen=True, eq=False)
class Rocs:
    """Everybody's answers in bins of the score, ready to be summed over any group.

    Parameters
    ----------
    sample : Sample
        The predictions.
    expectation : Expectation
        Knows what scores mean over everybody.
    times : ndarray of float64, shape (draws, n_parcels)
        How often each parcel enters each bootstrap sample.
    """

    sample: Sample
    expectation: Expectation
    times: Floats

    @classmethod
    def of(cls, expectation: Expectation, rng: np.random.Generator) -> Rocs:
        """Draw the bootstrap samples."""
        sample = expectation.sample
        return cls(sample, expectation, times(rng, (DRAWS, int(sample.parcel.max()) + 1)))

    def sums(self, members: Bools) -> Sums:
        """Sum over the learners of a group."""
        rows = np.flatnonzero(members[self.sample.learner])
        place = self.sample.parcel[self.sample.learner[rows]] * self._bins + self._bin[rows]
        weight = self.sample.w[rows]
        size = self.times.shape[1] * self._bins
        correct, everything = (
            totals(place, values, size).reshape(-1, self._bins) for values in (weight * self.sample.y[rows], weight)
        )
        return Sums(correct.sum(axis=0), everything.sum(axis=0), self.times @ correct, self.times @ everything)

    def sums_of(self, members: Mapping[str, Bools]) -> dict[str, Sums]:
        """Sum over each group of an attribute; the last of them has what the others leave."""
        *others, last = members
        found = {group: self.sums(members[group]) for group in others}
        left = self.everybody
        for own in found.values():
            left = left - own
        return {**found, last: left}

    @cached_property
    def everybody(self) -> Sums:
        """Return the sums over all learners."""
        return self.sums(np.ones(len(self.sample.learners), dtype=bool))

    @cached_property
    def meaning(self) -> Floats:
        """Return the share of correct answers that each bin of the score stands for, over everybody."""
        intercept, slope = self.expectation.meaning
        likely = self.sample.w * expit(intercept + slope * self.expectation.scores)
        return totals(self._bin, likely, self._bins) / totals(self._bin, self.sample.w, self._bins)

    @cached_property
    def _bin(self) -> Ints:
        """Return each row's bin: equal weight a bin, equal scores in one bin, none of them empty."""
        ties = totals(self.sample.tie, self.sample.w)
        middle = (np.cumsum(ties) - 0.5 * ties) / ties.sum()
        crude = np.arange(len(ties)) if len(ties) <= BINS else (middle * BINS).astype(np.int64)
        return np.unique(crude[self.sample.tie], return_inverse=True)[1].astype(np.int64)

    @property
    def _bins(self) -> int:
        return int(self._bin[-1]) + 1


def on_grid(correct: Floats, wrong: Floats) -> Floats:
    """Return ROC curves, read at the points of :data:`GRID`.

    Parameters
    ----------
    correct, wrong : ndarray of float64, shape (k, bins)
        Weight of correct and wrong answers, bins in order of score.

    Returns
    -------
    ndarray of float64, shape (k, 201)
        NaN where there are no correct or no wrong answers.

    Examples
    --------
    >>> on_grid(np.array([[0.0, 1.0]]), np.array([[1.0, 0.0]]))[0, [0, 100]].tolist()
    [1.0, 1.0]
    """
    true, false = (_reached(mass) for mass in (correct, wrong))
    curves = [
        np.interp(GRID, x, y) if np.isfinite(x).all() and np.isfinite(y).all() else np.full(len(GRID), np.nan)
        for x, y in zip(false, true, strict=True)
    ]
    return np.stack(curves)


def area_between(one: Floats, other: Floats) -> Floats:
    """Return the area between curves on :data:`GRID` (ABROCA; Gardner, Brooks & Baker 2019).

    Examples
    --------
    >>> float(area_between(np.ones(201), GRID))
    0.5
    """
    return np.asarray(np.trapezoid(np.abs(one - other), GRID, axis=-1), dtype=np.float64)


def _reached(mass: Floats) -> Floats:
    """Return the share of each row's mass at or above every score, from none to all, never falling."""
    total = mass.sum(axis=1, keepdims=True)
    share = np.divide(np.cumsum(mass[:, ::-1], axis=1), total, out=np.full(mass.shape, np.nan), where=total > _NOTHING)
    rising = np.maximum.accumulate(np.clip(share, 0, 1), axis=1)
    return np.concatenate([np.zeros((len(mass), 1)), rising], axis=1)
