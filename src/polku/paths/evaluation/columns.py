"""Decisions as columns: what the estimators read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from polku.paths.evaluation.decisions import HORIZONS, Decision
from polku.paths.evaluation.targets import Target

Float = NDArray[np.float64]
Int = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Columns:
    """`n` decisions by learner and time, with `m` alternatives in all.

    Attributes
    ----------
    learner : int64[n]
        Code of the learner.
    start : int64[n + 1]
        Alternatives of decision i stand at ``start[i]:start[i + 1]``.
    picked : int64[n]
        Which alternative was suggested.
    chance, target : float64[m]
        Probability of being suggested, when logged and by the target.
    features : float64[m, c]
        What the reward model may look at: nothing of who the learner is.
    gains : float64[n, 3]
        By horizon, NaN where there was no check.
    """

    learner: Int
    start: Int
    picked: Int
    chance: Float
    target: Float
    features: Float
    gains: Float

    @classmethod
    def of(cls, decisions: Sequence[Decision], target: Target) -> Columns:
        """Lay out decisions beside what the target would do in each."""
        ordered = sorted(decisions, key=lambda one: (one.learner_id, one.at))
        counts = [len(one.alternatives) for one in ordered]
        start = np.concatenate(([0], np.cumsum(counts))).astype(np.int64)
        places = [[other.skill_id for other in one.alternatives].index(one.suggested) for one in ordered]
        terms = sorted({term for one in ordered for other in one.alternatives for term in other.terms})
        return cls(
            learner=np.unique([one.learner_id for one in ordered], return_inverse=True)[1].astype(np.int64),
            start=start,
            picked=start[:-1] + np.array(places, dtype=np.int64),
            chance=np.array([other.chance for one in ordered for other in one.alternatives]),
            target=np.concatenate([target.chances(one) for one in ordered]) if ordered else np.empty(0),
            features=np.concatenate([_features(one, terms) for one in ordered]) if ordered else np.empty((0, 0)),
            gains=np.array([_padded(one.gains) for one in ordered]).reshape(-1, len(HORIZONS)),
        )

    @property
    def ratio(self) -> Float:
        """Return how much likelier the target is to suggest what was suggested, float64[n]."""
        found: Float = self.target[self.picked] / self.chance[self.picked]
        return found

    @property
    def unsupported(self) -> Float:
        """Return how much of what the target would suggest could not have been suggested, float64[n]."""
        found: Float = 1.0 - self.summed(self.target * (self.chance > 0.0))
        return found

    def summed(self, values: Float) -> Float:
        """Return the sum of values of the alternatives, float64[m], by decision, float64[n]."""
        found: Float = np.add.reduceat(values, self.start[:-1]) if len(self.start) > 1 else np.empty(0)
        return found

    def windows(self, horizon: int) -> Int:
        """Return the runs of `horizon` decisions of one learner that end in a check, int64[w, horizon]."""
        first = np.arange(len(self.learner) - horizon + 1)
        rows = first[:, np.newaxis] + np.arange(horizon)
        same = self.learner[rows[:, 0]] == self.learner[rows[:, -1]]
        found: Int = rows[same & ~np.isnan(self.gains[rows[:, 0], horizon - 1])]
        return found


def _padded(gains: Sequence[float | None]) -> list[float]:
    given = [np.nan if gain is None else gain for gain in gains[: len(HORIZONS)]]
    return given + [np.nan] * (len(HORIZONS) - len(given))


def _features(decision: Decision, terms: Sequence[str]) -> Float:
    """Return what is known of each alternative and of the situation, float64[alternatives, 6 + terms]."""
    p = np.array([np.nan if one.p is None else one.p for one in decision.alternatives])
    score = np.array([one.score for one in decision.alternatives])
    points = np.array([[one.terms.get(term, 0.0) for term in terms] for one in decision.alternatives])
    known = p[~np.isnan(p)]
    level = known.mean() if len(known) else np.nan
    situation = np.tile([level, known.std() if len(known) else np.nan, len(p)], (len(p), 1))
    return np.column_stack([score, p, p - level, situation, points.reshape(len(p), len(terms))])
