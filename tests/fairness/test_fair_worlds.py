"""How often an audit of a world without any unlike treatment raises a concern, and how often it finds a planted one.

Fair here means calibrated within every group. Base rates differ, groups are small, learners answer often, and the
learners differ in more than their scores say: none of that may raise an alarm in more than one audit of twenty.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from scipy.stats import binom

from polku.fairness import Audit

RunAudit = Callable[..., Audit]
WORLDS = {
    "one answer a learner": {"learners": 700, "rows": 1, "share": 0.4},
    "many answers, small groups": {"learners": 420, "rows": 25, "share": 0.26, "lower": 1.5},
    "equal base rates": {"learners": 500, "rows": 5, "share": 0.5, "lower": 0.0},
}


def alarms(run: RunAudit, repeats: int, options: dict[str, Any]) -> int:
    return sum(any(cell.verdict == "concern" for cell in run(seed, **options).cells) for seed in range(repeats))


def most(repeats: int, level: float = 0.05) -> int:
    """Return the most alarms that a rate of `level` brings in all but one of a hundred runs."""
    return int(binom.ppf(0.99, repeats, level))


@pytest.mark.parametrize("options", WORLDS.values(), ids=WORLDS.keys())
def test_few_alarms_in_fair_worlds(run: RunAudit, options: dict[str, Any]) -> None:
    assert alarms(run, 10, options) <= most(10)


@pytest.mark.long
@pytest.mark.parametrize("options", WORLDS.values(), ids=WORLDS.keys())
def test_at_most_one_alarm_in_twenty_fair_worlds(run: RunAudit, options: dict[str, Any]) -> None:
    assert alarms(run, 200, options) <= most(200)


@pytest.mark.long
def test_a_planted_gap_is_found_in_four_of_five_worlds(run: RunAudit) -> None:
    found = [
        any(
            (cell.group, cell.metric, cell.verdict) == ("b", "held_back", "concern")
            for cell in run(seed, **planted).cells
        )
        for seed in range(50)
        for planted in [{"learners": 1000, "rows": 5, "share": 0.5, "lower": 0.0, "shift": 0.8}]
    ]
    assert sum(found) >= 40
