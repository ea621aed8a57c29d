"""A teacher's settings: the nearest holds; what was put aside stays away for its time, unless there is new evidence."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polku.curriculum import Curriculum
from polku.home import Home
from polku.paths import SkillState, load_policy, plan
from polku.paths.settled import Settled, decision_of, stays_away
from polku.schemas.policy import PathPolicy

POLICY = load_policy(Home.find().models)
DAY = 86_400_000_000


def test_the_nearest_that_says_something_holds() -> None:
    layers: list[dict[str, object]] = [
        {"load": 3, "explore": False, "goals": ["a"]},
        {"load": 2, "pins": ["b"]},
        {"goals": []},
    ]
    assert Settled.merged(layers) == Settled(goals=(), pins=("b",), load=2, explore=False)
    assert Settled.merged([]) == Settled()


def test_what_is_kept_beside_the_settings_is_no_setting() -> None:
    assert Settled.merged([{"decision": "dnro 12/2026", "load": None}]) == Settled()


def test_goals_are_decided_where_a_decision_stands_beside_them() -> None:
    group, own = {"goals": ["a"], "decision": "12/2026"}, {"goals": ["b"]}
    assert Settled.merged([group]).wishes() == {"goals": ("a",), "decided": ("a",)}
    assert Settled.merged([group, {"load": 2}]).wishes()["decided"] == ("a",)
    assert "decided" not in Settled.merged([group, own]).wishes()
    assert "decided" not in Settled.merged([own, {"decision": "12/2026", "syllabus": "short"}]).wishes()
    assert "decided" not in Settled(goals=(), decided=True).wishes(), "no skills are no syllabus"


@pytest.mark.parametrize(
    ("layers", "stands"),
    [
        ([], None),
        ([{"goals": ["a"], "decision": "12/2026"}, {"goals": ["b"]}], None),
        ([{"goals": ["a"], "decision": "12/2026"}, {"goals": ["b"], "decision": "13/2026"}], "13/2026"),
        ([{"syllabus": "short", "decision": "12/2026"}, {"goals": ["b"]}], "12/2026"),
        ([{"goals": ["a"], "syllabus": "short", "decision": "12/2026"}, {"goals": ["b"], "syllabus": "long"}], None),
        ([{"goals": ["a"], "decision": "12/2026"}, {"goals": None, "explore": False}], "12/2026"),
        ([{"decision": "12/2026"}], None),
    ],
)
def test_a_decision_is_shown_beside_what_it_is_about_and_nothing_else(
    layers: list[dict[str, object]], stands: str | None
) -> None:
    assert decision_of(layers) == stands
    if stands is None:
        assert not Settled.merged(layers).decided


def test_a_class_bound_takes_the_policys_place() -> None:
    assert POLICY.offer.drift is None
    assert Settled(drift=0).on(POLICY).offer.drift == 0
    assert Settled(drift=2, load=2).on(POLICY).offer.options == 2


def test_only_what_is_settled_is_wished_for() -> None:
    assert Settled(explore=False, pins=("a",), load=2).wishes() == {"explore": False, "pins": ("a",)}


def test_skills_that_are_gone_bind_nobody() -> None:
    assert Settled(goals=("a", "x"), locked=("x",)).within(Curriculum.of_skills("ab")) == Settled(
        goals=("a",), locked=()
    )


SPLIT = Curriculum.from_json(
    """{"skills": [{"id": "d", "prerequisites": ["c"]}, {"id": "c"}, {"id": "e", "prerequisites": ["d"]}],
        "replacedBy": {"a": ["d", "c"], "b": ["d"]}}"""
)
"""A newer version: `a` became `c` and `d`, which takes the place of `b` as well."""


@pytest.mark.parametrize(
    ("said", "holds"),
    [
        (("a",), ("c", "d")),  # in the curriculum's order, whatever that of the file
        (("e", "a"), ("e", "c", "d")),  # pins keep their own
        (("b", "a"), ("d", "c")),  # nothing twice
        (("x", "b"), ("d",)),  # gone without a replacement
        ((), ()),  # an empty list still lifts a wider setting
        (None, None),
    ],
)
@pytest.mark.parametrize("name", ["goals", "pins", "locked"])
def test_what_was_settled_about_a_replaced_skill_is_meant_of_what_replaces_it(
    name: str, said: tuple[str, ...] | None, holds: tuple[str, ...] | None
) -> None:
    assert getattr(Settled.merged([{name: said}]).within(SPLIT), name) == holds


def test_a_pin_and_a_decided_goal_outlive_the_version_they_were_said_in() -> None:
    pinned = Settled(pins=("b",)).within(SPLIT).wishes()
    shown = {"c": SkillState(0.9, 9)}
    assert [step.skill_id for step in plan(SPLIT, shown, POLICY, **pinned).options][:1] == ["d"]
    decided = Settled(goals=("b",), decided=True).within(SPLIT).wishes()
    suggested = {step.skill_id for step in plan(SPLIT, {}, POLICY, **decided).options}
    assert suggested == {"c", "d"}, "what was decided and what it builds on, nothing else"


def test_load_and_threshold_take_the_policys_place() -> None:
    changed = Settled(load=2, threshold=0.85).on(POLICY)
    assert (changed.offer.options, changed.evidence.shown_at) == (2, 0.85)
    assert changed.evidence.gap_below == POLICY.evidence.gap_below
    assert Settled().on(POLICY) == POLICY


@given(st.floats(0.5, 0.95))
def test_any_threshold_that_can_be_settled_leaves_a_sound_policy(threshold: float) -> None:
    changed = Settled(threshold=threshold).on(POLICY)
    assert PathPolicy.model_validate(changed.model_dump()) == changed


def test_a_higher_threshold_keeps_a_skill_open() -> None:
    graph, known = Curriculum.of_skills("ab"), {"a": SkillState(0.75, answers=6)}
    usual, higher = (plan(graph, known, Settled(threshold=at).on(POLICY), explore=False) for at in (0.7, 0.9))
    assert "a" not in [step.skill_id for step in usual.path]
    assert "a" in [step.skill_id for step in higher.path]


@pytest.mark.parametrize(
    ("days", "answers", "away"),
    [(0, 0, True), (59.9, 2, True), (60, 0, False), (400, 2, False), (1, 3, False), (59, 30, False)],
)
def test_what_was_put_aside_stays_away_for_its_time_unless_something_new_is_known(
    days: float, answers: int, away: bool
) -> None:
    assert (POLICY.offer.rejected_days, POLICY.offer.rejected_answers) == (60, 3)
    assert stays_away(POLICY, 5 * DAY, int((5 + days) * DAY), answers) is away
