"""On real answers: accuracy, calibration and twins; a sample each time, all five folds in ``make prove``."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from polku.curriculum import Curriculum
from polku.exchange import read_responses
from polku.home import Home
from polku.records import Responses
from polku.training import cross_validate, evaluate, load_spec, near_twins

BARS = {"response": (0.785, 0.012), "mastery": (0.770, 0.012), "baseline": (0.775, 0.015)}
"""Least AUC and largest calibration error of the next answer, means over five folds. Mastery is fitted to say how a
skill will go, soon and later, and is held to that by its bench; here it only must not fall far."""


@pytest.fixture(scope="module")
def assistments(data_dir: Path) -> Responses:
    """Return ASSISTments 2009 in the preprocessing of Gervet et al."""
    return read_responses(data_dir / "assistments2009", "gervet").responses


@pytest.fixture(scope="module")
def sample(assistments: Responses) -> Responses:
    """Return 300 learners with at least 20 answers, chosen by a seed."""
    long = assistments.learners[np.diff(assistments.learner_start) >= 20]
    return assistments.of_learners(np.random.default_rng(0).choice(long.astype(str), 300, replace=False).tolist())


def test_all_near_twins_are_found(assistments: Responses) -> None:
    assert len(near_twins(assistments)) == 61


def test_a_sample_of_learners_predicts_others(home: Home, sample: Responses) -> None:
    curriculum = Curriculum.of_skills(sample.skills.tolist())
    mask = np.arange(len(sample.learners)) < 200
    train, test = sample.of_learners(mask), sample.of_learners(~mask)
    mastery, baseline = (
        evaluate(train, test, load_spec(home, name), home, curriculum) for name in ("mastery", "baseline")
    )
    assert mastery["auc"] > 0.73
    assert mastery["ece"] < 0.04
    assert mastery["auc"] > baseline["auc"] - 0.01
    assert mastery["cold_start"]["n"] == 5 * 100


@pytest.mark.long
def test_five_folds_reach_the_bars(home: Home, assistments: Responses) -> None:
    curriculum = Curriculum.of_skills(assistments.skills.tolist())
    specs = [load_spec(home, name) for name in BARS]
    found = cross_validate(assistments, specs, home, curriculum, 5, seed=0).summary()
    for name, (least_auc, most_ece) in BARS.items():
        assert found["auc", "mean"][name] >= least_auc, name
        assert found["ece", "mean"][name] <= most_ece, name
        assert found["log_loss", "mean"][name] < found["log_loss", "mean"]["difficulty"] - 0.05, name
