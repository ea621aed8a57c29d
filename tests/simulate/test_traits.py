"""Learners differ, within bounds, and faster learners bring more along."""

from __future__ import annotations

import numpy as np
import pytest

from polku.simulate.traits import draw_traits


def test_traits_have_a_median_of_one_and_sane_bounds() -> None:
    traits = draw_traits(5000, np.random.default_rng(1))
    for values in (traits.rate, traits.forgetting, traits.level):
        assert np.median(values) == pytest.approx(1.0, abs=0.04)
        assert values.min() > 0.15
        assert values.max() < 6.0
    assert traits.attention.min() >= 0.85
    assert traits.attention.max() <= 1.0


def test_rate_and_level_go_together_and_forgetting_apart() -> None:
    traits = draw_traits(5000, np.random.default_rng(1))
    assert np.corrcoef(np.log(traits.rate), np.log(traits.level))[0, 1] == pytest.approx(0.6, abs=0.05)
    assert abs(np.corrcoef(traits.rate, traits.forgetting)[0, 1]) < 0.05
