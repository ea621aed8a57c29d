"""Learners who answer by a Rasch model, small enough to fit in a second, with known difficulties."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from polku.curriculum import Curriculum
from polku.home import Home
from polku.profiles import FeatureSet, ItemStatistics
from polku.records import Responses
from polku.schemas.model import ModelSpec
from polku.training import FittedModel, fit, load_spec

SKILLS, PER_SKILL = 6, 8
CURRICULUM = Curriculum.from_json(
    '{"skills": [{"id": "s0"}, {"id": "s1", "prerequisites": ["s0"]}, {"id": "s2", "prerequisites": ["s1"]},'
    ' {"id": "s3"}, {"id": "s4", "prerequisites": ["s3"]}, {"id": "s5"}]}'
)
Classroom = Callable[..., Responses]


def classroom_columns(learners: int = 40, answers: int = 30, seed: int = 0, prefix: str = "p") -> dict[str, Any]:
    """Return canonical columns: abilities N(0, 1), items of rising difficulty within and over skills."""
    rng = np.random.default_rng(seed)
    learner = np.repeat(np.arange(learners), answers)
    item = rng.integers(0, SKILLS * PER_SKILL, len(learner))
    theta = rng.normal(size=learners)
    difficulty = (item % PER_SKILL) / 3.0 + (item // PER_SKILL) / 4.0 - 2.0
    p = 1.0 / (1.0 + np.exp(difficulty - theta[learner]))
    return {
        "response_id": [f"{prefix}{row:06d}" for row in range(len(learner))],
        "learner_id": [f"{prefix}{one:03d}" for one in learner],
        "item_id": [f"i{one:02d}" for one in item],
        "skill_ids": [f"s{one // PER_SKILL}" + (";s5" if one % PER_SKILL == 7 and one < 40 else "") for one in item],
        "answered_at": np.arange(len(learner)),
        "correct": (rng.random(len(learner)) < p).astype(np.float64),
    }


@pytest.fixture(scope="session")
def classroom() -> Classroom:
    """Return a maker of responses."""

    def make(**options: Any) -> Responses:
        changes = {name: options.pop(name) for name in ("correct", "item_id") if name in options}
        return Responses.from_columns(classroom_columns(**options) | changes, clock=False)

    return make


@pytest.fixture(scope="session")
def curriculum() -> Curriculum:
    """Return six skills, three of them with a prerequisite."""
    return CURRICULUM


@pytest.fixture(scope="session")
def responses(classroom: Classroom) -> Responses:
    """Return 40 learners with 30 answers each."""
    return classroom()


@pytest.fixture(scope="session")
def unseen(classroom: Classroom) -> Responses:
    """Return ten other learners."""
    return classroom(learners=10, seed=1, prefix="q")


@pytest.fixture(scope="session")
def small_mastery(home: Home) -> ModelSpec:
    """Return the mastery model, with leaves small enough for a classroom."""
    spec = load_spec(home, "mastery")
    assert spec.lightgbm is not None
    parameters = spec.lightgbm.model_copy(update={"trees": 40, "min_leaf": 5})
    return spec.model_copy(update={"lightgbm": parameters})


@pytest.fixture(scope="session")
def mastery(small_mastery: ModelSpec, home: Home, responses: Responses, curriculum: Curriculum) -> FittedModel:
    """Return a fitted mastery model."""
    return fit(small_mastery, home, responses, curriculum)


@pytest.fixture(scope="session")
def baseline(home: Home, responses: Responses, curriculum: Curriculum) -> FittedModel:
    """Return a fitted baseline."""
    return fit(load_spec(home, "baseline"), home, responses, curriculum)


@pytest.fixture(scope="session")
def two_columns(home: Home) -> tuple[FeatureSet, ItemStatistics]:
    """Return a feature set of two columns, and statistics that know nothing."""
    features = FeatureSet.load(home.features, ["learner_success", "item_difficulty"])
    return features, ItemStatistics({}, {}, {}, 0.0)
