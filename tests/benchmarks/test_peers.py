"""The peers learn what they claim to, and no prediction sees its own answer or a later one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from peers.elo import Elo, sweep
from peers.log import Floats, Log, Peer
from peers.rasch import Rasch
from peers.regression import PFA, BestLR, StoppedBestLR
from peers.run import PEERS, TRACING, Seat, run
from polku.training import metrics

ALL: list[Callable[[], Peer]] = [Rasch, Elo, PFA, BestLR, StoppedBestLR]
World = tuple[Log, Floats]


def split(log: Log) -> tuple[Log, Log]:
    return log.rows(log.fold != 0), log.rows(log.fold == 0)


@pytest.mark.parametrize("kind", ALL)
def test_no_prediction_sees_its_own_answer_or_a_later_one(kind: Callable[[], Peer], world: World) -> None:
    train, test = split(world[0])
    peer = kind()
    peer.fit(train)
    place = np.arange(len(test)) % 40
    flipped = replace(test, correct=np.where(place < 20, test.correct, 1.0 - test.correct))
    before, after = peer.predict(test), peer.predict(flipped)
    np.testing.assert_allclose(before[place <= 20], after[place <= 20], rtol=0.0, atol=1e-9)
    assert np.abs(before[place > 20] - after[place > 20]).mean() > 0.01


@pytest.mark.parametrize("kind", ALL)
def test_one_learner_is_predicted_alone_as_among_others(kind: Callable[[], Peer], world: World) -> None:
    train, test = split(world[0])
    peer = kind()
    peer.fit(train)
    last = test.learner == test.learner.max()
    np.testing.assert_allclose(peer.predict(test)[last], peer.predict(test.rows(last)), rtol=0.0, atol=1e-9)


@pytest.mark.parametrize(
    ("kind", "least"), [(Rasch, 0.95), (Elo, 0.92), (BestLR, 0.94), (StoppedBestLR, 0.90), (PFA, 0.5)]
)
def test_a_peer_comes_near_the_truth_that_it_can_see(kind: Callable[[], Peer], least: float, world: World) -> None:
    log, truth = world
    train, test = split(log)
    peer = kind()
    peer.fit(train)
    late = np.arange(len(test)) % 40 >= 10
    found = peer.predict(test)
    assert np.corrcoef(found[late], truth[log.fold == 0][late])[0, 1] > least - 0.04
    scores = metrics(test.correct, found)
    assert scores["ece"] is not None
    assert scores["ece"] < 0.1


def test_rasch_finds_the_difficulties_and_the_spread(world: World) -> None:
    model = Rasch()
    model.fit(world[0])
    rate = np.bincount(world[0].item, world[0].correct) / np.bincount(world[0].item)
    assert np.corrcoef(model.difficulty, -rate)[0, 1] > 0.98
    assert 0.8 < model.ability < 3.0


def test_rasch_falls_back_on_the_combination_for_an_item_not_seen() -> None:
    train = Log.of([0] * 4 + [1] * 4, [0, 1, 2, 3] * 2, [[0], [0], [1], [1]] * 2, [1, 1, 0, 0] * 2, [0] * 8)
    train = replace(train, sizes=np.array([6, 2, 2]))
    test = replace(train.rows(train.learner == 0), item=np.array([4, 4, 5, 5]))
    model = Rasch()
    model.fit(train)
    easy, _, hard, _ = model.predict(replace(test, correct=np.full(4, 0.5)))
    assert easy > 0.55
    assert hard < 0.45


def test_elo_by_hand() -> None:
    log = Log.of([0, 0, 1], [0, 0, 0], [[0], [0], [0]], [1.0, 0.0, 1.0], [0] * 3)
    difficulty, found = np.zeros(1), np.empty(3)
    sweep(log.learner, log.item, log.skill, log.skill_start, log.correct, difficulty, 1, (0.4, 1.0, 0.0), found, True)
    second = 1.0 / (1.0 + np.exp(-0.4))  # learner +0.2, item -0.2 after half a surprise at full gain
    level = -0.2 + 0.2 * second  # the item moves by half the gain the second time
    assert found[:2].tolist() == pytest.approx([0.5, second])
    assert found[2] == pytest.approx(1.0 / (1.0 + np.exp(level)))


def test_elo_leaves_difficulties_alone_when_it_predicts(world: World) -> None:
    train, test = split(world[0])
    model = Elo()
    model.fit(train)
    before = model.difficulty.copy()
    assert model.predict(test).tolist() == model.predict(test).tolist()
    assert model.difficulty.tolist() == before.tolist()


def test_counts_of_pfa_are_of_earlier_answers_on_each_skill() -> None:
    log = Log.of([0, 0, 0, 1], [0, 1, 0, 0], [[0], [0, 1], [0], [0]], [1.0, 0.0, 1.0, 1.0], [0] * 4)
    found = np.expm1(PFA().columns(log).toarray()[:, 2:])  # right on skills 0 and 1, wrong on skills 0 and 1
    assert found.round(9).tolist() == [[0, 0, 0, 0], [1, 0, 0, 0], [1, 0, 1, 0], [0, 0, 0, 0]]


def test_converged_best_lr_fits_its_training_rows_no_worse_than_the_stopped_one(world: World) -> None:
    train, _ = split(world[0])
    full, stopped = BestLR(), StoppedBestLR()
    for model in (full, stopped):
        model.fit(train)
    penalty = [0.5 * float((model.model.coef_**2).sum()) for model in (full, stopped)]
    loss = [metrics(train.correct, model.predict(train))["log_loss"] or 0.0 for model in (full, stopped)]
    assert len(train) * loss[0] + penalty[0] <= len(train) * loss[1] + penalty[1] + 1e-3


def test_a_run_predicts_the_folds_it_was_given_and_no_others(world: World) -> None:
    log = world[0]
    asked: list[int] = []
    seat = Seat(asked.append, lambda fold: np.full(int((log.fold == fold).sum()), 0.1 * fold))
    found, cost = run(seat, log, 2)
    assert asked == [0, 1]
    assert np.unique(found[log.fold == 1]).tolist() == [0.1]
    assert np.isnan(found[log.fold > 1]).all()
    assert {name: len(values) for name, values in cost.items()} == dict.fromkeys(cost, 2)


def test_only_tracing_needs_another_environment() -> None:
    assert {name for name, place in PEERS.items() if "tracing" in place} == set(TRACING)
