"""Effects of what came before: those that are there are found, nobody's own answers are in them, rare ones are left."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.special import expit

from polku.curriculum import Curriculum
from polku.home import Home
from polku.profiles.sequence_effects import COUNTS, SequenceEffects, effect_of
from polku.records import Responses
from polku.training import cross_fit, fit, fit_item_statistics, learner_folds, load_spec
from polku.training.sequence import LEAST, Sequences, last_two, pruned

LEARNERS, LENGTH, ITEMS = 300, 24, 6
AFTER = 1.5
"""Logit that a right answer to item 0 adds to item 1, when that comes next."""


@pytest.fixture(scope="module")
def planted() -> Responses:
    """Return answers of independent learners in which item 1 profits from a right answer to item 0 just before it."""
    rng = np.random.default_rng(5)
    item = rng.integers(0, ITEMS, (LEARNERS, LENGTH))
    ability = rng.normal(0, 0.7, LEARNERS)
    correct = np.zeros((LEARNERS, LENGTH))
    for step in range(LENGTH):
        logit = ability + (item[:, step] - 2.5) / 3
        if step:
            follows = (item[:, step] == 1) & (item[:, step - 1] == 0) & (correct[:, step - 1] == 1.0)
            logit = logit + AFTER * follows
        correct[:, step] = rng.random(LEARNERS) < expit(logit)
    number = np.arange(LEARNERS * LENGTH)
    columns = {
        "response_id": [f"r{one:05d}" for one in number],
        "learner_id": [f"p{one // LENGTH:03d}" for one in number],
        "item_id": [f"i{one}" for one in item.ravel()],
        "skill_ids": ["even" if one % 2 == 0 else "odd;all" for one in item.ravel()],
        "answered_at": (number % LENGTH).tolist(),
        "correct": correct.ravel().tolist(),
    }
    return Responses.from_columns(columns, clock=False)


def often_met(member: NDArray[np.int64]) -> NDArray[np.bool_]:
    return np.bincount(member) >= LEAST


def by_hand(learner: NDArray[np.int64], key: NDArray[np.int64], right: NDArray[np.bool_]) -> list[tuple[int, int]]:
    seen: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
    found = []
    for who, what, well in zip(learner.tolist(), key.tolist(), right.tolist(), strict=True):
        before = seen[who, what]
        older, last = ([0, 0, *before])[-2:]
        found.append((3 * older + last, len(before)))
        before.append(1 + well)
    return found


@pytest.mark.parametrize("seed", range(5))
def test_the_last_two_are_those_of_a_plain_walk(seed: int) -> None:
    rng = np.random.default_rng(seed)
    size = int(rng.integers(0, 60))
    learner, key = np.sort(rng.integers(0, 4, size)), rng.integers(0, 3, size)
    right = rng.random(size) < 0.5
    pattern, answers = last_two(learner, key, right)
    assert list(zip(pattern.tolist(), answers.tolist(), strict=True)) == by_hand(learner, key, right)


def test_a_planted_effect_is_found_and_nothing_beside_it(planted: Responses) -> None:
    fitted = fit_item_statistics(planted, sequence=True).sequence
    arrays, row = fitted.arrays, fitted.item_row
    slot = 2 * row("i0") + 1
    found = effect_of(arrays.item_start, arrays.item_next, arrays.item_effect, slot, row("i1"))
    others = [effect for place, follower, effect in fitted.item_next.pairs() if (place, follower) != (slot, row("i1"))]
    assert 0.2 * AFTER < found < AFTER, "drawn towards zero, since most pairs have no effect"
    assert max(map(abs, others)) < 0.5 * found


def test_answers_that_follow_nothing_have_no_effects() -> None:
    rng = np.random.default_rng(2)
    size = 4000
    columns = {
        "response_id": [f"r{one:05d}" for one in range(size)],
        "learner_id": [f"p{one // 20:03d}" for one in range(size)],
        "item_id": [f"i{one}" for one in rng.integers(0, 5, size)],
        "skill_ids": ["a"] * size,
        "answered_at": list(range(size)),
        "correct": (rng.random(size) < 0.6).astype(float).tolist(),
    }
    fitted = fit_item_statistics(Responses.from_columns(columns, clock=False), sequence=True).sequence
    assert np.abs(fitted.item_repeat).max() < 0.25
    assert max(abs(effect) for *_, effect in fitted.item_next.pairs()) < 0.25


def test_rare_cells_and_pairs_have_no_effect(planted: Responses) -> None:
    few = planted.of_learners([str(name) for name in planted.learners[:4]])
    every = np.ones(len(few), np.bool_)
    sequences = Sequences.of(few)
    fitted = sequences.fit(np.zeros(len(few)), every)
    for level, (slots, following), kept in zip(
        sequences.levels[2:], sequences.pairs, (fitted.item_next, fitted.skills_next), strict=True
    ):
        often = np.bincount(level.member, minlength=level.size) >= LEAST
        allowed = set(zip(slots[often].tolist(), following[often].tolist(), strict=True))
        assert {(slot, row) for slot, row, _ in kept.pairs()} <= allowed
        assert allowed
    assert not often_met(sequences.levels[2].member).all()
    assert not fitted.skill_repeat.reshape(-1, 9, COUNTS)[:, 1:, 0].any(), "a pattern without answers cannot be"


def test_pruning_changes_nothing_that_is_read(planted: Responses) -> None:
    few = planted.of_learners([str(name) for name in planted.learners[:9]])
    whole = Sequences.of(few).fit(np.zeros(len(few)), np.ones(len(few), np.bool_))
    small = pruned(whole)
    assert small.items == tuple(item for item in whole.items if small.item_row(item) >= 0)

    def named(effects: SequenceEffects) -> set[tuple[str, int, str, float]]:
        names = effects.items
        return {(names[slot // 2], slot % 2, names[row], effect) for slot, row, effect in effects.item_next.pairs()}

    assert named(small) == named(whole)
    for skill in small.skills:
        there, here = whole.skill_row(skill), small.skill_row(skill)
        assert (small.skill_repeat[here] == whole.skill_repeat[there]).all()


def test_cross_fitted_effects_never_saw_the_fold(planted: Responses) -> None:
    curriculum = Curriculum.of_skills(["even", "odd", "all"])
    folds = learner_folds(planted, 4, seed=0)
    inside = folds[planted.learner] == 1
    turned = Responses.from_frame(
        planted.to_frame().assign(correct=np.where(inside, 1.0 - planted.correct, planted.correct)), clock=False
    )
    layers = []
    for data in (planted, turned):
        known = cross_fit(data, curriculum, 4, 0, folds=folds, sequence=True)
        assert known.sequence is not None
        effects, rows = known.sequence
        assert (rows.item[inside] // len(planted.items) == 1).all()
        size = len(planted.items)
        layers.append(effects.item_repeat[size : 2 * size])
    assert layers[0].tobytes() == layers[1].tobytes()
    assert layers[0].any()


def test_a_model_that_does_not_look_back_has_none(planted: Responses, home: Home) -> None:
    curriculum = Curriculum.of_skills(["even", "odd", "all"])
    some = planted.of_learners([str(name) for name in planted.learners[:60]])
    baseline = fit(load_spec(home, "baseline"), home, some, curriculum)
    assert baseline.item_statistics.sequence
    assert not fit_item_statistics(some, curriculum).sequence
