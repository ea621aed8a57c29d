"""Tests drawn from the Rasch model, with items turned for one group on purpose."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

from polku.fairness.arrays import Bools, Floats
from polku.fairness.items import Answers
from polku.schemas.slices import Slice, Slices

Tables = tuple[pd.DataFrame, pd.DataFrame]
MakeTest = Callable[..., Tables]


def drawn(
    seed: int,
    *,
    n: int = 1000,
    items: int = 20,
    planted: int = 0,
    shift: float | Floats = 0.0,
    slope: float = 1.0,
    impact: float = 0.0,
) -> Tables:
    """Return a test and its background: even learners are girls, the first `planted` items are turned for them."""
    rng = np.random.default_rng(seed)
    girl = np.arange(n) % 2 == 0
    able, hard = rng.normal(size=n) - impact * girl, np.linspace(-1.2, 1.2, items)
    hard[:planted] = 0.0
    turned = girl[:, None] & (np.arange(items) < planted)
    logit = np.where(turned, slope, 1.0) * (able[:, None] - hard) - np.where(turned, shift, 0.0)
    right = (rng.random((n, items)) < expit(logit)).astype(int)
    learner = [f"l{number:05d}" for number in range(n)]
    test = pd.DataFrame(right, columns=[f"i{number:02d}" for number in range(items)]).assign(learner_id=learner)
    return test, pd.DataFrame({"learner_id": learner, "gender": np.where(girl, "girl", "boy")})


@pytest.fixture(scope="session")
def make_test() -> MakeTest:
    """Return the maker of tests."""
    return drawn


@pytest.fixture(scope="session")
def slices() -> Slices:
    """Return slices that compare girls and boys."""
    question = "Do girls and boys of equal standing meet the same items?"
    return Slices(attributes={"gender": Slice(question=question, groups=("girl", "boy"))})


@pytest.fixture(scope="session")
def sparse(make_test: MakeTest) -> tuple[Answers, Bools]:
    """Return a log in which everybody met other items, girls of lower ability, and who is a girl."""
    test, _ = make_test(5, n=1200, items=40, impact=1.0)
    rng = np.random.default_rng(1)
    met = rng.random((1200, 40)).argsort(axis=1) < 20
    answers = Answers.from_matrix(test.set_index("learner_id").where(met).reset_index())
    return answers, np.arange(1200) % 2 == 0
