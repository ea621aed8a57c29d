"""A provider whose answers are drawn from known probabilities, so that a good model and a broken one are known."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray
from scipy.special import expit

from polku.curriculum import Curriculum
from polku.home import Home
from polku.records import Responses
from polku.schemas.model import ModelSpec
from polku.schemas.validation import ValidationLimits
from polku.training import Bundle, fit, load_spec
from polku.training.validation import Given, Validation, load_limits, validate
from polku.training.validation.predicted import Predicted

Float = NDArray[np.float64]
DAY = 86_400_000_000
DAYS = 120
SKILLS, PER_SKILL, SCHOOLS = 4, 10, 3


@dataclass(frozen=True, eq=False)
class World:
    """Responses with the probability that each was drawn from, and what else a validation is given."""

    responses: Responses
    truth: Float
    difficulty: Float
    school: NDArray[np.object_]

    def predicted(self, probability: Float | None = None) -> Predicted:
        """Return predictions, by default the truth, beside the share of right answers of each item."""
        model = self.truth if probability is None else probability
        return Predicted(self.responses, model, {"difficulty": self.difficulty, "baseline": self.truth})

    def given(self, probability: Float | None = None) -> Given:
        """Return what a validation is given, with the truth as the candidate's predictions unless said otherwise."""
        model, ids = self.truth if probability is None else probability, self.responses.response_id
        return Given(
            responses=self.responses,
            predictions=pd.DataFrame({"response_id": ids, "y_prob": model}),
            references=pd.DataFrame({"response_id": ids, "difficulty": self.difficulty, "baseline": self.truth}),
            known={"school": self.school},
        )


def world(learners: int = 240, answers: int = 40, seed: int = 0, *, clock: bool = True, **changes: Any) -> World:
    """Draw answers by a Rasch model over 120 days; `changes` are columns that replace those drawn.

    Each learner goes to one of three schools. Scores may be changed by a function of the drawn columns and a generator.
    """
    rng = np.random.default_rng(seed)
    learner = np.repeat(np.arange(learners), answers)
    item = rng.integers(0, SKILLS * PER_SKILL, len(learner))
    ability, level = rng.normal(0, 1.2, learners), rng.normal(0, 0.8, SKILLS * PER_SKILL)
    probability = expit(ability[learner] - level[item])
    at = np.sort(rng.integers(0, DAYS * DAY, (learners, answers)), axis=1).ravel()
    columns: dict[str, Any] = {
        "response_id": [f"r{row:06d}" for row in range(len(learner))],
        "learner_id": [f"l{one:04d}" for one in learner],
        "item_id": [f"i{one:02d}" for one in item],
        "skill_ids": [f"s{one // PER_SKILL}" for one in item],
        "answered_at": at if clock else np.arange(len(learner)),
        "correct": (rng.random(len(learner)) < probability).astype(np.float64),
    }
    school = np.array([f"school {one % SCHOOLS}" for one in learner], dtype=object)
    correct = changes.pop("correct", None)
    if correct is not None:
        columns["correct"] = correct({**columns, "school": school, "item": item}, rng)
    easy = expit(-level)[item]
    return World(Responses.from_columns(columns | changes, clock=clock), probability, easy, school)


@pytest.fixture(scope="session")
def make_world() -> Callable[..., World]:
    """Return the maker of worlds."""
    return world


@pytest.fixture(scope="session")
def limits(home: Home) -> ValidationLimits:
    """Return the limits that are shipped."""
    return load_limits(home, "mastery")


@pytest.fixture(scope="session")
def small(home: Home) -> ModelSpec:
    """Return the mastery model with few and small trees."""
    spec = load_spec(home, "mastery")
    assert spec.lightgbm is not None
    return spec.model_copy(update={"lightgbm": spec.lightgbm.model_copy(update={"trees": 30, "min_leaf": 50})})


Run = Callable[..., Validation]


@pytest.fixture(scope="session")
def run(home: Home, small: ModelSpec, limits: ValidationLimits) -> Run:
    """Return a function that validates a candidate with given predictions on a world, with real refits."""
    curriculum = Curriculum.of_skills([f"s{one}" for one in range(SKILLS)])
    plain = world(40, 20, seed=9)
    bundle = Bundle.assemble(fit(small, home, plain.responses, curriculum), curriculum, policy=b"p", gates=b"g")

    def validated(given: Given, at: Home | None = None, **options: Any) -> Validation:
        return validate(bundle, at or home, given, limits, **options)

    return validated
