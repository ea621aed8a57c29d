"""Chance by resampling learners: right size, right errors, and never by rows."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from polku.fairness.chance import benjamini_hochberg
from polku.fairness.resample import _TIMES, Labelled, bootstrap_t, by_unit, flipped, standard_error, studentised

Floats = np.typing.NDArray[np.float64]
Ints = np.typing.NDArray[np.int64]


def labelled(values: Floats, codes: Ints, stratum: Ints | None = None) -> Labelled:
    """Return one question of which every group asks the same values."""
    own = np.repeat((values - values.mean())[:, None, None], int(codes.max()) + 1, axis=1)
    return Labelled(own, codes, np.zeros(len(codes), dtype=np.int64) if stratum is None else stratum)


def observed(values: Floats, codes: Ints) -> Floats:
    """Return the studentised statistic of each group."""
    member = codes[:, None] == np.arange(int(codes.max()) + 1)
    return studentised((member - member.mean(axis=0)) * (values - values.mean())[:, None])


def p_values(values: Floats, codes: Ints, seed: int, draws: int = 199) -> Floats:
    """Test every group's mean, corrected for the number of groups."""
    drawn = labelled(values, codes).permuted(draws, np.random.default_rng(seed))
    largest = np.abs(drawn).max(axis=(1, 2))
    reached = (largest[:, None] >= np.abs(observed(values, codes)) * (1 - 1e-9)).sum(axis=0)
    return np.asarray((1 + reached) / (1 + draws), dtype=np.float64)


def test_permutation_holds_its_level_over_three_groups_of_unlike_spread() -> None:
    alarms = 0
    for seed in range(150):
        rng = np.random.default_rng(seed)
        codes = rng.permutation(np.repeat([0, 1, 2], [40, 80, 200]))
        values = rng.normal(size=320) * np.array([3.0, 1.0, 1.0])[codes]
        alarms += bool((p_values(values, codes, seed) < 0.05).any())
    assert 1 <= alarms <= 15  # 7.5 expected; 16 or more in 0.3 % of runs


def test_permutation_finds_a_gap() -> None:
    rng = np.random.default_rng(0)
    codes = np.repeat([0, 1], 100)
    p = p_values(rng.normal(size=200) + 0.8 * codes, codes, 0)
    assert p.tolist() == [1 / 200, 1 / 200]


def test_two_groups_are_one_comparison() -> None:
    rng = np.random.default_rng(1)
    codes = rng.integers(0, 2, 200)
    p = p_values(rng.normal(size=200), codes, 3)
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
    every = np.array([observed(values, np.isin(np.arange(9), chosen) ^ 1) for chosen in combinations(range(9), 4)])
    exact = (np.abs(every[:, 0]) >= np.abs(observed(values, codes)[0]) * (1 - 1e-9)).mean()
    assert p_values(values, codes, 0, draws=4000)[0] == pytest.approx(exact, abs=0.025)


def test_labels_are_permuted_within_strata_only() -> None:
    stratum = np.repeat([0, 1], 50)
    codes = np.where(np.arange(100) % 50 < np.where(stratum == 0, 40, 10), 1, 0)
    found = labelled(10.0 * stratum, codes, stratum).permuted(50, np.random.default_rng(0))
    assert np.allclose(found, 0)  # every permuted group holds as many of each stratum


def test_permuted_statistics_have_mean_zero_and_unit_spread() -> None:
    rng = np.random.default_rng(8)
    codes, values = rng.permutation(np.repeat([0, 1, 2], [60, 200, 400])), rng.exponential(size=660)
    found = labelled(values, codes, rng.integers(0, 5, 660)).permuted(2000, rng)
    assert found.shape == (2000, 3, 1)
    assert np.allclose(found.mean(axis=0), 0, atol=0.2)
    assert np.allclose(found.std(axis=0), 1, atol=0.12)


def test_thinning_keeps_small_groups_whole() -> None:
    rng = np.random.default_rng(9)
    codes = rng.permutation(np.repeat([0, 1], [30, 3000]))
    whole = labelled(np.arange(3030.0), codes)
    thin = whole.thinned(500, rng)
    assert np.bincount(thin.codes).tolist() == [30, 500]
    kept = thin.own[thin.codes == 0, 0, 0]
    assert sorted(kept) == sorted(whole.own[codes == 0, 0, 0])
    assert len(np.unique(thin.own[:, 0, 0])) == 530


def test_flipping_holds_its_level_over_schools() -> None:
    alarms = 0
    for seed in range(200):
        rng = np.random.default_rng(seed)
        moved = rng.normal(size=(24, 1)) * rng.exponential(size=(24, 1))
        drawn = np.abs(flipped(moved, 199, rng))
        alarms += bool((1 + (drawn >= np.abs(studentised(moved))).sum()) / 200 <= 0.05)
    assert 1 <= alarms <= 22  # ten expected


def test_the_bootstrap_draws_as_poisson_does() -> None:
    assert _TIMES.mean() == pytest.approx(1, abs=1e-3)
    assert _TIMES.var() == pytest.approx(1, abs=2e-3)


def test_the_same_seed_draws_the_same() -> None:
    influence = np.random.default_rng(7).normal(size=(50, 3))
    one, other = (bootstrap_t(influence, 99, np.random.default_rng(1)) for _ in range(2))
    assert np.array_equal(one, other)
