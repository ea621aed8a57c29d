"""Crossed effects: what is shared is found, what is little known is drawn to zero, rows can be left out."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.special import expit

from polku.training.effects import Factor, fit_effects

Float = NDArray[np.float64]


def everyone(n: int) -> Factor:
    return Factor(np.zeros(n, np.int64), 1, variance=6.25)


def test_an_effect_of_few_answers_is_drawn_to_zero() -> None:
    member = np.repeat(np.arange(12), [2, *[100] * 11])
    correct = np.concatenate([[1.0, 1.0], *[np.arange(100) < 5 * size + 20 for size in range(11)]]).astype(np.float64)
    _, effect = fit_effects(correct, [everyone(len(member)), Factor(member, 12)])
    assert 0.0 < effect[0] < effect[-1]
    assert np.all(np.diff(effect[1:]) > 0.0)


def test_both_sides_of_a_crossed_design_are_recovered() -> None:
    rng = np.random.default_rng(0)
    left, right = rng.normal(size=60), rng.normal(scale=0.5, size=80)
    one, other = (grid.ravel() for grid in np.meshgrid(np.arange(60), np.arange(80)))
    correct = (rng.random(len(one)) < expit(0.5 + left[one] + right[other])).astype(np.float64)
    level, first, second = fit_effects(correct, [everyone(len(one)), Factor(one, 60), Factor(other, 80)])
    assert np.corrcoef(first, left)[0, 1] > 0.95
    assert np.corrcoef(second, right)[0, 1] > 0.85
    assert level[0] + first.mean() + second.mean() == pytest.approx(0.5 + left.mean() + right.mean(), abs=0.15)


def test_where_nothing_differs_nothing_is_found() -> None:
    rng = np.random.default_rng(1)
    member = np.repeat(np.arange(50), 40)
    correct = (rng.random(2000) < 0.7).astype(np.float64)
    _, effect = fit_effects(correct, [everyone(2000), Factor(member, 50)])
    assert np.abs(effect).max() < 0.35, "chance alone spreads raw logits by about ±0.9 here"


def test_members_without_answers_stay_at_zero() -> None:
    correct = np.array([1.0, 0.0, 1.0, 1.0])
    _, effect = fit_effects(correct, [everyone(4), Factor(np.array([0, 0, 2, 2]), 4)])
    assert effect[[1, 3]].tolist() == [0.0, 0.0]
    assert effect[2] > effect[0]


def test_a_given_variance_is_kept() -> None:
    correct = np.tile([1.0, 1.0, 1.0, 0.0], 10)
    member = np.zeros(40, np.int64)
    tight, loose = (fit_effects(correct, [Factor(member, 1, variance=v)])[0][0] for v in (0.01, 100.0))
    assert tight < 0.2
    assert loose == pytest.approx(np.log(3.0), abs=0.02)


def test_shares_of_one_answer_add_up() -> None:
    """An answer on two skills owes half to each."""
    row, member = np.array([0, 0, 1, 2]), np.array([0, 1, 0, 1])
    factor = Factor(member, 2, row, np.array([0.5, 0.5, 1.0, 1.0]))
    assert factor.spread(np.array([2.0, 4.0]), 3).tolist() == [3.0, 2.0, 4.0]
    assert factor.gather(np.array([1.0, 10.0, 100.0]), 1).tolist() == [10.5, 100.5]
    assert factor.gather(np.array([1.0, 10.0, 100.0]), 2).tolist() == [10.25, 100.25]


def test_leaving_rows_out_is_fitting_the_rest() -> None:
    rng = np.random.default_rng(2)
    tags = rng.integers(1, 3, 200)
    row = np.repeat(np.arange(200), tags)
    member = rng.integers(0, 5, len(row))
    share = np.repeat(1.0 / tags, tags)
    correct = (rng.random(200) < 0.6).astype(np.float64)
    keep = rng.random(200) < 0.5
    whole = [everyone(200), Factor(member, 5, row, share)]
    left = [factor.of_rows(keep) for factor in whole]
    inside = keep[row]
    place = np.cumsum(keep) - 1
    by_hand = [everyone(int(keep.sum())), Factor(member[inside], 5, place[row[inside]], share[inside])]
    for one, other in zip(fit_effects(correct[keep], left), fit_effects(correct[keep], by_hand), strict=True):
        assert one.tobytes() == other.tobytes()
