"""Predictions laid out for an audit: rows in order of score, sums a learner."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from polku.fairness.arrays import Floats, Ints, Texts, totals
from polku.fairness.tables import floats
from polku.home import digest

PARCELS = 5000


@dataclass(frozen=True, eq=False)
class Sample:
    """Checked predictions, sorted by probability.

    Parameters
    ----------
    learners : ndarray of str, shape (n_learners,)
        Sorted, distinct.
    learner : ndarray of int64, shape (n,)
        Row's index into `learners`.
    y, p, w : ndarray of float64, shape (n,)
        Outcome in 0-1 (a part score counts as part correct, part wrong), probability, weight.
    unit : ndarray of int64, shape (n_learners,)
        What is resampled as a whole: the learner, or the learner's school.
    few_schools : ndarray of int64, shape (n_learners,), or None
        The learner's school, -1 where none is known, when schools are too few to be resampled; else None.
    """

    learners: Texts
    learner: Ints
    y: Floats
    p: Floats
    w: Floats
    unit: Ints
    few_schools: Ints | None = None

    @classmethod
    def of(cls, frame: pd.DataFrame, least_schools: int) -> Sample:
        """Lay out a checked table; the order of its rows plays no part.

        Parameters
        ----------
        frame : DataFrame
            As :func:`polku.fairness.tables.check_predictions` returns it.
        least_schools : int
            From so many schools on, schools are resampled rather than learners.
        """
        learner, learners = pd.factorize(frame["learner_id"], sort=True)
        y, p, w = (floats(frame[name]) for name in ("y_true", "y_prob", "weight"))
        order = np.lexsort((w, y, learner, p))
        names = np.asarray(learners, dtype=object)
        school = _schools(frame, learner.astype(np.int64), len(names))
        few = 0 <= school.max() < least_schools - 1
        unit = np.arange(len(names), dtype=np.int64) if few else _units(school)
        return cls(names, learner[order].astype(np.int64), y[order], p[order], w[order], unit, school if few else None)

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.y)

    @property
    def by_school(self) -> bool:
        """Return whether schools are resampled."""
        return int(self.unit.max()) + 1 < len(self.learners)

    @cached_property
    def parcel(self) -> Ints:
        """Return the parcel of each learner: the unit itself, or units put together at random."""
        return parcels(self.unit)

    @cached_property
    def tie(self) -> Ints:
        """Return for each row the number of its run of equal probabilities."""
        return np.concatenate([[0], np.cumsum(np.diff(self.p) > 0)]).astype(np.int64)

    @cached_property
    def hash(self) -> str:
        """Return the SHA-256 of the content."""
        ids = "\n".join(self.learners.tolist())
        schools = () if self.few_schools is None else (self.few_schools,)
        return digest(ids, *(part.tobytes() for part in (self.learner, self.y, self.p, self.w, self.unit, *schools)))

    def per_learner(self, values: Floats) -> Floats:
        """Return the sum of a row value over each learner's rows, shape (n_learners,)."""
        return totals(self.learner, values, len(self.learners))


def parcels(unit: Ints) -> Ints:
    """Put units together at random where there are more than the bootstrap needs.

    Sums over random parcels of independent units are independent too: a bootstrap of 5,000 parcels is that of a
    million learners, for the price of 5,000.

    Examples
    --------
    >>> parcels(np.array([0, 1, 1])).tolist()
    [0, 1, 1]
    """
    units = int(unit.max()) + 1
    if units <= PARCELS:
        return unit
    return np.asarray((np.random.default_rng(0).permutation(units) % PARCELS)[unit], dtype=np.int64)


def _schools(frame: pd.DataFrame, learner: Ints, n_learners: int) -> Ints:
    """Return the number of each learner's school by name, -1 where none is known.

    A learner with rows in several schools counts where the first row (by school name) is.
    """
    if "school_id" not in frame:
        return np.full(n_learners, -1, dtype=np.int64)
    school = pd.Series(frame["school_id"].to_numpy(), dtype=object).groupby(learner).min()
    known = school.dropna().astype(str)
    return pd.factorize(known.reindex(np.arange(n_learners)), sort=True)[0].astype(np.int64)


def _units(school: Ints) -> Ints:
    """Return each learner's unit: the school, or, where none is known, the learner alone."""
    alone = school < 0
    return np.where(alone, school.max() + np.cumsum(alone), school).astype(np.int64)
