"""Strength: a power law of forgetting, a psychometric function of demand."""

from __future__ import annotations

import numpy as np
import pytest

from polku.simulate.laws import Start, Strength
from polku.simulate.laws.strength import DECAY, SHAPE
from polku.simulate.traits import Traits

ONE = np.ones(1)
WHO = np.zeros(1, dtype=np.int64)


@pytest.fixture
def law() -> Strength:
    """One typical learner with strength 2 in one skill, last used on day 0."""
    return Strength(Start(Traits(ONE, ONE, ONE, ONE), np.array([[-1]]), np.full((1, 1), 2.0), np.zeros((1, 1)), ONE))


def test_forgetting_is_a_straight_line_in_logarithms(law: Strength) -> None:
    days = np.array([1.0, 10.0, 100.0, 1000.0])
    left = np.array([law.retrieval(WHO, WHO, np.array([day]))[0] for day in days])
    slopes = np.diff(np.log(left)) / np.diff(np.log(1.0 + days))
    assert slopes == pytest.approx(-DECAY / 3.0)


def test_what_is_well_stored_fades_more_gently(law: Strength) -> None:
    month, share = np.array([30.0]), []
    for stored in (0.5, 2.0, 5.0):
        law.strength[0, 0] = stored
        share.append(law.retrieval(WHO, WHO, month)[0] / stored)
    assert share == sorted(share)


def test_practice_adds_less_the_more_there_is(law: Strength) -> None:
    gains = []
    for stored in (0.0, 1.0, 3.0):
        law.strength[0, 0], law.last[0, 0] = stored, 0.0
        law.practise(WHO, WHO, np.array([30.0]), ONE)
        gains.append(law.strength[0, 0] - stored)
    assert gains == sorted(gains, reverse=True)
    assert gains[-1] > 0.0


def test_knowledge_follows_weibull_in_strength_over_demand(law: Strength) -> None:
    now = np.zeros(1)
    assert law.knowledge(WHO, WHO, now, np.array([2.0]))[0] == pytest.approx(1 - np.exp(-1))
    easy, hard = (law.knowledge(WHO, WHO, now, np.array([demand]))[0] for demand in (1.0, 4.0))
    assert np.log(1 - easy) / np.log(1 - hard) == pytest.approx(4.0**SHAPE)
