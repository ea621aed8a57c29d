"""Every kind over an item of several skills, computed by hand: each skill is read, then brought together.

The learner answers ``i1`` (difficulty -1.2) on skill a, then ``i3`` (0.9) on b, and is then asked ``i2`` (0.3) on a and
b, which share the area *numbers*. Prior: two answers of which 0.6 are right.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from polku.profiles.extractors import KINDS
from polku.records import Responses
from strategies import DAY, PRIOR, definition, empty, feature_set, rows_of


def history(*, clock: bool = True) -> Responses:
    """Return right in 30 s on a, then wrong in 2 s on b a day later, then the item on both after two more days."""
    return Responses.from_columns(
        {
            "response_id": ["r1", "r2", "r3"],
            "learner_id": ["anna"] * 3,
            "item_id": ["i1", "i3", "i2"],
            "skill_ids": ["a", "b", "a;b"],
            "answered_at": [0, DAY, 3 * DAY] if clock else [0, 1, 2],
            "correct": [1.0, 0.0, 1.0],
            "duration_s": [30.0, 2.0, 9.0],
        },
        clock=clock,
    )


def expected(difficulty: float, theta: float = 0.0) -> float:
    return 1 / (1 + math.exp(difficulty - theta))


RIGHT, WRONG = 2.2 / 3, 1.2 / 3
THETA_A, THETA_B = 1 - expected(-1.2), -expected(0.9)
BY_SKILL: list[tuple[str, dict[str, Any], float, float]] = [
    ("rate", {"prior": PRIOR}, RIGHT, WRONG),
    ("rate", {"prior": PRIOR, "half_life": {"days": 3}}, 1.7 / 2.5, 1.2 / (2 + 0.5 ** (2 / 3))),
    ("residual", {"weight": 1.0}, (1 - expected(-1.2)) / 2, -expected(0.9) / 2),
    ("ability", {"gain": 1.0, "decline": 0.5}, THETA_A, THETA_B),
    ("ability", {"gain": 1.0, "decline": 0.5, "against": "item"}, THETA_A - 0.3, THETA_B - 0.3),
    ("count", {"of": "answers"}, math.log(2), math.log(2)),
    ("count", {"of": "successes"}, math.log(2), 0.0),
    ("count", {"of": "failures"}, 0.0, math.log(2)),
    ("run", {}, math.log(2), 0.0),
    ("since", {"unit": "responses"}, math.log(2), 0.0),
    ("since", {"unit": "days"}, math.log(4), math.log(3)),
    ("first", {}, 0.0, 0.0),
    ("pace", {}, math.log(31), math.log(3)),
    ("pace", {"within": 3.0}, 0.0, 1.0),
    ("difficulty", {}, -0.8, 0.2),
    ("repetition", {}, -1 / 16, 0.0),
]
"""Kind and parameters → what skill a reads, what skill b reads."""


@pytest.mark.parametrize(("kind", "parameters", "of_a", "of_b"), BY_SKILL)
def test_mean_and_minimum_over_skills(kind: str, parameters: dict[str, Any], of_a: float, of_b: float) -> None:
    row = rows_of(history(), feature_set(definition("x", kind, "skill", parameters)))[2]
    assert row == pytest.approx([(of_a + of_b) / 2, min(of_a, of_b)], abs=1e-12)


@pytest.mark.parametrize(("kind", "parameters", "of_a", "of_b"), BY_SKILL)
def test_each_skill_alone_reads_its_own(kind: str, parameters: dict[str, Any], of_a: float, of_b: float) -> None:
    profile = empty(feature_set(definition("x", kind, "skill", parameters)))
    profile.fold(history().rows([0, 1]))
    assert profile.read("i2", ["a"], 3 * DAY)[0] == pytest.approx(of_a, abs=1e-12)
    assert profile.read("i2", ["b"], 3 * DAY)[0] == pytest.approx(of_b, abs=1e-12)


THETA_2 = THETA_A + (1 / 1.5) * (0 - expected(0.9, THETA_A))
TOGETHER: list[tuple[str, dict[str, Any], float]] = [
    ("rate", {"prior": PRIOR}, 2.2 / 4),
    ("rate", {"prior": PRIOR, "half_life": {"responses": 1}}, (1.2 + 0.5) / 3.5),
    ("rate", {"prior": PRIOR, "half_life": {"days": 1}}, (1.2 + 1 / 8) / (2 + 1 / 8 + 1 / 4)),
    ("residual", {"weight": 1.0}, (1 - expected(-1.2) - expected(0.9)) / 3),
    ("ability", {"gain": 1.0, "decline": 0.5}, THETA_2),
    ("count", {"of": "answers"}, math.log(3)),
    ("run", {}, 0.0),
    ("since", {"unit": "responses"}, 0.0),
    ("since", {"unit": "days"}, math.log(3)),
    ("first", {}, 0.0),
    ("pace", {}, (math.log(31) + math.log(3)) / 2),
    ("pace", {"within": 3.0, "half_life": {"responses": 1}}, 1 / 1.5),
]


@pytest.mark.parametrize(("kind", "parameters", "value"), TOGETHER)
@pytest.mark.parametrize("scope", ["learner", "area"])
def test_learner_and_shared_area_add_up_over_skills(
    kind: str, parameters: dict[str, Any], value: float, scope: str
) -> None:
    row = rows_of(history(), feature_set(definition("x", kind, scope, parameters)))[2]
    assert row == pytest.approx([value] * len(row), abs=1e-12)


@pytest.mark.parametrize(
    ("over", "mean", "least"), [("mean", (RIGHT + WRONG) / 2, (RIGHT + WRONG) / 2), ("min", WRONG, WRONG)]
)
def test_prerequisites_of_several_skills(over: str, mean: float, least: float) -> None:
    """Skill a stands on nothing and is missing; c stands on a and b."""
    profile = empty(feature_set(definition("x", "prerequisite", "skill", {"prior": PRIOR, "over": over})))
    profile.fold(history().rows([0, 1]))
    assert profile.read("new", ["a", "c"], None) == pytest.approx([mean, least])
    assert profile.read("new", ["b", "c"], None) == pytest.approx([(RIGHT + mean) / 2, min(RIGHT, least)])


@pytest.mark.parametrize("kind", [kind for kind in KINDS if "item" in kind.scopes], ids=lambda kind: kind.name)
def test_an_item_never_met_reads_as_at_the_start(kind: Any) -> None:
    given = {kind_name: parameters for kind_name, parameters, *_ in reversed(TOGETHER)}
    given |= {"difficulty": {}, "repetition": {}}
    features = feature_set(definition("x", kind.name, "item", given[kind.name]))
    fresh, later = empty(features), empty(features)
    later.fold(history())
    assert later.read("new", ["a"], 3 * DAY).tobytes() == fresh.read("new", ["a"], 3 * DAY).tobytes()


def test_without_a_clock_responses_go_on_counting_and_days_are_missing() -> None:
    half = {"prior": PRIOR, "half_life": {"responses": 1}}
    days = {"prior": PRIOR, "half_life": {"days": 1}}
    features = feature_set(definition("r", "rate", "learner", half), definition("d", "rate", "learner", days))
    rows = rows_of(history(clock=False), features)
    assert rows[:, 0] == pytest.approx([0.6, RIGHT, 1.7 / 3.5])
    assert np.isnan(rows[:, 1]).all()


@pytest.mark.parametrize("unit", ["days", "responses"])
def test_one_half_life_on_halves_the_weight(unit: str) -> None:
    """Five steps of half-life five: the first answer counts half, whichever the unit."""
    times = [DAY * place for place in range(7)] if unit == "days" else list(range(7))
    data = Responses.from_columns(
        {
            "response_id": [f"r{place}" for place in range(7)],
            "learner_id": ["anna"] * 7,
            "item_id": ["i1"] * 7,
            "skill_ids": ["a"] * 7,
            "answered_at": times,
            "correct": [1.0] + [0.0] * 6,
        },
        clock=unit == "days",
    )
    rate = {"prior": {"mean": 0.0, "weight": 1.0}, "half_life": {unit: 5}}
    rows = rows_of(data, feature_set(definition("x", "rate", "skill", rate)))[:, 0]
    steps = 6 if unit == "days" else 5  # by days the first has faded for six days, by responses through five answers
    weight = sum(0.5 ** (age / 5) for age in range(steps - 5, steps + 1))
    assert rows[6] == pytest.approx(0.5 ** (steps / 5) / (1 + weight))


def test_durations_nobody_measured_are_passed_over() -> None:
    data = history()
    for seconds, value in ((np.array([30.0, np.nan, 9.0]), math.log(31)), (np.array([30.0, -1.0, 9.0]), math.log(31))):
        timed = Responses.from_frame(data.to_frame().assign(duration_s=seconds))
        rows = rows_of(timed, feature_set(definition("x", "pace", "learner", {})))[:, 0]
        assert rows == pytest.approx([math.nan, math.log(31), value], nan_ok=True)
    untimed = Responses.from_frame(data.to_frame().drop(columns="duration_s"))
    assert np.isnan(rows_of(untimed, feature_set(definition("x", "pace", "learner", {})))).all()
