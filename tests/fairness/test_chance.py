"""Corrections for looking often: over groups by the largest gap, over attributes and metrics by Benjamini-Hochberg."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from polku.fairness import Audit, audit_predictions
from polku.fairness.chance import adjusted
from polku.fairness.compare import compare, lacking, nested
from polku.fairness.evidence import Evidence
from polku.fairness.population import Offered, Size
from polku.schemas.gates import Gates
from polku.schemas.slices import Inference, Slices

LIMITS = Inference()
ENOUGH = Size(200, 2000, 1000, 1000)


def cell(attribute: str, group: str, metric: str, p: float) -> Evidence:
    numbers = dict.fromkeys(("estimate", "rest", "gap", "error", "explained", "unexplained_error"), 0.0)
    return Evidence(
        attribute, group, metric, ENOUGH, "", **numbers, unexplained_p=np.nan, t=0.0, influence=np.zeros(0), p=p
    )


def test_a_family_is_corrected_as_one() -> None:
    cells = [
        cell("gender", "girl", "auc", 0.01),
        cell("gender", "boy", "auc", 0.01),  # the mirror image: no second test
        cell("s2", "yes", "auc", 0.20),
        cell("s2", "yes", "held_back", 0.04),
        cell("support", "few", "auc", np.nan),  # nothing was tested
    ]
    found = adjusted(cells)
    assert found[:4] == pytest.approx([0.03, 0.03, 0.20, 0.06])
    assert np.isnan(found[4])


def test_within_a_family_the_order_stays() -> None:
    found = adjusted([cell("a", "x", "auc", 0.01), cell("a", "y", "auc", 0.3), cell("b", "x", "auc", 0.9)])
    assert found == pytest.approx([0.02, 0.6, 0.9])


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


def test_the_gap_of_a_ratio_is_tested_as_a_difference() -> None:
    frame = pd.DataFrame({"learner_id": [f"l{n:03d}" for n in range(240)], "path_length": [4.0, 6.0, 8.0] * 80})
    groups = np.where(np.arange(240) < 120, "a", "b").astype(object)
    ratio, plain = (
        next(compare(Offered.of(frame, {"path_length": scale}), "g", groups, ["a", "b"], LIMITS))
        for scale in ("ratio", "difference")
    )
    assert ratio.t == plain.t
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
