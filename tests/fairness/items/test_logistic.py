"""Logistic regression against an optimiser that knows nothing of Newton, and the tests built on it."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.special import expit
from scipy.stats import chi2

from polku.fairness.arrays import totals
from polku.fairness.items import compare_curves
from polku.fairness.items.logistic import design_matrix, fit, nagelkerke

RNG = np.random.default_rng(4)
N = 800
STANDING = RNG.integers(0, 21, N).astype(float)
MEMBER = np.arange(N) % 3 == 0
RIGHT = (RNG.random(N) < expit((STANDING - 10) / 4 - 0.7 * MEMBER)).astype(float)


def deviance(width: int) -> float:
    """Return the smallest deviance of the first columns, found by a general optimiser."""
    x = (STANDING - STANDING.mean()) / STANDING.std()
    columns = design_matrix(x, MEMBER)[:, :width]

    def loss(coefficients: np.ndarray) -> float:
        logit = columns @ coefficients
        return float(2 * (np.logaddexp(0, logit) - RIGHT * logit).sum())

    return float(minimize(loss, np.zeros(width), method="BFGS").fun)


def test_likelihood_ratios_agree_with_an_optimiser() -> None:
    found = compare_curves(STANDING, RIGHT, MEMBER)
    alone, shifted, turned = (deviance(width) for width in (2, 3, 4))
    assert found.p_uniform == pytest.approx(chi2.sf(alone - shifted, 1), rel=1e-3)
    assert found.p_non_uniform == pytest.approx(chi2.sf(shifted - turned, 1), rel=1e-3)
    assert found.p_both == pytest.approx(chi2.sf(alone - turned, 2), rel=1e-3)
    assert found.r2_uniform == pytest.approx(nagelkerke(shifted, RIGHT) - nagelkerke(alone, RIGHT), abs=1e-6)


def test_counting_equal_learners_together_changes_nothing() -> None:
    columns = design_matrix(STANDING / 10, MEMBER)
    one_by_one = fit(columns, RIGHT, np.ones(N))
    together, place = np.unique(columns, axis=0, return_inverse=True)
    right, n = (totals(place.ravel().astype(np.int64), weights) for weights in (RIGHT, np.ones(N)))
    assert fit(together, right, n).beta == pytest.approx(one_by_one.beta, abs=1e-8)
    assert fit(together, right, n).deviance == pytest.approx(one_by_one.deviance)


def test_the_covariance_is_that_of_repeated_samples() -> None:
    rng = np.random.default_rng(9)
    columns = np.column_stack([np.ones(400), rng.normal(size=400)])
    chance = expit(columns @ [0.3, 0.8])
    fits = [fit(columns, (rng.random(400) < chance).astype(float), np.ones(400)) for _ in range(300)]
    spread = np.std([one.beta for one in fits], axis=0)
    assert np.sqrt(np.diag(fits[0].covariance)) == pytest.approx(spread, rel=0.2)


def test_a_curve_that_is_turned_is_told_from_one_that_is_shifted() -> None:
    rng = np.random.default_rng(8)
    standing, member = rng.normal(size=2000), np.arange(2000) % 2 == 0
    shifted = (rng.random(2000) < expit(standing - 0.8 * member)).astype(float)
    turned = (rng.random(2000) < expit(standing * np.where(member, 0.2, 1.4))).astype(float)
    found = {"shifted": compare_curves(standing, shifted, member), "turned": compare_curves(standing, turned, member)}
    assert found["shifted"].p_uniform < 1e-6
    assert found["shifted"].p_non_uniform > 0.01
    assert found["turned"].p_non_uniform < 1e-6
    assert found["turned"].p_uniform > 0.01
    assert found["turned"].tilt < -1.5
    assert abs(found["shifted"].tilt) < 2 * found["shifted"].tilt_error
    assert found["shifted"].unsigned == pytest.approx(0.16, abs=0.05)


def test_schools_that_answer_alike_make_the_tests_milder() -> None:
    rng = np.random.default_rng(3)
    school = np.repeat(np.arange(40), 25)
    standing, member = rng.normal(size=1000), school % 2 == 0
    right = (rng.random(1000) < expit(standing + rng.normal(0, 1.5, 40)[school])).astype(float)
    naive, kept = compare_curves(standing, right, member), compare_curves(standing, right, member, school)
    assert kept.p_uniform > naive.p_uniform
    assert kept.tilt_error >= naive.tilt_error


def test_standing_without_spread_and_curves_that_separate_have_finite_answers() -> None:
    flat = compare_curves(np.ones(100), np.tile([0.0, 1.0], 50), np.arange(100) < 40)
    apart = compare_curves(np.arange(100.0), np.repeat([0.0, 1.0], 50), np.arange(100) % 2 == 0)
    assert np.isfinite([flat.p_uniform, flat.p_both, apart.p_uniform, apart.unsigned]).all()


def test_the_distance_is_read_over_true_standing() -> None:
    """The same two curves, seen through a standing with error: the correction gives most of their distance back."""
    rng = np.random.default_rng(4)
    able, member = rng.normal(size=60_000), np.arange(60_000) < 30_000
    right = (rng.random(60_000) < expit(np.where(member, 0.3, 1.0) * able)).astype(float)
    true = np.abs(expit(able) - expit(0.3 * able)).mean()
    seen = able + rng.normal(0, 0.6, 60_000)
    reliability = 1 / 1.36
    plain, corrected = (compare_curves(seen, right, member, reliability=one) for one in (1.0, reliability))
    assert abs(corrected.unsigned - true) < 0.6 * abs(plain.unsigned - true)
    assert plain.unsigned < corrected.unsigned < true + 0.005
    assert (corrected.p_non_uniform, corrected.tilt) == (plain.p_non_uniform, plain.tilt), "tests do not depend on it"
