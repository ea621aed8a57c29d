"""A class together: groups by next skill, within everybody's own options."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polku.curriculum import Curriculum
from polku.errors import InputError
from polku.paths import Group, Path, plan_class
from polku.paths.cohesion import depths, gather
from polku.paths.values import Step

SKILLS = "abcdefgh"
CHAIN = Curriculum.from_json(
    '{"skills": [{"id": "a"}, '
    + ", ".join(f'{{"id": "{one}", "prerequisites": ["{before}"]}}' for before, one in pairwise(SKILLS))
    + "]}"
)


def path(options: str) -> Path:
    return Path("model", tuple(Step(name, "continue") for name in options))


def skills(groups: tuple[Group, ...]) -> list[str]:
    return [group.skill_id for group in groups]


def test_what_most_can_share_comes_first() -> None:
    found = plan_class(CHAIN, {"x": path("ab"), "y": path("bc"), "z": path("cd"), "v": path("b")})
    assert found[0] == Group("b", ("x", "y", "v"))
    assert found[1] == Group("c", ("z",))


def test_who_shares_nothing_keeps_their_own_suggestion() -> None:
    assert plan_class(CHAIN, {"x": path("ab"), "y": path("hg")}) == (Group("a", ("x",)), Group("h", ("y",)))


def test_routes_do_not_drift_apart_beyond_the_bound() -> None:
    learners = {"x": path("ad"), "y": path("d"), "z": path("de"), "v": path("he")}
    free, bound = plan_class(CHAIN, learners), plan_class(CHAIN, learners, drift=1)
    assert skills(free) == ["d", "h"]
    assert set(skills(bound)) <= {"c", "d", "e"}


def test_nobody_is_given_what_is_not_among_their_options() -> None:
    assert plan_class(CHAIN, {"x": path("a"), "y": path("h"), "z": path("h")}, drift=0)[-1] == Group("a", ("x",))


def test_the_skills_of_options_are_all_that_counts() -> None:
    options = {"x": "ad", "y": "d", "z": "de", "v": "he", "w": "", "u": "?"}
    for drift in (None, 0, 1):
        assert gather(CHAIN, options, drift) == plan_class(CHAIN, {k: path(v) for k, v in options.items()}, drift=drift)


def test_those_without_options_are_left_out() -> None:
    assert plan_class(CHAIN, {"x": Path("model"), "y": path("a")}) == (Group("a", ("y",)),)
    assert plan_class(CHAIN, {}, drift=2) == ()


def test_a_negative_bound_is_refused() -> None:
    with pytest.raises(InputError, match="drift apart by less than nothing"):
        plan_class(CHAIN, {}, drift=-1)


def test_depth_is_the_longest_way_up() -> None:
    diamond = Curriculum.from_json(
        '{"skills": [{"id": "a"}, {"id": "b", "prerequisites": ["a"]}, {"id": "c", "prerequisites": ["a", "b"]}]}'
    )
    assert depths(diamond) == {"a": 0, "b": 1, "c": 2}


classes = st.dictionaries(
    st.text("klmnopq", min_size=1, max_size=3),
    st.lists(st.sampled_from(SKILLS), min_size=1, max_size=3, unique=True).map("".join),
    max_size=12,
)


@settings(max_examples=60, deadline=None)
@given(classes, st.none() | st.integers(0, 4))
def test_everybody_is_in_one_group_of_an_own_option(learners: dict[str, str], drift: int | None) -> None:
    groups = plan_class(CHAIN, {name: path(own) for name, own in learners.items()}, drift=drift)
    placed = [name for group in groups for name in group.learners]
    assert sorted(placed) == sorted(learners)
    assert all(group.skill_id in learners[name] for group in groups for name in group.learners)
    assert [len(group.learners) for group in groups if len(group.learners) > 1] == sorted(
        (len(group.learners) for group in groups if len(group.learners) > 1), reverse=True
    )
