"""Chance, by resampling learners or whole schools, never rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import poisson

from polku.fairness.arrays import Bools, Floats, Ints, totals

_CHUNK_CELLS = 4_000_000
_TINY = 1e-300
_TIMES = poisson.ppf((np.arange(2**16 - 1) + 0.5) / (2**16 - 1), 1.0)
"""How often a unit enters a bootstrap sample: quantiles of the Poisson law, to be drawn from evenly."""


def by_unit(influence: Floats, unit: Ints) -> Floats:
    """Sum influence values over each resampled unit: (n_learners,) to (n_units,)."""
    return totals(unit, influence)


def standard_error(influence: Floats, inside: Bools | None) -> float:
    """Return the standard error of a gap from its influence values by unit.

    Parameters
    ----------
    influence : ndarray of float64, shape (n_units,)
        Sums to zero over the group's units and over the others.
    inside : ndarray of bool, shape (n_units,), or None
        The group's units; None where a unit holds learners of both sides, as a school may.

    Returns
    -------
    float
        A side in which nothing varies gets the error of half a unit: that none of 100 learners failed does not
        show that none will.
    """
    sides = [np.ones(len(influence), dtype=bool)] if inside is None else [inside, ~inside]
    squares = [(influence[side] ** 2).sum() for side in sides]
    sizes = [side.sum() for side in sides]
    parts = [
        square * n / (n - 1) if n > 1 and square > 1e-18 else (0.5 / max(n, 1)) ** 2
        for square, n in zip(squares, sizes, strict=True)
    ]
    return float(np.sqrt(sum(parts)))


def bootstrap_t(influence: Floats, draws: int, rng: np.random.Generator) -> Floats:
    """Return absolute studentised gaps in bootstrap samples of a world without gaps.

    A Poisson bootstrap of units on the linearised gaps (Hall 1992, bootstrap-t): every unit enters a sample so and so
    many times, and each sample brings its own standard error, which is what makes small and skewed groups honest.

    Parameters
    ----------
    influence : ndarray of float64, shape (n_units, k)
        Influence values by unit.
    draws : int
        Number of bootstrap samples.
    rng : Generator
        Source of the draws.

    Returns
    -------
    ndarray of float64, shape (draws, k)
    """
    units = len(influence)
    both = np.concatenate([influence, influence**2], axis=1)
    parts = []
    for size in _chunks(draws, units):
        sums = times(rng, (size, units)) @ both
        moved, squares = np.split(sums, 2, axis=1)
        variance = squares - moved**2 / units
        parts.append(np.abs(moved) / np.sqrt(np.maximum(variance, _TINY)))
    return np.concatenate(parts)


@dataclass(frozen=True, eq=False)
class Labelled:
    """Units with a label each, and what they add to every statistic: what is permuted.

    Parameters
    ----------
    own : ndarray of float64, shape (n_units, n_groups, n_questions)
        What a unit adds when its label is the group's.
    codes : ndarray of int64, shape (n_units,)
        Group of each unit.
    stratum : ndarray of int64, shape (n_units,)
        Labels are permuted within strata.
    """

    own: Floats
    codes: Ints
    stratum: Ints

    def permuted(self, draws: int, rng: np.random.Generator) -> Floats:
        """Return studentised sums with labels permuted within strata, shape (draws, n_groups, n_questions).

        The studentised statistic stays valid when groups differ in more than what is tested (Chung & Romano 2013).
        """
        _, n_groups, n_questions = self.own.shape
        share = self._shares()[self.stratum].T[:, :, None]
        own = self.own.swapaxes(0, 1)
        columns = np.concatenate([own, (1 - 2 * share) * own**2], axis=2)
        middle, constant = (share * own).sum(axis=1), ((share * own) ** 2).sum(axis=1)
        drawn = np.empty((draws, n_groups, n_questions))
        done = 0
        for labels in _permutations(self.codes, self.stratum, draws, rng):
            for group in range(n_groups):
                moved, squares = np.split((labels == group).astype(np.float64) @ columns[group], 2, axis=1)
                error = np.sqrt(np.maximum(squares + constant[group], _TINY))
                drawn[done : done + len(labels), group] = (moved - middle[group]) / error
            done += len(labels)
        return drawn

    def thinned(self, most: int, rng: np.random.Generator) -> Labelled:
        """Return at most so many units of each group, drawn at random.

        Studentised sums over more units than that follow the same law; drawing it takes less.
        """
        order = rng.permutation(len(self.codes))
        ranked = order[np.argsort(self.codes[order], kind="stable")]
        starts = np.searchsorted(self.codes[ranked], np.arange(self.own.shape[1]))
        place = np.arange(len(ranked)) - starts[self.codes[ranked]]
        kept = np.sort(ranked[place < most])
        return Labelled(self.own[kept], self.codes[kept], self.stratum[kept])

    def _shares(self) -> Floats:
        """Return each group's share of every stratum, shape (n_strata, n_groups)."""
        strata, n_groups = int(self.stratum.max()) + 1, self.own.shape[1]
        counts = np.bincount(self.stratum * n_groups + self.codes, minlength=strata * n_groups).reshape(strata, -1)
        return np.asarray(counts / np.maximum(counts.sum(axis=1, keepdims=True), 1), dtype=np.float64)


def studentised(moved: Floats) -> Floats:
    """Return sums over their standard errors, from what each unit adds: (n_units, ...) to (...)."""
    return np.asarray(moved.sum(axis=0) / np.sqrt(np.maximum((moved**2).sum(axis=0), _TINY)))


def flipped(moved: Floats, draws: int, rng: np.random.Generator) -> Floats:
    """Return studentised sums with the sign of every unit's part drawn at random.

    Where a unit, as a school, holds learners of several groups, there is no label to permute; under no difference a
    unit's part is as likely to lie on either side (Hemerik, Goeman & Finos 2020; Cameron, Gelbach & Miller 2008).

    Parameters
    ----------
    moved : ndarray of float64, shape (n_units, ...)
        What each unit adds.
    draws : int
        Number of draws.
    rng : Generator
        Source of the draws.

    Returns
    -------
    ndarray of float64, shape (draws, ...)
    """
    flat = moved.reshape(len(moved), -1)
    parts = [signs(rng, (size, len(flat))) @ flat for size in _chunks(draws, len(flat))]
    error = np.sqrt(np.maximum((flat**2).sum(axis=0), _TINY))
    return np.asarray((np.concatenate(parts) / error).reshape(draws, *moved.shape[1:]), dtype=np.float64)


def times(rng: np.random.Generator, shape: tuple[int, int]) -> Floats:
    """Draw how often each unit enters each sample of a Poisson bootstrap."""
    return np.asarray(_TIMES[rng.integers(0, len(_TIMES), size=shape, dtype=np.uint16)], dtype=np.float64)


def signs(rng: np.random.Generator, shape: tuple[int, int]) -> Floats:
    """Draw ones and minus ones."""
    return np.asarray(rng.integers(0, 2, size=shape, dtype=np.int8) * 2.0 - 1.0, dtype=np.float64)


def _permutations(codes: Ints, stratum: Ints, draws: int, rng: np.random.Generator) -> Iterator[NDArray[np.int16]]:
    """Yield labels permuted within strata, some permutations at a time."""
    order = np.argsort(stratum, kind="stable")
    ends = np.cumsum(np.bincount(stratum))
    small = codes[order].astype(np.int16)
    for size in _chunks(draws, len(codes)):
        labels = np.empty((size, len(codes)), dtype=np.int16)
        tiled = np.tile(small, (size, 1))
        for start, end in zip([0, *ends[:-1]], ends, strict=True):
            labels[:, order[start:end]] = rng.permuted(tiled[:, start:end], axis=1)
        yield labels


def _chunks(draws: int, units: int) -> Iterator[int]:
    size = max(1, _CHUNK_CELLS // max(units, 1))
    for start in range(0, draws, size):
        yield min(size, draws - start)
