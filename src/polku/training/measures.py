"""How good probabilities are: discrimination, sharpness and calibration of predicted successes.

A score between 0 and 1 counts as that much of a right answer and the rest of a wrong one, in every
metric alike, so that 0/1 answers give the usual figures.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from polku.errors import InputError
from polku.records import Responses
from polku.training.reliability import ece

Float = NDArray[np.float64]
METRICS: Final = ("n", "auc", "log_loss", "rmse", "ece", "accuracy")
FIRST: Final = 5
_EDGE: Final = 1e-12


def metrics(y_true: Float, y_prob: Float) -> dict[str, float | int | None]:
    """Return all metrics of one set of predictions.

    Parameters
    ----------
    y_true : float64[n]
        Scores, 0..1.
    y_prob : float64[n]
        Predicted probabilities of success, 0..1.

    Returns
    -------
    dict
        `n`, `auc`, `log_loss` (nats per response), `rmse`, `ece`, `accuracy`. ``auc`` is None where only
        right or only wrong answers occur; everything is None where `n` is 0.

    Raises
    ------
    InputError
        If shapes differ, or a value is not a number between 0 and 1.

    Examples
    --------
    >>> good = metrics(np.array([0.0, 1.0, 1.0, 0.0]), np.array([0.1, 0.9, 0.6, 0.4]))
    >>> good["auc"], round(good["rmse"], 3)
    (1.0, 0.292)
    >>> metrics(np.array([1.0, 1.0]), np.array([0.8, 0.9]))["auc"] is None
    True
    """
    check_probabilities(y_true, "y_true")
    check_probabilities(y_prob, "y_prob")
    if y_true.shape != y_prob.shape:
        raise InputError("answers and predictions differ in length", got=f"{y_true.shape} and {y_prob.shape}")
    if not len(y_true):
        return {"n": 0, **dict.fromkeys(METRICS[1:])}
    return {
        "n": len(y_true),
        "auc": auc(y_true, y_prob),
        "log_loss": log_loss(y_true, y_prob),
        "rmse": float(np.sqrt(np.mean((y_true - y_prob) ** 2))),
        "ece": ece(y_true, y_prob),
        "accuracy": float(np.mean(np.where(y_prob >= 0.5, y_true, 1.0 - y_true))),
    }


def auc(y_true: Float, y_prob: Float) -> float | None:
    """Return the area under the ROC curve, or None where it is not defined (one class only).

    The probability that a right answer was given a higher prediction than a wrong one, ties counting half,
    by mid-ranks (Hanley & McNeil 1982).

    Examples
    --------
    >>> auc(np.array([0.0, 1.0, 1.0]), np.array([0.2, 0.2, 0.9]))
    0.75
    """
    right, wrong = float(np.sum(y_true)), float(np.sum(1.0 - y_true))
    if right == 0.0 or wrong == 0.0:
        return None
    if np.all((y_true == 0.0) | (y_true == 1.0)):
        ranks = rankdata(y_prob)
        return float((ranks[y_true == 1.0].sum() - right * (right + 1.0) / 2.0) / (right * wrong))
    _, level = np.unique(y_prob, return_inverse=True)
    up, down = np.bincount(level, y_true), np.bincount(level, 1.0 - y_true)
    below = np.cumsum(down) - down
    return float(np.sum(up * (below + 0.5 * down)) / (right * wrong))


def log_loss(y_true: Float, y_prob: Float) -> float:
    """Return the mean negative log likelihood in nats; predictions are kept 1e-12 away from 0 and 1.

    Examples
    --------
    >>> round(log_loss(np.array([1.0, 0.0]), np.array([0.5, 0.5])), 4)
    0.6931
    """
    kept = np.clip(y_prob, _EDGE, 1.0 - _EDGE)
    return float(-np.mean(y_true * np.log(kept) + (1.0 - y_true) * np.log1p(-kept)))


def cold_start(responses: Responses) -> NDArray[np.bool_]:
    """Return which rows are among the first five responses of their learner.

    Parameters
    ----------
    responses : Responses
        Rows in fold order.

    Returns
    -------
    bool[n]
    """
    return np.arange(len(responses)) - responses.learner_start[responses.learner] < FIRST


def macro(learner: NDArray[np.int32], y_true: Float, y_prob: Float) -> dict[str, float | int | None]:
    """Return the metrics averaged over learners, each learner counting once.

    Parameters
    ----------
    learner : int32[n]
        Learner code of each row.
    y_true, y_prob : float64[n]
        Scores and predictions.

    Returns
    -------
    dict
        As :func:`metrics`; `n` counts learners, ``auc`` averages learners who gave right and wrong answers. The
        calibration error of one learner is mostly noise, so `ece` here is the mean absolute gap between a learner's
        mean score and mean prediction.

    Notes
    -----
    Within one short log, a learner's past answers and those to come are drawn from the same few: after many right ones
    fewer are left. Predictions that follow the past therefore look worse here than they are (Miller & Sanjurjo 2018).

    Examples
    --------
    >>> macro(np.array([0, 0, 1], np.int32), np.array([0.0, 1.0, 1.0]), np.array([0.2, 0.6, 0.7]))["auc"]
    1.0
    """
    order = np.argsort(learner, kind="stable")
    cuts = np.flatnonzero(np.diff(learner[order])) + 1
    rows = np.split(order, cuts) if len(order) else []
    each = [metrics(y_true[part], y_prob[part]) for part in rows]
    gaps = [abs(float(np.mean(y_true[part]) - np.mean(y_prob[part]))) for part in rows]
    found = {name: _mean([one[name] for one in each]) for name in METRICS[1:]}
    return {"n": len(rows), **found, "ece": _mean(gaps)}


def _mean(values: Sequence[float | None]) -> float | None:
    """Return the mean of what is defined, None where nothing is."""
    defined = [value for value in values if value is not None]
    return float(np.mean(defined)) if defined else None


def check_probabilities(values: Float, name: str) -> None:
    """Raise InputError unless all values lie between 0 and 1."""
    outside = ~((values >= 0.0) & (values <= 1.0))
    if outside.any():
        raise InputError(
            f"{name} must lie between 0 and 1",
            got=f"{int(outside.sum())} of {len(values)} do not, first {values[outside][0]!r}",
            hint="predictions are probabilities of success; scores are parts of the full score",
        )
