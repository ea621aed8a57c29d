"""A world runs one learner at a time as it runs all of them, and tells the truth about chances."""

from __future__ import annotations

import json

import numpy as np
import pytest

from polku.curriculum import Curriculum
from polku.errors import NotFoundError
from polku.simulate import World
from polku.simulate.config import LawName
from polku.simulate.occasions import Lessons
from polku.simulate.world import DAY

HOUR = DAY // 24
LEARNERS = 40


@pytest.fixture(params=["strength", "states"])
def law(request: pytest.FixtureRequest) -> LawName:
    name: LawName = request.param
    return name


def history(world: World, answers: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Random answers of all learners, a few hours apart, in no order."""
    rng = np.random.default_rng(seed)
    learner = rng.permutation(np.repeat(np.arange(LEARNERS), answers))
    item = rng.integers(0, len(world.bank), size=len(learner))
    return learner, item, rng.permutation(len(learner)) * HOUR


def test_a_batch_equals_single_steps(mathematics: Curriculum, law: LawName) -> None:
    batch, single = (World.fresh(mathematics, learners=LEARNERS, law=law, seed=3) for _ in range(2))
    learner, item, at = history(batch, 25, seed=1)
    rng = np.random.default_rng(2)
    lessons = Lessons(rng.integers(0, LEARNERS, 200), rng.integers(0, 50, 200), rng.permutation(1000)[:200] * HOUR + 1)
    together = batch.run(learner, item, at, lessons=lessons)
    alone = np.zeros(len(learner), dtype=bool)
    events = [(when, 1, row) for row, when in enumerate(at.tolist())]
    events += [(when, 0, row) for row, when in enumerate(lessons.at.tolist())]
    for when, answered, row in sorted(events):
        if answered:
            one = single.learner(int(learner[row]))
            alone[row] = one.practise(single.bank.skill_ids(item[row])[0], when, item=int(item[row]))
        else:
            single.learner(int(lessons.learner[row])).attend(single.bank.skills[lessons.skill[row]], when)
    assert np.array_equal(together, alone)
    everyone, end = np.arange(LEARNERS), np.full(LEARNERS, at.max())
    for skill in range(0, len(batch.bank.skills), 17):
        asked = np.full(LEARNERS, batch.bank.reference[skill])
        assert np.allclose(batch.success(everyone, asked, end), single.success(everyone, asked, end), rtol=1e-12)


def test_the_stated_chance_is_the_frequency(mathematics: Curriculum, law: LawName) -> None:
    world = World.fresh(mathematics, learners=3000, law=law, seed=8)
    who = np.arange(3000)
    for day in range(4):
        world.attempt(who, np.full(3000, world.bank.reference[0]), np.full(3000, day * DAY))
    later = np.full(3000, 30 * DAY)
    stated = world.success(who, np.full(3000, world.bank.start[0]), later)
    correct = world.attempt(who, np.full(3000, world.bank.start[0]), later)
    z = (correct.sum() - stated.sum()) / np.sqrt((stated * (1 - stated)).sum())
    assert abs(z) < 3.5
    assert 0.3 < stated.mean() < 0.95


def test_a_second_skill_is_needed_and_practised(mathematics: Curriculum, law: LawName) -> None:
    world = World.fresh(mathematics, learners=200, law=law, seed=8)
    item = int(np.flatnonzero(world.bank.second >= 0)[0])
    main, second = (world.bank.skills.index(skill) for skill in world.bank.skill_ids(item))
    who, asked, end = np.arange(200), np.full(200, item), np.full(200, 20 * DAY)
    for day in range(8):
        world.teach(who, np.full(200, main), np.full(200, day * DAY))
    assert world.success(who, asked, end) == pytest.approx(world.bank.guess[item]), "one of two is not enough"
    untouched = world.copy()
    for day in range(8, 16):
        world.attempt(who, asked, np.full(200, day * DAY))
    ones, now = np.ones(200), np.full(200, 20.0)
    learned = [each.law.knowledge(who, np.full(200, second), now, ones).mean() for each in (untouched, world)]
    assert learned[0] == 0.0
    assert learned[1] > 0.2
    assert world.success(who, asked, end).mean() > world.bank.guess[item] + 0.1


def test_luck_is_equal_under_another_plan(small: Curriculum, law: LawName) -> None:
    first, other = (World.fresh(small, learners=2, law=law, seed=4) for _ in range(2))
    for k in range(30):
        other.learner(1).practise("add", k * HOUR)
    same = [world.learner(0).practise("count", k * HOUR) for k in range(20) for world in (first, other)]
    assert same[::2] == same[1::2]


def test_a_copy_may_try_what_the_world_does_not(small: Curriculum, law: LawName) -> None:
    world = World.fresh(small, learners=1, law=law, seed=4)
    tried = world.copy()
    answers = [tried.learner(0).practise("count", k * DAY) for k in range(10)]
    assert world.learner(0).knowledge("count", 10 * DAY) == 0.0
    assert [world.learner(0).practise("count", k * DAY) for k in range(10)] == answers


@pytest.mark.parametrize("skills", [1, 10, 1000])
def test_graphs_of_any_size_can_be_learned_in_order(skills: int, law: LawName) -> None:
    chain = [{"id": f"s{k:04d}", "prerequisites": [f"s{k - 1:04d}"] * (k > 0)} for k in range(skills)]
    world = World.fresh(Curriculum.from_json(json.dumps({"skills": chain})), learners=30, law=law, seed=2)
    who, first, last = np.arange(30), np.zeros(30, dtype=np.int64), np.full(30, min(skills, 4) - 1)
    for skill in range(int(last[0]) + 1):
        for k in range(8):
            world.attempt(who, world.bank.reference[first + skill], np.full(30, (8 * skill + k) * DAY))
    end = np.full(30, 33.0)
    assert world.law.knowledge(who, last, end, np.ones(30)).mean() > 0.4
    if skills > 4:
        assert world.law.knowledge(who, last + 1, end, np.ones(30)).mean() == 0.0


def test_rounds_are_reported(small: Curriculum) -> None:
    world, heard = World.fresh(small, learners=2, law="strength", seed=1), list[tuple[int, int]]()
    none = np.zeros(0, dtype=np.int64)
    assert world.run(none, none, none).shape == (0,)
    world.run(np.array([0, 0, 1]), np.zeros(3, dtype=np.int64), np.arange(3), on_step=lambda *step: heard.append(step))
    assert heard == [(1, 2), (2, 2)]


def test_an_unknown_skill_is_named_with_the_nearest(small: Curriculum) -> None:
    learner = World.fresh(small, learners=1, law="strength", seed=1).learner(0)
    with pytest.raises(NotFoundError, match="no such skill in this world") as error:
        learner.success("multiplly", 0)
    assert error.value.hint == "did you mean 'multiply'?"
