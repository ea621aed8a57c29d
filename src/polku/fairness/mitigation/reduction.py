"""Fairlearn's exponentiated gradient over the model's own trees (Agarwal et al. 2018).

The reduction turns a bound on the differences between groups into a few ordinary fits, each on rows weighed and
relabelled otherwise, and mixes them. Groups are looked at while fitting. What comes out is a list of trees and their
shares; it has no way to take a group.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Self

import numpy as np
import pandas as pd
from fairlearn.reductions import EqualizedOdds, ErrorRate, ExponentiatedGradient, TruePositiveRateParity, UtilityParity
from scipy.special import expit, logit

from polku.fairness.arrays import Floats, Ints
from polku.schemas.experiment import Experiment
from polku.training.model import Estimator

Learn = Callable[[Ints, Floats, Floats], Estimator]
Features = Floats
RIGHT: Final = 0.5
"""A part score counts as right from here on: the reduction knows right and wrong alone."""
SURE: Final = 4.0
"""Logit of a fit that found only one outcome worth predicting."""
_LEAST: Final = 1e-6
_NEVER: Final = 1e-9
"""Duality gap that nothing reaches: rounds are counted, and none is spent on proving that the last was enough."""


@dataclass(frozen=True, eq=False)
class Mixture:
    """Trees that share a prediction: the randomised classifier's probability, averaged instead of drawn.

    Parameters
    ----------
    parts : tuple of (Estimator or float, float)
        A fit, or the logit of a constant one, and its share; shares sum to 1.
    shift : float
        Logits from the costs that it was fitted with back to probabilities.

    Examples
    --------
    >>> Mixture(((2.0, 0.75), (-2.0, 0.25)), 0.0).score(np.zeros((1, 3))).round(3).tolist()
    [0.802]
    """

    parts: tuple[tuple[Estimator | float, float], ...]
    shift: float

    def score(self, features: Features) -> Floats:
        """Return the logit of each row, shape (n,), from features of shape (n, n_columns) and nothing else."""
        mixed = np.zeros(len(features))
        for part, share in self.parts:
            score = np.full(len(features), part) if isinstance(part, float) else part.score(features)
            mixed += share * expit(score + self.shift)
        return np.asarray(logit(np.clip(mixed, _LEAST, 1 - _LEAST)), dtype=np.float64)


class Oracle:
    """A classifier as fairlearn wants it, of rows by their number: neither rows nor trees are copied.

    Parameters
    ----------
    learn : callable
        Fits trees to rows (positions, outcomes, weights).
    features : ndarray of float64, shape (n, n_columns)
        The rows.
    """

    def __init__(self, learn: Learn, features: Features) -> None:
        self._learn, self._features = learn, features
        self.trees: Estimator | None = None
        self._expected: Ints = np.zeros(len(features), dtype=np.int64)

    def fit(self, rows: Any, y: Any, sample_weight: Any) -> Self:
        """Fit trees to the outcomes that the reduction asks for."""
        place, outcome, weight = _places(rows), np.asarray(y, dtype=np.float64), np.asarray(sample_weight, np.float64)
        self.trees = self._learn(place, outcome, weight)
        self._expected = (self.trees.score(self._features) >= 0).astype(np.int64)
        return self

    def predict(self, rows: Any) -> Ints:
        """Return which rows are expected to be right: 0 or 1."""
        return np.asarray(self._expected[_places(rows)], dtype=np.int64)

    def __sklearn_clone__(self) -> Oracle:
        """Return an oracle of the same rows, not yet fitted."""
        return Oracle(self._learn, self._features)


def reduced(
    learn: Learn, features: Features, correct: Floats, group: Ints, experiment: Experiment, threshold: float
) -> Mixture:
    """Fit the mixture whose error rates at a threshold differ least between groups, at the least cost in errors.

    A wrong answer taken for right costs `threshold`, a right one taken for wrong the rest: the fit with the least cost
    then expects success from exactly that probability on (Elkan 2001).

    Parameters
    ----------
    learn : callable
        Fits trees to (positions of rows, outcomes, weights).
    features : ndarray of float64, shape (n, n_columns)
        Training rows.
    correct : ndarray of float64, shape (n,)
        Their scores.
    group : ndarray of int64, shape (n,)
        Code of each row's group; used here and never again.
    experiment : Experiment
        Which rates, how close, how many rounds.
    threshold : float
        Where error rates are taken.

    Returns
    -------
    Mixture
    """
    parity: type[UtilityParity] = TruePositiveRateParity if experiment.parity == "held_back" else EqualizedOdds
    search = ExponentiatedGradient(
        Oracle(learn, features),
        parity(difference_bound=experiment.slack),
        objective=ErrorRate(costs={"fp": threshold, "fn": 1.0 - threshold}),
        eps=experiment.slack,
        max_iter=experiment.rounds,
        nu=_NEVER,
    )
    right = (correct >= RIGHT).astype(np.int64)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", pd.errors.Pandas4Warning)  # fairlearn 0.15 grows a series by .at
        search.fit(np.arange(len(right), dtype=np.float64)[:, None], right, sensitive_features=group)
    shares: pd.Series[float] = search.weights_
    parts = tuple((_score_of(search.predictors_[place]), float(share)) for place, share in shares.items() if share > 0)
    whole = sum(share for _, share in parts)
    return Mixture(tuple((part, share / whole) for part, share in parts), float(logit(threshold)))


def _score_of(predictor: Any) -> Estimator | float:
    """Return the trees of an oracle, or the constant of what fairlearn puts in its place."""
    if isinstance(predictor, Oracle) and predictor.trees is not None:
        return predictor.trees
    return SURE if int(predictor.constant) else -SURE


def _places(rows: Any) -> Ints:
    """Return the positions that stand in the only column of what fairlearn passes on."""
    return np.asarray(rows, dtype=np.float64).reshape(-1).astype(np.int64)
