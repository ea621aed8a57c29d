"""Chance, by resampling learners or whole schools, never rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from polku.fairness.arrays import Bools, Floats, Ints, totals
from polku.fairness.measures import Measure

_CHUNK_CELLS = 4_000_000


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
        sums = rng.poisson(1.0, size=(size, units)).astype(np.float64) @ both
        moved, squares = np.split(sums, 2, axis=1)
        variance = squares - moved**2 / units
        parts.append(np.abs(moved) / np.sqrt(np.maximum(variance, 1e-300)))
    return np.concatenate(parts)


@dataclass(frozen=True, eq=False)
class Permuted:
    """A metric whose gaps are tested by permuting labels.

    Parameters
    ----------
    measure : Measure
        The metric.
    groups : sequence of int
        Codes of the groups tested.
    observed : ndarray of float64, shape (n_groups,)
        Their studentised gaps.
    """

    measure: Measure
    groups: Sequence[int]
    observed: Floats


def permutation_p(
    tests: Mapping[str, Permuted], codes: Ints, unit: Ints, draws: int, rng: np.random.Generator
) -> dict[str, Floats]:
    """Return p-values by permuting the group label over learners (or schools).

    The studentised gap stays valid when groups differ in everything but the gap (Chung & Romano 2013); its maximum over
    the groups corrects for their number (Westfall & Young 1993).

    Parameters
    ----------
    tests : mapping of str to Permuted
        Metrics; all are taken from the same permutations.
    codes : ndarray of int64, shape (n_units,)
        Group of each unit.
    unit : ndarray of int64, shape (n_learners,)
        Unit of each learner.
    draws : int
        Number of permutations.
    rng : Generator
        Source of the permutations.

    Returns
    -------
    dict of str to ndarray of float64, shape (n_groups,)
        P-values in the order of each test's groups.
    """
    columns = {name: test.measure.columns(unit) for name, test in tests.items()}
    wide = np.concatenate(list(columns.values()), axis=1)
    ends = np.cumsum([part.shape[1] for part in columns.values()])
    place = {name: slice(end - part.shape[1], end) for (name, part), end in zip(columns.items(), ends, strict=True)}
    reached = {name: np.zeros(len(test.groups)) for name, test in tests.items()}
    for labels in _permutations(codes, draws, rng):
        inside = {group: (labels == group).astype(np.float64) @ wide for group in _groups(tests)}
        for name, test in tests.items():
            sides = [inside[group][:, place[name]] for group in test.groups]
            largest = _largest(test.measure, sides, wide[:, place[name]].sum(axis=0))
            slack = np.abs(test.observed) * (1 - 1e-9)  # the same split, summed in another order, is a tie
            reached[name] += (largest[:, None] >= slack).sum(axis=0)
    return {name: (1 + count) / (1 + draws) for name, count in reached.items()}


def _largest(measure: Measure, sides: list[Floats], total: Floats) -> Floats:
    """Return the largest absolute studentised gap over groups in each permutation."""
    gaps = [np.abs(measure.studentised(side, total - side)) for side in sides]
    return np.asarray(np.fmax.reduce(gaps), dtype=np.float64)


def _groups(tests: Mapping[str, Permuted]) -> list[int]:
    return sorted({group for test in tests.values() for group in test.groups})


def _permutations(codes: Ints, draws: int, rng: np.random.Generator) -> Iterator[Ints]:
    small = codes.astype(np.int16)
    for size in _chunks(draws, len(codes)):
        yield rng.permuted(np.tile(small, (size, 1)), axis=1)


def _chunks(draws: int, units: int) -> Iterator[int]:
    size = max(1, _CHUNK_CELLS // max(units, 1))
    for start in range(0, draws, size):
        yield min(size, draws - start)
