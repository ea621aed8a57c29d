"""Slope and intercept of the recalibration within a group."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit, logit
from sklearn.linear_model import LogisticRegression

from polku.fairness import Audit, Cell, audit_predictions
from polku.fairness.expected import Expectation
from polku.fairness.recalibration import Intercept, Slope
from polku.fairness.sample import Sample
from polku.fairness.tables import check_predictions
from polku.schemas.gates import Gates
from polku.schemas.slices import Slices

MakeWorld = Callable[..., tuple[pd.DataFrame, pd.DataFrame]]


def drawn(seed: int, intercept: float, slope: float, learners: int = 600, rows: int = 6) -> pd.DataFrame:
    """Return predictions whose answers follow from them by a known recalibration."""
    rng = np.random.default_rng(seed)
    score = rng.normal(0.3, 1.2, learners * rows)
    truth = expit(intercept + slope * score)
    ids = np.repeat([f"l{number:04d}" for number in range(learners)], rows)
    answers = (rng.random(len(score)) < truth).astype(int)
    return pd.DataFrame({"learner_id": ids, "y_true": answers, "y_prob": expit(score)})


def expectation_of(predictions: pd.DataFrame) -> Expectation:
    sample = Sample.of(check_predictions(predictions).frame, least_schools=20)
    return Expectation.of(sample, 0.5, np.random.default_rng(0))


def everybody(expectation: Expectation) -> np.ndarray:
    return np.arange(len(expectation.sample.learners))


def cells(audit: Audit, group: str = "b") -> dict[str, Cell]:
    return {one.metric: one for one in audit.cells if (one.attribute, one.group) == ("group", group)}


def test_the_slope_is_that_of_a_logistic_regression() -> None:
    predictions = drawn(1, -0.4, 0.7)
    found = Slope(expectation_of(predictions))
    measured = found.over(everybody(found.expectation))
    model = LogisticRegression(C=1e9).fit(logit(predictions[["y_prob"]].to_numpy()), predictions["y_true"])
    assert measured.estimate == pytest.approx(float(model.coef_[0, 0]), abs=0.01)


def test_the_intercept_is_taken_with_the_slope_at_one() -> None:
    """Calibration in the large: with the constant added, predictions and answers have one sum."""
    predictions = drawn(2, -0.5, 1.3)
    found = Intercept(expectation_of(predictions))
    constant = found.over(everybody(found.expectation)).estimate
    moved = expit(logit(predictions["y_prob"]) + constant)
    assert moved.mean() == pytest.approx(predictions["y_true"].mean(), abs=0.002)


@pytest.mark.parametrize("kind", [Intercept, Slope])
def test_scores_that_keep_their_word_need_no_recalibration(kind: type[Intercept | Slope]) -> None:
    found = kind(expectation_of(drawn(3, 0.0, 1.0, learners=2000)))
    assert found.over(everybody(found.expectation)).estimate == pytest.approx(float(kind is Slope), abs=0.08)


@pytest.mark.parametrize("kind", [Intercept, Slope])
def test_influence_values_tell_the_spread_over_learners(kind: type[Intercept | Slope]) -> None:
    estimates, errors = [], []
    for seed in range(40):
        found = kind(expectation_of(drawn(seed, 0.2, 0.8, learners=250)))
        measured = found.over(everybody(found.expectation))
        estimates.append(measured.estimate)
        errors.append(np.sqrt((measured.influence**2).sum()))
        assert measured.influence.sum() == pytest.approx(0, abs=0.01)
    assert np.mean(errors) == pytest.approx(np.std(estimates), rel=0.35)


@pytest.mark.parametrize("kind", [Intercept, Slope])
@pytest.mark.parametrize("answer", [0, 1])
def test_answers_of_one_kind_cannot_be_recalibrated(kind: type[Intercept | Slope], answer: int) -> None:
    expectation = expectation_of(drawn(5, 0, 1, learners=30).assign(y_true=answer))
    measured = kind(expectation).over(everybody(expectation))
    assert np.isnan(measured.estimate)
    assert not measured.influence.any()


def test_scores_that_tell_all_have_a_finite_slope() -> None:
    predictions = drawn(6, 0, 1, learners=100)
    sure = predictions.assign(y_true=(predictions["y_prob"] > 0.5).astype(int))
    found = Slope(expectation_of(sure))
    assert 1 < found.over(everybody(found.expectation)).estimate < 100


def test_scores_too_low_for_a_group_show_in_its_intercept(wronged: Audit, fair: Audit) -> None:
    found = cells(wronged)["calibration_intercept"]
    assert found.estimate == pytest.approx(1.5, abs=0.25)  # what was taken off the scores
    assert found.verdict == "concern"
    assert cells(fair)["calibration_intercept"].verdict != "concern"


def test_scores_too_extreme_for_a_group_show_in_its_slope(make_world: MakeWorld, slices: Slices, gates: Gates) -> None:
    predictions, background = make_world(2, lower=0.0, share=0.5)
    group = background.set_index("learner_id")["group"].loc[predictions["learner_id"]].to_numpy()
    sharper = expit(2.2 * logit(predictions["y_prob"]))
    wronged = predictions.assign(y_prob=np.where(group == "b", sharper, predictions["y_prob"]))
    found = cells(audit_predictions(wronged, background, slices, gates))["calibration_slope"]
    assert found.estimate == pytest.approx(1 / 2.2, abs=0.12)
    assert found.verdict == "concern"
