"""How well a model predicts learners it has never seen, each answer from earlier answers only."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from polku.curriculum import Curriculum
from polku.errors import InputError
from polku.home import Home
from polku.records import Responses
from polku.schemas.model import ModelSpec
from polku.training.fitting import OnStep, fit_table
from polku.training.measures import cold_start, macro, metrics
from polku.training.model import FittedModel
from polku.training.table import training_table
from polku.training.twins import near_twins

Float = NDArray[np.float64]
Report = dict[str, Any]


@dataclass(frozen=True, eq=False)
class Evaluation:
    """One model, fitted on training learners and judged on test learners.

    Parameters
    ----------
    report : dict
        Keys `n, auc, log_loss, rmse, ece, accuracy, cold_start, near_twins, seconds`; see :func:`evaluate`.
    macro : dict
        The metrics averaged over learners.
    predictions : DataFrame
        `learner_id, response_id, item_id, y_true, y_prob`, one row a test response.
    model : FittedModel
        The model that predicted.
    twins_removed : int
        Training learners left out because they are near-twins of test learners.
    notes : tuple of str
        What a reader should know: removed twins, metrics that are not defined.
    """

    report: Report
    macro: Report
    predictions: pd.DataFrame
    model: FittedModel
    twins_removed: int
    notes: tuple[str, ...] = field(default=())


def evaluate(
    train: Responses,
    test: Responses,
    spec: ModelSpec,
    home: Home,
    curriculum: Curriculum,
    *,
    read_seconds: float = 0.0,
    on_step: OnStep | None = None,
) -> Report:
    """Fit on the training learners, predict every response of the unseen test learners, and report.

    Parameters
    ----------
    train, test : Responses
        Responses of disjoint learners.
    spec : ModelSpec
        Which model; its seed is used.
    home : Home
        Where the features are defined.
    curriculum : Curriculum
        Prerequisites and areas of the skills.
    read_seconds : float
        Seconds the caller spent reading the files, reported under ``seconds.read``.
    on_step : callable, optional
        Called with (done, total) as the estimator is fitted.

    Returns
    -------
    dict
        `n, auc, log_loss, rmse, ece, accuracy` over all test responses; the same under `cold_start` (first five
        responses of each learner); `near_twins`, the number of near-twin pairs found among all learners given
        (training learners that are near-twins of a test learner are left out of training); `seconds` {read,
        features, fit, predict}.

    Raises
    ------
    InputError
        If a learner stands in both, or either is empty.
    """
    return assess(train, test, spec, home, curriculum, read_seconds=read_seconds, on_step=on_step).report


def assess(
    train: Responses,
    test: Responses,
    spec: ModelSpec,
    home: Home,
    curriculum: Curriculum,
    *,
    read_seconds: float = 0.0,
    on_step: OnStep | None = None,
) -> Evaluation:
    """As :func:`evaluate`, with predictions, model and notes beside the report."""
    clock = _Clock(read=read_seconds)
    pairs, kept, removed = _without_twins(train, test)
    with clock("features"):
        table = training_table(spec, home, kept, curriculum, spec.seed)
    with clock("fit"):
        model = fit_table(spec, table, spec.seed, on_step)
    with clock("features"):
        rows = model.features_of(test, curriculum)
    with clock("predict"):
        probability = model.predict(rows)
    report = _judge(test, probability)
    return Evaluation(
        report=report | {"near_twins": len(pairs), "seconds": clock.rounded()},
        macro=macro(test.learner, test.correct, probability),
        predictions=predictions_frame(test, probability),
        model=model,
        twins_removed=removed,
        notes=_notes(report, len(pairs), removed),
    )


def predictions_frame(responses: Responses, probability: Float) -> pd.DataFrame:
    """Return predictions beside answers, the input of an audit.

    Returns
    -------
    DataFrame
        `learner_id, response_id, item_id, y_true, y_prob` and, where known, `school_id`.
    """
    frame = pd.DataFrame(
        {
            "learner_id": responses.learners[responses.learner],
            "response_id": responses.response_id,
            "item_id": responses.items[responses.item],
            "y_true": responses.correct,
            "y_prob": probability,
        }
    )
    return frame if responses.school_id is None else frame.assign(school_id=responses.school_id)


def _judge(test: Responses, probability: Float) -> Report:
    first = cold_start(test)
    return metrics(test.correct, probability) | {"cold_start": metrics(test.correct[first], probability[first])}


def _without_twins(train: Responses, test: Responses) -> tuple[list[tuple[str, str]], Responses, int]:
    """Return all near-twin pairs, the training responses without twins of test learners, and how many went."""
    for name, responses in (("training", train), ("test", test)):
        if not len(responses):
            raise InputError(f"the {name} responses are empty", got="0 responses")
    both = np.intersect1d(train.learners.astype(str), test.learners.astype(str))
    if len(both):
        raise InputError(
            "training and test share learners",
            got=f"{len(both)} learner(s) in both",
            hint="divide by learner, so that nobody is predicted from a model that has seen them",
        )
    pairs = near_twins(Responses.concat([train, test]))
    tested = set(test.learners.tolist())
    across = {one if other in tested else other for one, other in pairs if (one in tested) != (other in tested)}
    if not across:
        return pairs, train, 0
    kept = ~np.isin(train.learners.astype(str), sorted(across))
    if not kept.any():
        raise InputError("every training learner is a near-twin of a test learner", got=f"{len(across)} learner(s)")
    return pairs, train.of_learners(kept), len(across)


def _notes(report: Report, pairs: int, removed: int) -> tuple[str, ...]:
    notes = []
    if pairs:
        notes.append(f"{pairs} near-twin pair(s) found; {removed} training learner(s), twins of test ones, left out")
    if report["auc"] is None:
        notes.append("AUC is not defined: the test responses are all right or all wrong")
    return tuple(notes)


class _Clock:
    """Adds up seconds under names."""

    def __init__(self, read: float) -> None:
        self.seconds = {"read": read, "features": 0.0, "fit": 0.0, "predict": 0.0}
        self._name, self._since = "", 0.0

    def __call__(self, name: str) -> _Clock:
        self._name = name
        return self

    def __enter__(self) -> None:
        self._since = time.perf_counter()

    def __exit__(self, *_: object) -> None:
        self.seconds[self._name] += time.perf_counter() - self._since

    def rounded(self) -> dict[str, float]:
        return {name: round(seconds, 3) for name, seconds in self.seconds.items()}
