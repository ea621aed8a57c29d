"""The Mantel-Haenszel procedure against published figures, and against the same sums written another way."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from polku.fairness.items import mantel_haenszel
from polku.fairness.items.haenszel import ETS, design_effect

BERKELEY = (
    ((512, 313), (89, 19)),
    ((353, 207), (17, 8)),
    ((120, 205), (202, 391)),
    ((138, 279), (131, 244)),
    ((53, 138), (94, 299)),
    ((22, 351), (24, 317)),
)
"""Admitted and rejected, men and women, by department (Bickel, Hammel & O'Connell 1975), as in R's UCBAdmissions."""


def rows(tables: object) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Spell out 2 x 2 tables: stratum, right, member of the second line."""
    cells = np.asarray(tables)
    stratum, member, wrong = (place.ravel() for place in np.indices(cells.shape))
    return tuple(np.repeat(part, cells.ravel()) for part in (stratum, 1.0 - wrong, member == 1))  # type: ignore[return-value]  # three of them


def test_figures_that_r_prints_for_berkeley() -> None:
    found = mantel_haenszel(*rows(BERKELEY))
    odds, spread = np.exp(-found.d_dif / ETS), found.error / ETS
    assert odds == pytest.approx(0.9046968, abs=1e-7)
    assert found.chi2 == pytest.approx(1.4269, abs=1e-4)
    assert found.p == pytest.approx(0.2323, abs=1e-4)
    bounds = np.exp(np.log(odds) + np.array([-1, 1]) * norm.ppf(0.975) * spread)
    assert bounds == pytest.approx([0.7719074, 1.0603298], abs=1e-6)


def by_hand(tables: object) -> tuple[float, float, float]:
    """Return odds ratio, chi-square and variance of its logarithm, stratum by stratum as textbooks write them."""
    r = s = a_sum = expected = variance = pr = ps_qr = qs = 0.0
    for (a, b), (c, d) in np.asarray(tables, dtype=float).tolist():
        n = a + b + c + d
        r, s = r + a * d / n, s + b * c / n
        a_sum, expected = a_sum + a, expected + (a + b) * (a + c) / n
        variance += (a + b) * (c + d) * (a + c) * (b + d) / (n * n * (n - 1))
        pr += (a + d) / n * (a * d / n)
        ps_qr += (a + d) / n * (b * c / n) + (b + c) / n * (a * d / n)
        qs += (b + c) / n * (b * c / n)
    log_variance = pr / (2 * r**2) + ps_qr / (2 * r * s) + qs / (2 * s**2)
    return r / s, max(abs(a_sum - expected) - 0.5, 0.0) ** 2 / variance, log_variance


counts = st.lists(st.tuples(*[st.tuples(st.integers(2, 30), st.integers(2, 30))] * 2), min_size=1, max_size=8)


@settings(max_examples=40)
@given(counts)
def test_sums_written_another_way_agree(tables: list[object]) -> None:
    odds, chi2, variance = by_hand(tables)
    found = mantel_haenszel(*rows(tables))
    assert found.d_dif == pytest.approx(-2.35 * np.log(odds))
    assert found.error == pytest.approx(2.35 * np.sqrt(variance))
    assert found.chi2 == pytest.approx(chi2, abs=1e-9)


@settings(max_examples=25)
@given(counts)
def test_the_other_side_sees_the_same_with_the_other_sign(tables: list[object]) -> None:
    stratum, right, member = rows(tables)
    one, other = mantel_haenszel(stratum, right, member), mantel_haenszel(stratum, right, ~member)
    assert one.d_dif == pytest.approx(-other.d_dif)
    assert (one.error, one.chi2) == pytest.approx((other.error, other.chi2))


def test_a_stratum_of_one_group_says_nothing() -> None:
    alone = (*BERKELEY, ((40, 9), (0, 0)))
    assert mantel_haenszel(*rows(alone)) == mantel_haenszel(*rows(BERKELEY))


def test_groups_that_never_meet_cannot_be_compared() -> None:
    found = mantel_haenszel(*rows((((9, 9), (0, 0)), ((0, 0), (9, 9)))))
    assert np.isnan([found.d_dif, found.error, found.p]).all()


def test_the_standardised_difference_weighs_by_the_group() -> None:
    found = mantel_haenszel(*rows((((8, 2), (3, 3)), ((5, 5), (0, 2)))))
    assert found.p_dif == pytest.approx((6 * (0.5 - 0.8) + 2 * (0.0 - 0.5)) / 8)


def test_schools_that_answer_alike_widen_the_error_and_independent_ones_hardly_do() -> None:
    rng = np.random.default_rng(2)
    school = np.repeat(np.arange(40), 25)
    stratum, member = rng.integers(0, 5, 1000), school % 2 == 0
    taught = rng.random(40)[school]
    alike = mantel_haenszel(stratum, (rng.random(1000) < taught).astype(float), member, school)
    apart = mantel_haenszel(stratum, (rng.random(1000) < 0.5).astype(float), member, school)
    plain = mantel_haenszel(stratum, (rng.random(1000) < 0.5).astype(float), member)
    assert alike.design > 4
    assert 1 <= apart.design < 2
    assert plain.design == 1
    assert alike.error > 2 * plain.error


def test_a_design_effect_is_never_below_one() -> None:
    assert design_effect(np.array([1.0, -1, 1, -1]), np.array([0, 0, 1, 1])) == 1
    assert design_effect(np.zeros(3), np.arange(3)) == 1
    assert design_effect(np.ones(3), np.zeros(3, dtype=int)) == 1
