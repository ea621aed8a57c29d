"""Exact p-values against every way of dealing the answers out, against other programs, and against the promise."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import replace
from math import comb

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import fisher_exact

from polku.fairness.items import (
    Answers,
    Haenszel,
    Logistic,
    compare_curves,
    compare_items,
    mantel_haenszel,
    matching_of,
)
from polku.fairness.items.dealing import as_far, moments, splits
from polku.fairness.items.exact import exact_non_uniform, exact_uniform, scores_of
from polku.fairness.items.haenszel import Strata
from polku.fairness.items.tail import MOST, TAIL, confirmed, widened
from polku.schemas.slices import Inference

MakeTest = Callable[..., tuple[pd.DataFrame, pd.DataFrame]]
UNIFORM = Haenszel(d_dif=-2.0, error=0.4, chi2=25.0, p=6e-7, p_dif=-0.2)
CURVES = Logistic(0.5, 6e-7, 1e-6, 0.0, 0.03, 0.15, 1.6, 0.3)
"""Both of them stand far out by chi-square."""


def strata(tables: object) -> Strata:
    """Make strata from lines of right and wrong of the rest, right and wrong of the group."""
    return Strata(*np.array(tables, dtype=float).T)


def dealt(cells: Strata) -> Iterator[tuple[tuple[int, ...], float]]:
    """Return every way in which the right answers of the strata fall to the group, and its weight."""
    each = []
    for a, b, c, d in zip(cells.rest_right, cells.rest_wrong, cells.group_right, cells.group_wrong, strict=True):
        group, rest, right = int(c + d), int(a + b), int(a + c)
        each.append([(k, comb(group, k) * comb(rest, right - k)) for k in range(group + 1) if 0 <= right - k <= rest])
    for way in itertools.product(*each):
        yield tuple(k for k, _ in way), float(np.prod([float(weight) for _, weight in way]))


def spelt_out(values: list[float], weights: list[float], seen: float) -> float:
    mean = np.average(values, weights=weights)
    far = np.abs(np.array(values) - mean) >= abs(seen - mean) - 1e-9
    return float(np.array(weights)[far].sum() / sum(weights))


tables = st.lists(st.tuples(*[st.integers(0, 6)] * 4).filter(lambda line: sum(line) > 0), min_size=1, max_size=4)


@settings(max_examples=60)
@given(tables)
def test_every_way_of_dealing_is_counted(lines: list[object]) -> None:
    cells = strata(lines)
    sums = [(float(sum(way)), weight) for way, weight in dealt(cells)]
    expected = spelt_out([one for one, _ in sums], [weight for _, weight in sums], float(cells.group_right.sum()))
    assert exact_uniform(cells) == pytest.approx(expected, rel=1e-9)


@settings(max_examples=60)
@given(tables, st.lists(st.integers(-9, 9), min_size=4, max_size=4))
def test_the_leaning_is_counted_among_ways_with_as_many_right(lines: list[object], standing: list[int]) -> None:
    cells, score = strata(lines), np.array(standing[: len(lines)], dtype=np.int64)
    given_right = float(cells.group_right.sum())
    ways = [(float(score @ np.array(way)), weight) for way, weight in dealt(cells) if sum(way) == given_right]
    expected = spelt_out([one for one, _ in ways], [weight for _, weight in ways], float(score @ cells.group_right))
    assert exact_non_uniform(cells, score) == pytest.approx(expected, rel=1e-6)


def test_one_table_cut_in_the_middle_is_the_test_of_fisher() -> None:
    cells = strata([(11, 4, 3, 12)])
    assert exact_uniform(cells) == pytest.approx(fisher_exact(np.array([[11, 4], [3, 12]])).pvalue)


def test_moving_all_scores_or_turning_them_round_changes_nothing() -> None:
    cells, score = strata([(9, 3, 2, 8), (5, 5, 6, 4), (3, 9, 9, 2)]), np.array([-4, 1, 5])
    p = exact_non_uniform(cells, score)
    assert p < 0.001
    assert exact_non_uniform(cells, score + 20) == pytest.approx(p)
    assert exact_non_uniform(cells, -score) == pytest.approx(p)


def test_what_lies_beyond_all_reach_is_not_mistaken_for_the_middle() -> None:
    apart = strata([(0, 60, 60, 0)] * 4)
    assert exact_uniform(apart) < 1e-100
    crossing = strata([(0, 50, 50, 0), (25, 25, 25, 25), (50, 0, 0, 50)])
    assert exact_non_uniform(crossing, np.array([-4, 0, 4])) < 1e-40
    one_sided = strata([(2, 58, 58, 2), (2, 58, 57, 3), (3, 57, 58, 2)])
    assert exact_non_uniform(one_sided, np.array([-4, 0, 4])) > 0.05


def test_where_no_number_is_small_enough_nothing_is_left_to_count() -> None:
    assert exact_non_uniform(strata([(0, 700, 700, 0)] * 2), np.array([-4, 4])) == 0
    assert as_far(np.arange(2), np.zeros(2), 1.0) == 0


def test_chances_of_a_stratum_add_up_and_have_the_moments_of_the_books() -> None:
    """Mean and variance of the hypergeometric distribution, as in Mantel & Haenszel (1959)."""
    (split,) = splits(strata([(7, 5, 3, 6)]))
    n, group, right = 21, 9, 10
    assert split.chances.sum() == pytest.approx(1)
    variance = group * (n - group) * right * (n - right) / (n**2 * (n - 1))
    assert moments(split) == pytest.approx((group * right / n, variance))


def test_strata_that_leave_nothing_to_chance_say_nothing() -> None:
    sure = strata([(5, 0, 4, 0), (0, 7, 0, 3)])
    assert exact_uniform(sure) == 1
    assert exact_non_uniform(sure, np.array([-1, 1])) == 1


def test_scores_stand_in_quarters_of_a_deviation_whatever_the_order() -> None:
    stratum, standing = np.array([2, 0, 1, 0, 2]), np.array([30.0, 10, 20, 10, 30])
    assert scores_of(stratum, standing).tolist() == [-4, 0, 4]
    assert scores_of(stratum, np.ones(5)).tolist() == [0, 0, 0]


@pytest.mark.parametrize("strength", [1.6, 0.0])
def test_exact_p_values_and_chi_square_say_nearly_the_same(strength: float) -> None:
    rng = np.random.default_rng(6)
    standing, member = rng.integers(0, 12, 600), np.arange(600) % 2 == 0
    right = (rng.random(600) < 1 / (1 + np.exp(strength * member - standing / 4 + 1))).astype(float)
    cells = Strata.of(standing, right, member)
    by_chi2 = mantel_haenszel(standing, right, member).p
    assert np.log10(exact_uniform(cells)) == pytest.approx(np.log10(by_chi2), rel=0.1, abs=0.1)
    tilted = compare_curves(standing.astype(float), right, member).p_non_uniform
    assert abs(exact_non_uniform(cells, scores_of(standing, standing.astype(float))) - tilted) < 0.15


def test_in_small_samples_a_small_exact_p_value_is_as_rare_as_it_says() -> None:
    rng, level, runs = np.random.default_rng(12), 0.05, 400
    low = 0
    for _ in range(runs):
        standing, member = rng.integers(0, 8, 120), rng.random(120) < 0.3
        right = (rng.random(120) < 0.15 + 0.09 * standing).astype(float)
        score = scores_of(standing, standing.astype(float))
        low += exact_non_uniform(Strata.of(standing, right, member), score) < level
    assert low <= 1.6 * level * runs


def test_only_small_p_values_are_counted_out_and_the_larger_one_counts() -> None:
    nothing, score = strata([(5, 5, 5, 5)] * 3), np.array([-4, 0, 4])
    milder = confirmed(UNIFORM, CURVES, nothing, score)
    assert (milder[0].p, milder[1].p_non_uniform) == (1, 1)
    assert replace(milder[0], p=UNIFORM.p) == UNIFORM
    assert replace(milder[1], p_non_uniform=CURVES.p_non_uniform) == CURVES
    plain = replace(UNIFORM, p=TAIL), replace(CURVES, p_non_uniform=TAIL)
    assert confirmed(*plain, nothing, score) == plain
    apart = strata([(0, 60, 60, 0), (60, 0, 0, 60)])
    assert confirmed(UNIFORM, CURVES, apart, np.array([-4, 4]))[1].p_non_uniform == CURVES.p_non_uniform


def test_many_learners_are_left_to_chi_square() -> None:
    many = strata([(MOST, 1, 1, MOST)])
    assert confirmed(UNIFORM, CURVES, many, np.array([0])) == (UNIFORM, CURVES)


def test_schools_widen_an_exact_p_value() -> None:
    cells, score = strata([(40, 10, 15, 35), (10, 40, 35, 15)]), np.array([-4, 4])
    alone = confirmed(UNIFORM, CURVES, cells, score)
    alike = confirmed(replace(UNIFORM, design=2.0), replace(CURVES, design=2.0), cells, score)
    assert alike[1].p_non_uniform == pytest.approx(widened(exact_non_uniform(cells, score), 2.0))
    assert alike[1].p_non_uniform > alone[1].p_non_uniform
    assert widened(0.2, 0.5) == 0.2


def test_no_item_stands_out_that_counting_does_not_bear_out(make_test: MakeTest) -> None:
    test, background = make_test(31, n=600, planted=2, shift=1.6)
    answers, girl = Answers.from_matrix(test), (background["gender"] == "girl").to_numpy()
    matching, anchors = matching_of(answers), np.ones(20, dtype=np.bool_)
    found = compare_items(answers, matching, girl, Inference(), purify=False).items
    assert {one.item for one in found if one.p_least < 1e-6} == {0, 1}
    for one in found:
        matched = matching.of(one.item, anchors)
        cells = Strata.of(matched.stratum, answers.right[matched.rows], girl[answers.learner[matched.rows]])
        assert one.uniform is not None
        assert one.uniform.p >= TAIL or one.uniform.p >= exact_uniform(cells)


@pytest.mark.long
@pytest.mark.parametrize("purify", [True, False])
def test_labels_dealt_at_random_stand_out_no_oftener_than_they_should(make_test: MakeTest, purify: bool) -> None:
    """Small groups, the whole way of a screening: what purification does to the tail is in these shares too."""
    answers = Answers.from_matrix(make_test(77, n=280, items=30)[0])
    matching, rng, dealt_out, level = matching_of(answers), np.random.default_rng(7), 300, 0.0009
    assert level < TAIL
    found: dict[str, list[float]] = {"uniform": [], "non-uniform": []}
    for _ in range(dealt_out):
        group = rng.permutation(280) < 130
        for one in compare_items(answers, matching, group, Inference(), purify=purify).items:
            if one.uniform is not None and one.curves is not None:
                found["uniform"].append(one.uniform.p)
                found["non-uniform"].append(one.curves.p_non_uniform)
    for kind, p in found.items():
        assert len(p) > 0.8 * 30 * dealt_out, kind
        assert np.sum(np.array(p) < level) <= 1.7 * level * len(p), kind
