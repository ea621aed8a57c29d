"""Metrics: equal to scikit-learn's where it has them, defined where they can be, honest where not."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from sklearn.metrics import log_loss as reference_log_loss
from sklearn.metrics import roc_auc_score

from polku.errors import InputError
from polku.records import Responses
from polku.training import calibration_table, metrics
from polku.training.measures import METRICS, auc, cold_start, macro
from polku.training.reliability import ece

Float = NDArray[np.float64]


def draw(seed: int, n: int = 400, grain: int = 20) -> tuple[Float, Float]:
    """Return answers and predictions with ties."""
    rng = np.random.default_rng(seed)
    p = rng.integers(1, grain, n) / grain
    return (rng.random(n) < p).astype(np.float64), p


@given(seed=st.integers(0, 10_000), grain=st.sampled_from([3, 20, 10_000]))
def test_auc_and_log_loss_are_those_of_scikit_learn(seed: int, grain: int) -> None:
    y, p = draw(seed, grain=grain)
    found = metrics(y, p)
    assert found["auc"] == pytest.approx(roc_auc_score(y, p), abs=1e-12)
    assert found["log_loss"] == pytest.approx(reference_log_loss(y, p), abs=1e-12)


def test_part_scores_count_in_part() -> None:
    y, p = draw(1, n=60)
    halved = np.concatenate([np.full(60, 0.5), y])
    expanded = metrics(np.concatenate([np.zeros(60), np.ones(60), y, y]), np.concatenate([p, p, p, p]))
    found = metrics(halved, np.concatenate([p, p]))
    weighted = {name: found[name] for name in ("auc", "log_loss", "accuracy")}
    assert weighted == pytest.approx({name: expanded[name] for name in weighted}, abs=1e-12)
    assert auc(np.full(4, 0.5), np.array([0.1, 0.2, 0.3, 0.4])) == 0.5


def test_one_class_has_no_auc_but_all_else() -> None:
    found = metrics(np.ones(5), np.linspace(0.5, 0.9, 5))
    assert found["auc"] is None
    assert all(found[name] is not None for name in METRICS if name != "auc")


def test_no_rows_have_no_figures() -> None:
    assert metrics(np.empty(0), np.empty(0)) == {"n": 0, **dict.fromkeys(METRICS[1:])}


@pytest.mark.parametrize("bad", [np.nan, -0.1, 1.5])
def test_what_is_no_probability_is_refused(bad: float) -> None:
    with pytest.raises(InputError, match="y_prob must lie between 0 and 1"):
        metrics(np.array([0.0, 1.0]), np.array([0.5, bad]))
    with pytest.raises(InputError, match="y_true must lie between 0 and 1"):
        metrics(np.array([0.0, bad]), np.array([0.5, 0.5]))
    with pytest.raises(InputError, match="differ in length"):
        metrics(np.array([0.0]), np.array([0.5, 0.5]))


def test_calibration_error_is_small_when_calibrated_and_the_shift_when_not() -> None:
    rng = np.random.default_rng(0)
    p = rng.random(60_000).astype(np.float64)
    y = (rng.random(len(p)) < p).astype(np.float64)
    assert ece(y, p) < 0.01
    assert ece(y, np.clip(p + 0.1, 0, 1)) == pytest.approx(0.1, abs=0.02)


def test_equal_predictions_share_a_bin() -> None:
    y, p = np.tile([0.0, 1.0], 50), np.full(100, 0.5)
    assert ece(y, p) == 0.0
    assert calibration_table(y, p) == [{"n": 100.0, "predicted": 0.5, "observed": 0.5}]


def test_bins_hold_equal_mass() -> None:
    y, p = draw(2, n=1500, grain=10**9)
    assert {line["n"] for line in calibration_table(y, p)} == {100.0}


def test_cold_start_is_each_learners_first_five(responses: Responses) -> None:
    first = cold_start(responses)
    assert first.sum() == 5 * len(responses.learners)
    assert first[:5].all()
    assert not first[5:30].any()


def test_macro_counts_each_learner_once() -> None:
    learner = np.array([0] * 8 + [1] * 2, np.int32)
    y = np.array([1.0] * 8 + [0.0, 1.0])
    p = np.array([0.5] * 8 + [0.25, 0.75])
    found = macro(learner, y, p)
    assert found["n"] == 2
    assert found["auc"] == 1.0
    assert found["rmse"] == pytest.approx((0.5 + 0.25) / 2)
    assert found["ece"] == pytest.approx((0.5 + 0.0) / 2)
