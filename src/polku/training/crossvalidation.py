"""Folds by learner: the same learners held out for every model compared, near-twins on one side."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit

from polku.curriculum import Curriculum
from polku.home import Home
from polku.records import Responses
from polku.records.earlier import Earlier
from polku.schemas.model import ModelSpec
from polku.training.difficulty import fit_item_statistics
from polku.training.fitting import OnStep, fit_table
from polku.training.measures import METRICS, cold_start, macro, metrics
from polku.training.split import folds_frame, learner_folds
from polku.training.table import training_table
from polku.training.twins import near_twins, twin_groups

Float = NDArray[np.float64]
DIFFICULTY: Final = "difficulty"
"""Name of the reference that predicts from the smoothed item difficulty alone."""


@dataclass(frozen=True, eq=False)
class _Within:
    """What every fit of one fold shares."""

    home: Home
    curriculum: Curriculum
    seed: int
    groups: NDArray[np.int32]
    earlier: Earlier | None


@dataclass(frozen=True, eq=False)
class CrossValidation:
    """What cross-validation found.

    Parameters
    ----------
    folds : DataFrame
        `learner_id, fold`: the division, to be written down.
    per_fold : DataFrame
        One row per model and fold: `model, fold`, the metrics over all responses, the same prefixed `cold_` (first
        five responses) and `macro_` (averaged over learners), and `seconds_features, seconds_fit, seconds_predict`.
    predictions : dict of str to float64[n]
        Out-of-fold probability of each response, by model, in the order of the responses.
    near_twins : int
        Near-twin pairs found; both ends stand in one fold.
    """

    folds: pd.DataFrame
    per_fold: pd.DataFrame
    predictions: dict[str, Float]
    near_twins: int

    def summary(self) -> pd.DataFrame:
        """Return mean and standard deviation over folds.

        Returns
        -------
        DataFrame
            Indexed by model, in the order given; columns (metric, "mean" | "sd").
        """
        figures = self.per_fold.drop(columns="fold").groupby("model", sort=False).agg(["mean", "std"])
        return figures.rename(columns={"std": "sd"}, level=1)

    def report(self, model: str) -> dict[str, Any]:
        """Return one model's figures, for :func:`~polku.training.registry.log_run`.

        Returns
        -------
        dict
            The mean of each figure by its name, the standard deviations under "sd", `near_twins`, and a list of dicts
            under "folds".
        """
        lines = self.per_fold[self.per_fold["model"] == model].drop(columns=["model", "fold"])
        return {
            **{str(name): float(value) for name, value in lines.mean().items()},
            "sd": lines.std().to_dict(),
            "near_twins": self.near_twins,
            "folds": lines.to_dict("records"),
        }


def cross_validate(  # noqa: PLR0913 - every caller names the options it wants
    responses: Responses,
    specs: Sequence[ModelSpec],
    home: Home,
    curriculum: Curriculum,
    k: int = 5,
    seed: int = 0,
    *,
    on_step: OnStep | None = None,
    earlier: Earlier | None = None,
) -> CrossValidation:
    """Predict every response from a model that has not seen its learner.

    Parameters
    ----------
    responses : Responses
        All responses.
    specs : sequence of ModelSpec
        Models to compare; the smoothed item difficulty alone is always beside them as "difficulty".
    home : Home
        Where the features are defined.
    curriculum : Curriculum
        Prerequisites and areas of the skills.
    k : int
        Number of folds.
    seed : int
        Seed of folds and models.
    on_step : callable, optional
        Called with (done, total) fits.
    earlier : Earlier, optional
        Histories before corrections: rows of before one, in training and out of it, are read from what was known then.

    Returns
    -------
    CrossValidation

    Raises
    ------
    InputError
        If there are fewer separate learners than folds.
    """
    pairs = near_twins(responses)
    groups = twin_groups(responses, pairs)
    folds = learner_folds(responses, k, seed, groups=groups)
    fold_of_row = folds[responses.learner]
    candidates: dict[str, ModelSpec | None] = {DIFFICULTY: None} | {spec.name: spec for spec in specs}
    predictions = {name: np.empty(len(responses)) for name in candidates}
    lines: list[dict[str, Any]] = []
    for fold in range(k):
        split = responses.of_learners(folds != fold), responses.of_learners(folds == fold)
        within = _Within(home, curriculum, seed, _renumbered(groups[folds != fold]), earlier)
        for name, spec in candidates.items():
            found, seconds = _predict(spec, split, within)
            predictions[name][fold_of_row == fold] = found
            lines.append({"model": name, "fold": fold, **_figures(split[1], found), **seconds})
            if on_step is not None:
                on_step(len(lines), k * len(candidates))
    return CrossValidation(folds_frame(responses, folds), _table(lines, list(candidates)), predictions, len(pairs))


def _table(lines: list[dict[str, Any]], order: list[str]) -> pd.DataFrame:
    """Return the figures by model and fold; those that are not defined are missing."""
    by_model = sorted(lines, key=lambda line: order.index(line["model"]))
    return pd.DataFrame(by_model).astype({name: np.float64 for name in lines[0] if name not in {"model", "fold"}})


def _predict(
    spec: ModelSpec | None, split: tuple[Responses, Responses], within: _Within
) -> tuple[Float, dict[str, float]]:
    """Fit on the first part of a split, predict the second; None stands for difficulty alone."""
    train, test = split
    started = time.perf_counter()
    if spec is None:
        return expit(-fit_item_statistics(train, within.curriculum, of_average_learner=False).rows(test)), _seconds(
            started, *[time.perf_counter()] * 3
        )
    table = training_table(
        spec, within.home, train, within.curriculum, within.seed, groups=within.groups, earlier=within.earlier
    )
    built = time.perf_counter()
    model = fit_table(spec, table, within.seed)
    fitted = time.perf_counter()
    found = model.predict_responses(test, within.curriculum, within.earlier)
    return found, _seconds(started, built, fitted, time.perf_counter())


def _seconds(started: float, built: float, fitted: float, done: float) -> dict[str, float]:
    return {
        "seconds_features": built - started,
        "seconds_fit": fitted - built,
        "seconds_predict": done - fitted,
    }


def _figures(test: Responses, probability: Float) -> dict[str, float | int | None]:
    """Return all metrics, those of the first five responses, and those by learner."""
    first = cold_start(test)
    parts = {
        "": metrics(test.correct, probability),
        "cold_": metrics(test.correct[first], probability[first]),
        "macro_": macro(test.learner, test.correct, probability),
    }
    return {prefix + name: part[name] for prefix, part in parts.items() for name in METRICS}


def _renumbered(groups: NDArray[np.int32]) -> NDArray[np.int32]:
    """Return the group numbers without gaps."""
    return np.unique(groups, return_inverse=True)[1].astype(np.int32)
