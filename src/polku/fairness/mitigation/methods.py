"""How each method fits and predicts one fold. Every function takes groups of training learners only."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import numpy as np
import pandas as pd

from polku.fairness.arrays import Floats, Ints
from polku.fairness.items.answers import Answers
from polku.fairness.items.screening import screen_items
from polku.fairness.mitigation.fold import Fold
from polku.fairness.mitigation.groups import joined
from polku.fairness.mitigation.reduction import Mixture, reduced
from polku.fairness.mitigation.reweighing import reweighing
from polku.schemas.experiment import Experiment, Method
from polku.schemas.model import ModelSpec
from polku.training import TrainingTable, fit_table
from polku.training.calibration import Calibration, choose
from polku.training.fitting import estimate
from polku.training.model import Estimator

Predict = Callable[[Experiment, Fold], Floats]


def as_it_is(experiment: Experiment, fold: Fold) -> Floats:  # noqa: ARG001 - nothing is done otherwise
    """Return what the model as it is predicts, shape (n_test,)."""
    return fold.plain.predict(fold.rows)


def reweighed(experiment: Experiment, fold: Fold) -> Floats:
    """Fit on rows weighed by group and outcome."""
    setting, table = fold.setting, fold.table
    weights = reweighing(_group_of_row(experiment, fold), table.correct)
    return fit_table(setting.spec, table, setting.seed, weights=weights).predict(fold.rows)


def monotone(experiment: Experiment, fold: Fold) -> Floats:
    """Fit with monotone constraints, or without."""
    changed = constrained(fold.setting.spec, on=experiment.on)
    return fit_table(changed, fold.table, fold.setting.seed).predict(fold.rows)


def without_flagged_items(experiment: Experiment, fold: Fold) -> Floats:
    """Fit and predict without the items that the training learners' answers flag; NaN where one was asked."""
    left, kept = fold.without(flagged(experiment, fold))
    found = np.full(len(fold.test), np.nan)
    if kept.any():
        found[kept] = as_it_is(experiment, left)
    return found


def evened(experiment: Experiment, fold: Fold) -> Floats:
    """Fit the exponentiated gradient on four fifths of the training learners, calibrate it on the rest."""
    mixture, calibration = evened_out(experiment, fold)
    return calibration(mixture.score(fold.rows))


METHODS: Final[Mapping[Method, Predict]] = {
    "none": as_it_is,
    "reweigh": reweighed,
    "exponentiated_gradient": evened,
    "without_flagged_items": without_flagged_items,
    "monotone": monotone,
}


def evened_out(experiment: Experiment, fold: Fold) -> tuple[Mixture, Calibration]:
    """Return the mixture and its calibration: what predicts afterwards, from features alone."""
    setting, table = fold.setting, fold.table
    held = table.fold == 0
    used = np.flatnonzero(~held)
    largest = "platt" if setting.spec.calibration == "none" else setting.spec.calibration

    def learn(rows: Ints, outcome: Floats, weight: Floats) -> Estimator:
        return _estimate(setting.spec, table, used[rows], outcome, weight, setting.seed)

    group = _group_of_row(experiment, fold)[used]
    mixture = reduced(learn, table.features[used], table.correct[used], group, experiment, setting.threshold)
    score = mixture.score(table.features[held])
    return mixture, choose(score, table.correct[held], table.learner[held], largest, setting.seed)


def constrained(spec: ModelSpec, *, on: bool) -> ModelSpec:
    """Return the spec with monotone constraints, or free of them."""
    return spec.model_copy(update={"monotone": on, "directions": spec.directions if on else {}})


def flagged(experiment: Experiment, fold: Fold) -> frozenset[str]:
    """Return the items of concern by what the training learners answered."""
    setting, slices = fold.setting, fold.setting.slices
    wanted = [experiment.attribute] if experiment.attribute else list(fold.labels)
    table = pd.DataFrame({"learner_id": fold.train.learners, **{name: fold.labels[name] for name in wanted}})
    only = slices.model_copy(update={"attributes": {name: slices.attributes[name] for name in wanted}})
    found = screen_items(Answers.from_responses(fold.train), table, only, limits=setting.limits)
    return frozenset(found.flagged)


def _estimate(
    spec: ModelSpec, table: TrainingTable, rows: Ints, outcome: Floats, weight: Floats, seed: int
) -> Estimator:
    """Fit trees to other outcomes than those that came, with weights."""
    correct, weights = np.zeros(len(table.correct)), np.zeros(len(table.correct))
    correct[rows], weights[rows] = outcome, weight
    mask = np.zeros(len(correct), dtype=np.bool_)
    mask[rows] = True
    asked = TrainingTable(
        table.feature_set, table.item_statistics, table.features, correct, table.learner, table.fold, table.future
    )
    return estimate(spec, asked, seed, mask, weights=weights)


def _group_of_row(experiment: Experiment, fold: Fold) -> Ints:
    """Return the group code of each training row."""
    return joined(fold.labels[str(experiment.attribute)])[fold.table.learner]
