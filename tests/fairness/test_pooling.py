"""Small groups' figures, drawn towards the others'."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from polku.fairness import Audit
from polku.fairness.pooling import pooled

SMALL = st.floats(0.001, 0.5)


@given(figures=st.lists(st.tuples(st.floats(0, 1), SMALL), min_size=1, max_size=6))
def test_a_pooled_figure_lies_between_its_own_and_the_others(figures: list[tuple[float, float]]) -> None:
    values, errors = np.array(figures).T
    found = pooled(values, errors)
    assert (found >= values.min() - 1e-9).all()
    assert (found <= values.max() + 1e-9).all()


def test_what_is_well_known_stays_and_what_is_not_moves() -> None:
    found = pooled(np.array([0.5, 0.7, 0.9]), np.array([0.01, 0.01, 0.3]))
    assert found[:2] == pytest.approx([0.5, 0.7], abs=0.01)
    assert 0.55 < found[2] < 0.75


def test_groups_that_do_not_differ_are_one() -> None:
    assert pooled(np.array([0.50, 0.51, 0.49]), np.full(3, 0.1)) == pytest.approx([0.5, 0.5, 0.5], abs=0.02)


def test_what_cannot_be_estimated_is_not_made_up() -> None:
    found = pooled(np.array([0.5, np.nan, 0.7]), np.array([0.01, np.nan, np.nan]))
    assert found[0] == 0.5
    assert np.isnan(found[1:]).all()
    assert np.isnan(pooled(np.array([np.nan]), np.array([np.nan]))).all()


def test_it_errs_less_than_the_raw_figures() -> None:
    rng = np.random.default_rng(0)
    raw, drawn = 0.0, 0.0
    for _ in range(200):
        truth, errors = rng.normal(0.6, 0.05, 4), np.array([0.02, 0.03, 0.10, 0.20])
        seen = rng.normal(truth, errors)
        raw += ((seen - truth) ** 2).sum()
        drawn += ((pooled(seen, errors) - truth) ** 2).sum()
    assert drawn < 0.5 * raw


def test_it_stands_beside_the_raw_figure_and_is_suppressed_with_it(run: Callable[..., Audit]) -> None:
    audit = run(1, learners=240, share=0.03)
    small = next(cell for cell in audit.cells if (cell.group, cell.metric) == ("b", "calibration"))
    assert small.estimate is not None
    assert small.pooled is not None
    assert abs(small.pooled) < abs(small.estimate)
    assert {cell.pooled for cell in audit.outside().cells if cell.group == "b"} == {None}
