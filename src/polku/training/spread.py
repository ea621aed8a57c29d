"""How far a readout may be off: an interval per skill, narrower with answers, wider with time.

The true probability of success on the reference item is taken to lie around the calibrated prediction p as
Beta(κp, κ(1 - p)), in the mean and precision of Ferrari & Cribari-Neto (2004). The precision κ grows with the answers
on the skill and with those of the learner in all, and falls with the days since the skill was last answered; how much,
is fitted on learners the model has not seen, from their next few first attempts on the skill. One attempt says nothing
about κ, two of one learner do: where learners of one prediction differ, the two come out alike more often than chance,
by a correlation of 1 / (κ + 1). It is fitted by least squares on products of residuals (the second-order estimating
equations of Prentice 1988), which learning from one attempt to the next does not blur as it would a likelihood.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv, expit, logit

from polku.errors import InputError
from polku.training.calibration import fit_calibration

Float = NDArray[np.float64]
KNOTS: Final = (0.0, 1.0, 3.0, 8.0, 20.0)
"""Answers on a skill between which ln κ is a straight line of ln(1 + answers)."""
LEAST, MOST = 0.5, 16.0
"""Bounds of κ: from nearly anything to a standard deviation of an eighth: items of one difficulty differ still."""


@dataclass(frozen=True, eq=False)
class Intervals:
    """What is known of several probabilities, each float64[n].

    Parameters
    ----------
    mean : float64[n]
        The probability of success.
    kappa : float64[n]
        Precision around it.
    level : float
        Share of true probabilities that the interval is to hold.
    """

    mean: Float
    kappa: Float
    level: float

    @cached_property
    def sd(self) -> Float:
        """Return the standard deviation of the probability of success, float64[n]."""
        return np.sqrt(self.mean * (1.0 - self.mean) / (self.kappa + 1.0))

    @cached_property
    def low(self) -> Float:
        """Return the lower ends of the central interval, float64[n]; found when asked for: a path needs none."""
        return self._end((1.0 - self.level) / 2.0)

    @cached_property
    def high(self) -> Float:
        """Return the upper ends of the central interval, float64[n]."""
        return self._end((1.0 + self.level) / 2.0)

    def _end(self, at: float) -> Float:
        return np.asarray(betaincinv(self.kappa * self.mean, self.kappa * (1.0 - self.mean), at))


@dataclass(frozen=True)
class Spread:
    """ln κ as a function of evidence and time; its slopes are never negative.

    Parameters
    ----------
    base : float
        ln κ without any answer.
    skill : tuple of float
        Slopes in ln(1 + answers on the skill), one between each two of :data:`KNOTS` and one beyond the last.
    learner : float
        Slope in ln(1 + answers of the learner).
    days : float
        How fast it falls with ln(1 + days since the skill was last answered).

    Raises
    ------
    InputError
        If a number is not finite or a slope is negative.

    Examples
    --------
    >>> spread = Spread(1.0, (0.5,) * 5, 0.0, 0.1)
    >>> few, many = spread.around(np.array([0.8, 0.8]), np.array([1, 9]), np.array([9, 9]), np.array([0.0, 0.0])).sd
    >>> bool(many < few)
    True
    """

    base: float
    skill: tuple[float, ...]
    learner: float
    days: float

    def __post_init__(self) -> None:
        """Refuse what would narrow with less evidence."""
        object.__setattr__(self, "skill", tuple(self.skill))  # JSON has lists only
        slopes = (*self.skill, self.learner, self.days)
        if len(self.skill) != len(KNOTS) or not all(map(math.isfinite, (self.base, *slopes))) or min(slopes) < 0.0:
            raise InputError("this is no spread", got=self, hint="slopes are finite and not negative")

    def precision(self, skill_answers: NDArray[Any], learner_answers: NDArray[Any], days: Float) -> Float:
        """Return κ of each readout, float64[n]; days that are missing count as none."""
        columns = _columns(skill_answers, learner_answers, days)
        log = self.base + columns @ np.array([*self.skill, self.learner, self.days])
        return np.asarray(np.clip(np.exp(log), LEAST, MOST))

    def around(
        self, p: Float, skill_answers: NDArray[Any], learner_answers: NDArray[Any], days: Float, level: float = 0.8
    ) -> Intervals:
        """Return the interval around each prediction.

        Parameters
        ----------
        p : float64[n]
            Calibrated predictions.
        skill_answers, learner_answers : int[n]
            Answers on the skill, and of the learner in all.
        days : float64[n]
            Days since the last answer on the skill; NaN without one, or without a clock.
        level : float
            Share of true probabilities that the interval is to hold.

        Returns
        -------
        Intervals

        Raises
        ------
        InputError
            If `level` is not between 0 and 1.
        """
        if not 0.0 < level < 1.0:
            raise InputError("a level lies between 0 and 1", got=level)
        return Intervals(p, self.precision(skill_answers, learner_answers, days), level)

    def to_json(self) -> str:
        """Return the spread as canonical JSON."""
        content = {"base": self.base, "skill": list(self.skill), "learner": self.learner, "days": self.days}
        return json.dumps(content, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read what :meth:`to_json` wrote.

        Raises
        ------
        InputError
            If the text is no JSON, a key is missing or unknown, or a value breaks the rules above.
        """
        try:
            return cls(**json.loads(text))
        except (TypeError, ValueError) as error:
            raise InputError("this is no spread", got=error, hint="fit the model again") from error


@dataclass(frozen=True, eq=False)
class Attempts:
    """Predictions of learners the model has not seen, and their next attempts; q readings, up to m attempts each.

    Parameters
    ----------
    p : float64[q, m]
        Predicted probability of each attempt, all as of the reading.
    correct : float64[q, m]
        Scores; NaN where there is no such attempt.
    skill_answers, learner_answers : int64[q]
        Answers at the time of the reading.
    days : float64[q]
        Days since the skill was last answered, or NaN.
    """

    p: Float
    correct: Float
    skill_answers: NDArray[np.int64]
    learner_answers: NDArray[np.int64]
    days: Float


def fit_spread(attempts: Attempts) -> Spread:
    """Fit ln κ to how alike the attempts of one learner come out.

    Parameters
    ----------
    attempts : Attempts
        Only readings with two attempts or more say anything.

    Returns
    -------
    Spread
        Drawn weakly towards κ = 4 and no slope, which is what remains where nothing says otherwise.
    """
    from scipy.optimize import minimize  # a service reads spreads and fits none

    residual = _residuals(attempts)
    pairs = [residual[:, one] * residual[:, other] for one, other in combinations(range(residual.shape[1]), 2)]
    reading, alike = np.tile(np.arange(len(residual)), len(pairs)), np.concatenate(pairs)
    reading, alike = reading[~np.isnan(alike)], alike[~np.isnan(alike)]
    columns = _columns(attempts.skill_answers, attempts.learner_answers, attempts.days)[reading]
    columns = np.c_[np.ones(len(columns)), columns]

    def cost(weights: Float) -> tuple[float, Float]:
        share = expit(-columns @ weights)
        off, prior = share - alike, weights - np.r_[math.log(4.0), np.zeros(len(weights) - 1)]
        slope = -columns.T @ (2.0 * off * share * (1.0 - share))
        return float(off @ off + prior @ prior), slope + 2.0 * prior

    start = np.array([math.log(4.0), *[0.1] * (columns.shape[1] - 1)])
    bounds = [(None, None), *[(0.0, None)] * (len(KNOTS) + 2)]
    found = minimize(cost, start, jac=True, method="L-BFGS-B", bounds=bounds).x.tolist()
    return Spread(found[0], tuple(found[1 : 1 + len(KNOTS)]), found[-2], found[-1])


def _residuals(attempts: Attempts) -> Float:
    """Return what each attempt came out above its prediction, in standard deviations, float64[q, m].

    Predictions of the second attempt and later are corrected first: what the first one taught is no spread.
    """
    out = np.full(attempts.p.shape, np.nan)
    for place in range(attempts.p.shape[1]):
        there = ~np.isnan(attempts.correct[:, place])
        score, correct = logit(np.clip(attempts.p[there, place], 1e-6, 1.0 - 1e-6)), attempts.correct[there, place]
        p = np.clip(fit_calibration(score, correct, "platt")(score), 0.02, 0.98)
        out[there, place] = (correct - p) / np.sqrt(p * (1.0 - p))
    return out


def _columns(skill_answers: NDArray[Any], learner_answers: NDArray[Any], days: Float) -> Float:
    """Return what ln κ is a straight line of, float64[n, len(KNOTS) + 2]; the days count against it."""
    known, knots = np.log1p(np.asarray(skill_answers, np.float64)), np.log1p(np.array([*KNOTS, np.inf]))
    steps = np.minimum(np.maximum(known[:, np.newaxis] - knots[:-1], 0.0), np.diff(knots))
    learner, rest = np.log1p(np.asarray(learner_answers, np.float64)), np.log1p(np.nan_to_num(days, nan=0.0))
    return np.column_stack([steps, learner, -rest])
