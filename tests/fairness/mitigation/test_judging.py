"""Accuracy and gaps of the same learners, and what each learner adds to them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

from polku.fairness import audit_predictions, load_gates
from polku.fairness.arrays import Texts
from polku.fairness.mitigation.front import pareto
from polku.fairness.mitigation.judging import Cell, look
from polku.home import Home
from polku.schemas.slices import Disclosure, Inference, Slice, Slices
from polku.training import metrics

QUESTION = "Do the groups meet the same errors?"
SLICES = Slices(
    attributes={"club": Slice(question=QUESTION)},
    inference=Inference(learners=40, positives=20, negatives=20, permutations=99, resamples=99),
    disclosure=Disclosure(outside=12),
)


@pytest.fixture(scope="module")
def table() -> tuple[pd.DataFrame, Texts]:
    """Return predictions of 200 learners, 8 answers each, and their clubs: two large, one of 20, one of 5."""
    rng = np.random.default_rng(8)
    club = np.repeat(["a", "b", "c", "d"], [90, 85, 20, 5]).astype(object)
    learner = np.repeat(np.arange(200), 8)
    score = rng.normal(size=1600) + rng.normal(size=200)[learner]
    right = (rng.random(1600) < expit(score + 0.5 * (club == "b")[learner])).astype(float)
    names = [f"p{one:03d}" for one in learner]
    return pd.DataFrame({"learner_id": names, "y_true": right, "y_prob": expit(score)}), club


def test_figures_are_those_of_training_and_of_the_audit(table: tuple[pd.DataFrame, Texts], home: Home) -> None:
    predictions, club = table
    found = look(predictions, {"club": club}, SLICES, 0.5)
    plain = metrics(predictions["y_true"].to_numpy(float), predictions["y_prob"].to_numpy(float))
    assert {name: one.estimate for name, one in found.accuracy.items()} == pytest.approx(
        {name: plain[name] for name in ("auc", "log_loss", "ece")}
    )
    background = pd.DataFrame({"learner_id": [f"p{one:03d}" for one in range(200)], "club": club})
    audit = audit_predictions(predictions, background, SLICES, load_gates(home, "mastery"))
    cells = {Cell(cell.attribute, cell.group, cell.metric): cell.gap for cell in audit.cells}
    assert {cell: one.estimate for cell, one in found.gaps.items()} == pytest.approx(
        {cell: cells[cell] for cell in found.gaps}, abs=1e-6
    )


def test_small_groups_are_neither_shown_nor_judged_and_both_are_counted(table: tuple[pd.DataFrame, Texts]) -> None:
    predictions, club = table
    found = look(predictions, {"club": club}, SLICES, 0.5)
    assert {cell.group for cell in found.gaps} == {"a", "b"}
    assert found.hidden == 2, "the group of five, and the one of twenty that would give it away"
    assert found.unjudged == 0
    whole = SLICES.model_copy(update={"disclosure": Disclosure(outside=10)})
    twenty = np.where(club == "d", "c", club)
    assert look(predictions, {"club": twenty}, whole, 0.5).unjudged == 1, "25 may be shown, and are too few to judge"


@pytest.mark.parametrize("name", ["auc", "log_loss", "ece"])
def test_what_a_learner_adds_is_what_leaving_them_out_takes_away(table: tuple[pd.DataFrame, Texts], name: str) -> None:
    predictions, club = table
    found = look(predictions, {"club": club}, SLICES, 0.5).accuracy[name]
    assert found.influence.sum() == pytest.approx(0.0, abs=1e-9)
    taken = []
    for number in range(0, 200, 10):
        left = predictions[predictions["learner_id"] != f"p{number:03d}"]
        less = metrics(left["y_true"].to_numpy(float), left["y_prob"].to_numpy(float))[name]
        assert less is not None
        taken.append(found.estimate - less)
    mine = found.influence[::10]
    assert np.corrcoef(taken, mine)[0, 1] > (0.6 if name == "ece" else 0.99), "bins move with who is in"


def test_the_front_keeps_what_nobody_betters() -> None:
    rng = np.random.default_rng(0)
    costs = rng.random((60, 2))
    on = pareto(costs)
    for place in np.flatnonzero(~on):
        assert ((costs <= costs[place]).all(axis=1) & (costs < costs[place]).any(axis=1)).any()
    assert on[costs[:, 0].argmin()]
    assert on[costs[:, 1].argmin()]


def test_equal_experiments_stand_on_the_front_together_and_unmeasured_ones_do_not() -> None:
    assert pareto(np.array([[0.5, 0.1], [0.5, 0.1], [0.4, np.nan]])).tolist() == [True, True, False]
