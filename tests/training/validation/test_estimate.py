"""Figures and their intervals: right by hand, covering by simulation, undefined where nothing can be said."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.special import expit, logit

from polku.training.reliability import ece
from polku.training.validation.estimate import (
    NOTHING,
    Estimate,
    around,
    calibration_error,
    dispersion,
    log_losses,
    mean,
    slope,
)

Float = NDArray[np.float64]
Draw = tuple[Float, Float, NDArray[np.int64]]


def draw(seed: int, learners: int = 60, answers: int = 30, spread: float = 0.0) -> Draw:
    """Draw answers with the probabilities that are predicted; `spread` of the learners' own level is not predicted."""
    rng = np.random.default_rng(seed)
    learner = np.repeat(np.arange(learners), answers)
    score = rng.normal(0, 1.2, len(learner))
    own = rng.normal(0, spread, learners)[learner]
    correct = (rng.random(len(learner)) < expit(score + own)).astype(np.float64)
    return correct, expit(score), learner


def test_a_mean_and_its_error_by_hand() -> None:
    """Three learners with sums 2, 0, 1 over two answers each: the error is that of three, not of six."""
    found = mean(np.array([1.0, 1.0, 0.0, 0.0, 1.0, 0.0]), np.array([0, 0, 1, 1, 2, 2]))
    error = np.sqrt((1.0 + 1.0 + 0.0) / 36 * 3 / 2)
    assert found.value == pytest.approx(0.5)
    assert found.high - found.value == pytest.approx(4.302652729911275 * error)
    assert found.low + found.high == pytest.approx(1.0)


def test_the_order_and_the_names_of_learners_play_no_part() -> None:
    correct, probability, learner = draw(3)
    shuffled = np.random.default_rng(0).permutation(len(correct))
    for figure in (mean(correct - probability, learner), slope(correct, probability, learner)):
        again = mean((correct - probability)[shuffled], 1000 - learner[shuffled])
        if figure.value < 0.5:
            assert again.value == pytest.approx(figure.value)
            assert again.high == pytest.approx(figure.high)
    again = slope(correct[shuffled], probability[shuffled], 1000 - learner[shuffled])
    assert again.low == pytest.approx(slope(correct, probability, learner).low)


@pytest.mark.parametrize("stretch", [0.5, 1.0, 2.0])
def test_the_slope_is_that_of_the_logits(stretch: float) -> None:
    correct, probability, learner = draw(1, learners=300)
    found = slope(correct, expit(stretch * logit(probability)), learner)
    assert found.low < 1.0 / stretch < found.high
    assert found.value == pytest.approx(1.0 / stretch, rel=0.1)


def test_a_slope_without_a_line_is_undefined() -> None:
    correct, probability, learner = draw(1, learners=4)
    assert slope(np.ones(len(correct)), probability, learner) == NOTHING
    assert slope(correct, np.full(len(correct), 0.5), learner) == NOTHING
    assert not slope(correct[:2], probability[:2], learner[:2]).defined


def test_a_slope_that_runs_away_is_undefined() -> None:
    """Predictions that separate right from wrong have no finite slope."""
    probability = np.array([0.1, 0.2, 0.8, 0.9] * 10)
    assert slope((probability > 0.5).astype(np.float64), probability, np.arange(40) // 4) == NOTHING


Figure = Callable[[Float, Float, NDArray[np.int64]], Estimate]
CALIBRATED: list[tuple[Figure, float]] = [
    (lambda c, p, who: mean(c - p, who), 0.0),
    (slope, 1.0),
    (lambda c, p, who: mean(log_losses(c, p) + p * np.log(p) + (1 - p) * np.log1p(-p), who), 0.0),
]


@pytest.mark.parametrize(("figure", "truth"), CALIBRATED, ids=["level", "slope", "loss"])
def test_intervals_cover_although_answers_of_a_learner_hang_together(figure: Figure, truth: float) -> None:
    """95 % intervals over 60 learners; with a level of their own, answers count as one learner's and not as thirty."""
    spread = 0.8 if truth == 0.0 else 0.0
    found = [figure(*draw(seed, spread=spread * (figure is CALIBRATED[0][0]))) for seed in range(200)]
    covered = np.mean([one.low <= truth <= one.high for one in found])
    assert 0.90 <= covered <= 0.99


def test_the_calibration_error_is_the_usual_one() -> None:
    correct, probability, learner = draw(2)
    assert calibration_error(correct, probability, learner).value == pytest.approx(ece(correct, probability))


@pytest.mark.parametrize("learners", [30, 240])
def test_chance_alone_is_no_calibration_error(learners: int) -> None:
    """Of a calibrated model the lower end stays at zero nearly always, however large chance makes the plain figure."""
    low = [calibration_error(*draw(seed, learners), draws=400).low for seed in range(60)]
    assert np.mean(np.array(low) > 0.0) <= 0.1


def test_a_calibration_error_is_found_and_bounded() -> None:
    for seed in range(20):
        correct, probability, learner = draw(seed, learners=240)
        off = np.clip(probability + 0.1, 0.0, 1.0)
        truth = float(np.abs(off - probability).mean())
        found = calibration_error(correct, off, learner, draws=400)
        assert 0.03 < found.low < truth < found.high + 0.01


def test_items_that_answer_as_predicted_have_no_dispersion() -> None:
    found = [dispersion(*draw(seed)[:2], np.random.default_rng(seed).integers(0, 40, 1800)) for seed in range(40)]
    assert np.mean([one.low > 0.0 for one in found]) <= 0.1
    assert np.median([one.value for one in found]) < 0.04


def test_the_dispersion_of_items_is_found_in_its_size() -> None:
    rng = np.random.default_rng(4)
    item = np.repeat(np.arange(60), 60)
    probability = np.full(len(item), 0.5)
    correct = (rng.random(len(item)) < probability + np.where(item % 2, 0.2, -0.2)).astype(np.float64)
    found = dispersion(correct, probability, item)
    assert found.low < 0.2 < found.high
    assert found.value == pytest.approx(0.2, abs=0.02)


def test_nothing_and_one_learner_are_undefined() -> None:
    none = np.empty(0)
    who = none.astype(np.int64)
    assert mean(none, who) == calibration_error(none, none, who) == dispersion(none, none, who) == NOTHING
    one = np.zeros(3, np.int64)
    assert not mean(np.ones(3), one).defined
    assert calibration_error(np.ones(3), np.full(3, 0.5), one) == around(0.0, 1.0, 1, 0.95) == NOTHING


def test_certain_predictions_that_fail_stay_finite() -> None:
    assert np.isfinite(log_losses(np.array([1.0, 0.0]), np.array([0.0, 1.0]))).all()
