"""A small curriculum, the real one, and one municipality that many tests look at."""

from __future__ import annotations

import json

import pytest

from polku.curriculum import Curriculum
from polku.home import Home
from polku.simulate import Municipality, SimulationConfig, simulate

SMALL = [
    {"id": "count", "grade": 1},
    {"id": "add", "grade": 1, "prerequisites": ["count"]},
    {"id": "subtract", "grade": 2, "prerequisites": ["add"]},
    {"id": "multiply", "grade": 2, "prerequisites": ["add"]},
    {"id": "divide", "grade": 3, "prerequisites": ["subtract", "multiply"]},
    {"id": "aside", "grade": 3},
]


@pytest.fixture(scope="session")
def small() -> Curriculum:
    """Return six skills of three grades, one of them apart from the rest."""
    skills = [entry | {"title": dict.fromkeys(("fi", "sv", "en"), entry["id"])} for entry in SMALL]
    return Curriculum.from_json(json.dumps({"skills": skills}))


@pytest.fixture(scope="session")
def mathematics(home: Home) -> Curriculum:
    """Return the curriculum that the demo is simulated from."""
    return Curriculum.load(home.serve / "curricula" / "fi-mathematics.json")


@pytest.fixture(scope="session")
def config() -> SimulationConfig:
    return SimulationConfig(seed=11, learners=500, responses_per_learner=60)


@pytest.fixture(scope="session")
def town(config: SimulationConfig, mathematics: Curriculum) -> Municipality:
    return simulate(config, mathematics)
