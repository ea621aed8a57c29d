"""Residuals by group: none are left where scores mean the same for all; what is planted shows in its question."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polku.fairness.expected import Expectation
from polku.fairness.measures import prediction_measures
from polku.fairness.offered import Offered
from polku.fairness.predicted import Predicted
from polku.fairness.questions import QUESTIONS, of_values
from polku.fairness.resample import studentised
from polku.fairness.sample import Sample
from polku.fairness.standardising import standardised
from polku.fairness.tables import check_predictions

Floats = np.typing.NDArray[np.float64]
Ints = np.typing.NDArray[np.int64]
MakeWorld = Callable[..., tuple[pd.DataFrame, pd.DataFrame]]
Wrong = Callable[[pd.DataFrame, np.typing.NDArray[np.bool_], np.random.Generator], pd.DataFrame]


def population(predictions: pd.DataFrame) -> Predicted:
    sample = Sample.of(check_predictions(predictions).frame, 20)
    return Predicted(sample, prediction_measures(sample, 0.5), Expectation.of(sample, 0.5, np.random.default_rng(0)))


def codes_of(background: pd.DataFrame, learners: np.typing.NDArray[np.object_]) -> Ints:
    groups = background.set_index("learner_id")["group"].reindex(learners)
    return (groups == "b").to_numpy().astype(np.int64)


def answers(predictions: pd.DataFrame, background: pd.DataFrame) -> dict[str, float]:
    """Return the studentised statistic of group b for each question."""
    people = population(predictions)
    codes = codes_of(background, people.learners)
    asked = people.asked(codes, 2)
    found = studentised(np.where((codes == 1)[:, None], asked.own[:, 1], 0.0) - asked.offset[:, 1])
    return dict(zip(asked.names, found.tolist(), strict=True))


def too_low(frame: pd.DataFrame, in_b: np.typing.NDArray[np.bool_], _: np.random.Generator) -> pd.DataFrame:
    odds = frame["y_prob"] / (1 - frame["y_prob"])
    return frame.assign(y_prob=frame["y_prob"].mask(in_b, odds / (odds + 2)))


def hidden(frame: pd.DataFrame, in_b: np.typing.NDArray[np.bool_], rng: np.random.Generator) -> pd.DataFrame:
    moved = in_b & (frame["y_true"] == 1) & (rng.random(len(frame)) < 0.3)
    return frame.assign(y_prob=frame["y_prob"].mask(moved, rng.uniform(0.05, 0.45, len(frame))))


def nothing(frame: pd.DataFrame, _in_b: np.typing.NDArray[np.bool_], _rng: np.random.Generator) -> pd.DataFrame:
    return frame


@pytest.mark.parametrize("lower", [0.0, 1.5])
@pytest.mark.parametrize(
    ("wrong", "least"),
    [(nothing, {}), (too_low, {"level": 4, "below": 3}), (hidden, {"below": 2.5, "order": -2.5})],
)
def test_a_wrong_shows_in_its_question(
    wrong: Wrong, least: dict[str, float], lower: float, make_world: MakeWorld
) -> None:
    predictions, background = make_world(3, learners=800, rows=6, lower=lower)
    in_b = predictions["learner_id"].isin(background.loc[background["group"] == "b", "learner_id"]).to_numpy()
    found = answers(wrong(predictions, in_b, np.random.default_rng(3)), background)
    for name, value in found.items():
        if name in least:
            assert value * np.sign(least[name]) > abs(least[name]), found
        elif not least:
            assert abs(value) < 3.2, found


def test_offsets_cancel_over_all_learners(make_world: MakeWorld) -> None:
    predictions, background = make_world(4, learners=300, rows=4)
    people = population(predictions)
    asked = people.asked(codes_of(background, people.learners), 2)
    assert set(asked.names) == {name for names in QUESTIONS.values() for name in names}
    assert np.allclose(asked.offset.sum(axis=0), 0, atol=1e-8)
    assert np.allclose(asked.own.sum(axis=0), 0, atol=1e-8)
    assert np.allclose(asked.offset.sum(axis=1), asked.own[:, 0], atol=1e-8)  # shares of a bin add up to one


def test_a_curve_that_is_wrong_for_all_goes_by_no_group(make_world: MakeWorld) -> None:
    predictions, background = make_world(5, learners=1500, rows=6, lower=1.5)
    bent = predictions.assign(y_prob=0.25 + 0.5 * predictions["y_prob"] ** 3)
    assert max(map(abs, answers(bent, background).values())) < 3.2


@given(seed=st.integers(0, 1000))
@settings(max_examples=20)
def test_of_paths_the_statistic_is_the_standardised_gap(seed: int) -> None:
    rng = np.random.default_rng(seed)
    values, stratum, codes = rng.random(80), rng.integers(0, 3, 80), rng.integers(0, 2, 80)
    asked = of_values({"silent": values}, stratum, codes, 2)
    for group in (0, 1):
        members = codes == group
        found = standardised(values, stratum, members, "difference")
        moved = np.where(members, asked.own[:, group, 0], 0.0) - asked.offset[:, group, 0]
        assert moved.sum() == pytest.approx(members.sum() * found.gap, abs=1e-9)


def test_learners_to_whom_a_value_does_not_apply_add_nothing() -> None:
    values = np.array([1.0, np.nan, 0.0, 0.0])
    asked = of_values({"silent": values}, np.zeros(4, dtype=np.int64), np.array([0, 0, 1, 1]), 2)
    assert not asked.own[1].any()


def test_strata_hold_learners_of_like_scores(make_world: MakeWorld) -> None:
    people = population(make_world(6, learners=500, rows=5)[0])
    mean = people.sample.per_learner(people.sample.p) / 5
    assert np.bincount(people.strata).tolist() == pytest.approx([50] * 10, abs=1)
    highest = [mean[people.strata == one].max() for one in range(10)]
    assert highest == sorted(highest)


def test_paths_are_permuted_within_mastery() -> None:
    frame = pd.DataFrame({"learner_id": list("abcd"), "silent": [0.0, 1, 0, 1], "mastery_stratum": [1, 1, 2, 2]})
    scales = {"silent": "difference"}
    assert Offered.of(frame, scales).strata.tolist() == [0, 0, 1, 1]
    assert Offered.of(frame.drop(columns="mastery_stratum"), scales).strata.tolist() == [0, 0, 0, 0]
