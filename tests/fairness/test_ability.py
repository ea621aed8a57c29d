"""Item evidence: on the right scale, with errors that halves of the same learners' answers confirm."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

from polku.errors import InputError
from polku.fairness.ability import Ability, ability_of


def answers(seed: int, *, learners: int = 400, rows: int = 40, wobble: float = 0.0) -> tuple[pd.DataFrame, np.ndarray]:
    """Return answers and the true abilities; `wobble` is how much a learner's ability differs between answers."""
    rng = np.random.default_rng(seed)
    true = rng.normal(0, 1, learners)
    learner = np.repeat(np.arange(learners), rows)
    difficulty = rng.normal(0, 1, len(learner))
    score = true[learner] - difficulty + rng.normal(0, wobble, len(learner)) if wobble else true[learner] - difficulty
    frame = pd.DataFrame(
        {
            "learner_id": [f"l{number:04d}" for number in learner],
            "y_true": (rng.random(len(learner)) < expit(score)).astype(int),
            "y_prob": expit(-difficulty),
        }
    )
    return frame, true


def test_abilities_are_nearly_unbiased_and_their_errors_are_as_large_as_said() -> None:
    frame, true = answers(1, rows=80)
    found = ability_of(frame)
    apart = found.value - true
    assert apart.mean() == pytest.approx(0.0, abs=0.05)
    assert np.polyfit(true, found.value, 1)[0] == pytest.approx(1.0, abs=0.06)
    assert (apart**2).mean() == pytest.approx(found.error.mean(), rel=0.25)
    assert found.reliability == pytest.approx(np.corrcoef(true, found.value)[0, 1] ** 2, abs=0.04)


def test_more_answers_are_surer() -> None:
    few, many = (ability_of(answers(2, rows=rows)[0]) for rows in (24, 160))
    assert few.error.mean() > 4 * many.error.mean()
    assert few.reliability < many.reliability < 1


def test_answers_of_unlike_topics_enlarge_the_error_when_halves_disagree() -> None:
    frame, _ = answers(3, rows=40)
    odd = frame.groupby("learner_id").cumcount() % 2 == 1
    rng = np.random.default_rng(3)
    topic = pd.Series(rng.random(400) < 0.5, index=sorted(frame["learner_id"].unique()))
    worse = frame.assign(y_true=np.where(odd & frame["learner_id"].map(topic), 0, frame["y_true"]))
    assert ability_of(worse).reliability < ability_of(frame).reliability - 0.2


def test_all_right_and_all_wrong_stay_finite_and_apart() -> None:
    rows = [(name, value) for name, value in (("a", 1), ("b", 0)) for _ in range(30)]
    found = ability_of(pd.DataFrame(rows, columns=["learner_id", "y_true"]).assign(y_prob=0.6))
    assert np.isfinite(found.value).all()
    assert found.value[0] > 2 > -2 > found.value[1]


def test_easy_items_count_for_less_than_hard_ones() -> None:
    rows = [("a", 0.9)] * 30 + [("b", 0.2)] * 30
    frame = pd.DataFrame(rows, columns=["learner_id", "y_prob"]).assign(y_true=[1, 1, 0] * 20)
    found = ability_of(frame)
    assert found.value[1] > found.value[0] + 2


def test_the_order_of_learners_plays_no_part() -> None:
    frame, _ = answers(4, learners=30)
    turned = pd.concat([part for _, part in sorted(frame.groupby("learner_id"), reverse=True)])
    np.testing.assert_allclose(ability_of(frame).value, ability_of(turned).value)


def test_learners_with_few_answers_are_left_out_and_some_can_be_asked_for() -> None:
    frame, _ = answers(5, learners=5)
    frame = pd.concat([frame, frame.head(3).assign(learner_id="new")])
    found = ability_of(frame)
    assert "new" not in found.learners
    some = found.of(np.array(["l0003", "l0001"], dtype=object))
    assert some.value.tolist() == [found.value[3], found.value[1]]


def test_nobody_with_enough_answers_is_nobody_known() -> None:
    frame, _ = answers(6, learners=3, rows=5)
    found = ability_of(frame)
    assert len(found.learners) == 0
    assert Ability(found.learners, np.zeros(3), np.zeros(3)).reliability == 0.0


def test_a_table_without_probabilities_is_refused() -> None:
    with pytest.raises(InputError, match="have no column y_prob"):
        ability_of(pd.DataFrame({"learner_id": ["a"], "y_true": [1]}))
