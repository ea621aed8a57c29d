"""Three verdicts: what each of them needs."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from polku.fairness.evidence import Evidence
from polku.fairness.population import Size
from polku.fairness.verdict import apart, beyond, bounds, judge
from polku.schemas.gates import Gate

GATE = Gate(question="Who is held back by mistake?", limit=0.05, block_at=0.10, outcome="warn")
NOTHING = np.zeros(0)
CELL = Evidence(
    attribute="gender",
    group="girl",
    metric="held_back",
    size=Size(200, 4000, 2000, 2000),
    lacking="",
    estimate=0.3,
    rest=0.3,
    gap=0.0,
    error=0.02,
    explained=0.0,
    unexplained_error=0.02,
    spread=0.01,
    influence=NOTHING,
    critical=2.0,
    p=0.5,
)


@pytest.mark.parametrize(
    ("changes", "p_adjusted", "verdict", "reason"),
    [
        ({}, 0.5, "pass", "a gap of 0.1 is ruled out"),
        ({"gap": 0.08}, 0.01, "concern", "beyond the limit of 0.05"),
        ({"gap": -0.08, "explained": 0.01}, 0.01, "concern", "beyond the limit"),
        ({"gap": 0.08}, 0.2, "not_enough_evidence", "not ruled out"),
        ({"gap": 0.04}, 0.01, "pass", "is ruled out"),
        (
            {"gap": 0.04, "error": 0.04, "unexplained_error": 0.04},
            0.5,
            "not_enough_evidence",
            "a gap under 0.11 would likely go unnoticed",
        ),
        ({"gap": 0.30, "explained": 0.29}, 0.01, "pass", "unequal success rates alone would make +0.290"),
        ({"gap": 0.30, "explained": 0.29, "unexplained_error": 0.2}, 0.01, "not_enough_evidence", "not ruled out"),
        (
            {"gap": 0.08, "explained": 0.2},
            0.01,
            "not_enough_evidence",
            "not ruled out",
        ),  # the rest is on the other side
        ({"gap": 0.08, "explained": 0.06}, 0.01, "pass", "is ruled out"),
        ({"gap": 0.09, "explained": 0.06}, 0.01, "concern", "would make +0.060 of it"),  # a third of it is left
        ({"gap": 0.20, "explained": 0.14}, 0.01, "concern", "would make +0.140 of it"),  # the limit is left
        (
            {"gap": 0.08, "unexplained_error": 0.09},
            0.01,
            "not_enough_evidence",
            "not ruled out",
        ),  # lost in its own error
        ({"gap": 0.08, "unexplained_error": np.nan, "error": 0.04}, 0.01, "not_enough_evidence", "not ruled out"),
        ({"lacking": "fewer than 100 learners in the group"}, np.nan, "not_enough_evidence", "fewer than 100"),
        ({"estimate": np.nan, "gap": np.nan}, np.nan, "not_enough_evidence", "cannot be estimated"),
        ({"gap": np.nan}, np.nan, "not_enough_evidence", "theirs is zero"),
        ({"metric": "grade_level", "estimate": 1.0, "gap": np.nan, "lacking": "few"}, np.nan, "pass", "every learner"),
        ({"metric": "grade_level", "estimate": 0.99}, np.nan, "concern", "1.0% of these learners"),
    ],
)
def test_verdict(changes: dict[str, Any], p_adjusted: float, verdict: str, reason: str) -> None:
    found, why = judge(replace(CELL, **changes), p_adjusted, GATE, 0.05)
    assert (found, reason in why) == (verdict, True), why


def test_unestimable_names_what_is_absent() -> None:
    cell = replace(CELL, estimate=np.nan, size=Size(200, 4000, 0, 4000))
    assert "no correct answers" in judge(cell, np.nan, GATE, 0.05)[1]


def test_ratios_are_symmetric_by_multiplication() -> None:
    low, high = bounds(0.2, "ratio")
    assert (1 + low) * (1 + high) == pytest.approx(1)
    assert beyond(-0.2, 0.2, "ratio")
    assert not beyond(0.22, 0.2, "ratio")
    assert beyond(0.25, 0.2, "ratio")


@pytest.mark.parametrize(("interval", "outside"), [((0.05, 0.2), True), ((-0.3, -0.06), True), ((-0.06, 0.06), False)])
def test_a_whole_interval_beyond_a_limit(interval: tuple[float, float], outside: bool) -> None:
    assert apart(interval, 0.05, "difference") is outside


@pytest.mark.parametrize(
    ("estimate", "spread", "verdict"),
    [
        (0.1, 0.02, "pass"),
        (0.19, 0.02, "not_enough_evidence"),
        (0.22, 0.02, "not_enough_evidence"),
        (0.3, 0.02, "concern"),
    ],
)
def test_over_everybody_a_metric_is_held_to_the_most_it_may_be(estimate: float, spread: float, verdict: str) -> None:
    gate = Gate(question="Whose options would change?", limit=0.05, most=0.2, outcome="warn")
    whole = replace(CELL, attribute="all", group="all", metric="churn", estimate=estimate, spread=spread, rest=np.nan)
    found, reason = judge(replace(whole, gap=np.nan, lacking="too few others"), np.nan, gate, 0.05)
    assert found == verdict
    assert "over all learners" in reason
    assert judge(replace(CELL, metric="churn"), 0.5, gate, 0.05)[0] == "pass"  # a group is held to its gap


def test_a_distance_from_the_others_has_no_negative_end() -> None:
    assert replace(CELL, metric="abroca", gap=0.01, error=0.02).interval == pytest.approx((0.0, 0.05))
    assert replace(CELL, metric="auc", gap=0.01, error=0.02).interval[0] == pytest.approx(-0.03)
