"""The metrics against other people's code, and their influence values against leaving learners out."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from polku.fairness.disaggregate import contrast, overall
from polku.fairness.measures import Auc, Measure, Ratio, prediction_measures
from polku.fairness.sample import Sample


def sample_of(seed: int, learners: int = 60, rows: int = 6, digits: int = 1) -> Sample:
    """Return predictions with many ties and unequal weights."""
    rng = np.random.default_rng(seed)
    p = np.round(rng.random(learners * rows), digits)
    frame = pd.DataFrame(
        {
            "learner_id": np.repeat([f"l{n:03d}" for n in range(learners)], rows),
            "y_true": (rng.random(len(p)) < p).astype(float),
            "y_prob": p,
            "weight": rng.integers(1, 4, len(p)).astype(float),
        }
    )
    return Sample.of(frame.sample(frac=1, random_state=seed), 20)


def without(sample: Sample, learner: int) -> np.ndarray:
    return np.delete(np.arange(len(sample.learners)), learner)


@given(seed=st.integers(0, 10_000), digits=st.integers(0, 3))
@settings(max_examples=25)
def test_auc_is_that_of_scikit_learn(seed: int, digits: int) -> None:
    sample = sample_of(seed, digits=digits)
    members = np.arange(0, 60, 3)
    rows = np.isin(sample.learner, members)
    expected = roc_auc_score(sample.y[rows], sample.p[rows], sample_weight=sample.w[rows])
    assert Auc(sample, sample.y).over(members).estimate == pytest.approx(expected, abs=1e-12)


def test_error_rates_count_the_right_answers() -> None:
    frame = pd.DataFrame(
        {"learner_id": ["a"] * 5, "y_true": [1, 1, 1, 0, 0], "y_prob": [0.2, 0.5, 0.9, 0.4, 0.6], "weight": 1.0}
    )
    sample = Sample.of(frame, 20)
    found = overall(prediction_measures(sample, 0.5), 1)
    assert found["held_back"] == pytest.approx(1 / 3)  # of three correct, one expected to be wrong
    assert found["missed_need"] == pytest.approx(1 / 2)  # of two wrong, one expected to be correct
    assert found["calibration"] == pytest.approx(0.6 - 0.52)


@pytest.mark.parametrize("name", ["auc", "missed_need", "held_back", "calibration"])
def test_influence_is_what_leaving_a_learner_out_changes(name: str) -> None:
    sample = sample_of(3, learners=400)
    measure = prediction_measures(sample, 0.5)[name]
    whole = measure.over(np.arange(400))
    moved = [whole.estimate - measure.over(without(sample, learner)).estimate for learner in range(40)]
    assert np.allclose(moved, whole.influence[:40], atol=2e-2 * np.abs(whole.influence).max())
    assert whole.influence.sum() == pytest.approx(0, abs=1e-12)


def test_a_group_without_positives_is_not_scored_zero() -> None:
    frame = pd.DataFrame({"learner_id": ["a", "b"], "y_true": [0.0, 1.0], "y_prob": [0.3, 0.4], "weight": 1.0})
    sample = Sample.of(frame, 20)
    found = contrast(
        prediction_measures(sample, 0.5),
        np.array([True, False]),
        dict.fromkeys(["auc", "missed_need", "held_back", "calibration"], "difference"),
    )
    assert np.isnan(found["held_back"].group.estimate)
    assert np.isnan(found["auc"].gap)
    assert found["missed_need"].group.estimate == 0


def test_a_part_score_counts_in_part_as_correct() -> None:
    half = pd.DataFrame({"learner_id": ["a", "b"], "y_true": [0.5, 1.0], "y_prob": [0.2, 0.9], "weight": 1.0})
    whole = pd.DataFrame(
        {"learner_id": ["a", "a", "b"], "y_true": [1.0, 0.0, 1.0], "y_prob": [0.2, 0.2, 0.9], "weight": [0.5, 0.5, 1.0]}
    )
    one, other = (overall(prediction_measures(Sample.of(frame, 20), 0.5), 2) for frame in (half, whole))
    assert one == pytest.approx(other)


def test_rest_of_everybody_is_nobody() -> None:
    measures: dict[str, Measure] = {"mean": Ratio(np.array([1.0, 0.0]), np.ones(2))}
    found = contrast(measures, np.array([True, True]), {"mean": "difference"})["mean"]
    assert found.group.estimate == 0.5
    assert np.isnan(found.gap)


def test_the_ratio_scale_divides() -> None:
    measures: dict[str, Measure] = {"mean": Ratio(np.array([1.0, 0.0, 1.0, 1.0]), np.ones(4))}
    inside = np.array([True, True, False, False])
    found = contrast(measures, inside, {"mean": "ratio"})["mean"]
    assert found.gap == pytest.approx(-0.5)
    assert contrast(measures, ~inside, {"mean": "ratio"})["mean"].gap == pytest.approx(1.0)


def test_ratio_to_a_rest_of_zero() -> None:
    inside = np.array([True, False])
    none: dict[str, Measure] = {"mean": Ratio(np.zeros(2), np.ones(2))}
    some: dict[str, Measure] = {"mean": Ratio(np.array([1.0, 0.0]), np.ones(2))}
    assert contrast(none, inside, {"mean": "ratio"})["mean"].gap == 0
    assert np.isnan(contrast(some, inside, {"mean": "ratio"})["mean"].gap)
