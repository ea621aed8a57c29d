"""What unequal base rates explain of a gap, and what they do not."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit, logit
from sklearn.linear_model import LogisticRegression

from polku.fairness import audit_predictions
from polku.fairness.disaggregate import contrast
from polku.fairness.expected import Expectation, platt
from polku.fairness.measures import prediction_measures
from polku.fairness.sample import Sample
from polku.fairness.tables import check_predictions
from polku.schemas.gates import Gates
from polku.schemas.slices import Slices

MakeWorld = Callable[..., tuple[pd.DataFrame, pd.DataFrame]]


def gaps(predictions: pd.DataFrame, background: pd.DataFrame) -> dict[str, tuple[float, float, float | None]]:
    """Return raw gap, explained gap and error of what is left, of group b by metric."""
    sample = Sample.of(check_predictions(predictions).frame, 20)
    in_b = background.set_index("learner_id")["group"].reindex(sample.learners).to_numpy() == "b"
    measures = prediction_measures(sample, 0.5)
    raw = contrast(measures, in_b, dict.fromkeys(measures, "difference"))
    found = Expectation.of(sample, 0.5, np.random.default_rng(0)).gaps(in_b)
    return {name: (raw[name].gap, found[name].gap, found[name].error) for name in found}


def test_unequal_base_rates_explain_the_gaps_of_a_calibrated_model(make_world: MakeWorld) -> None:
    found = gaps(*make_world(1, learners=2000, lower=1.5))
    for metric, least in (("held_back", 0.3), ("missed_need", 0.15)):
        raw, explained, _ = found[metric]
        assert abs(raw) > least
        assert explained == pytest.approx(raw, abs=0.03)
    assert found["auc"][0] == pytest.approx(found["auc"][1], abs=0.02)


def test_they_explain_nothing_of_scores_that_are_too_low(make_world: MakeWorld) -> None:
    found = gaps(*make_world(2, learners=2000, lower=0.0, shift=1.0))
    for raw, explained, _ in (found["held_back"], found["missed_need"]):
        assert abs(raw) > 0.15
        assert explained == pytest.approx(0, abs=0.04)


def test_a_model_as_wrong_for_everybody_leaves_nothing_unexplained(make_world: MakeWorld) -> None:
    predictions, background = make_world(3, learners=2000, lower=1.0)
    overconfident = expit(0.5 + 2 * logit(predictions["y_prob"]))
    raw, explained, _ = gaps(predictions.assign(y_prob=overconfident), background)["held_back"]
    assert raw > 0.1
    assert explained == pytest.approx(raw, abs=0.03)


def test_many_fits_at_once_are_those_of_scikit_learn() -> None:
    rng = np.random.default_rng(4)
    x = np.linspace(-2, 2, 40)
    weight = rng.integers(200, 400, (2, 40)).astype(float)
    correct = rng.binomial(weight.astype(int), expit(np.array([[0.3], [-1.0]]) + 1.4 * x)).astype(float)
    for fitted, n, k in zip(platt(x, weight, correct), weight, correct, strict=True):
        model = LogisticRegression(C=1e9, tol=1e-10)
        model.fit(np.tile(x, 2)[:, None], np.repeat([1, 0], 40), sample_weight=np.concatenate([k, n - k]))
        assert fitted == pytest.approx([model.intercept_[0], model.coef_[0, 0]], abs=2e-3)


def test_the_unexplained_error_is_that_of_repeated_samples(make_world: MakeWorld) -> None:
    found = [gaps(*make_world(seed, learners=300, rows=2))["held_back"] for seed in range(40)]
    left = [raw - explained for raw, explained, _ in found]
    errors = [error for *_, error in found if error is not None]
    assert np.mean(errors) == pytest.approx(np.std(left), rel=0.35)


def test_answers_of_a_kind_that_one_learner_gave_alone_explain_nothing(slices: Slices, gates: Gates) -> None:
    rng = np.random.default_rng(0)
    learner = np.repeat(np.arange(260), 3)
    in_b = learner < 120
    alone = np.concatenate([np.zeros(40, dtype=int), np.full(3, 130)])  # b's wrong answers are all of learner 0
    predictions = pd.DataFrame(
        {
            "learner_id": [f"l{n}" for n in [*learner, *alone]],
            "y_true": [*np.where(in_b, 1, rng.integers(0, 2, len(learner))), *np.zeros(43, dtype=int)],
            "y_prob": rng.uniform(0.1, 0.9, len(learner) + 43),
        }
    )
    background = pd.DataFrame(
        {"learner_id": [f"l{n}" for n in range(260)], "group": np.where(np.arange(260) < 120, "b", "a")}
    )
    audit = audit_predictions(predictions, background, slices, gates)
    cell = next(one for one in audit.cells if (one.group, one.metric) == ("b", "missed_need"))
    assert cell.verdict == "not_enough_evidence"
