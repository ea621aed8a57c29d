"""The item bank covers every skill, and an item says what it needs."""

from __future__ import annotations

import numpy as np
import pytest

from polku.curriculum import Curriculum
from polku.simulate.items import PER_SKILL, ItemBank, draw_items, prerequisite_table


@pytest.fixture(scope="module")
def bank(mathematics: Curriculum) -> ItemBank:
    return draw_items(mathematics, np.random.default_rng(2))


def test_every_skill_has_its_items_side_by_side(bank: ItemBank, mathematics: Curriculum) -> None:
    counts = np.diff(bank.start)
    assert bank.skills == mathematics.order
    assert (counts >= PER_SKILL[0]).all()
    assert (counts <= PER_SKILL[1]).all()
    assert np.array_equal(bank.skill, np.repeat(np.arange(len(counts)), counts))
    assert len(set(bank.ids)) == len(bank) == bank.start[-1]
    assert bank.ids[0] == f"{bank.skills[0]}-01"


def test_a_second_skill_is_a_prerequisite_of_the_first(bank: ItemBank, mathematics: Curriculum) -> None:
    two = [bank.skill_ids(item) for item in range(len(bank)) if len(bank.skill_ids(item)) == 2]
    assert all(second in mathematics.skills[first].prerequisites for first, second in two)
    assert 0.05 < len(two) / len(bank) < 0.15


def test_the_reference_item_has_the_median_demand(bank: ItemBank) -> None:
    for skill, item in enumerate(bank.reference):
        mine = np.sort(bank.demand[bank.start[skill] : bank.start[skill + 1]])
        assert bank.demand[item] == mine[(len(mine) - 1) // 2]


def test_guessing_and_slipping_stay_modest(bank: ItemBank) -> None:
    assert bank.guess.min() > 0.0
    assert bank.guess.max() <= 0.25
    assert bank.slip.min() > 0.0
    assert bank.slip.max() < 0.12
    assert 0.2 < bank.word_problem.mean() < 0.4


def test_prerequisites_become_positions(small: Curriculum) -> None:
    table = prerequisite_table(small)
    named = {
        skill: {small.order[before] for before in row if before >= 0}
        for skill, row in zip(small.order, table, strict=True)
    }
    assert named == {skill: set(small.skills[skill].prerequisites) for skill in small.order}


def test_a_curriculum_without_prerequisites_has_no_two_skill_items() -> None:
    bare = draw_items(Curriculum.of_skills(["a", "b"]), np.random.default_rng(1))
    assert (bare.second == -1).all()
