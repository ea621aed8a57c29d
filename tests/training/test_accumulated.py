"""Accumulated local effects: right for functions that are known, monotone where the model is."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from polku.training.accumulated import BINS, TAIL, accumulated_effect

Float = NDArray[np.float64]


@pytest.fixture(scope="module")
def rows() -> Float:
    """Return two columns that go together (r = 0.95) and a third by itself."""
    rng = np.random.default_rng(3)
    first = rng.normal(size=4000)
    second = 0.95 * first + np.sqrt(1.0 - 0.95**2) * rng.normal(size=4000)
    return np.column_stack([first, second, rng.random(4000)])


def test_a_sum_of_functions_gives_each_function_back(rows: Float) -> None:
    def score(x: Float) -> Float:
        return np.asarray(np.sin(x[:, 0]) + 2.0 * x[:, 1] + x[:, 2] ** 2)

    truths: list[Callable[[Float], Float]] = [np.sin, lambda at: 2.0 * at, np.square]
    for column, truth in enumerate(truths):
        found = accumulated_effect(score, rows, column)
        gap = found.effect - truth(found.at)
        assert np.ptp(gap) < 1e-12, "off by more than a constant"


def test_the_effect_is_centred_on_the_mean_row(rows: Float) -> None:
    found = accumulated_effect(lambda x: 3.0 * x[:, 0] + 7.0, rows, 0)
    middle = (found.effect[1:] + found.effect[:-1]) / 2.0
    assert np.average(middle, weights=found.n) == pytest.approx(0.0, abs=1e-12)


def test_a_column_that_is_not_used_has_no_effect_however_it_goes_with_others(rows: Float) -> None:
    found = accumulated_effect(lambda x: 5.0 * x[:, 0], rows, 1)
    assert not found.effect.any()


def test_an_interaction_is_accumulated_where_the_rows_are(rows: Float) -> None:
    """Of x·y the local change along x is y, whose mean given x is 0.95 x: the effect is 0.475 x² around its mean."""
    found = accumulated_effect(lambda x: x[:, 0] * x[:, 1], rows, 0)
    expected = 0.475 * found.at**2
    gap = (found.effect - found.effect.mean()) - (expected - expected.mean())
    assert np.abs(gap).max() < 0.1


def test_bins_hold_every_known_row_and_are_of_about_equal_mass(rows: Float) -> None:
    found = accumulated_effect(lambda x: x[:, 0], rows, 0)
    assert len(found.n) == BINS
    assert found.n.sum() == len(rows)
    assert np.all(np.diff(found.at) > 0.0)
    inner = found.n[1:-1] / len(rows)
    assert np.all((inner > 0.5 / BINS) & (inner < 1.5 / BINS))
    beyond = (rows[:, 0] < found.at[0]) | (rows[:, 0] > found.at[-1])
    assert beyond.mean() <= 2.0 * TAIL + 1e-3


def test_rows_without_a_value_take_no_part_and_are_counted(rows: Float) -> None:
    gaps = rows.copy()
    gaps[::4, 0] = np.nan
    found = accumulated_effect(lambda x: 2.0 * x[:, 0], gaps, 0)
    assert found.missing == pytest.approx(0.25)
    assert found.n.sum() == 3000
    np.testing.assert_allclose(np.diff(found.effect), 2.0 * np.diff(found.at))


def test_a_column_of_two_values_has_one_bin() -> None:
    rows = np.repeat([[0.0], [1.0]], 50, axis=0)
    found = accumulated_effect(lambda x: 4.0 * x[:, 0], rows, 0)
    assert (found.at.tolist(), found.effect.tolist(), found.n.tolist()) == ([0.0, 1.0], [-2.0, 2.0], [100])


@pytest.mark.parametrize(("value", "points"), [(0.5, 1), (np.nan, 0)])
def test_a_column_without_two_values_has_no_bin(value: float, points: int) -> None:
    found = accumulated_effect(lambda x: x[:, 0], np.full((10, 1), value), 0)
    assert len(found.at) == len(found.effect) == points
    assert not len(found.n)
