"""The interval around a readout: recovered where it is known, narrower with answers, wider with time."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from polku.errors import InputError
from polku.training.spread import KNOTS, LEAST, MOST, Attempts, Spread, fit_spread
from strategies import patient

slopes = st.floats(0.0, 1.0)
spreads = st.builds(Spread, st.floats(0.0, 3.0), st.tuples(*[slopes] * len(KNOTS)), slopes, slopes)


def one(spread: Spread, p: float, skill: int, learner: int, days: float, level: float = 0.8) -> np.ndarray[Any, Any]:
    found = spread.around(np.array([p]), np.array([skill]), np.array([learner]), np.array([days]), level)
    return np.array([found.mean[0], found.sd[0], found.low[0], found.high[0]])


def attempts(kappa: float, readings: int = 6000, seed: int = 0, drift: float = 0.0) -> Attempts:
    """Return readings whose true probability is Beta around the prediction, as :class:`Spread` takes it."""
    rng = np.random.default_rng(seed)
    p = rng.uniform(0.3, 0.8, readings)
    truth = rng.beta(kappa * p, kappa * (1.0 - p))[:, None] + drift * np.arange(3)
    correct = (rng.random((readings, 3)) < truth).astype(np.float64)
    nothing = np.zeros(readings, np.int64)
    return Attempts(np.repeat(p[:, None], 3, axis=1), correct, nothing, nothing, np.full(readings, np.nan))


@pytest.mark.parametrize("kappa", [2.0, 5.0])
@pytest.mark.parametrize("drift", [0.0, 0.05])
def test_a_known_spread_is_recovered(kappa: float, drift: float) -> None:
    """Also where learners learn from one attempt to the next."""
    found = fit_spread(attempts(kappa, drift=drift)).precision(np.zeros(1), np.zeros(1), np.zeros(1))[0]
    assert kappa / 1.5 < found < kappa * 1.5


def test_learners_who_differ_less_than_thought_narrow_it() -> None:
    loose, tight = fit_spread(attempts(1.0)), fit_spread(attempts(20.0))
    assert tight.base > loose.base + 1.0


def test_nothing_to_go_on_stays_wide() -> None:
    none = attempts(5.0, readings=10)
    lonely = Attempts(none.p, np.full((10, 3), np.nan), none.skill_answers, none.learner_answers, none.days)
    assert fit_spread(lonely).precision(np.zeros(1), np.zeros(1), np.zeros(1))[0] == pytest.approx(4.0, rel=0.05)


def test_more_answers_narrow_it_where_they_do() -> None:
    """Learners with ten answers on the skill lie closer to their prediction than those with none."""
    few, many = attempts(1.5, seed=1), attempts(15.0, seed=2)
    both = Attempts(
        np.concatenate([few.p, many.p]),
        np.concatenate([few.correct, many.correct]),
        np.repeat([0, 10], len(few.p)),
        np.zeros(2 * len(few.p), np.int64),
        np.concatenate([few.days, many.days]),
    )
    kappa = fit_spread(both).precision(np.array([0, 10]), np.zeros(2), np.zeros(2))
    assert kappa[1] > 3.0 * kappa[0]


@patient
@given(
    spread=spreads,
    p=st.floats(0.05, 0.95),
    skill=st.integers(0, 50),
    learner=st.integers(0, 500),
    more=st.integers(1, 50),
)
def test_it_narrows_with_evidence(spread: Spread, p: float, skill: int, learner: int, more: int) -> None:
    before = one(spread, p, skill, learner, 3.0)
    for after in (one(spread, p, skill + more, learner, 3.0), one(spread, p, skill, learner + more, 3.0)):
        assert after[0] == before[0]
        assert after[1] <= before[1] + 1e-12


@patient
@given(
    spread=spreads,
    p=st.floats(0.05, 0.95),
    skill=st.integers(0, 50),
    days=st.floats(0.0, 400.0),
    more=st.floats(0.0, 400.0),
)
def test_it_widens_with_time(spread: Spread, p: float, skill: int, days: float, more: float) -> None:
    assert one(spread, p, skill, 100, days + more)[1] >= one(spread, p, skill, 100, days)[1] - 1e-12


@patient
@given(spread=spreads, p=st.floats(0.01, 0.98), more=st.floats(0.0, 0.01), skill=st.integers(0, 50))
def test_a_better_prediction_never_lowers_an_end(spread: Spread, p: float, more: float, skill: int) -> None:
    before, after = one(spread, p, skill, 100, 3.0), one(spread, p + more, skill, 100, 3.0)
    assert np.all(after[[0, 2, 3]] >= before[[0, 2, 3]] - 1e-9)


@patient
@given(spread=spreads, p=st.floats(0.01, 0.99))
def test_wider_levels_hold_narrower_ones(spread: Spread, p: float) -> None:
    inner, outer = one(spread, p, 3, 30, 1.0, level=0.5), one(spread, p, 3, 30, 1.0, level=0.9)
    assert 0.0 <= outer[2] <= inner[2] <= inner[3] <= outer[3] <= 1.0


@patient
@given(spread=spreads)
def test_it_reads_back_as_it_was_written(spread: Spread) -> None:
    assert Spread.from_json(spread.to_json()) == spread


def test_precision_stays_within_bounds() -> None:
    wild = Spread(50.0, (0.0,) * len(KNOTS), 0.0, 0.0), Spread(-50.0, (0.0,) * len(KNOTS), 0.0, 0.0)
    assert [each.precision(np.zeros(1), np.zeros(1), np.zeros(1))[0] for each in wild] == [MOST, LEAST]


def test_what_is_no_spread_is_refused() -> None:
    for text in ("[]", "{", '{"base": 1.0}', '{"base": 1.0, "skill": [0.0], "learner": 0.0, "days": 0.0}'):
        with pytest.raises(InputError, match="this is no spread"):
            Spread.from_json(text)
    with pytest.raises(InputError, match="this is no spread"):
        Spread(1.0, (0.0,) * len(KNOTS), -0.1, 0.0)
    with pytest.raises(InputError, match="this is no spread"):
        Spread(float("nan"), (0.0,) * len(KNOTS), 0.0, 0.0)
    with pytest.raises(InputError, match="a level lies between 0 and 1"):
        one(Spread(1.0, (0.0,) * len(KNOTS), 0.0, 0.0), 0.5, 1, 1, 0.0, level=1.0)
