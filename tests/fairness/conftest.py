"""Simulated learners whose predictions are calibrated by construction, and learners who were wronged on purpose."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

from polku.fairness import Audit, audit_predictions, load_gates, load_slices
from polku.home import Home
from polku.schemas.gates import Gates
from polku.schemas.slices import Inference, Slice, Slices

Tables = tuple[pd.DataFrame, pd.DataFrame]
MakeWorld = Callable[..., Tables]
RunAudit = Callable[..., Audit]
QUESTION = "Do the groups meet the same errors?"


def world(
    seed: int, *, learners: int = 500, rows: int = 8, share: float = 0.3, lower: float = 1.0, shift: float = 0.0
) -> Tables:
    """Return predictions and background of a world with two attributes, "group" (a, b) and "other" (x, y, z).

    Answers are drawn with exactly the predicted probability, whatever the group: calibrated, with base rates that
    differ by `lower` logits between a and b, and learners of unlike ability. `shift` logits are then taken off the
    predictions of b.
    """
    rng = np.random.default_rng(seed)
    in_b = rng.random(learners) < share
    ability = rng.normal(-lower * in_b, 1.0)
    learner = np.repeat(np.arange(learners), rows)
    score = ability[learner] - rng.normal(0, 0.7, len(learner))
    predictions = pd.DataFrame(
        {
            "learner_id": [f"l{number}" for number in learner],
            "y_true": (rng.random(len(learner)) < expit(score)).astype(int),
            "y_prob": expit(score - shift * in_b[learner]),
        }
    )
    background = pd.DataFrame(
        {
            "learner_id": [f"l{number}" for number in range(learners)],
            "group": np.where(in_b, "b", "a"),
            "other": rng.choice(["x", "y", "z"], learners, p=[0.6, 0.3, 0.1]),
        }
    )
    return predictions, background


@pytest.fixture(scope="session")
def make_world() -> MakeWorld:
    """Return the maker of worlds."""
    return world


@pytest.fixture(scope="session")
def slices() -> Slices:
    """Return slices for the simulated background, with few draws."""
    attributes = {name: Slice(question=QUESTION) for name in ("group", "other")}
    return Slices(attributes=attributes, inference=Inference(permutations=499, resamples=399))


@pytest.fixture(scope="session")
def gates(home: Home) -> Gates:
    """Return the gates of the mastery model."""
    return load_gates(home, "mastery")


@pytest.fixture(scope="session")
def run(slices: Slices, gates: Gates) -> RunAudit:
    """Return a function that audits a world made with the options given."""

    def audited(seed: int, threshold: float | None = None, **options: Any) -> Audit:
        return audit_predictions(*world(seed, **options), slices, gates, threshold=threshold, seed=seed)

    return audited


@pytest.fixture(scope="session")
def fair(run: RunAudit) -> Audit:
    """Return an audit of a calibrated world with unequal base rates."""
    return run(1)


@pytest.fixture(scope="session")
def wronged(run: RunAudit) -> Audit:
    """Return an audit of a world in which the predictions for group b are too low."""
    return run(1, lower=0.0, shift=1.5)


@pytest.fixture(scope="session")
def declared(home: Home) -> Slices:
    """Return the slices that the home declares."""
    return load_slices(home)
