"""Readings in columns: the same states, the same plan, the same situation in the log as skill by skill."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from polku.curriculum import Curriculum
from polku.home import Home
from polku.paths import load_policy, plan
from polku.paths.proposal import Wishes
from polku.paths.readings import UNTOLD, Readings
from polku.paths.settled import Settled
from polku.paths.situation import plan_again, situation_of, states_in
from polku.paths.standing import Standing
from polku.paths.terrain import Terrain
from polku.schemas.policy import PathPolicy

DAY = 86_400_000_000
NOW = 400 * DAY


@pytest.fixture(scope="module")
def curriculum(home: Home) -> Curriculum:
    return Curriculum.load(home.curriculum_path("fi-mathematics"))


@pytest.fixture(scope="module")
def policy(home: Home) -> PathPolicy:
    return load_policy(home.models)


def drawn(curriculum: Curriculum, seed: int) -> Readings:
    """Return the readings of a learner who answered on a third of the skills."""
    rng, size = np.random.default_rng(seed), len(curriculum.order)
    answers = np.where(rng.random(size) < 0.3, rng.integers(1, 9, size), 0)
    told = answers > 0
    last = np.where(told, NOW - rng.integers(0, 90, size) * DAY, -1)
    right = np.where(told, np.round(rng.random(size), 2), np.nan)
    return Readings(curriculum, rng.random(size), np.where(told, 0.1, UNTOLD), answers, last, right)


@pytest.mark.parametrize("seed", range(6))
def test_columns_and_skills_stand_alike(curriculum: Curriculum, policy: PathPolicy, seed: int) -> None:
    readings, terrain = drawn(curriculum, seed), Terrain.of(curriculum)
    ours, theirs = (
        Standing.of(terrain, states, policy, 7, NOW, modelled=True) for states in (readings, dict(readings))
    )
    for name in ("p", "sd", "answers", "last", "days", "right", "open", "due", "holding"):
        np.testing.assert_array_equal(getattr(ours, name), getattr(theirs, name), err_msg=name)


@pytest.mark.parametrize("seed", range(3))
def test_columns_and_skills_lead_to_the_same_path(curriculum: Curriculum, policy: PathPolicy, seed: int) -> None:
    readings = drawn(curriculum, seed)
    ours, theirs = (
        plan(curriculum, states, policy, grade=7, rung="model", seed=seed, now=NOW)
        for states in (readings, dict(readings))
    )
    assert ours == theirs


def test_columns_of_another_curriculum_are_read_by_skill(curriculum: Curriculum, policy: PathPolicy) -> None:
    readings, other = drawn(curriculum, 1), Curriculum.of_skills([*reversed(curriculum.order)])
    found = Standing.of(Terrain.of(other), readings, policy, None, NOW)
    assert other.order != curriculum.order
    np.testing.assert_array_equal(found.answers, [readings[skill].answers for skill in other.order])


def test_a_mapping_of_all_skills_and_of_nothing_else(curriculum: Curriculum) -> None:
    readings = drawn(curriculum, 2)
    assert list(readings) == list(curriculum.order)
    assert len(readings) == len(curriculum.order)
    assert "nothing" not in readings
    assert readings.get("nothing") is None
    never = curriculum.order[int(np.flatnonzero(readings.answers == 0)[0])]
    assert (readings[never].answers, readings[never].last_answered_at, readings[never].right) == (0, None, None)


def test_a_situation_says_the_same_in_columns(curriculum: Curriculum) -> None:
    readings = drawn(curriculum, 3)
    by_columns, by_skill = (
        json.loads(json.dumps(situation_of(states, Wishes(7), Settled(), rung="model", answers=9, now=NOW, seed=1)))
        for states in (readings, dict(readings))
    )
    assert "columns" in by_columns
    assert "states" in by_skill, "as the log had it before"
    ours, theirs = states_in(by_columns), states_in(by_skill)
    assert ours == theirs
    assert list(ours) == list(curriculum.order)
    first = readings[curriculum.order[0]]
    assert ours[curriculum.order[0]].p == round(first.p, 6)
    assert ours[curriculum.order[0]].answers == first.answers


def test_another_policy_is_judged_alike_from_both(curriculum: Curriculum, policy: PathPolicy) -> None:
    readings = drawn(curriculum, 4)
    logged = [
        situation_of(states, Wishes(7), Settled(), rung="model", answers=50, now=NOW, seed=1)
        for states in (readings, dict(readings))
    ]
    other = policy.model_copy(update={"offer": policy.offer.model_copy(update={"exploration_share": 0.4})})
    ours, theirs = (plan_again(curriculum, other, json.loads(json.dumps(one))) for one in logged)
    assert ours == theirs
    assert sum(ours.values()) == pytest.approx(1.0)


def test_a_plan_does_not_change_what_it_was_made_from(curriculum: Curriculum, policy: PathPolicy) -> None:
    readings = drawn(curriculum, 5)
    kept = replace(readings, p=readings.p.copy(), sd=readings.sd.copy(), right=readings.right.copy())
    plan(curriculum, readings, policy, grade=7, rung="model", now=NOW)
    assert dict(kept) == dict(readings)
