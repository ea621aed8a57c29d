"""Intervals of figures and of differences, by learner."""

from __future__ import annotations

import numpy as np
import pytest

from peers.log import Floats
from peers.paired import Interval, Resampled, interval
from polku.training.measures import auc, log_loss


def answers(learners: int, each: int, seed: int) -> tuple[Resampled, Floats]:
    rng = np.random.default_rng(seed)
    learner = np.repeat(np.arange(learners), each)
    p = 1.0 / (1.0 + np.exp(-rng.normal(size=learners)[learner] - rng.normal(size=learners * each)))
    correct = (rng.random(len(p)) < p).astype(float)
    return Resampled(learner, correct, seed, draws=200), p


def test_the_first_draw_is_the_sample_itself() -> None:
    sample, p = answers(30, 20, 0)
    coarse = p.round(1)  # ties
    assert sample.auc(coarse)[0] == pytest.approx(auc(sample.correct, coarse))
    assert sample.log_loss(coarse)[0] == pytest.approx(log_loss(sample.correct, coarse))


def test_a_draw_is_the_figure_of_the_learners_drawn_one_copy_each_time() -> None:
    sample, p = answers(12, 15, 1)
    coarse = p.round(1)
    times = sample.times[7]
    rows = np.concatenate([np.flatnonzero(sample.learner == who) for who in range(12) for _ in range(times[who])])
    assert times.sum() == 12
    assert sample.auc(coarse)[7] == pytest.approx(auc(sample.correct[rows], coarse[rows]))
    assert sample.log_loss(coarse)[7] == pytest.approx(log_loss(sample.correct[rows], coarse[rows]))


def test_a_model_does_not_differ_from_itself() -> None:
    sample, p = answers(30, 20, 2)
    assert interval(sample.auc(p) - sample.auc(p)) == Interval(0.0, 0.0, 0.0)


def test_a_difference_is_surer_than_its_parts() -> None:
    sample, p = answers(60, 30, 3)
    blurred = np.clip(p + np.random.default_rng(0).normal(0.0, 0.1, len(p)), 0.01, 0.99)
    own, difference = interval(sample.auc(p)), interval(sample.auc(p) - sample.auc(blurred))
    assert difference.low > 0.0
    assert difference.high - difference.low < own.high - own.low


def test_learners_who_answer_alike_make_it_less_sure_than_single_answers() -> None:
    sample, p = answers(60, 30, 4)
    single = Resampled(np.arange(len(p)), sample.correct, 4, draws=200)
    same = np.full(len(p), 0.6)
    by_learner, by_answer = (interval(one.log_loss(same)) for one in (sample, single))
    assert by_learner.high - by_learner.low > by_answer.high - by_answer.low


def test_some_rows_are_resampled_among_their_own_learners() -> None:
    sample, p = answers(20, 10, 5)
    kept = sample.learner >= 10
    part = sample.of_rows(kept)
    assert part.times[1:, :10].sum() == 0
    assert part.auc(p[kept])[0] == pytest.approx(auc(sample.correct[kept], p[kept]))


def test_the_same_seed_draws_the_same_learners() -> None:
    one, other = answers(20, 10, 6)[0], answers(20, 10, 6)[0]
    assert one.times.tolist() == other.times.tolist()
