"""Learners of two clubs, few of a third, and an item that is far harder for one of them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from polku.curriculum import Curriculum
from polku.fairness.mitigation import Comparison, Fold, Setting, compare_experiments
from polku.fairness.mitigation.methods import flagged
from polku.home import Home
from polku.records import Responses
from polku.schemas.experiment import Experiment
from polku.schemas.item_limits import ItemLimits
from polku.schemas.model import ModelSpec
from polku.schemas.slices import Disclosure, Inference, Slice, Slices
from polku.training import load_spec

LEARNERS, ANSWERS, ITEMS, SKILLS = 160, 24, 24, 4
CURRICULUM = Curriculum.of_skills([f"s{number}" for number in range(SKILLS)])
BENT = "i00"
"""An item that is far harder for the second group."""
TRIED = (
    Experiment(name="even", method="reweigh", attribute="club"),
    Experiment(name="parity", method="exponentiated_gradient", attribute="club", rounds=2),
    Experiment(name="left_out", method="without_flagged_items"),
    Experiment(name="free", method="monotone", on=False),
)


def town(seed: int = 4) -> tuple[Responses, pd.DataFrame]:
    """Return answers, every item once a learner, and the clubs: 90 of x, 60 of y, 10 of z, and two houses."""
    rng = np.random.default_rng(seed)
    club = np.repeat(["x", "y", "z"], [90, 60, 10])
    able = rng.normal(size=LEARNERS) - 0.4 * (club == "y")
    item = np.concatenate([rng.permutation(ITEMS) for _ in range(LEARNERS)])
    learner = np.repeat(np.arange(LEARNERS), ANSWERS)
    hard = (item % 6) / 3 - 0.8 + 2.2 * ((item == int(BENT[1:])) & (club[learner] == "y"))
    right = rng.random(len(learner)) < 1 / (1 + np.exp(hard - able[learner]))
    columns = {
        "response_id": [f"r{row:05d}" for row in range(len(learner))],
        "learner_id": [f"p{one:03d}" for one in learner],
        "item_id": [f"i{one:02d}" for one in item],
        "skill_ids": [f"s{one // 6}" for one in item],
        "answered_at": np.arange(len(learner)),
        "correct": right.astype(np.float64),
    }
    names = [f"p{one:03d}" for one in range(LEARNERS)]
    background = pd.DataFrame({"learner_id": names, "club": club, "house": np.where(np.arange(LEARNERS) % 2, "n", "s")})
    return Responses.from_columns(columns, clock=False), background


@pytest.fixture(scope="session")
def tables() -> tuple[Responses, pd.DataFrame]:
    """Return answers and background."""
    return town()


@pytest.fixture(scope="session")
def spec(home: Home) -> ModelSpec:
    """Return the mastery model, small."""
    found = load_spec(home, "mastery")
    assert found.lightgbm is not None
    parameters = found.lightgbm.model_copy(update={"trees": 25, "min_leaf": 20})
    return found.model_copy(update={"lightgbm": parameters})


@pytest.fixture(scope="session")
def setting(home: Home, spec: ModelSpec) -> Setting:
    """Return what is the same in every fold; groups are judged from 40 learners on."""
    question = "Do the clubs meet the same errors?"
    attributes = {name: Slice(question=question) for name in ("club", "house")}
    inference = Inference(learners=40, positives=5, negatives=5)
    slices = Slices(attributes=attributes, inference=inference, disclosure=Disclosure(outside=15))
    return Setting(spec, home, CURRICULUM, slices, ItemLimits(), threshold=0.5, seed=0)


@pytest.fixture(scope="session")
def fold(setting: Setting, tables: tuple[Responses, pd.DataFrame]) -> Fold:
    """Return one fold: every fourth learner to predict, the others to fit on."""
    responses, background = tables
    inside = np.arange(LEARNERS) % 4 == 0
    labels = {name: background[name].to_numpy(object)[~inside] for name in ("club", "house")}
    twins = np.arange(int((~inside).sum()), dtype=np.int32)
    return Fold(setting, responses.of_learners(~inside), responses.of_learners(inside), twins, labels)


@pytest.fixture(scope="session")
def bent(fold: Fold) -> frozenset[str]:
    """Return what leaving flagged items out leaves out."""
    return flagged(TRIED[2], fold)


@pytest.fixture(scope="session")
def done(setting: Setting, tables: tuple[Responses, pd.DataFrame]) -> Comparison:
    """Return every method compared in two folds."""
    return compare_experiments(TRIED, setting, *tables, folds=2)
