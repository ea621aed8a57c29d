"""Properties of every curriculum, over generated graphs, against answers worked out the slow way."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polku.curriculum import Content, Curriculum, Skill
from polku.errors import DefinitionError

patient = settings(deadline=None, max_examples=60)  # the first soft circle imports scipy, which may take its time
Edges = Mapping[str, tuple[str, ...]]


@st.composite
def contents(draw: st.DrawFn) -> Content:
    """Draw skills whose hard prerequisites point to skills drawn before, soft ones anywhere."""
    names = draw(st.lists(st.from_regex(r"[a-cM][a-c0-9.]{0,3}", fullmatch=True), unique=True, max_size=12))
    skills = []
    for place, name in enumerate(names):
        others = [other for other in names if other != name]
        hard = draw(st.lists(st.sampled_from(names[:place]), unique=True, max_size=4)) if place else []
        soft = draw(st.lists(st.sampled_from(others), unique=True, max_size=2)) if others else []
        grade = draw(st.none() | st.integers(1, 12))
        bare = Skill.bare(name)
        skills.append(replace(bare, grade=grade, prerequisites=tuple(hard), recommended_after=tuple(soft)))
    return Content(skills=tuple(draw(st.permutations(skills))))


def hard_edges(content: Content) -> Edges:
    return {skill.id: skill.prerequisites for skill in content.skills}


def both_edges(content: Content) -> Edges:
    return {skill.id: (*skill.prerequisites, *skill.recommended_after) for skill in content.skills}


def walked(before: Edges, start: str) -> set[str]:
    """Return all that `start` leads back to, one step or more."""
    found: set[str] = set()
    waiting = list(before[start])
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting.extend(before[name])
    return found


@patient
@given(contents())
def test_order_holds_every_skill_once_and_respects_every_hard_edge(content: Content) -> None:
    order = Curriculum(content).order
    assert sorted(order) == sorted(skill.id for skill in content.skills)
    for name, before in hard_edges(content).items():
        assert all(order.index(other) < order.index(name) for other in before)


@patient
@given(contents())
def test_order_respects_every_soft_edge_that_lies_on_no_circle(content: Content) -> None:
    order = Curriculum(content).order
    both = both_edges(content)
    for skill in content.skills:
        for other in skill.recommended_after:
            circular = skill.id in walked(both, other)
            assert circular or order.index(other) < order.index(skill.id)


@patient
@given(contents())
def test_order_is_ascending_in_grade_where_nothing_else_decides(content: Content) -> None:
    free = Content(skills=tuple(replace(skill, prerequisites=(), recommended_after=()) for skill in content.skills))
    curriculum = Curriculum(free)
    grades = [skill.grade or 99 for skill in curriculum.skills.values()]
    assert grades == sorted(grades)


@patient
@given(contents(), st.data())
def test_frontier_equals_brute_force(content: Content, data: st.DataObject) -> None:
    curriculum = Curriculum(content)
    names = [skill.id for skill in content.skills]
    mastered = data.draw(st.sets(st.sampled_from(names))) if names else set()
    open_next = [
        name for name in names if name not in mastered and all(other in mastered for other in hard_edges(content)[name])
    ]
    assert sorted(curriculum.frontier(mastered)) == sorted(open_next)
    assert list(curriculum.frontier(mastered)) == sorted(open_next, key=curriculum.index)


@patient
@given(contents())
def test_ancestors_and_descendants_equal_brute_force(content: Content) -> None:
    curriculum = Curriculum(content)
    before = hard_edges(content)
    for name in before:
        assert curriculum.ancestors(name) == walked(before, name)
        assert curriculum.descendants(name) == {other for other in before if name in walked(before, other)}


@patient
@given(contents())
def test_prerequisite_arrays_hold_the_edges(content: Content) -> None:
    curriculum = Curriculum(content)
    indptr, indices = curriculum.prerequisite_arrays()
    assert indptr.dtype == indices.dtype == np.dtype(np.int32)
    for place, name in enumerate(curriculum.order):
        named = [curriculum.order[other] for other in indices[indptr[place] : indptr[place + 1]]]
        assert sorted(named) == sorted(curriculum.prerequisites(name))
        assert all(other < place for other in indices[indptr[place] : indptr[place + 1]])


@patient
@given(contents().filter(lambda content: bool(content.skills)))
def test_json_round_trip_keeps_content_and_hash(content: Content) -> None:
    curriculum = Curriculum(content)
    again = Curriculum.from_json(curriculum.to_json())
    assert again.hash == curriculum.hash
    assert again.order == curriculum.order
    assert again.to_dict() == curriculum.to_dict() == json.loads(curriculum.to_json())


@patient
@given(contents())
def test_hash_depends_on_content_only_and_not_on_how_it_is_listed(content: Content) -> None:
    backwards = tuple(
        replace(
            skill,
            prerequisites=skill.prerequisites[::-1],
            recommended_after=skill.recommended_after[::-1],
        )
        for skill in reversed(content.skills)
    )
    assert Curriculum(replace(content, skills=backwards)).hash == Curriculum(content).hash


@patient
@given(contents(), st.data())
def test_a_back_edge_is_refused_and_its_circle_named_edge_by_edge(content: Content, data: st.DataObject) -> None:
    before = hard_edges(content)
    pairs = [(name, other) for name in before for other in walked(before, name)]
    if not pairs:
        return
    later, earlier = data.draw(st.sampled_from(pairs))
    closed = tuple(
        replace(skill, prerequisites=(*skill.prerequisites, later)) if skill.id == earlier else skill
        for skill in content.skills
    )
    with pytest.raises(DefinitionError, match="prerequisites run in a circle") as caught:
        Curriculum(replace(content, skills=closed))
    circle = str(caught.value.got).split(" → ")
    edges = set(pairwise(circle))
    assert circle[0] == circle[-1]
    assert (later, earlier) in edges
    assert all(first in before[second] for first, second in edges - {(later, earlier)})
