"""What is predicted over a whole file is, bit for bit, what the service predicts answer by answer."""

from __future__ import annotations

import numpy as np
import pytest

from polku.curriculum import Curriculum
from polku.home import Home
from polku.profiles import Profile
from polku.records import Responses
from polku.schemas.model import ModelSpec
from polku.training import FittedModel, fit, load_spec


@pytest.fixture(scope="module", params=["mastery", "baseline", "response"])
def model(request: pytest.FixtureRequest, home: Home, responses: Responses, curriculum: Curriculum) -> FittedModel:
    """Return every model of the home, the largest with few trees."""
    spec: ModelSpec = load_spec(home, request.param)
    if spec.lightgbm is not None:
        small = spec.lightgbm.model_copy(update={"trees": 30, "min_leaf": 5})
        spec = spec.model_copy(update={"lightgbm": small})
    return fit(spec, home, responses, curriculum)


def test_batch_predictions_are_those_made_one_by_one(
    model: FittedModel, unseen: Responses, curriculum: Curriculum
) -> None:
    log = unseen.of_learners(unseen.learners[:2])
    batch = model.predict_responses(log, curriculum)
    profiles = {
        learner: Profile.empty(model.feature_set, model.item_statistics, curriculum) for learner in log.learners
    }
    online = []
    for response in log:
        profile = profiles[response.learner_id]
        row = profile.read(response.item_id, response.skill_ids, None)
        online.append(model.predict(row.reshape(1, -1))[0])
        profile.update(response)
    assert np.array(online).tobytes() == batch.tobytes()


def test_mastery_is_the_prediction_of_the_reference_items(
    model: FittedModel, unseen: Responses, curriculum: Curriculum
) -> None:
    profile = Profile.empty(model.feature_set, model.item_statistics, curriculum)
    profile.fold(unseen.of_learners(unseen.learners[:1]))
    together = model.mastery(profile, curriculum.order, None)
    assert together.tobytes() == model.predict(profile.read_skills(curriculum.order, None)).tobytes()
    alone = [model.mastery(profile, [skill], None)[0] for skill in curriculum.order]
    assert alone == together.tolist()
    assert model.mastery(profile, [], None).shape == (0,)


def test_predictions_do_not_depend_on_who_else_is_in_the_file(
    model: FittedModel, unseen: Responses, curriculum: Curriculum
) -> None:
    whole = model.predict_responses(unseen, curriculum)
    for learner in range(3):
        part = unseen.of_learners(unseen.learners[learner : learner + 1])
        rows = unseen.learner == learner
        assert model.predict_responses(part, curriculum).tobytes() == whole[rows].tobytes()


def test_a_very_long_log_of_right_answers_stays_sane(model: FittedModel, curriculum: Curriculum) -> None:
    n = 5000
    columns = {
        "response_id": [f"r{place:05d}" for place in range(n)],
        "learner_id": ["tireless"] * n,
        "item_id": [f"i{place % 48:02d}" for place in range(n)],
        "skill_ids": [f"s{place % 48 // 8}" for place in range(n)],
        "answered_at": np.arange(n),
        "correct": np.ones(n),
    }
    p = model.predict_responses(Responses.from_columns(columns, clock=False), curriculum)
    assert np.all((p > 0.0) & (p < 1.0))
    assert p[-48:].mean() > 0.5
