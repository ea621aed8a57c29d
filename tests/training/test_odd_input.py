"""Input that is odd but possible: a clear error or a sane prediction, from every model of the home."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from polku.curriculum import Curriculum
from polku.errors import InputError
from polku.home import Home
from polku.profiles import Profile
from polku.records import Responses
from polku.schemas.model import ModelSpec
from polku.training import FittedModel, fit, load_spec

NAMES = ("mastery", "baseline", "response")


@pytest.fixture(scope="module", params=NAMES)
def spec(request: pytest.FixtureRequest, home: Home) -> ModelSpec:
    """Return every model of the home, small enough for a classroom."""
    found = load_spec(home, request.param)
    if found.lightgbm is None:
        return found
    small = found.lightgbm.model_copy(update={"trees": 30, "min_leaf": 5})
    return found.model_copy(update={"lightgbm": small})


@pytest.fixture(scope="module")
def model(spec: ModelSpec, home: Home, responses: Responses, curriculum: Curriculum) -> FittedModel:
    """Return the model, fitted on a classroom."""
    return fit(spec, home, responses, curriculum)


def log(count: int, **changes: Any) -> Responses:
    columns = {
        "response_id": [f"r{place:06d}" for place in range(count)],
        "learner_id": ["one"] * count,
        "item_id": [f"i{place % 48:02d}" for place in range(count)],
        "skill_ids": [f"s{place % 48 // 8}" for place in range(count)],
        "answered_at": np.arange(count),
        "correct": np.arange(count) % 2.0,
    }
    return Responses.from_columns(columns | changes, clock=False)


def sane(p: np.ndarray[Any, np.dtype[np.float64]]) -> bool:
    return bool(np.all((p > 0.0) & (p < 1.0)))


def test_items_and_skills_never_seen(model: FittedModel, curriculum: Curriculum) -> None:
    new = log(30, item_id=[f"new{place}" for place in range(30)], skill_ids=["nowhere"] * 30)
    p = model.predict_responses(new, curriculum)
    assert sane(p)
    assert 0.2 < p.mean() < 0.8
    profile = Profile.empty(model.feature_set, model.item_statistics, curriculum)
    profile.fold(new)
    assert sane(model.mastery(profile, ["nowhere", "elsewhere"], None))


def test_a_learner_with_fifty_thousand_responses(model: FittedModel, curriculum: Curriculum) -> None:
    tireless = log(50_000)
    assert sane(model.predict_responses(tireless, curriculum))
    profile = Profile.empty(model.feature_set, model.item_statistics, curriculum)
    profile.fold(tireless)
    p = model.mastery(profile, curriculum.order, None)
    assert sane(p)
    if model.tells_spread:
        found = model.mastery_interval(profile, curriculum.order, None)
        assert np.all((found.low < p) & (p < found.high))


@pytest.mark.parametrize("score", [0.0, 1.0])
def test_all_answers_alike(model: FittedModel, curriculum: Curriculum, score: float) -> None:
    profile = Profile.empty(model.feature_set, model.item_statistics, curriculum)
    before = model.mastery(profile, curriculum.order, None)
    profile.fold(log(200, correct=np.full(200, score)))
    p = model.mastery(profile, curriculum.order, None)
    assert sane(p)
    change = p - before if score else before - p
    assert not model.spec.monotone or np.all(change > 0.05)


def test_one_learner_only_is_refused(spec: ModelSpec, home: Home, curriculum: Curriculum) -> None:
    with pytest.raises(InputError, match="at least 2 separate learners"):
        fit(spec, home, log(100), curriculum)


@pytest.mark.parametrize("score", [0.0, 1.0])
def test_one_class_only(
    spec: ModelSpec, home: Home, responses: Responses, curriculum: Curriculum, score: float
) -> None:
    same = Responses.from_frame(responses.to_frame().assign(correct=score), clock=False)
    model = fit(spec, home, same, curriculum)
    p = model.predict_responses(responses, curriculum)
    assert sane(p)
    assert np.all(np.abs(p - score) < 0.1)


def test_scores_that_are_no_numbers_never_get_in() -> None:
    with pytest.raises(InputError, match="a score is not between 0 and 1"):
        log(3, correct=[1.0, np.nan, 0.0])


def test_missing_features_are_bridged_and_infinite_ones_refused(model: FittedModel) -> None:
    columns = len(model.feature_set.columns)
    assert sane(model.predict(np.full((3, columns), np.nan)))
    with pytest.raises(InputError, match="a feature is infinite"):
        model.predict(np.full((3, columns), -np.inf))


def test_constant_features(spec: ModelSpec, home: Home, curriculum: Curriculum) -> None:
    """Everybody answers one item once: nothing tells learners apart."""
    count = 40
    alike = log(
        count,
        learner_id=[f"p{place:02d}" for place in range(count)],
        item_id=["i00"] * count,
        skill_ids=["s0"] * count,
        correct=np.arange(count) % 4 != 0,
    )
    p = fit(spec, home, alike, curriculum).predict_responses(alike, curriculum)
    assert sane(p)
    assert np.ptp(p) < 0.05
    assert p.mean() == pytest.approx(0.75, abs=0.1)


def test_responses_without_any_skill_of_the_curriculum(spec: ModelSpec, home: Home, responses: Responses) -> None:
    model = fit(spec, home, responses, Curriculum.of_skills(["another"]))
    assert sane(model.predict_responses(responses, Curriculum.of_skills(["another"])))
