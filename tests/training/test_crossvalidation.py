"""Cross-validation: every response predicted once, by a model that has not seen its learner."""

from __future__ import annotations

import numpy as np
import pytest

from polku.curriculum import Curriculum
from polku.errors import InputError
from polku.home import Home
from polku.records import Responses
from polku.schemas.model import ModelSpec
from polku.training import CrossValidation, cross_validate, evaluate, load_spec, read_folds


@pytest.fixture(scope="module")
def found(home: Home, small_mastery: ModelSpec, responses: Responses, curriculum: Curriculum) -> CrossValidation:
    """Return three folds of the baseline and the mastery model."""
    return cross_validate(responses, [load_spec(home, "baseline"), small_mastery], home, curriculum, 3, seed=4)


def test_models_stand_in_order_with_difficulty_first(found: CrossValidation) -> None:
    assert found.summary().index.tolist() == ["difficulty", "baseline", "mastery"]
    assert found.per_fold["model"].tolist() == sorted(
        found.per_fold["model"], key=["difficulty", "baseline", "mastery"].index
    )
    assert found.per_fold["fold"].tolist() == [0, 1, 2] * 3


def test_history_beats_difficulty_alone(found: CrossValidation) -> None:
    auc = found.summary()["auc", "mean"]
    assert auc["baseline"] > auc["difficulty"] + 0.02
    assert auc["mastery"] > auc["difficulty"] + 0.02


def test_each_fold_is_an_evaluation_of_unseen_learners(
    found: CrossValidation, home: Home, responses: Responses, curriculum: Curriculum
) -> None:
    folds = read_folds(found.folds, responses)
    spec = load_spec(home, "baseline").model_copy(update={"seed": 4})
    train, test = (responses.of_learners(mask) for mask in (folds != 1, folds == 1))
    report = evaluate(train, test, spec, home, curriculum)
    line = found.per_fold[(found.per_fold["model"] == "baseline") & (found.per_fold["fold"] == 1)].iloc[0]
    assert report["auc"] == line["auc"]
    assert report["cold_start"]["log_loss"] == line["cold_log_loss"]


def test_every_response_is_predicted(found: CrossValidation, responses: Responses) -> None:
    for p in found.predictions.values():
        assert p.shape == (len(responses),)
        assert np.all((p > 0.0) & (p < 1.0))
    assert found.per_fold.groupby("model")["n"].sum().eq(len(responses)).all()


def test_the_report_of_one_model_holds_its_folds(found: CrossValidation) -> None:
    report = found.report("mastery")
    assert len(report["folds"]) == 3
    assert report["auc"] == pytest.approx(np.mean([fold["auc"] for fold in report["folds"]]))
    assert report["sd"]["auc"] > 0.0
    assert report["near_twins"] == 0


def test_it_is_the_same_twice_and_says_how_far_it_is(
    found: CrossValidation, home: Home, responses: Responses, curriculum: Curriculum
) -> None:
    steps: list[tuple[int, int]] = []
    again = cross_validate(
        responses, [load_spec(home, "baseline")], home, curriculum, 3, seed=4, on_step=lambda *at: steps.append(at)
    )
    assert again.predictions["baseline"].tobytes() == found.predictions["baseline"].tobytes()
    assert steps == [(done, 6) for done in range(1, 7)]


def test_one_class_has_missing_figures(home: Home, responses: Responses, curriculum: Curriculum) -> None:
    right = Responses.from_frame(responses.to_frame().assign(correct=1.0), clock=False)
    found = cross_validate(right, [], home, curriculum, 2)
    assert np.isnan(found.summary()["auc", "mean"]["difficulty"])


def test_too_few_learners_are_refused(home: Home, responses: Responses, curriculum: Curriculum) -> None:
    with pytest.raises(InputError, match="separate learners"):
        cross_validate(responses.of_learners(["p000", "p001"]), [], home, curriculum, 5)
