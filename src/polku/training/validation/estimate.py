"""Figures with intervals whose unit is the learner: answers of one learner are no independent evidence.

Standard errors are cluster-robust over learners with the usual small-sample factor, intervals take Student's t with
one degree of freedom less than there are learners (Liang & Zeger 1986; Cameron & Miller 2015).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit
from scipy.stats import norm, t

from polku.training.reliability import BINS, equal_mass

Float = NDArray[np.float64]
Int = NDArray[np.integer]
EDGE: Final = 1e-6
_STEPS: Final = 25


@dataclass(frozen=True)
class Estimate:
    """A figure and its interval; NaN where it cannot be estimated.

    Examples
    --------
    >>> Estimate(0.5, 0.25, 0.75).shifted(-1.0)
    Estimate(value=-0.5, low=-0.75, high=-0.25)
    """

    value: float
    low: float
    high: float

    def shifted(self, by: float) -> Estimate:
        """Return the figure and its interval, moved."""
        return Estimate(self.value + by, self.low + by, self.high + by)

    @property
    def defined(self) -> bool:
        """Return whether there is a figure and an interval."""
        return bool(np.isfinite([self.value, self.low, self.high]).all())


NOTHING: Final = Estimate(np.nan, np.nan, np.nan)


def mean(values: Float, learner: Int, confidence: float = 0.95) -> Estimate:
    """Return the mean over responses, its interval by learner.

    Parameters
    ----------
    values : float64[n]
        One value a response, such as the difference of two losses.
    learner : int[n]
        Who answered.
    confidence : float
        Of the two-sided interval.

    Examples
    --------
    >>> one = mean(np.array([0.0, 1.0, 0.0, 1.0]), np.array([0, 0, 1, 1]))
    >>> one.value, one.low, one.high
    (0.5, 0.5, 0.5)
    """
    if not len(values):
        return NOTHING
    centre = float(np.mean(values))
    return around(centre, _error((values - centre) / len(values), learner), _learners(learner), confidence)


def around(value: float, error: float, learners: int, confidence: float) -> Estimate:
    """Return a figure with the interval of its standard error; undefined for fewer than two learners."""
    if learners < 2:
        return NOTHING
    half = float(t.ppf(0.5 + confidence / 2.0, learners - 1)) * error
    return Estimate(value, value - half, value + half)


def log_losses(correct: Float, probability: Float) -> Float:
    """Return the negative log likelihood of each response in nats; predictions are kept 1e-6 away from 0 and 1."""
    kept = np.clip(probability, EDGE, 1.0 - EDGE)
    return np.asarray(-(correct * np.log(kept) + (1.0 - correct) * np.log1p(-kept)), dtype=np.float64)


def slope(correct: Float, probability: Float, learner: Int, confidence: float = 0.95) -> Estimate:
    """Return the calibration slope: 1 where the logits of the predictions are as spread as the answers say.

    The coefficient of the predicted logit in a logistic regression of the answers on it, with an intercept (Cox 1958;
    Van Calster et al. 2019). Below 1 predictions are too extreme, near 0 they say nothing.

    Parameters
    ----------
    correct, probability : float64[n]
        Scores and predictions.
    learner : int[n]
        Who answered.
    confidence : float
        Of the interval.

    Notes
    -----
    Undefined where only one class occurs or all predictions are alike.
    """
    kept = np.clip(probability, EDGE, 1.0 - EDGE)
    score = np.log(kept) - np.log1p(-kept)
    if len(score) < 3 or np.ptp(score) < EDGE or not 0.0 < correct.mean() < 1.0:
        return NOTHING
    design = np.column_stack([np.ones(len(score)), score])
    fitted = _logistic(design, correct)
    if fitted is None:
        return NOTHING
    coefficient, inverse = fitted
    residual = correct - expit(design @ coefficient)
    influence = (design @ inverse[1]) * residual
    return around(float(coefficient[1]), _error(influence, learner), _learners(learner), confidence)


def calibration_error(
    correct: Float, probability: Float, learner: Int, confidence: float = 0.95, *, draws: int = 2000, seed: int = 0
) -> Estimate:
    """Return the expected calibration error over 15 bins of equal mass, with an interval that allows for chance.

    Parameters
    ----------
    correct, probability : float64[n]
        Scores and predictions.
    learner : int[n]
        Who answered.
    confidence : float
        Of the interval.
    draws, seed : int
        Draws of what chance makes of the bins' gaps.

    Returns
    -------
    Estimate
        `value` is the plain figure, which chance makes larger, most of all in small data.

    Notes
    -----
    The figure is a norm of the weighted gaps of the bins. Of what it differs from the true one no more can be due to
    chance than the norm of chance itself (triangle inequality): that gives the lower end, which a calibrated model
    passes below zero at the stated confidence, however small the data. The upper end is the linearised one; the
    figure's own bias only makes it more careful. The gaps' covariance is cluster-robust over learners.
    """
    if not len(correct):
        return NOTHING
    order, bin_of = equal_mass(probability, BINS)
    residual = (correct - probability)[order]
    gaps = np.bincount(bin_of, residual, minlength=BINS) / len(correct)
    people, who = np.unique(learner[order], return_inverse=True)
    if len(people) < 2:
        return NOTHING
    inside = np.bincount(bin_of, minlength=BINS)
    centred = (residual - (gaps * len(correct) / np.maximum(inside, 1))[bin_of]) / len(correct)
    sums = np.bincount(who * BINS + bin_of, centred, minlength=len(people) * BINS).reshape(-1, BINS)
    covariance = sums.T @ sums * len(people) / (len(people) - 1)
    drawn = np.random.default_rng(seed).multivariate_normal(np.zeros(BINS), covariance, draws)
    chance = np.asarray(np.abs(drawn), np.float64).sum(axis=1)
    found = float(np.abs(gaps).sum())
    sign = np.sign(gaps)
    error = max(float(sign @ covariance @ sign), 0.0) ** 0.5
    tail = 0.5 + confidence / 2.0
    low = max(0.0, found - float(np.quantile(chance, tail)))
    return Estimate(found, low, found + float(norm.ppf(tail)) * error)


def dispersion(
    correct: Float, probability: Float, item: Int, confidence: float = 0.95, *, draws: int = 2000, seed: int = 0
) -> Estimate:
    """Return by how much the shares of right answers of items differ from what was predicted, beyond chance.

    Parameters
    ----------
    correct, probability : float64[n]
        Scores and predictions.
    item : int[n]
        Which item was answered.
    confidence : float
        Of the interval, from a bootstrap of items.
    draws, seed : int
        Of the bootstrap.

    Returns
    -------
    Estimate
        Standard deviation over items, weighted by their answers, as a share; 0 where chance explains all of it.

    Notes
    -----
    Moments of the random-effects model (DerSimonian & Laird 1986): of the square of an item's summed residuals the part
    that independent answers would make is taken off.
    """
    if not len(correct):
        return NOTHING
    items, code = np.unique(item, return_inverse=True)
    n = np.bincount(code).astype(np.float64)
    square = np.bincount(code, correct - probability) ** 2
    excess = square - np.bincount(code, probability * (1.0 - probability))
    drawn = np.random.default_rng(seed).multinomial(len(items), np.full(len(items), 1.0 / len(items)), draws)
    spread = (drawn @ excess) / np.maximum(drawn @ (n * (n - 1.0)), 1.0)
    tail = (1.0 - confidence) / 2.0
    value = float(excess.sum()) / max(float((n * (n - 1.0)).sum()), 1.0)
    low, high = (float(np.quantile(spread, place)) for place in (tail, 1.0 - tail))
    return Estimate(*(max(figure, 0.0) ** 0.5 for figure in (value, low, high)))


def _learners(learner: Int) -> int:
    return len(np.unique(learner))


def _error(influence: Float, learner: Int) -> float:
    """Return the standard error of a sum of influence values, whole learners being the unit."""
    sums = np.bincount(np.unique(learner, return_inverse=True)[1], influence)
    return float(np.sqrt(np.sum(sums**2) * len(sums) / max(len(sums) - 1, 1)))


def _logistic(design: Float, correct: Float) -> tuple[Float, Float] | None:
    """Fit by Newton's method; return coefficients and inverse information, None where they run away."""
    coefficient = np.array([0.0, 1.0])
    for _ in range(_STEPS):
        p = expit(design @ coefficient)
        information = (design * (p * (1.0 - p))[:, None]).T @ design
        if np.linalg.cond(information) > 1e12:
            return None
        step = np.linalg.solve(information, design.T @ (correct - p))
        coefficient = coefficient + np.clip(step, -2.0, 2.0)
        if np.abs(step).max() < 1e-9:
            return coefficient, np.linalg.inv(information)
    return None
