"""The estimate without a model, and the evidence it stands on."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from polku.profiles import Evidence, estimate
from polku.profiles.evidence import FADE, HALF_LIFE, WIDTH
from strategies import DAY, answers, definition, empty, feature_set, patient

scores = st.lists(st.sampled_from([0.0, 0.25, 1.0]), min_size=1, max_size=30)


def evidence_of(given_scores: list[float], skill: str = "a") -> Evidence:
    profile = empty()
    profile.fold(answers(*(("i1", "a", time, score) for time, score in enumerate(given_scores))))
    return profile.evidence()[skill]


@patient
@given(weight=st.floats(0.0, 12.0), share=st.floats(0.0, 1.0))
def test_it_is_the_posterior_of_a_beta_prior(weight: float, share: float) -> None:
    p, sd = estimate(Evidence(3, share * weight, weight))
    posterior = stats.beta(2 + share * weight, 2 + (1 - share) * weight)
    assert p == pytest.approx(posterior.mean())
    assert sd == pytest.approx(posterior.std())


@patient
@given(weight=st.floats(0.0, 12.0), more=st.floats(0.0, 1.0), less=st.floats(0.0, 1.0))
def test_more_success_of_the_same_weight_never_lowers_it(weight: float, more: float, less: float) -> None:
    low, high = sorted((more, less))
    assert estimate(Evidence(1, low * weight, weight))[0] <= estimate(Evidence(1, high * weight, weight))[0]


@patient
@given(given_scores=scores)
def test_another_right_answer_raises_it_and_a_wrong_one_lowers_it(given_scores: list[float]) -> None:
    before = estimate(evidence_of(given_scores))[0]
    assert estimate(evidence_of([*given_scores, 1.0]))[0] >= before - 1e-12
    assert estimate(evidence_of([*given_scores, 0.0]))[0] <= before + 1e-12


@patient
@given(given_scores=scores)
def test_evidence_is_the_faded_sum(given_scores: list[float]) -> None:
    evidence = evidence_of(given_scores)
    weights = FADE ** np.arange(len(given_scores))[::-1]
    assert evidence.recent_success == pytest.approx(float(weights @ np.array(given_scores)))
    assert evidence.weight == pytest.approx(float(weights.sum()))
    assert evidence.answers == len(given_scores)
    assert evidence.weight < 1 / (1 - FADE)


def test_the_half_life_is_eight_answers() -> None:
    assert pytest.approx(0.5) == FADE**HALF_LIFE
    assert evidence_of([1.0] + [0.0] * 8).recent_success == pytest.approx(0.5)


def test_only_the_skills_of_an_answer_gain_evidence() -> None:
    profile = empty()
    profile.fold(answers(("i2", "a;b", 0, 1.0), ("i1", "a", 1, 0.0)))
    found = profile.evidence()
    assert {skill: evidence.answers for skill, evidence in found.items()} == {"a": 2, "b": 1}
    assert found["b"].recent_success == 1.0
    assert found["a"].recent_success == pytest.approx(FADE)


def test_evidence_does_not_depend_on_what_a_model_looks_at() -> None:
    few = empty(feature_set(definition("x", "count", "learner", {})))
    data = answers(("i2", "a;b", 0, 1.0), ("i1", "a", 1, 0.0))
    few.fold(data)
    every = empty()
    every.fold(data)
    assert few.evidence() == every.evidence()


@pytest.mark.parametrize("clock", [True, False])
def test_the_last_answer_is_a_time_or_an_order_number(clock: bool) -> None:
    profile = empty()
    profile.fold(answers(("i1", "a", DAY, 1.0), ("i1", "a", 5 * DAY, 0.0), clock=clock))
    assert profile.evidence()["a"].last_answered_at == 5 * DAY


def test_times_before_1970_are_times_too() -> None:
    profile = empty()
    profile.fold(answers(("i1", "a", -9 * DAY, 1.0), ("i1", "a", -2 * DAY, 0.0), clock=True))
    assert profile.evidence()["a"].last_answered_at == -2 * DAY


def test_nothing_seen_is_half_and_wide() -> None:
    assert Evidence.of_state(np.zeros(WIDTH + 3)) == Evidence()
    assert estimate(Evidence()) == pytest.approx((0.5, math.sqrt(0.05)))


def test_the_spread_never_grows_with_weight_at_the_same_share() -> None:
    for share in (0.0, 0.3, 1.0):
        spreads = [estimate(Evidence(1, share * weight, weight))[1] for weight in np.linspace(0.0, 12.0, 25)]
        assert all(after < before for before, after in pairwise(spreads))
