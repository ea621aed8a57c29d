"""A model that is off one way for a learner is set right by the learner's own answers, and by nothing else."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from polku.curriculum import Curriculum
from polku.home import Home
from polku.paths import SkillState, load_policy, plan
from polku.paths.agreement import MEMORY, agreed
from polku.paths.lookahead import built_in, joined
from polku.paths.terrain import Numbers
from polku.profiles import Evidence, estimate
from polku.profiles.evidence import FADE

POLICY = load_policy(Home.find().models)
shares = st.lists(st.floats(0.02, 0.98), min_size=1, max_size=8)


def bent(p: Numbers, by: float) -> Numbers:
    odds = p / (1 - p) * np.exp(by)
    found: Numbers = odds / (1 + odds)
    return found


@pytest.mark.parametrize("by", [-1.0, -0.5, 0.5, 1.0])
def test_what_is_off_is_mostly_taken_off(by: float) -> None:
    truth, answers = np.linspace(0.2, 0.9, 20), np.full(20, 8.0)
    found = agreed(bent(truth, by), truth, answers, spread=0.6)
    left = np.abs(found - truth).max()
    assert left < 0.15 * np.abs(bent(truth, by) - truth).max()


@given(shares)
def test_what_agrees_is_left_alone(p: list[float]) -> None:
    truth = np.array(p)
    np.testing.assert_allclose(agreed(truth, truth, np.full(len(p), 9.0), spread=1.0), truth, atol=1e-6)


@given(shares, st.floats(0, 1), st.floats(0.1, 2))
def test_the_order_of_skills_stays_and_everything_moves_one_way(p: list[float], right: float, spread: float) -> None:
    before = np.array(p)
    after = agreed(before, np.full(len(p), right), np.full(len(p), 5.0), spread)
    assert (np.diff(after[np.argsort(before, kind="stable")]) > -1e-12).all()  # what lies next to each other may meet
    moved = after - before
    assert (moved >= -1e-12).all() or (moved <= 1e-12).all()


def test_few_answers_move_less_than_many() -> None:
    p, right = np.full(3, 0.3), np.full(3, 0.9)
    few, many = (agreed(p, right, np.full(3, answers), spread=0.6) for answers in (1.0, 12.0))
    assert (p < few).all()
    assert (few < many).all()
    assert (many < right).all(), "a model is not thrown away"


def test_skills_without_answers_say_nothing_and_are_moved_with_the_others() -> None:
    p, right, answers = np.array([0.3, 0.3, np.nan]), np.array([0.9, np.nan, np.nan]), np.array([12.0, 0.0, 0.0])
    found = agreed(p, right, answers, spread=0.6)
    assert found[1] == found[0] > 0.3
    assert np.isnan(found[2])
    assert agreed(p, np.full(3, np.nan), answers, spread=0.6) is p
    assert agreed(p, right, answers, spread=0.0) is p


@given(st.lists(st.booleans(), min_size=1, max_size=60))
def test_the_built_in_estimate_is_read_back_from_the_share_of_right_answers(correct: list[bool]) -> None:
    success = weight = 0.0
    for one in correct:
        success, weight = success * FADE + one, weight * FADE + 1.0
    p, _ = estimate(Evidence(len(correct), success, weight))
    assert built_in(np.array([success / weight]), np.array([len(correct)]))[0] == pytest.approx(p)
    assert weight < MEMORY + 1


def test_a_model_says_less_of_a_skill_the_more_answers_there_are_on_it() -> None:
    own, model, answers = np.full(3, 0.8), np.full(3, 0.2), np.array([0, 4, 40])
    found = joined(own, model, answers, POLICY.lookahead)
    assert found[0] == pytest.approx(0.2)
    assert found[1] == pytest.approx(0.5)
    assert found[0] < found[1] < found[2] < 0.8
    deaf = POLICY.lookahead.model_copy(update={"model_answers": 0.0})
    np.testing.assert_allclose(joined(own, model, np.full(3, 1), deaf), own)


def test_a_skill_that_answers_have_shown_is_shown_though_a_model_is_too_strict() -> None:
    graph = Curriculum.of_skills("abcd")
    strict = {name: SkillState(0.55, 12, 0.1, None, 0.95) for name in "abcd"}
    silent = {name: SkillState(0.55, 12, 0.1) for name in "abcd"}
    assert [step.kind for step in plan(graph, strict, POLICY, rung="model", explore=False).options] == ["review"] * 3
    assert "review" not in {step.kind for step in plan(graph, silent, POLICY, rung="model", explore=False).options}
