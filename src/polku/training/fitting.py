"""Fits a model: training rows, estimator, calibration, in that order."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from polku.curriculum import Curriculum
from polku.errors import DefinitionError
from polku.home import Home
from polku.records import Responses
from polku.schemas.model import ModelSpec
from polku.training.calibration import Calibration, choose
from polku.training.logistic import fit_logistic
from polku.training.model import Estimator, FittedModel
from polku.training.specs import directions_of
from polku.training.table import TrainingTable, training_table
from polku.training.trees import fit_trees

OnStep = Callable[[int, int], None]


def fit_table(spec: ModelSpec, table: TrainingTable, seed: int, on_step: OnStep | None = None) -> FittedModel:
    """Fit estimator and calibration on training rows.

    The calibration is chosen on the learners of one fold with an estimator that has not seen them; the estimator
    that is kept is fitted on all.

    Parameters
    ----------
    spec : ModelSpec
        Estimator, parameters, calibration.
    table : TrainingTable
        Training rows.
    seed : int
        Seed of sampling.
    on_step : callable, optional
        Called with (done, total) trees of the estimator that is kept.

    Returns
    -------
    FittedModel
    """
    calibration = Calibration()
    if spec.calibration != "none":
        held = table.fold == 0
        trial = _estimate(spec, table, seed, ~held)
        score = trial.score(table.features[held])
        calibration = choose(score, table.correct[held], table.learner[held], spec.calibration, seed)
    estimator = _estimate(spec, table, seed, np.ones(len(table.fold), np.bool_), on_step)
    return FittedModel(spec, table.feature_set, table.item_statistics, estimator, calibration)


def fit(
    spec: ModelSpec,
    home: Home,
    responses: Responses,
    curriculum: Curriculum,
    seed: int | None = None,
    on_step: OnStep | None = None,
) -> FittedModel:
    """Fit a model on the responses of training learners.

    Parameters
    ----------
    spec : ModelSpec
        Which model; see :func:`load_spec`.
    home : Home
        Where the features are defined.
    responses : Responses
        All responses of the training learners.
    curriculum : Curriculum
        Prerequisites and areas of the skills.
    seed : int, optional
        Seed of folds and sampling; default the spec's.
    on_step : callable, optional
        Called with (done, total) as the estimator is fitted.

    Returns
    -------
    FittedModel

    Raises
    ------
    InputError
        If there are no responses or fewer than two separate learners.
    DefinitionError
        If the features do not hold.
    """
    chosen = spec.seed if seed is None else seed
    return fit_table(spec, training_table(spec, home, responses, curriculum, chosen), chosen, on_step)


def _estimate(
    spec: ModelSpec, table: TrainingTable, seed: int, rows: NDArray[np.bool_], on_step: OnStep | None = None
) -> Estimator:
    """Fit the estimator of a spec on the masked rows."""
    features, correct = table.features[rows], table.correct[rows]
    if spec.logistic is not None:
        return fit_logistic(features, correct, spec.logistic)
    if spec.lightgbm is None:
        raise DefinitionError(f"model {spec.name} has no parameters", got=spec.kind)
    return fit_trees(
        features,
        correct,
        spec.lightgbm,
        columns=table.feature_set.columns,
        directions=directions_of(spec, table.feature_set),
        seed=seed,
        on_step=on_step,
    )
