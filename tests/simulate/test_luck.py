"""Luck is uniform, and belongs to a learner and an occasion."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from polku.simulate.luck import DRAWS, Luck, stream


def test_numbers_are_uniform_over_learners_occasions_and_draws() -> None:
    learners, occasions = np.repeat(np.arange(100), 100), np.tile(np.arange(100), 100)
    numbers = Luck(seed=5, learners=100).draw(learners, occasions)
    assert numbers.shape == (10_000, DRAWS)
    assert numbers.min() >= 0.0
    assert numbers.max() < 1.0
    for draw in numbers.T:
        assert stats.kstest(draw, "uniform").pvalue > 1e-4
    by_learner = numbers.reshape(100, 100, DRAWS).mean(axis=(1, 2))
    assert stats.kstest((by_learner - 0.5) * np.sqrt(12 * 100 * DRAWS), "norm").pvalue > 1e-4


def test_draws_of_one_occasion_and_the_next_are_not_correlated() -> None:
    numbers = Luck(seed=5, learners=1).draw(np.zeros(20_000, dtype=np.int64), np.arange(20_000))
    both = np.hstack([numbers[:-1], numbers[1:]])
    correlations = np.asarray(np.corrcoef(both.T)) - np.eye(2 * DRAWS)
    assert np.abs(correlations).max() < 0.035


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 10**6)), min_size=1, max_size=30))
def test_luck_does_not_depend_on_the_company(asked: list[tuple[int, int]]) -> None:
    luck = Luck(seed=1, learners=10)
    learners, occasions = np.array(asked, dtype=np.int64).T
    batch = luck.draw(learners, occasions)
    for row, who in enumerate(learners):
        alone = luck.draw(np.array([who]), occasions[row : row + 1])
        assert np.array_equal(alone[0], batch[row])


def test_seeds_and_learners_have_their_own_luck() -> None:
    zero = np.zeros(2, dtype=np.int64)
    first, second = Luck(1, 2).draw(np.array([0, 1]), zero)
    other = Luck(2, 2).draw(np.array([0, 1]), zero)[0]
    assert not set(first) & set(second)
    assert not set(first) & set(other)


def test_a_stream_is_its_seed_and_its_name() -> None:
    assert np.array_equal(stream(3, "items").random(4), stream(3, "items").random(4))
    different = {stream(3, "items").random(), stream(4, "items").random(), stream(3, "smeti").random()}
    assert len(different) == 3
