"""The area between ROC curves: what it is, how large chance makes it, and who is told of it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_curve

from polku.fairness import Audit, Cell, audit_predictions
from polku.fairness.abroca import compare_curves
from polku.fairness.arrays import Bools, Floats
from polku.fairness.expected import Expectation
from polku.fairness.predicted import Predicted
from polku.fairness.roc import GRID, Rocs, area_between, on_grid
from polku.fairness.sample import Sample
from polku.fairness.tables import check_predictions
from polku.schemas.gates import Gates
from polku.schemas.slices import Inference, Slices

MakeWorld = Callable[..., tuple[pd.DataFrame, pd.DataFrame]]


def rocs_of(predictions: pd.DataFrame) -> Rocs:
    sample = Sample.of(check_predictions(predictions).frame, least_schools=20)
    return Rocs.of(Expectation.of(sample, 0.5, np.random.default_rng(0)), np.random.default_rng(1))


def in_b(rocs: Rocs, background: pd.DataFrame) -> Bools:
    group = background.set_index("learner_id")["group"].reindex(rocs.sample.learners.tolist())
    return np.asarray(group == "b")


def exact(rows: pd.DataFrame) -> Floats:
    false, true, _ = roc_curve(rows["y_true"], rows["y_prob"], drop_intermediate=False)
    return np.asarray(np.interp(GRID, false, true), dtype=np.float64)


def cell(audit: Audit, group: str = "b") -> Cell:
    return next(one for one in audit.cells if (one.attribute, one.group, one.metric) == ("group", group, "abroca"))


@pytest.mark.parametrize(("learners", "rows"), [(150, 1), (400, 8)])
def test_the_area_is_that_between_the_exact_curves(make_world: MakeWorld, learners: int, rows: int) -> None:
    predictions, background = make_world(3, learners=learners, rows=rows, lower=0.5)
    joined = predictions.merge(background, on="learner_id")
    sides = [joined[joined["group"] == name] for name in "ab"]
    rocs = rocs_of(predictions)
    own = rocs.sums(in_b(rocs, background))
    found = area_between(own.found, (rocs.everybody - own).found)
    assert found == pytest.approx(float(area_between(*map(exact, sides))), abs=0.004)


def test_curves_that_cross_have_an_area_though_their_aucs_are_equal() -> None:
    correct, wrong = np.array([[0.0, 2.0, 1.0], [1.0, 0.0, 2.0]]), np.array([[2.0, 1.0, 0.0], [2.0, 1.0, 0.0]])
    one, other = on_grid(correct, wrong)
    assert area_between(one, other) > 0.03
    assert area_between(one, one) == 0


def test_answers_of_one_kind_have_no_curve() -> None:
    assert np.isnan(on_grid(np.zeros((1, 3)), np.ones((1, 3)))).all()
    left = np.array([[0.1 + 0.2 - 0.3, 0.0, 0.0]])  # of fractions that are taken away from their sum
    assert np.isnan(on_grid(left, np.ones((1, 3)))).all()


@pytest.mark.parametrize(("learners", "rows", "lower"), [(240, 1, 0.0), (240, 6, 1.5), (900, 2, 0.7)])
def test_what_chance_makes_of_it_is_what_it_is_in_fair_worlds(
    make_world: MakeWorld, learners: int, rows: int, lower: float
) -> None:
    """Unequal success rates, small groups and many answers of one learner are all accounted for."""
    found, promised = [], []
    for seed in range(12):
        predictions, background = make_world(seed, learners=learners, rows=rows, lower=lower)
        rocs = rocs_of(predictions)
        own = rocs.sums(in_b(rocs, background))
        rest = rocs.everybody - own
        found.append(area_between(own.found, rest.found))
        promised.append(area_between(own.promised(rocs.meaning), rest.promised(rocs.meaning)).mean())
    assert np.mean(found) > 0.01  # a bare limit would be near
    assert np.mean(promised) == pytest.approx(np.mean(found), rel=0.35)


def test_the_last_group_has_what_the_others_leave(make_world: MakeWorld) -> None:
    predictions, background = make_world(5, learners=120)
    rocs = rocs_of(predictions)
    members = {"a": ~in_b(rocs, background), "b": in_b(rocs, background)}
    apart, left = rocs.sums(members["b"]), rocs.sums_of(members)["b"]
    assert left.correct == pytest.approx(apart.correct)
    assert left.drawn_weight == pytest.approx(apart.drawn_weight)


def test_a_fair_world_is_no_concern_and_a_distance_is_never_negative(fair: Audit) -> None:
    found = [one for one in fair.cells if one.metric == "abroca"]
    assert {one.verdict for one in found} <= {"pass", "not_enough_evidence"}
    assert all(one.rest == 0 and one.gap == one.estimate for one in found)
    assert all(one.interval is not None and one.interval[0] >= 0 for one in found)
    assert all(one.explained is not None and one.explained > 0 for one in found)


def test_scores_that_say_nothing_of_one_group_are_found(make_world: MakeWorld, slices: Slices, gates: Gates) -> None:
    predictions, background = make_world(2, lower=0.0)
    rows = predictions["learner_id"].isin(background.loc[background["group"] == "b", "learner_id"])
    mixed = predictions.loc[rows, "y_prob"].sample(frac=1, random_state=0).to_numpy()
    predictions.loc[rows, "y_prob"] = mixed
    only = gates.model_copy(update={"metrics": {"abroca": gates.metrics["abroca"]}})
    for asked in (gates, only):  # the question is asked whether or not the AUC is gated
        found = cell(audit_predictions(predictions, background, slices, asked))
        assert found.verdict == "concern"
        assert found.gap is not None
        assert found.gap > 0.15
        assert "chance and what the scores promise" in found.reason


def test_a_group_with_answers_of_one_kind_cannot_be_estimated(make_world: MakeWorld) -> None:
    predictions, background = make_world(6, learners=80, rows=2)
    joined = background.set_index("learner_id")["group"].loc[predictions["learner_id"]].to_numpy()
    predictions["y_true"] = np.where(joined == "b", 1, predictions["y_true"])
    rocs = rocs_of(predictions)
    inside = in_b(rocs, background)
    population = Predicted(rocs.sample, {}, rocs.expectation)
    labels = np.where(inside, "b", "a").astype(object)
    sums = rocs.sums_of({"a": ~inside, "b": inside})
    found = compare_curves(rocs, sums, population, ("group", labels), Inference())
    assert all(np.isnan(one.gap) and not one.testable for one in found)
