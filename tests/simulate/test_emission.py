"""Guess is a floor, slip a ceiling, and a planted burden is what it says: logits."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import logit

from polku.simulate.emission import Emission

share = st.floats(0.0, 1.0)


def emission(guess: float = 0.2, slip: float = 0.1, attention: float = 1.0, burden: float = 0.0) -> Emission:
    return Emission(*(np.array([value]) for value in (guess, slip, attention, burden)))


def success(knowledge: float, **parts: float) -> float:
    return float(emission(**parts).success(np.array([knowledge]))[0])


@given(share, st.floats(0.0, 0.3), st.floats(0.0, 0.3), share, st.floats(0.0, 3.0))
def test_success_lies_between_guess_and_slip(
    knowledge: float, guess: float, slip: float, attention: float, burden: float
) -> None:
    p = success(knowledge, guess=guess, slip=slip, attention=attention, burden=burden)
    assert guess - 1e-12 <= p <= 1.0 - slip + 1e-12


@given(st.floats(0.0, 0.99), st.floats(0.001, 0.01), st.floats(0.0, 2.0))
def test_more_knowledge_never_lowers_success(knowledge: float, more: float, burden: float) -> None:
    assert success(knowledge + more, burden=burden) > success(knowledge, burden=burden)


def test_without_a_burden_success_is_linear_in_knowledge() -> None:
    assert success(0.0) == pytest.approx(0.2)
    assert success(0.5) == pytest.approx(0.55)
    assert success(1.0) == pytest.approx(0.9)


@pytest.mark.parametrize("knowledge", [0.1, 0.5, 0.9])
def test_the_burden_shifts_the_logit_above_guessing(knowledge: float) -> None:
    above = [(success(knowledge, burden=burden) - 0.2) / 0.8 for burden in (0.0, 0.7)]
    assert logit(above[0]) - logit(above[1]) == pytest.approx(0.7)


def test_inattention_mixes_with_guessing() -> None:
    assert success(1.0, attention=0.0) == pytest.approx(0.2)
    assert success(1.0, attention=0.5) == pytest.approx(0.55)
