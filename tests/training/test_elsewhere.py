"""Models asked about a school they have never seen: who is in training, who is predicted, and how places are folded."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from polku.curriculum import Curriculum
from polku.errors import InputError
from polku.home import Home
from polku.records import Responses
from polku.schemas.model import ModelSpec
from polku.training import elsewhere, load_spec
from polku.training.elsewhere import folds_of_places, places_of, predict_elsewhere


@pytest.fixture(scope="module")
def baseline_spec(home: Home) -> ModelSpec:
    return load_spec(home, "baseline")


def schooled(names: list[list[str | None]]) -> Responses:
    """Return one answer a name, learners in order, at the schools named."""
    rows = [(f"l{number}", school) for number, schools in enumerate(names) for school in schools]
    columns: dict[str, Any] = {
        "response_id": [f"r{number}" for number in range(len(rows))],
        "learner_id": [learner for learner, _ in rows],
        "item_id": ["i"] * len(rows),
        "skill_ids": ["s"] * len(rows),
        "answered_at": list(range(len(rows))),
        "correct": [1.0] * len(rows),
        "school_id": np.array([school for _, school in rows], dtype=object),
    }
    return Responses.from_columns(columns, clock=False)


def test_a_learner_is_of_the_school_of_most_answers() -> None:
    assert places_of(schooled([["a", "b", "b"], ["a"], [None]])).tolist() == ["b", "a", None]


def test_a_roster_tells_of_those_whose_answers_do_not(responses: Responses) -> None:
    assert places_of(schooled([["a"], [None]]), {"l0": "x", "l1": "y"}).tolist() == ["a", "y"]
    known = {str(learner): "x" for learner in responses.learners[:3]}
    assert places_of(responses, known).tolist() == ["x"] * 3 + [None] * (len(responses.learners) - 3)


def test_few_places_are_left_out_one_by_one() -> None:
    places = np.array(["b", "a", None, "a"], dtype=object)
    assert folds_of_places(places) is places


def test_many_places_are_put_together_whole_and_evenly() -> None:
    places = np.array([f"school {number % 30:02d}" for number in range(3000)], dtype=object)
    folds = folds_of_places(places)
    assert len(set(folds)) == elsewhere.MOST
    assert all(len(set(folds[places == place])) == 1 for place in set(places))
    sizes = np.unique(folds, return_counts=True)[1]
    assert sizes.max() - sizes.min() <= 100
    assert set(folds) >= {"fold 1: 3 schools", "fold 12: 2 schools"}


def test_one_place_cannot_be_left_out() -> None:
    with pytest.raises(InputError, match="leaving a school out takes at least two"):
        folds_of_places(np.array(["a", "a", None], dtype=object))


def test_each_learner_is_predicted_once_by_a_model_of_the_other_places(
    responses: Responses, baseline_spec: ModelSpec, home: Home, curriculum: Curriculum
) -> None:
    folds = np.array(["x", "y"] * (len(responses.learners) // 2), dtype=object)
    heard: list[tuple[int, int]] = []
    found = predict_elsewhere(
        responses, folds, baseline_spec, home, curriculum, on_step=lambda done, total: heard.append((done, total))
    )
    assert heard == [(1, 2), (2, 2)]
    assert sorted(found["response_id"]) == sorted(responses.response_id)
    place = dict(zip(responses.learners, folds, strict=True))
    assert (found["learner_id"].map(place) == found["place"]).all()
    assert found["y_prob"].between(0, 1).all()


def test_predictions_of_a_place_do_not_hang_on_its_own_answers_of_others(
    responses: Responses, baseline_spec: ModelSpec, home: Home, curriculum: Curriculum
) -> None:
    folds = np.array(["x"] * 12 + ["y"] * (len(responses.learners) - 12), dtype=object)
    whole = predict_elsewhere(responses, folds, baseline_spec, home, curriculum)
    kept = np.ones(len(folds), dtype=bool)
    kept[:6] = False
    fewer = predict_elsewhere(responses.of_learners(kept), folds[kept], baseline_spec, home, curriculum)
    both = whole[whole["place"] == "x"].merge(fewer, on="response_id", suffixes=("", "_fewer"))
    assert len(both) > 0
    np.testing.assert_allclose(both["y_prob"], both["y_prob_fewer"])


def test_learners_without_a_place_are_left_alone(
    responses: Responses, baseline_spec: ModelSpec, home: Home, curriculum: Curriculum
) -> None:
    folds = np.array(["x", "y", None, "y"] * (len(responses.learners) // 4), dtype=object)
    found = predict_elsewhere(responses, folds, baseline_spec, home, curriculum)
    assert set(found["learner_id"]) == set(responses.learners[[fold is not None for fold in folds]])
