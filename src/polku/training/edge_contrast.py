"""One pair of skills: success on the later one with and without the earlier one shown, at equal other success."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from polku.training.skill_histories import Float, History, Int

OTHER_ANSWERS = 10.0
"""Answers at the usual rate that a learner's other success is smoothed with."""
ALIKE = 1e-9
"""Standard error below which everybody answered alike: rounding is all that is left of it, and no weight."""


class Rate(NamedTuple):
    """A share of right answers with its 95 % interval, and the learners it is of."""

    value: float
    low: float
    high: float
    learners: int


@dataclass(frozen=True, slots=True)
class Contrast:
    """What a pair of skills shows.

    Parameters
    ----------
    shown, unshown : Rate
        Success on the later skill by answers given with the earlier one shown, and without.
    difference, error : float
        Between the two, at equal success on everything else, equal practice and on equal items; and its standard error,
        by learner.
    """

    shown: Rate
    unshown: Rate
    difference: float
    error: float


@dataclass(frozen=True, eq=False)
class Ground:
    """What all pairs are compared on.

    Attributes
    ----------
    correct, surplus : float64[n]
        Scores, and scores less what the item usually gets.
    learner : int64[n]
        Codes of learners.
    order : int64[n]
        Place of a response among its learner's.
    total, count : float64[L]
        Sum of surpluses and number of answers of each learner.
    shown_at : float
        Estimate from which a skill counts as shown.
    skill_answers : int
        Answers on a skill before they say anything about it.
    least : int
        Learners on either side below which nothing is said.
    """

    correct: Float
    surplus: Float
    learner: Int
    order: Int
    total: Float
    count: Float
    shown_at: float
    skill_answers: int
    least: int

    def contrast(self, before: History, after: History) -> Contrast | None:
        """Return what a pair shows; None below the least number of learners on either side, or where all answer alike.

        Answers count from the moment that enough is known of the earlier skill. Items that ask for both skills are left
        out: they would find the edge that they contain.
        """
        rows, shown, place = self._known(before, after)
        learner = self.learner[rows]
        sides = [np.unique(learner[shown == side]) for side in (False, True)]
        if min(map(len, sides)) < self.least:
            return None
        other = (self.total - before.surplus - after.surplus) / (
            np.maximum(self.count - before.answers - after.answers, 0.0) + OTHER_ANSWERS
        )
        level = other[learner]
        design = np.column_stack([np.ones(len(rows)), shown, level, level**2, np.log1p(place)]).astype(np.float64)
        difference, error = _regressed(design, self.surplus[rows], learner, 1)
        if error < ALIKE:
            return None
        rates = [_rate(self.correct[rows[shown == side]], learner[shown == side]) for side in (True, False)]
        return Contrast(rates[0], rates[1], difference, error)

    def _known(self, before: History, after: History) -> tuple[Int, Int, Int]:
        """Return the answers on the later skill by when the earlier one was known: row, whether shown, practice."""
        far = int(self.order.max(initial=0)) + 1
        keys = [one.learner * far + self.order[one.row] for one in (before, after)]
        latest = np.searchsorted(keys[0], keys[1]) - 1
        at = np.maximum(latest, 0)
        known = (latest >= 0) & (before.learner[at] == after.learner) & (before.place[at] >= self.skill_answers - 1)
        known &= ~np.isin(after.row, before.row)
        shown = (before.estimate[at] >= self.shown_at).astype(np.int64)
        return after.row[known], shown[known], after.place[known]


def _regressed(design: Float, outcome: Float, learner: Int, which: int) -> tuple[float, float]:
    """Return one coefficient of least squares and its standard error, robust and clustered by learner."""
    inverse = np.linalg.pinv(design.T @ design)
    found = inverse @ (design.T @ outcome)
    residual = design * (outcome - design @ found)[:, np.newaxis]
    codes = np.unique(learner, return_inverse=True)[1]
    scores = np.stack([np.bincount(codes, column) for column in residual.T])
    count = scores.shape[1]
    covariance = inverse @ (scores @ scores.T) @ inverse * (count / max(count - 1, 1))
    return float(found[which]), float(np.sqrt(covariance[which, which]))


def _rate(correct: Float, learner: Int) -> Rate:
    """Return a share of right answers with Wilson's interval (1927), as if each learner had answered once."""
    count, share = len(np.unique(learner)), float(correct.mean())
    z = 1.959964
    centre, width = share + z**2 / (2 * count), z * np.sqrt(share * (1 - share) / count + (z / (2 * count)) ** 2)
    low, high = (centre - width) / (1 + z**2 / count), (centre + width) / (1 + z**2 / count)
    return Rate(share, float(low), float(high), count)
