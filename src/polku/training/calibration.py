"""A monotone correction of the score, chosen and fitted on learners the estimator has not seen.

The correction is a function of the score alone, never of how much is known about a learner: a learner's own
better answer can then only raise the prediction.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, log_expit

from polku.errors import InputError

Float = NDArray[np.float64]
Kind = Literal["none", "platt", "beta"]
KINDS: Final[tuple[Kind, ...]] = ("none", "platt", "beta")


@dataclass(frozen=True)
class Calibration:
    """Turns a score (logit of the raw prediction) into a probability.

    With s = log p and t = log(1-p) of the raw prediction p, the probability is sigmoid(a·s - b·t + c), a and b not
    negative: beta calibration (Kull, Silva Filho & Flach 2017); a = b is Platt's scaling (1999), a = b = 1 and c = 0
    leaves the prediction as it is.

    Parameters
    ----------
    kind : {"none", "platt", "beta"}
        Which of the three it is.
    a, b, c : float
        Slopes above and below and shift.

    Raises
    ------
    InputError
        If the kind is unknown, a number is not finite, or a slope is negative.

    Examples
    --------
    >>> Calibration()(np.array([0.0])).tolist()
    [0.5]
    """

    kind: Kind = "none"
    a: float = 1.0
    b: float = 1.0
    c: float = 0.0

    def __post_init__(self) -> None:
        """Refuse what would turn scores round, or into no number."""
        if self.kind not in KINDS or not all(map(math.isfinite, (self.a, self.b, self.c))) or min(self.a, self.b) < 0.0:
            raise InputError("this is no calibration", got=self, hint="slopes are finite and not negative")

    def __call__(self, score: Float) -> Float:
        """Return probabilities, float64[n], never falling where the score rises."""
        return np.asarray(expit(self.logit(score)))

    def logit(self, score: Float) -> Float:
        """Return the corrected score, float64[n]: the logit of the probability."""
        if self.kind == "none":
            return score
        return np.asarray(self.a * log_expit(score) - self.b * log_expit(-score) + self.c)

    @property
    def line(self) -> tuple[float, float] | None:
        """Return (a, c) where the corrected score is a·score + c, as for Platt's scaling; None where it bends."""
        if self.kind == "none":
            return 1.0, 0.0
        return (self.a, self.c) if self.a == self.b else None

    def to_json(self) -> str:
        """Return the correction as canonical JSON."""
        return json.dumps({"kind": self.kind, "a": self.a, "b": self.b, "c": self.c}, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> Calibration:
        """Read what :meth:`to_json` wrote.

        Raises
        ------
        InputError
            If the text is no JSON, a key is missing or unknown, or a value breaks the rules above.
        """
        try:
            return cls(**json.loads(text))
        except (TypeError, ValueError) as error:
            raise InputError("this is no calibration", got=error, hint="fit the model again") from error


def choose(score: Float, correct: Float, learner: NDArray[np.int32], largest: Kind, seed: int) -> Calibration:
    """Fit the smallest correction that pays, up to `largest`.

    Parameters
    ----------
    score : float64[n]
        Scores of learners the estimator has not seen.
    correct : float64[n]
        Their answers.
    learner : int32[n]
        Learner code of each row.
    largest : {"none", "platt", "beta"}
        The largest correction allowed.
    seed : int
        Seed of the division into two halves of learners.

    Returns
    -------
    Calibration
        A larger correction replaces a smaller one only where, fitted on one half of the learners, it lowers the
        log loss of the other half by more than two standard errors of the difference by learner.
    """
    best: Kind = "none"
    for kind in KINDS[1 : KINDS.index(largest) + 1]:
        if _pays(score, correct, learner, (best, kind), seed):
            best = kind
    return fit_calibration(score, correct, best)


def fit_calibration(score: Float, correct: Float, kind: Kind) -> Calibration:
    """Fit one kind of correction by maximum likelihood.

    Parameters
    ----------
    score, correct : float64[n]
        Scores and answers.
    kind : {"none", "platt", "beta"}
        Which correction.

    Returns
    -------
    Calibration
        The identity where `kind` is "none" or only right or only wrong answers are given.
    """
    if kind == "none" or not len(correct) or np.ptp(correct) == 0.0:
        return Calibration()
    above, below = log_expit(score), -log_expit(-score)
    columns = np.c_[above + below, np.ones(len(score))] if kind == "platt" else np.c_[above, below, np.ones(len(score))]

    def cost(weights: Float) -> tuple[float, Float]:
        logit = columns @ weights
        loss = -np.mean(correct * log_expit(logit) + (1.0 - correct) * log_expit(-logit))
        return float(loss), columns.T @ (expit(logit) - correct) / len(correct)

    slopes = columns.shape[1] - 1
    start = np.r_[np.ones(slopes), 0.0]
    from scipy.optimize import minimize  # loads slowly, and whoever only reads needs none

    found = minimize(cost, start, jac=True, method="L-BFGS-B", bounds=[(0.0, None)] * slopes + [(None, None)]).x
    return Calibration(kind, float(found[0]), float(found[slopes - 1]), float(found[slopes]))


def _pays(score: Float, correct: Float, learner: NDArray[np.int32], kinds: tuple[Kind, Kind], seed: int) -> bool:
    """Say whether the second kind beats the first on learners it was not fitted on."""
    size = int(learner.max(initial=-1)) + 1
    half = np.random.default_rng(seed).permutation(size) % 2
    losses = np.zeros((2, size))
    for side in (0, 1):
        inside = half[learner] == side
        for place, kind in enumerate(kinds):
            p = fit_calibration(score[~inside], correct[~inside], kind)(score[inside])
            losses[place] += np.bincount(learner[inside], _losses(correct[inside], p), size)
    gain = losses[0] - losses[1]
    return bool(gain.sum() > 2.0 * np.sqrt(size) * gain.std(ddof=0)) if size > 1 else False


def _losses(correct: Float, p: Float) -> Float:
    """Return the log loss of each row."""
    kept = np.clip(p, 1e-12, 1.0 - 1e-12)
    return -(correct * np.log(kept) + (1.0 - correct) * np.log1p(-kept))
