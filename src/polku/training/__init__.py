"""From responses to a fitted model that can be trusted: fitted, judged, recorded, bundled.

The order of the chapter. :mod:`~polku.training.twins` finds people who occur twice;
:mod:`~polku.training.split` divides learners into folds that keep them together;
:mod:`~polku.training.difficulty` fits how hard items and skills are, never from a row's own learner.
:mod:`~polku.training.table` turns responses into training rows, :mod:`~polku.training.fitting` rows into a
:class:`FittedModel`, with :mod:`~polku.training.trees` or :mod:`~polku.training.logistic` as estimator and
:mod:`~polku.training.calibration` on top. :mod:`~polku.training.evaluation` and
:mod:`~polku.training.crossvalidation` judge it on learners it has not seen, in the terms of
:mod:`~polku.training.measures` and :mod:`~polku.training.reliability`. :mod:`~polku.training.contributions` says
what one prediction is made of, :mod:`~polku.training.explained` what a run keeps to be seen: importance,
:mod:`~polku.training.accumulated` effects, :mod:`~polku.training.learning_curves` and the
:mod:`~polku.training.item_table`, nobody singled out. :mod:`~polku.training.registry` records the run, the only
place that knows MLflow, and :mod:`~polku.training.bundle` ties model, curriculum, path policy and gates together under
one hash.

What it does not do: it computes no features (:mod:`polku.profiles`), knows nothing of who learners are
(:mod:`polku.fairness`), releases nothing, and writes no pickle: a fitted model is LightGBM text and JSON.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from polku.lazily import lazily

if TYPE_CHECKING:
    from polku.training.bundle import Bundle
    from polku.training.calibration import Calibration
    from polku.training.contributions import Contributions, explain, mastery_contributions, response_contributions
    from polku.training.crossvalidation import CrossValidation, cross_validate
    from polku.training.difficulty import cross_fit, fit_item_statistics
    from polku.training.evaluation import Evaluation, assess, evaluate, predictions_frame
    from polku.training.fitting import fit, fit_table
    from polku.training.measures import metrics
    from polku.training.model import FittedModel
    from polku.training.registry import RunRecord, log_run, mark_champion
    from polku.training.reliability import calibration_table
    from polku.training.specs import directions_of, load_features, load_spec
    from polku.training.split import folds_frame, learner_folds, read_folds
    from polku.training.table import TrainingTable, training_table
    from polku.training.twins import near_twins, twin_groups

__all__ = [
    "Bundle",
    "Calibration",
    "Contributions",
    "CrossValidation",
    "Evaluation",
    "FittedModel",
    "RunRecord",
    "TrainingTable",
    "assess",
    "calibration_table",
    "cross_fit",
    "cross_validate",
    "directions_of",
    "evaluate",
    "explain",
    "fit",
    "fit_item_statistics",
    "fit_table",
    "folds_frame",
    "learner_folds",
    "load_features",
    "load_spec",
    "log_run",
    "mark_champion",
    "mastery_contributions",
    "metrics",
    "near_twins",
    "predictions_frame",
    "read_folds",
    "response_contributions",
    "training_table",
    "twin_groups",
]

__getattr__ = lazily(
    __name__,
    {
        "bundle": ["Bundle"],
        "calibration": ["Calibration"],
        "contributions": ["Contributions", "explain", "mastery_contributions", "response_contributions"],
        "crossvalidation": ["CrossValidation", "cross_validate"],
        "difficulty": ["cross_fit", "fit_item_statistics"],
        "evaluation": ["Evaluation", "assess", "evaluate", "predictions_frame"],
        "fitting": ["fit", "fit_table"],
        "measures": ["metrics"],
        "model": ["FittedModel"],
        "registry": ["RunRecord", "log_run", "mark_champion"],
        "reliability": ["calibration_table"],
        "specs": ["directions_of", "load_features", "load_spec"],
        "split": ["folds_frame", "learner_folds", "read_folds"],
        "table": ["TrainingTable", "training_table"],
        "twins": ["near_twins", "twin_groups"],
    },
)
