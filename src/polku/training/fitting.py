"""Fits a model: training rows, estimator, calibration, in that order."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

import numpy as np
from numpy.typing import NDArray

from polku.curriculum import Curriculum
from polku.errors import DefinitionError
from polku.home import Home
from polku.records import Responses
from polku.records.earlier import Earlier
from polku.schemas.model import ModelSpec, TreeParameters
from polku.training.anchored import AnchoredTrees, difficulty_column, without
from polku.training.calibration import Calibration, choose
from polku.training.logistic import fit_logistic
from polku.training.model import Estimator, FittedModel
from polku.training.skill_rows import Future
from polku.training.specs import directions_of
from polku.training.spread import Attempts, fit_spread
from polku.training.table import TrainingTable, training_table
from polku.training.trees import fit_trees, trees_enough

Float = NDArray[np.float64]
HELD: Final = 5
"""One in so many folds is held out to see how many trees are enough."""
OnStep = Callable[[int, int], None]


def fit_table(
    spec: ModelSpec,
    table: TrainingTable,
    seed: int,
    on_step: OnStep | None = None,
    *,
    weights: Float | None = None,
) -> FittedModel:
    """Fit estimator, calibration and, for a model that reads skills, the spread around its readings.

    Calibration and spread are fitted on the learners of one fold with an estimator that has not seen them; the
    estimator that is kept is fitted on all.

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
    weights : float64[n], optional
        How much each training row counts in the estimator; default all alike. Calibration and spread always count
        every row once, so that 70 % means 70 % of the answers that there are.

    Returns
    -------
    FittedModel
    """
    calibration, spread = Calibration(), None
    if spec.calibration != "none" or table.future is not None:
        held = table.fold == 0
        score = estimate(spec, table, seed, ~held, weights=weights).score(table.features[held])
        calibration = choose(score, table.correct[held], table.learner[held], spec.calibration, seed)
        if table.future is not None:
            ability = score + table.features[held, difficulty_column(table.feature_set)]
            spread = fit_spread(_attempts(ability, calibration, table.future.rows(held)))
    estimator = estimate(spec, table, seed, np.ones(len(table.fold), np.bool_), on_step, weights=weights)
    return FittedModel(spec, table.feature_set, table.item_statistics, estimator, calibration, spread)


def fit(
    spec: ModelSpec,
    home: Home,
    responses: Responses,
    curriculum: Curriculum,
    seed: int | None = None,
    on_step: OnStep | None = None,
    *,
    earlier: Earlier | None = None,
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
    earlier : Earlier, optional
        Histories before corrections, as in :func:`training_table`.

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
    return fit_table(spec, training_table(spec, home, responses, curriculum, chosen, earlier=earlier), chosen, on_step)


def _attempts(ability: Float, calibration: Calibration, future: Future) -> Attempts:
    """Return what was expected of the next first attempts after each reading, and what came."""
    score = ability[:, None] - np.nan_to_num(future.difficulty)
    return Attempts(
        p=calibration(score.ravel()).reshape(score.shape),
        correct=future.correct,
        skill_answers=future.skill_answers,
        learner_answers=future.learner_answers,
        days=future.days,
    )


def estimate(
    spec: ModelSpec,
    table: TrainingTable,
    seed: int,
    rows: NDArray[np.bool_],
    on_step: OnStep | None = None,
    *,
    weights: Float | None = None,
) -> Estimator:
    """Fit the estimator of a spec, without calibration, on some rows of a table.

    Parameters
    ----------
    spec, table, seed, on_step, weights
        As in :func:`fit_table`.
    rows : bool[n]
        Rows to fit on.

    Returns
    -------
    Estimator

    Raises
    ------
    DefinitionError
        If the spec has no parameters, or weights are given to a regression.
    """
    features, correct = table.features[rows], table.correct[rows]
    if spec.logistic is not None:
        if weights is not None:
            raise DefinitionError("rows are weighted in boosted trees only", got=spec.kind, hint='kind = "lightgbm"')
        return fit_logistic(features, correct, spec.logistic)
    if spec.lightgbm is None:
        raise DefinitionError(f"model {spec.name} has no parameters", got=spec.kind)
    names = table.feature_set
    counted = None if weights is None else weights[rows]
    trees = partial(
        fit_trees,
        columns=names.columns,
        directions=directions_of(spec, names),
        seed=seed,
        weights=counted,
        on_step=on_step,
    )
    if spec.reads == "answers":
        return trees(features, correct, _grown(spec, spec.lightgbm, table, seed, rows, counted))
    column = difficulty_column(names)
    difficulty = features[:, column]
    ability = trees(without(features, column), correct, spec.lightgbm, start=-difficulty)
    return AnchoredTrees(ability.text, column, float(difficulty.mean()))


def _grown(
    spec: ModelSpec,
    parameters: TreeParameters,
    table: TrainingTable,
    seed: int,
    rows: NDArray[np.bool_],
    weights: Float | None,
) -> TreeParameters:
    """Return parameters with as many trees as learners held out profit from; as they are where patience is 0."""
    fold = table.fold[rows]
    present = np.unique(fold)  # a calibration may have taken a fold away
    held = np.isin(fold, present[::HELD])
    if not parameters.patience or len(present) == 1:
        return parameters
    names = table.feature_set
    enough = trees_enough(
        table.features[rows],
        table.correct[rows],
        held,
        parameters,
        columns=names.columns,
        directions=directions_of(spec, names),
        seed=seed,
        weights=weights,
    )
    return parameters.model_copy(update={"trees": enough})
