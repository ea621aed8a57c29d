"""States: one step up at a time, memoryless loss, demands play no part."""

from __future__ import annotations

import numpy as np
import pytest

from polku.simulate.laws import Start, States
from polku.simulate.laws.states import DAYS_KEPT, FRAGILE, LASTING, UNKNOWN
from polku.simulate.traits import Traits

ONE = np.ones(1)
WHO = np.zeros(1, dtype=np.int64)
DAY = np.array([1.0])


@pytest.fixture
def law() -> States:
    """One typical learner who has never met the one skill."""
    zero = np.zeros((1, 1))
    return States(Start(Traits(ONE, ONE, ONE, ONE), np.array([[-1]]), zero, zero, zero))


def test_luck_moves_one_state_up_at_a_time(law: States) -> None:
    seen = []
    for _ in range(3):
        law.practise(WHO, WHO, DAY, np.zeros(1))
        seen.append(int(law.state[0, 0]))
    assert seen == [FRAGILE, LASTING, LASTING]
    law.state[0, 0] = UNKNOWN
    law.practise(WHO, WHO, DAY, np.array([0.999]))
    assert law.state[0, 0] == UNKNOWN


@pytest.mark.parametrize("state", [FRAGILE, LASTING])
def test_loss_is_exponential_and_memoryless(law: States, state: int) -> None:
    law.state[0, 0] = state
    after = [law.knowledge(WHO, WHO, np.array([days]), ONE)[0] for days in (10.0, 20.0)]
    assert after[0] == pytest.approx(np.exp(-10.0 / DAYS_KEPT[state]))
    assert after[1] == pytest.approx(after[0] ** 2)


def test_recall_settles_what_was_lost(law: States) -> None:
    law.state[0, 0] = FRAGILE
    month = np.array([30.0])
    kept = law.knowledge(WHO, WHO, month, ONE)
    assert law.recall(WHO, WHO, month, ONE, kept - 1e-9)[0] == 1.0
    assert law.state[0, 0] == FRAGILE
    assert law.recall(WHO, WHO, month, ONE, kept + 1e-9)[0] == 0.0
    assert law.state[0, 0] == UNKNOWN


def test_a_fragile_skill_lasts_only_by_practice_on_another_day(law: States) -> None:
    luck = np.array([0.2])
    law.state[0, 0], law.last[0, 0] = FRAGILE, 1.0
    law.practise(WHO, WHO, DAY, luck)
    assert law.state[0, 0] == FRAGILE
    law.practise(WHO, WHO, DAY + 1.0, luck)
    assert law.state[0, 0] == LASTING


def test_expected_success_mixes_known_and_unknown(law: States) -> None:
    def steep(knowledge: np.ndarray) -> np.ndarray:
        return 0.1 + 0.8 * knowledge**5

    assert law.expected(np.array([0.25]), steep)[0] == pytest.approx(0.25 * 0.9 + 0.75 * 0.1)


def test_demand_plays_no_part(law: States) -> None:
    law.state[0, 0] = LASTING
    assert law.knowledge(WHO, WHO, DAY, np.array([0.5])) == law.knowledge(WHO, WHO, DAY, np.array([3.0]))
