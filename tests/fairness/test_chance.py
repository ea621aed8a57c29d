"""Corrections for looking often: over groups by the largest gap, over attributes and metrics by Benjamini-Hochberg."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from polku.fairness import Audit, audit_predictions
from polku.fairness.chance import Chance, adjusted, unit_codes
from polku.fairness.compare import compare
from polku.fairness.evidence import Evidence
from polku.fairness.offered import Offered
from polku.fairness.population import Size
from polku.fairness.shortage import lacking
from polku.fairness.sides import nested
from polku.schemas.gates import Gates
from polku.schemas.slices import Inference, Slices

LIMITS = Inference()
ENOUGH = Size(200, 2000, 1000, 1000)


def cell(attribute: str, group: str, metric: str, p: float = np.nan, anything: float = np.nan) -> Evidence:
    numbers = dict.fromkeys(("estimate", "rest", "gap", "error", "explained", "unexplained_error", "spread"), 0.0)
    return Evidence(attribute, group, metric, ENOUGH, "", **numbers, influence=np.zeros(0), p=p, anything=anything)


def test_an_attribute_is_asked_as_one_and_then_its_metrics() -> None:
    cells = [
        cell("gender", "girl", "auc", 0.001, anything=0.01),
        cell("gender", "girl", "held_back", 0.04, anything=0.01),
        cell("s2", "yes", "auc", 0.20, anything=0.30),
        cell("s2", "yes", "silent", 0.02, anything=0.02),  # paths are a family of their own
        cell("support", "few", "auc"),  # nothing was tested
    ]
    found = adjusted(cells)
    assert found[:4] == pytest.approx([0.03, 0.12, 0.30, 0.03])
    assert np.isnan(found[4])


def test_one_attribute_is_corrected_for_nothing_else() -> None:
    found = adjusted([cell("a", "x", "auc", 0.02, 0.03), cell("a", "y", "auc", 0.3, 0.03)])
    assert found == pytest.approx([0.03, 0.3])


def test_a_question_of_more_weight_is_allowed_more_alarms() -> None:
    rng = np.random.default_rng(0)
    drawn = rng.normal(size=(1999, 1, 2))
    chance = Chance(("level", "order"), np.full((1, 2), 2.2), drawn)
    both, weights = np.ones((1, 2), dtype=bool), np.array([4.0, 1.0])
    heavy, light = chance.p(both, weights)[0]
    alike = chance.p(both, np.ones(2))[0]
    alone = chance.p(np.array([[True, False]]), np.ones(2))[0]
    assert alone[0] < heavy < alike[0] < light
    assert np.isnan(alone[1])
    assert alone[0] == pytest.approx(2 * norm.sf(2.2), abs=0.01)


@pytest.mark.parametrize("weights", [np.ones(2), np.array([4.0, 1.0])])
def test_the_smallest_p_value_holds_its_level(weights: np.typing.NDArray[np.float64]) -> None:
    rng = np.random.default_rng(1)
    looked_at = np.ones((3, 2), dtype=bool)
    drawn, alarms = rng.normal(size=(999, 3, 2)), 0
    for _ in range(400):
        chance = Chance(("level", "order"), rng.normal(size=(3, 2)), drawn)
        alarms += bool((chance.p(looked_at, weights) < 0.05).any())
    assert 6 <= alarms <= 36  # 20 expected


def test_units_of_one_group_have_its_label() -> None:
    unit = np.array([0, 0, 1, 1])
    assert unit_codes(np.array([0, 1, 1, 1]), unit) is None
    found = unit_codes(np.array([1, 1, 0, 0]), unit)
    assert found is not None
    assert found.tolist() == [1, 0]


def test_p_values_never_fall_when_corrected(fair: Audit, wronged: Audit) -> None:
    for audit in (fair, wronged):
        tested = [one for one in audit.cells if one.p is not None]
        assert tested
        assert all((one.p_adjusted or 0) >= (one.p or 0) for one in tested)


@pytest.mark.parametrize(
    ("group", "rest", "said"),
    [
        (ENOUGH, ENOUGH, ""),
        (ENOUGH._replace(n=99), ENOUGH, "fewer than 100 learners in the group"),
        (ENOUGH, ENOUGH._replace(n=5), "fewer than 100 learners among the others"),
        (ENOUGH._replace(positives=29), ENOUGH, "fewer than 30 correct answers in the group"),
        (ENOUGH, ENOUGH._replace(negatives=29), "fewer than 30 wrong answers among the others"),
    ],
)
def test_what_is_too_small_is_named(group: Size, rest: Size, said: str) -> None:
    assert lacking(group, rest, LIMITS, answers=True) == said


def test_paths_need_learners_only() -> None:
    assert lacking(ENOUGH._replace(positives=0), ENOUGH, LIMITS, answers=False) == ""


def test_a_school_of_both_sides_is_no_side() -> None:
    unit = np.array([0, 0, 1, 1])
    assert nested(np.array([True, False, True, True]), unit) is None
    inside = nested(np.array([False, False, True, True]), unit)
    assert inside is not None
    assert inside.tolist() == [False, True]


def test_the_error_of_a_ratio_is_that_of_the_difference_over_the_rest() -> None:
    frame = pd.DataFrame({"learner_id": [f"l{n:03d}" for n in range(240)], "path_length": [4.0, 6.0, 8.0] * 80})
    groups = np.where(np.arange(240) < 120, "a", "b").astype(object)
    ratio, plain = (
        next(compare(Offered.of(frame, {"path_length": scale}), "g", groups, ["a", "b"], LIMITS))
        for scale in ("ratio", "difference")
    )
    assert ratio.error == pytest.approx(plain.error / 6, rel=1e-6)


def test_the_interval_and_the_least_gap_follow_the_error() -> None:
    one = replace(cell("a", "x", "auc", 0.5), gap=0.1, error=0.02, critical=2.5, explained=0.04, unexplained_error=0.01)
    assert one.interval == pytest.approx((0.05, 0.15))
    assert one.unexplained_interval == pytest.approx((0.035, 0.085))
    assert one.mde == pytest.approx((2.5 + 0.8416) * 0.02, rel=1e-4)


@pytest.mark.long
def test_intervals_cover_a_planted_gap(
    make_world: Callable[..., tuple[pd.DataFrame, pd.DataFrame]], slices: Slices, gates: Gates
) -> None:
    options = {"rows": 4, "share": 0.4, "lower": 0.5, "shift": 0.5}
    alone = slices.model_copy(update={"attributes": {"group": slices.attributes["group"]}})
    large = audit_predictions(*make_world(10**6, learners=40_000, **options), alone, gates)
    truth = {one.metric: one.gap for one in large.cells if one.group == "b"}
    inside = dict.fromkeys(truth, 0)
    for seed in range(200):
        audit = audit_predictions(*make_world(seed, learners=400, **options), alone, gates)
        for one in audit.cells:
            if one.group == "b" and one.interval and truth[one.metric] is not None:
                inside[one.metric] += one.interval[0] <= (truth[one.metric] or 0) <= one.interval[1]
    covered = {metric: inside[metric] / 200 for metric in ("auc", "held_back", "missed_need", "calibration")}
    assert all(0.91 <= share <= 0.985 for share in covered.values()), covered
