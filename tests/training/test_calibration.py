"""Calibration: monotone, only where it pays, kept as JSON."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.special import expit

from polku.errors import InputError
from polku.training import Calibration
from polku.training.calibration import Kind, choose, fit_calibration

Float = NDArray[np.float64]


def scores(slope: float, shift: float = 0.0, learners: int = 200) -> tuple[Float, Float, NDArray[np.int32]]:
    """Return scores, answers and learners where the true logit is slope · score + shift."""
    rng = np.random.default_rng(0)
    learner = np.repeat(np.arange(learners, dtype=np.int32), 40)
    score = rng.normal(size=len(learner)) * 2.0
    return score, (rng.random(len(score)) < expit(slope * score + shift)).astype(np.float64), learner


@pytest.mark.parametrize("largest", ["platt", "beta"])
def test_what_is_calibrated_stays(largest: Kind) -> None:
    assert choose(*scores(1.0), largest, seed=0) == Calibration()


def test_overconfident_scores_are_drawn_in() -> None:
    found = choose(*scores(0.5, shift=0.3), "platt", seed=0)
    assert (found.kind, found.a) == ("platt", found.b)
    assert found.a == pytest.approx(0.5, abs=0.05)
    assert found.c == pytest.approx(0.3, abs=0.05)


def test_the_larger_correction_is_taken_only_when_it_pays() -> None:
    assert choose(*scores(0.5), "beta", seed=0).kind == "platt"
    score, _, learner = scores(1.0)
    lopsided = np.where(score > 0.0, 2.0 * score, 0.3 * score)
    correct = (np.random.default_rng(1).random(len(score)) < expit(lopsided)).astype(np.float64)
    assert choose(score, correct, learner, "beta", seed=0).kind == "beta"
    assert choose(score, correct, learner, "none", seed=0) == Calibration()


@given(
    slopes=st.tuples(st.floats(0, 5), st.floats(0, 5)),
    shift=st.floats(-3, 3),
    pair=st.tuples(st.floats(-30, 30), st.floats(-30, 30)),
)
def test_no_correction_turns_scores_round(slopes: tuple[float, float], shift: float, pair: tuple[float, float]) -> None:
    low, high = Calibration("beta", *slopes, shift)(np.sort(np.array(pair)))
    assert low <= high + 1e-15


def test_fitted_slopes_are_never_negative() -> None:
    score, correct, _ = scores(-1.0)
    for kind in ("platt", "beta"):
        found = fit_calibration(score, correct, kind)
        assert min(found.a, found.b) == 0.0


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_one_class_leaves_scores_alone(value: float) -> None:
    score, _, learner = scores(1.0, learners=3)
    assert choose(score, np.full(len(score), value), learner, "beta", seed=0) == Calibration()


def test_one_learner_leaves_scores_alone() -> None:
    score, correct, learner = scores(0.2, learners=1)
    assert choose(score, correct, learner, "platt", seed=0) == Calibration()


def test_json_keeps_every_bit() -> None:
    kept = Calibration("beta", 0.1 + 0.2, 1 / 3, -2 / 7)
    assert Calibration.from_json(kept.to_json()) == kept


@pytest.mark.parametrize(
    "text",
    [
        '{"kind": "odd", "a": 1, "b": 1, "c": 0}',
        '{"kind": "platt", "a": -1, "b": 1, "c": 0}',
        '{"kind": "platt", "a": 1, "b": 1, "c": 0, "d": 0}',
        '{"kind": "platt", "a": NaN, "b": 1, "c": 0}',
        '{"kind": "platt", "a": "1", "b": 1, "c": 0}',
        "not JSON",
    ],
)
def test_what_is_no_calibration_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="no calibration"):
        Calibration.from_json(text)
