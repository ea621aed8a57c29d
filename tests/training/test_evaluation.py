"""Evaluation: exactly the keys promised, nobody predicted from themselves, twins out of training."""

from __future__ import annotations

import numpy as np
import pytest

from polku.curriculum import Curriculum
from polku.errors import InputError
from polku.home import Home
from polku.records import Responses
from polku.schemas.model import ModelSpec
from polku.training import assess, evaluate, load_spec
from polku.training.measures import METRICS


@pytest.fixture(scope="module")
def spec(home: Home) -> ModelSpec:
    """Return the quickest model."""
    return load_spec(home, "baseline")


def renamed(responses: Responses, learner: str, new: str) -> Responses:
    """Return one learner's responses under another id."""
    frame = responses.of_learners([learner]).to_frame().assign(learner_id=new)
    return Responses.from_frame(frame.assign(response_id=new + frame["response_id"]), clock=False)


def test_the_report_has_the_keys_promised(
    spec: ModelSpec, home: Home, responses: Responses, unseen: Responses, curriculum: Curriculum
) -> None:
    report = evaluate(responses, unseen, spec, home, curriculum, read_seconds=1.5)
    assert list(report) == [*METRICS, "cold_start", "near_twins", "seconds"]
    assert list(report["cold_start"]) == list(METRICS)
    assert (report["n"], report["cold_start"]["n"], report["near_twins"]) == (300, 50, 0)
    assert list(report["seconds"]) == ["read", "features", "fit", "predict"]
    assert report["seconds"]["read"] == 1.5
    assert min(report["seconds"].values()) >= 0.0
    assert report["auc"] > 0.65


def test_predictions_stand_beside_answers(
    spec: ModelSpec, home: Home, responses: Responses, unseen: Responses, curriculum: Curriculum
) -> None:
    done = assess(responses, unseen, spec, home, curriculum)
    assert list(done.predictions) == ["learner_id", "response_id", "item_id", "y_true", "y_prob"]
    assert done.predictions["y_true"].tolist() == unseen.correct.tolist()
    assert done.predictions["y_prob"].tolist() == done.model.predict_responses(unseen, curriculum).tolist()
    assert done.macro["n"] == 10
    assert done.notes == ()


def test_labels_of_test_learners_train_nothing(
    spec: ModelSpec, home: Home, responses: Responses, unseen: Responses, curriculum: Curriculum
) -> None:
    """Flip the second half of every test learner: the model and all first halves are bit-identical."""
    row = np.arange(len(unseen)) - unseen.learner_start[unseen.learner]
    correct = np.where(row >= 15, 1.0 - unseen.correct, unseen.correct)
    flipped = Responses.from_frame(unseen.to_frame().assign(correct=correct), clock=False)
    before, after = (assess(responses, each, spec, home, curriculum) for each in (unseen, flipped))
    assert before.model.hash == after.model.hash
    first = row < 15
    assert before.predictions["y_prob"][first].tolist() == after.predictions["y_prob"][first].tolist()


def test_twins_of_test_learners_leave_training(
    spec: ModelSpec, home: Home, responses: Responses, unseen: Responses, curriculum: Curriculum
) -> None:
    twin = renamed(unseen, "q003", "twin")
    within = renamed(responses, "p001", "double")
    done = assess(Responses.concat([responses, twin, within]), unseen, spec, home, curriculum)
    without = assess(Responses.concat([responses, within]), unseen, spec, home, curriculum)
    assert (done.report["near_twins"], done.twins_removed) == (2, 1)
    assert done.model.hash == without.model.hash
    assert "1 training learner(s), twins of test ones, left out" in done.notes[0]


def test_a_learner_on_both_sides_is_refused(
    spec: ModelSpec, home: Home, responses: Responses, unseen: Responses, curriculum: Curriculum
) -> None:
    mixed = Responses.concat([unseen, renamed(unseen, "q003", "p005")])
    with pytest.raises(InputError, match=r"share learners\n  got: 1 learner"):
        evaluate(responses, mixed, spec, home, curriculum)


def test_training_on_twins_only_is_refused(
    spec: ModelSpec, home: Home, unseen: Responses, curriculum: Curriculum
) -> None:
    with pytest.raises(InputError, match="every training learner is a near-twin"):
        evaluate(renamed(unseen, "q003", "twin"), unseen, spec, home, curriculum)


def test_nothing_to_train_or_test_on_is_refused(
    spec: ModelSpec, home: Home, responses: Responses, curriculum: Curriculum
) -> None:
    nothing = responses.rows([])
    with pytest.raises(InputError, match="test responses are empty"):
        evaluate(responses, nothing, spec, home, curriculum)
    with pytest.raises(InputError, match="training responses are empty"):
        evaluate(nothing, responses, spec, home, curriculum)


def test_one_class_in_the_test_says_that_auc_is_not_defined(
    spec: ModelSpec, home: Home, responses: Responses, unseen: Responses, curriculum: Curriculum
) -> None:
    right = Responses.from_frame(unseen.to_frame().assign(correct=1.0), clock=False)
    done = assess(responses, right, spec, home, curriculum)
    assert done.report["auc"] is None
    assert done.report["log_loss"] > 0.0
    assert "AUC is not defined" in done.notes[0]
