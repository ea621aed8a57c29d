"""Training rows: what was known before each answer, with difficulties that have not seen the learner."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from polku.curriculum import Curriculum
from polku.errors import InputError
from polku.home import Home
from polku.profiles import FeatureSet, ItemStatistics, build
from polku.records import Responses
from polku.records.earlier import Earlier
from polku.schemas.model import ModelSpec
from polku.training.difficulty import cross_fit, fit_item_statistics
from polku.training.reading import read_with
from polku.training.skill_rows import Future, SkillRows
from polku.training.specs import load_features
from polku.training.split import learner_folds
from polku.training.twins import twin_groups

Float = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class TrainingTable:
    """Training rows: what was known before each answer, and the answer.

    Parameters
    ----------
    feature_set : FeatureSet
        Columns of `features`.
    item_statistics : ItemStatistics
        Difficulties from all training learners, for predicting others.
    features : float64[n, n_columns]
        Read before each answer, with difficulties that have not seen the row's own learner.
    correct : float64[n]
        Scores 0..1.
    learner : int32[n]
        Learner code of each row.
    fold : int32[n]
        Fold of the row's learner inside training.
    future : Future or None
        What came of each reading, for a model that reads skills.
    """

    feature_set: FeatureSet
    item_statistics: ItemStatistics
    features: Float
    correct: Float
    learner: NDArray[np.int32]
    fold: NDArray[np.int32]
    future: Future | None = None

    def __post_init__(self) -> None:
        """Refuse rows of differing number."""
        sizes = {len(self.features), len(self.correct), len(self.learner), len(self.fold)}
        if len(sizes) != 1:
            raise InputError("a training table needs one row per answer", got=f"lengths {sorted(sizes)}")


def training_table(
    spec: ModelSpec,
    home: Home,
    responses: Responses,
    curriculum: Curriculum,
    seed: int,
    *,
    groups: NDArray[np.int32] | None = None,
    earlier: Earlier | None = None,
) -> TrainingTable:
    """Build the training rows of a model.

    Parameters
    ----------
    spec, home, responses, curriculum, seed
        As in :func:`fit`.
    groups : int32[L], optional
        Learners that stay together share a number; default :func:`~polku.training.twins.twin_groups`.
    earlier : Earlier, optional
        Histories before corrections: a row of before a correction is read from what was known then. Its own answer is
        what holds now, since answers come after the reading in any case.

    Returns
    -------
    TrainingTable

    Raises
    ------
    InputError
        If there are no responses, or only one learner: nobody would be left to fit difficulties on.
    """
    if not len(responses):
        raise InputError("nothing to train on", got="0 responses", hint="give responses of several learners")
    together = twin_groups(responses) if groups is None else groups
    separate = int(together.max()) + 1
    folds = learner_folds(responses, min(spec.folds, max(separate, 2)), seed, groups=together)
    feature_set = load_features(spec, home)
    if spec.reads == "skills":
        rows = SkillRows.build(responses, feature_set, curriculum, folds, seed, earlier)
        return _readings(rows, feature_set, responses, curriculum, folds)
    back = feature_set.looks_back
    known = cross_fit(responses, curriculum, spec.folds, seed, folds=folds, sequence=back)
    features = build(responses, feature_set, known.item, known.skill, curriculum, known.sequence)
    if earlier is not None:
        _read_as_then(features, responses, feature_set, curriculum, folds, earlier)
    return TrainingTable(
        feature_set=feature_set,
        item_statistics=fit_item_statistics(responses, curriculum, sequence=back),
        features=features,
        correct=responses.correct,
        learner=responses.learner,
        fold=folds[responses.learner],
    )


def _read_as_then(
    features: Float,
    responses: Responses,
    feature_set: FeatureSet,
    curriculum: Curriculum,
    folds: NDArray[np.int32],
    earlier: Earlier,
) -> None:
    """Read rows of before a correction anew, from what was known then, with difficulties of the other folds."""
    fold_of_row = folds[responses.learner]
    for fold in np.unique(fold_of_row):
        rows = np.flatnonzero(fold_of_row == fold)
        places, then = earlier.places(responses, rows)
        if len(places):
            others = responses.rows(fold_of_row != fold)
            statistics = fit_item_statistics(others, curriculum, sequence=feature_set.looks_back)
            features[rows[places]] = read_with(statistics, earlier.responses, feature_set, curriculum)[then]


def _readings(
    rows: SkillRows, feature_set: FeatureSet, responses: Responses, curriculum: Curriculum, folds: NDArray[np.int32]
) -> TrainingTable:
    """Return readings of skills as a training table."""
    learner = responses.learner[rows.answer]
    return TrainingTable(
        feature_set=feature_set,
        item_statistics=fit_item_statistics(responses, curriculum),
        features=rows.features,
        correct=responses.correct[rows.answer],
        learner=learner,
        fold=folds[learner],
        future=rows.future,
    )
