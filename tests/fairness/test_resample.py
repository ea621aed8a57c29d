"""Chance by resampling learners: right size, right errors, and never by rows."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from scipy.stats import norm

from polku.fairness.chance import benjamini_hochberg
from polku.fairness.measures import Ratio
from polku.fairness.resample import Permuted, bootstrap_t, by_unit, permutation_p, standard_error

Floats = np.typing.NDArray[np.float64]


def p_values(
    tops: Floats, codes: np.typing.NDArray[np.int64], groups: list[int], seed: int, draws: int = 199
) -> Floats:
    """Test the means of `tops` by group, learners as units."""
    measure = Ratio(tops, np.ones(len(tops)))
    columns, total = measure.columns(np.arange(len(tops))), measure.columns(np.arange(len(tops))).sum(axis=0)
    inside = np.stack([columns[codes == group].sum(axis=0) for group in groups])
    observed = measure.studentised(inside, total - inside)
    tests = {"mean": Permuted(measure, groups, observed)}
    return permutation_p(tests, codes, np.arange(len(tops)), draws, np.random.default_rng(seed))["mean"]


def test_permutation_holds_its_level_over_three_groups_of_unlike_spread() -> None:
    alarms = 0
    for seed in range(150):
        rng = np.random.default_rng(seed)
        codes = rng.permutation(np.repeat([0, 1, 2], [40, 80, 200]))
        values = rng.normal(size=320) * np.array([3.0, 1.0, 1.0])[codes]
        alarms += bool((p_values(values, codes, [0, 1, 2], seed) < 0.05).any())
    assert 1 <= alarms <= 15  # 7.5 expected; 16 or more in 0.3 % of runs


def test_permutation_finds_a_gap() -> None:
    rng = np.random.default_rng(0)
    codes = np.repeat([0, 1], 100)
    p = p_values(rng.normal(size=200) + 0.8 * codes, codes, [0, 1], 0)
    assert p.tolist() == [1 / 200, 1 / 200]


def test_two_groups_are_one_comparison() -> None:
    rng = np.random.default_rng(1)
    codes = rng.integers(0, 2, 200)
    p = p_values(rng.normal(size=200), codes, [0, 1], 3)
    assert p[0] == p[1]


def test_many_rows_of_few_learners_are_few_observations() -> None:
    rng = np.random.default_rng(2)
    learner = np.repeat(np.arange(40), 50)
    value = rng.normal(size=40)[learner]  # a learner's rows are all alike
    inside = learner < 20
    influence = np.where(inside, value - value[inside].mean(), -(value - value[~inside].mean())) / 1000
    by_learner = standard_error(by_unit(influence, learner), np.arange(40) < 20)
    by_row = standard_error(influence, inside)
    assert by_learner == pytest.approx(by_row * np.sqrt(50), rel=0.05)


def test_nothing_varying_still_has_an_error() -> None:
    inside = np.arange(200) < 100
    assert standard_error(np.zeros(200), inside) == pytest.approx(0.005 * np.sqrt(2))


@pytest.mark.parametrize("skewed", [False, True])
def test_bootstrap_intervals_cover(skewed: bool) -> None:
    covered = 0
    for seed in range(200):
        rng = np.random.default_rng(seed)
        values = rng.exponential(size=60) if skewed else rng.normal(1, 1, size=60)
        influence = (values - values.mean()) / 60
        critical = np.quantile(bootstrap_t(influence[:, None], 299, rng), 0.95)
        covered += abs(values.mean() - 1) <= critical * standard_error(influence, None)
    assert 180 <= covered <= 199


def test_benjamini_hochberg_against_the_definition() -> None:
    p = np.random.default_rng(0).random(50) ** 2
    corrected = benjamini_hochberg(p)
    for alpha in (0.01, 0.05, 0.2):
        ranked = np.sort(p)
        passing = np.flatnonzero(ranked <= alpha * np.arange(1, 51) / 50)
        cut = ranked[passing[-1]] if len(passing) else -1
        assert np.array_equal(corrected <= alpha, p <= cut)


def test_permutation_agrees_with_trying_every_split() -> None:
    rng = np.random.default_rng(5)
    values, codes = rng.normal(size=9), np.repeat([0, 1], [4, 5])
    measure = Ratio(values, np.ones(9))
    columns = measure.columns(np.arange(9))
    total = columns.sum(axis=0)
    every = np.array([columns[list(chosen)].sum(axis=0) for chosen in itertools.combinations(range(9), 4)])
    reached = np.abs(measure.studentised(every, total - every))
    observed = columns[codes == 0].sum(axis=0)[None]
    exact = (reached >= np.abs(measure.studentised(observed, total - observed)) * (1 - 1e-9)).mean()
    assert p_values(values, codes, [0, 1], 0, draws=4000)[0] == pytest.approx(exact, abs=0.025)


def test_schools_are_permuted_whole() -> None:
    school = np.repeat(np.arange(24), 10)
    rng = np.random.default_rng(6)
    luck = rng.normal(size=24)
    measure = Ratio(luck[school] + 0.1 * rng.normal(size=240), np.ones(240))
    codes = np.repeat([0, 1], 12)
    columns = measure.columns(school)
    total, inside = columns.sum(axis=0), columns[codes == 0].sum(axis=0)[None]
    tests = {"mean": Permuted(measure, [0], measure.studentised(inside, total - inside))}
    by_school = permutation_p(tests, codes, school, 499, np.random.default_rng(0))["mean"][0]
    assert by_school == pytest.approx(2 * norm.sf(abs(tests["mean"].observed[0])), abs=0.15)
    assert by_school > p_values(measure.top, codes[school], [0, 1], 0)[0]


def test_the_same_seed_draws_the_same() -> None:
    influence = np.random.default_rng(7).normal(size=(50, 3))
    one, other = (bootstrap_t(influence, 99, np.random.default_rng(1)) for _ in range(2))
    assert np.array_equal(one, other)
