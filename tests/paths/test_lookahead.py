"""The look-ahead: what practice is expected to do, and which next step brings the goals farthest."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polku.home import Home
from polku.paths import load_policy
from polku.paths.lookahead import Outlook, belief, cleared
from polku.schemas.policy import LookaheadPolicy

POLICY = load_policy(Home.find().models).lookahead
ALONE = np.array([[3], [3], [3]])
CHAIN = np.array([[3], [0], [1]])
LONG_AGO = np.full((1, 3), 90.0)


def best(outlook: Outlook, steps: int, policy: LookaheadPolicy = POLICY) -> int:
    return int(outlook.values(np.arange(3), steps, policy)[0].argmax())


def known(*values: float) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    return np.array([values])


def test_with_one_step_left_the_goal_with_the_most_to_gain_comes_next() -> None:
    assert best(Outlook(known(0.9, 0.2, 0.6), LONG_AGO, ALONE, np.arange(3)), steps=1) == 1


def test_with_one_step_left_a_goal_without_its_prerequisite_waits() -> None:
    assert best(Outlook(known(0.1, 0.1, 0.6), LONG_AGO, CHAIN, np.arange(1, 3)), steps=1) != 2
    assert best(Outlook(known(0.0, 0.3, 0.98), LONG_AGO, np.array([[3], [0], [3]]), np.array([1, 2])), steps=1) == 1


def test_with_many_steps_left_the_way_begins_beneath() -> None:
    deep = Outlook(known(0.05, 0.2, 0.9), LONG_AGO, CHAIN, np.array([1]))
    assert best(deep, steps=1) == 1
    assert best(deep, steps=8) == 0


def test_what_is_not_on_the_way_brings_nothing() -> None:
    outlook = Outlook(known(0.1, 0.1, 0.1), LONG_AGO, ALONE, np.array([1]))
    a, b, c, idle = outlook.values(np.array([0, 1, 2, 3]), 1, POLICY)[0]
    assert b > a
    assert a == pytest.approx(c)
    assert a == pytest.approx(idle)


def test_what_was_met_just_now_is_left_to_rest() -> None:
    outlook = Outlook(known(0.4, 0.4, 0.4), np.array([[0.0, 20.0, 0.0]]), ALONE, np.arange(3))
    assert best(outlook, steps=1) == 1


def test_learners_side_by_side_are_each_as_if_alone() -> None:
    rng = np.random.default_rng(1)
    many, rested = rng.random((5, 3)), 30 * rng.random((5, 3))
    together = Outlook(many, rested, CHAIN, np.array([1, 2])).values(np.arange(3), 6, POLICY)
    for row in range(5):
        alone = Outlook(many[row : row + 1], rested[row : row + 1], CHAIN, np.array([1, 2]))
        assert alone.values(np.arange(3), 6, POLICY)[0].tobytes() == together[row].tobytes()


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.floats(0.0, 1.0), min_size=3, max_size=3),
    st.lists(st.floats(0.0, 300.0), min_size=3, max_size=3),
    st.integers(1, 12),
)
def test_knowledge_stays_between_nothing_and_everything(k: list[float], days: list[float], steps: int) -> None:
    values = Outlook(known(*k), known(*days), CHAIN, np.arange(3)).values(np.arange(3), steps, POLICY)
    assert ((values >= 0.0) & (values <= 1.0)).all()


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(0.0, 1.0), min_size=3, max_size=3), st.integers(1, 8))
def test_one_more_step_never_brings_less_when_nothing_fades(k: list[float], steps: int) -> None:
    steady = POLICY.model_copy(update={"fading": 0.0})
    outlook = Outlook(known(*k), LONG_AGO, CHAIN, np.arange(3))
    fewer, more = (outlook.values(np.arange(3), count, steady) for count in (steps, steps + 1))
    assert (more >= fewer - 1e-12).all()


# --- belief


def believed(p: float, answers: int, days: float = 10.0, beneath: float | None = None) -> float:
    rates = np.array([p, np.nan if beneath is None else beneath])
    table = np.array([[2], [2]]) if beneath is None else np.array([[1], [2]])
    return float(belief(rates, np.array([answers, 0 if beneath is None else 6]), np.full(2, days), table, POLICY)[0])


def test_belief_rises_with_right_answers_and_falls_with_days() -> None:
    rates = [believed(p, 6) for p in (0.3, 0.5, 0.8)]
    assert all(one < other for one, other in pairwise(rates))
    assert believed(0.7, 6, days=1.0) > believed(0.7, 6, days=200.0)


def test_a_wrong_answer_is_practice_too_but_less_than_a_right_one() -> None:
    def alone(right: int, wrong: int) -> float:
        level_free = POLICY.model_copy(update={"level": 0.0})
        p = (2.0 + right) / (4.0 + right + wrong)
        where = np.array([[1]])
        return float(belief(np.array([p]), np.array([right + wrong]), np.zeros(1), where, level_free)[0])

    assert alone(0, 0) < alone(0, 1) < alone(1, 0)


def test_belief_looks_at_what_a_skill_builds_on() -> None:
    assert believed(0.5, 2, beneath=0.9) > believed(0.5, 2, beneath=0.2)


def test_a_models_estimate_is_cleared_of_guessing_and_slips() -> None:
    found = cleared(np.array([0.0, 0.1, 0.5, 0.9, 1.0, np.nan]), POLICY)
    assert found[:5] == pytest.approx([0.0, 0.0, 0.5, 1.0, 1.0])
    assert np.isnan(found[5])
