"""Answers drawn from a known law, so that a peer that has understood can be told from one that has not."""

from __future__ import annotations

import numpy as np
import pytest

from peers.log import Floats, Log


def drawn(learners: int, answers: int, seed: int) -> tuple[Log, Floats]:
    """Return answers of a Rasch world in which every answer on a skill helps, and their true probabilities."""
    rng = np.random.default_rng(seed)
    items, skills = 40, 4
    difficulty, ability = rng.normal(0.0, 1.2, items), rng.normal(0.0, 1.2, learners)
    learner = np.repeat(np.arange(learners), answers)
    item = rng.integers(0, items, len(learner))
    skill = item % skills
    practice = np.zeros((learners, skills))
    truth, correct = np.empty(len(learner)), np.empty(len(learner))
    for row, (who, what, on) in enumerate(zip(learner, item, skill, strict=True)):
        truth[row] = 1.0 / (1.0 + np.exp(difficulty[what] - ability[who] - 0.05 * practice[who, on]))
        correct[row] = float(rng.random() < truth[row])
        practice[who, on] += 1.0
    log = Log.build(learner, item, skill, np.arange(len(learner) + 1), correct, learner % 5)
    return log, truth


@pytest.fixture(scope="session")
def world() -> tuple[Log, Floats]:
    return drawn(learners=200, answers=40, seed=1)
