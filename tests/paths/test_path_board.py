"""Where a learner stands, what kind a step is, and the arithmetic below."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from polku.curriculum import Content, Curriculum, Skill
from polku.home import Home
from polku.paths import SkillState, load_policy
from polku.paths.board import Board
from polku.paths.choice import best_of
from polku.paths.offer import above, level
from polku.paths.route import nearest_target, route
from polku.paths.standing import Standing
from polku.paths.terrain import Mask, Terrain, effective_grade, positions, to_bits

POLICY = load_policy(Home.find().models)
SHOWN, GAP, FEW = SkillState(0.9, 6), SkillState(0.2, 6), SkillState(0.2, 2)


def board(
    before: Mapping[str, str],
    states: Mapping[str, SkillState],
    grade: int | None = None,
    grades: Mapping[str, int] | None = None,
    blocked: str = "",
) -> Board:
    skills = tuple(
        replace(Skill.bare(name), prerequisites=tuple(earlier), grade=(grades or {}).get(name))
        for name, earlier in before.items()
    )
    terrain = Terrain.of(Curriculum(Content(skills)))
    standing = Standing.of(terrain, states, POLICY, grade, None)
    return Board.of(standing, terrain.mask(blocked), answers=9 if states else 0)


def names(where: Board, mask: Mask) -> str:
    return "".join(skill.id for skill, chosen in zip(where.terrain.skills, mask, strict=True) if chosen)


CHAIN = {"a": "", "b": "a", "c": "b", "d": "c"}


# --- standing


@pytest.mark.parametrize(
    ("states", "still_open"),
    [
        ({}, "abcd"),
        ({"b": SHOWN}, "cd"),  # what b builds on is implied
        ({"b": SHOWN, "a": GAP}, "acd"),  # unless its own answers say otherwise
        ({"b": SHOWN, "a": FEW}, "cd"),  # two answers are not enough to say so
        ({"b": SkillState(0.99, 2)}, "abcd"),  # nor is one lucky answer enough to show
        ({"b": SkillState(0.69, 6)}, "abcd"),
    ],
)
def test_what_is_still_open(states: dict[str, SkillState], still_open: str) -> None:
    where = board(CHAIN, states)
    assert names(where, where.standing.open) == still_open


@pytest.mark.parametrize(
    ("states", "still_open"),
    [
        ({}, "cd"),
        ({"a": GAP}, "abcd"),  # what builds on a gap is no longer taken as met
        ({"c": GAP}, "bcd"),  # one step back, not all the way down
        ({"b": SkillState(0.6, 5)}, "bcd"),
    ],
)
def test_what_is_taken_as_met(states: dict[str, SkillState], still_open: str) -> None:
    where = board(CHAIN, states, grade=4, grades={"a": 1, "b": 2, "c": 3, "d": 4})
    assert names(where, where.standing.open) == still_open


def test_answers_point_to_a_gap_and_to_what_it_builds_on() -> None:
    where = board({"a": "", "b": "a", "c": "b", "x": ""}, {"b": GAP})
    assert names(where, where.standing.pointed) == "ab"


def test_without_answers_nothing_is_recent_and_without_a_clock_nothing_is_due() -> None:
    where = board(CHAIN, {"a": SHOWN})
    assert not where.standing.recent.any()
    assert not where.standing.due.any()


# --- kinds


@pytest.mark.parametrize(
    ("states", "grade", "kinds"),
    [
        ({}, 3, {"a": "review", "b": "continue", "c": "continue", "d": "stretch"}),  # a is taken as met
        ({"b": GAP}, 3, {"a": "repair", "b": "repair", "c": "continue", "d": "stretch"}),
        ({"c": GAP}, 3, {"b": "repair", "c": "continue", "d": "stretch"}),
        ({"b": SHOWN}, 3, {"a": "review", "b": "review", "c": "continue"}),
        ({"b": GAP}, None, {"a": "repair", "b": "repair", "c": "stretch"}),
        ({"d": GAP}, None, {"a": "continue", "b": "stretch", "c": "repair", "d": "continue"}),
    ],
)
def test_the_kind_of_a_step(states: dict[str, SkillState], grade: int | None, kinds: dict[str, str]) -> None:
    where = board(CHAIN, states, grade=grade, grades={"a": 1, "b": 2, "c": 3, "d": 4})
    found = {skill.id: where.kind(place) for place, skill in enumerate(where.terrain.skills)}
    assert {name: found[name] for name in kinds} == kinds


def test_taken_in_order_a_stretch_carries_on() -> None:
    where = board(CHAIN, {"a": GAP})
    assert (where.kind(2), where.kind(2, eased=True), where.kind(0, eased=True)) == ("stretch", "continue", "repair")


# --- targets, level


def test_the_nearest_target_costs_the_fewest_steps() -> None:
    where = board(CHAIN | {"x": ""}, {"x": SkillState(0.0, 6)})
    everything = to_bits(where.allowed)
    best = nearest_target(where, everything, everything)
    assert best is not None
    assert where.terrain.skills[best].id == "a"


def test_a_target_behind_something_blocked_cannot_be_reached() -> None:
    where = board(CHAIN, {"d": FEW}, blocked="b")
    assert nearest_target(where, to_bits(where.terrain.mask("cd")), where.standing.open_bits) is None
    assert route(where, [where.standing.open_bits], 9).path == [0]


@pytest.mark.parametrize(
    ("states", "blocked", "at_level", "higher"),
    [
        ({}, "", "b", "c"),
        ({"b": SHOWN}, "", "c", "d"),
        ({}, "b", "c", "d"),
        ({}, "bcd", "a", ""),
        ({"d": SHOWN}, "", "d", ""),
    ],
)
def test_the_level_rises_with_what_is_shown(
    states: dict[str, SkillState], blocked: str, at_level: str, higher: str
) -> None:
    where = board(CHAIN, states, grade=2, grades={"a": 1, "b": 2, "c": 3, "d": 4}, blocked=blocked)
    found = level(where)
    assert (names(where, found), names(where, above(where, found))) == (at_level, higher)


# --- choice


def test_a_choice_takes_the_best_and_the_earlier_of_equals() -> None:
    value = np.array([0.5, 0.9, 0.9])
    assert best_of(value, np.array([True, True, True])) == 1
    assert best_of(value, np.array([True, False, False])) == 0
    assert best_of(value, np.zeros(3, dtype=np.bool_)) is None


# --- terrain


@given(st.lists(st.booleans(), max_size=70))
def test_bits_and_masks_say_the_same(chosen: list[bool]) -> None:
    mask = np.array(chosen, dtype=np.bool_)
    assert positions(to_bits(mask)) == np.flatnonzero(mask).tolist()


def test_reach_is_the_curriculums_own() -> None:
    graph = Curriculum.load(Home.find().serve / "curricula" / "fi-mathematics.json")
    terrain = Terrain.of(graph)
    for place, name in enumerate(graph.order):
        assert {graph.order[at] for at in positions(terrain.ancestors[place])} == graph.ancestors(name)
        assert {graph.order[at] for at in positions(terrain.descendants[place])} == graph.descendants(name)


def test_a_terrain_is_built_once_for_a_curriculum() -> None:
    graph = Curriculum.of_skills("ab")
    assert Terrain.of(graph) is Terrain.of(graph)


@pytest.mark.parametrize(
    ("grade", "band", "effective"), [(4, "3-6", 4.0), (None, "3-6", 6.0), (None, "lukio", 12.0), (None, "", np.nan)]
)
def test_a_skill_without_a_grade_is_met_by_the_end_of_its_band(grade: int | None, band: str, effective: float) -> None:
    found = effective_grade(replace(Skill.bare("a"), grade=grade, band=band))
    assert found == pytest.approx(effective, nan_ok=True)
